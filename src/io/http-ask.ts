/** One request over one lane: the answer's head, then its payload into whoever wants it, under a watch. */
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { WholesourceError } from "../model/error.ts";
import { codeOf } from "./errno.ts";
import type { HttpRequest, Timeouts, Upload } from "./http.ts";
import { type Fault, fault, wireFault } from "./http-fault.ts";
import type { Lease } from "./http-lane.ts";
import type { Recording } from "./http-record.ts";
import { startWatch } from "./http-watch.ts";
import {
  MAX_DRAINED_BYTES,
  OVERLONG_WATCH_CAP_MS,
  OVERLONG_WATCH_CLOSE_MS,
  OVERLONG_WATCH_FIRST_MS,
  OVERLONG_WATCH_SHARE,
} from "./limits.ts";

/** What the host said before the payload. */
export interface Head {
  readonly httpStatus: number;
  /** Lower-case names; several of one name are joined by `, `. */
  readonly headers: { readonly [name: string]: string };
  /** Bytes of the payload, from Content-Length. */
  readonly announced?: number;
  /** True when the framing proves the end: a length or chunks, not the end of the connection. */
  readonly framed: boolean;
}

/** Who takes a payload. */
export interface Payload {
  /** Bytes that are taken at most. */
  readonly limit: number;
  /** Told when more comes than the limit: the rest is left alone then, and is no fault. */
  cut?(): void;
  begin?(): void | Promise<void>;
  write(chunk: Uint8Array): void | Promise<void>;
}

/** Decides by the head: take the payload, refuse the answer, or leave the payload alone. */
export type Want = (head: Head) => Payload | Fault | undefined;

export interface Asked {
  readonly status: "asked";
  readonly head: Head;
}

/** What is sent. */
export interface Outgoing {
  readonly method: NonNullable<HttpRequest["method"]>;
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  readonly upload?: Upload;
}

/** Asks once. Throws only what the payload's taker threw. The lane goes back by itself. */
export function ask(
  lease: Lease,
  outgoing: Outgoing,
  want: Want,
  timeouts: Timeouts,
  signal: AbortSignal | undefined,
  recording?: Recording,
): Promise<Asked | Fault> {
  const { client, socket } = lease;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let controller: Dispatcher.DispatchController | undefined;
    let head: Head | undefined;
    let payload: Payload | undefined;
    let failed: Fault | undefined;
    let thrown: { readonly error: unknown } | undefined;
    let bytes = 0;
    let settled = false;

    const watch = startWatch(timeouts, (found) => stop(found));
    const onAbort = (): void => stop(fault("interrupted", "stopped"));
    signal?.addEventListener("abort", onAbort, { once: true });

    function finish(sound: boolean): void {
      if (settled) return;
      settled = true;
      watch.stop();
      signal?.removeEventListener("abort", onAbort);
      try {
        recording?.end({ complete: sound, fault: failed, address: socket.remoteAddress });
      } catch (error) {
        thrown ??= { error };
      }
      lease.giveBack(sound);
      if (thrown !== undefined) reject(thrown.error);
      else if (failed !== undefined) resolve({ ...failed, url: failed.url ?? outgoing.url.href });
      else if (head !== undefined) resolve({ status: "asked", head });
    }

    /** Ends the exchange where it is. */
    function stop(found: Fault | undefined): void {
      if (settled) return;
      failed ??= found;
      finish(false);
      controller?.abort(new Error("stopped"));
    }

    function crash(error: unknown): void {
      thrown ??= { error };
      stop(undefined);
    }

    /** Runs a step of the taker's; the connection rests while it takes its time. */
    function step(act: () => void | Promise<void>): void {
      let wait: void | Promise<void>;
      try {
        wait = act();
      } catch (error) {
        crash(error);
        return;
      }
      if (wait === undefined) {
        if (reachedEnd()) watchEnd();
        return;
      }
      controller?.pause();
      socket.hold();
      watch.pause();
      wait.then(() => {
        if (settled) return;
        watch.resume();
        if (reachedEnd()) watchEnd();
        else proceed();
      }, crash);
    }

    /** No answer can come while bytes still go out: the watch starts anew with each of them. */
    async function* sending(upload: Upload): AsyncGenerator<Uint8Array> {
      try {
        let sent = 0;
        for await (const chunk of upload.open()) {
          sent += chunk.length;
          if (sent > upload.size) break;
          watch.sent();
          yield chunk;
        }
        if (sent !== upload.size) throw notOfItsSize(upload.size);
      } catch (error) {
        crash(error);
        throw error;
      }
    }

    function reachedEnd(): boolean {
      return head?.announced !== undefined && bytes >= head.announced;
    }

    function proceed(): void {
      socket.flow();
      controller?.resume();
    }

    /** At the announced end, looks whether more comes: the parser would drop it in silence (A10). */
    function watchEnd(): void {
      controller?.pause();
      socket.peek();
      const check = (): void => {
        clearTimeout(timer);
        socket.off("over", check);
        if (settled) return;
        if (socket.waiting === 0) proceed();
        else stop(fault("overlong", `more than the announced \`${head?.announced}\` bytes came`));
      };
      const wait = socket.waiting > 0 || socket.over ? 0 : watchTime(performance.now() - started, lease.reused, head);
      // The end of the connection is the best proof that nothing follows.
      socket.once("over", check);
      const timer = wait > 0 ? setTimeout(check, wait) : undefined;
      // Two turns of the event loop have one poll of the sockets between them.
      if (timer === undefined) setImmediate(() => setImmediate(check));
    }

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(given) {
        controller = given;
        if (settled) given.abort(new Error("stopped"));
      },
      onResponseStart(given, httpStatus, raw, statusText) {
        if (httpStatus < 200 || settled) return;
        watch.headSeen();
        recording?.head(httpStatus, statusText ?? "", rawHeaders(given.rawHeaders));
        head = headOf(httpStatus, raw);
        const wanted = want(head);
        if (wanted !== undefined && "status" in wanted) return stop(wanted);
        payload = wanted;
        if (payload === undefined) {
          // A short unwanted payload is read so that the lane can be used again; a long one is not worth it.
          if (outgoing.method !== "HEAD" && (head.announced ?? Number.POSITIVE_INFINITY) > MAX_DRAINED_BYTES)
            stop(undefined);
          return;
        }
        step(() => payload?.begin?.());
      },
      onResponseData(_controller, chunk) {
        // Woken after a rest, the parser may hand over an empty chunk before it goes on.
        if (settled || chunk.length === 0) return;
        recording?.body(chunk);
        if (payload === undefined) return;
        const { limit } = payload;
        if (bytes + chunk.length > limit) {
          if (payload.cut === undefined) return stop(tooMuch(limit, head));
          const wanted = chunk.subarray(0, limit - bytes);
          step(() => {
            payload?.cut?.();
            return payload?.write(wanted);
          });
          return stop(undefined);
        }
        bytes += chunk.length;
        watch.came(chunk.length);
        step(() => payload?.write(chunk));
      },
      onResponseEnd() {
        // A payload without length or chunks ends with the connection: then how the connection ended matters (A5).
        if (head !== undefined && !head.framed && socket.failure !== undefined) {
          failed = wireFault(socket.failure, { head: true, bytes, announced: undefined, ended: true });
        }
        finish(failed === undefined);
      },
      onResponseError(_controller, error) {
        if (settled) return;
        if (codeOf(error) === "UND_ERR_INVALID_ARG") {
          crash(unwritable(outgoing.url, error));
          return;
        }
        const announced = head?.announced;
        // The payload was whole already; what came after it is the connection's affair.
        const whole = payload !== undefined && announced !== undefined && bytes === announced;
        if (!whole) failed ??= wireFault(error, { head: head !== undefined, bytes, announced, ended: socket.ended });
        finish(false);
      },
    };

    client.dispatch(
      {
        origin: outgoing.url.origin,
        path: outgoing.url.pathname + outgoing.url.search,
        method: outgoing.method,
        headers: outgoing.headers,
        body: outgoing.upload === undefined ? (outgoing.body ?? null) : Readable.from(sending(outgoing.upload)),
      },
      handler,
    );
  });
}

function tooMuch(limit: number, head: Head | undefined): Fault {
  const status = head === undefined ? {} : { httpStatus: head.httpStatus };
  return fault("too-large", `more than the allowed \`${limit}\` bytes came`, status);
}

/** Milliseconds to wait for bytes beyond the announced end: little where many answers follow each other. */
function watchTime(took: number, reused: boolean, head: Head | undefined): number {
  if (head?.headers.connection?.toLowerCase() === "close") return OVERLONG_WATCH_CLOSE_MS;
  const share = Math.min(OVERLONG_WATCH_CAP_MS, took * OVERLONG_WATCH_SHARE);
  if (!reused) return Math.max(OVERLONG_WATCH_FIRST_MS, share);
  return share < 1 ? 0 : share;
}

/** Only a request that can not be written ends like this: a header with a line break, say. Its value is not repeated. */
function unwritable(url: URL, cause: unknown): WholesourceError {
  return new WholesourceError("usage", `the request to \`${url.host}\` can not be written`, {
    hint: "check the configured headers and tokens for line breaks and other control characters",
    cause,
  });
}

function notOfItsSize(size: number): WholesourceError {
  return new WholesourceError("input-unreadable", `what was to be sent has not the announced \`${size}\` bytes`);
}

function rawHeaders(raw: Dispatcher.DispatchController["rawHeaders"]): readonly (Buffer | string)[] {
  return Array.isArray(raw) ? raw : [];
}

function headOf(httpStatus: number, raw: { readonly [name: string]: string | string[] | undefined }): Head {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(raw)) {
    // Two places to go are none: whoever follows must not pick one (A23).
    if (Array.isArray(value) && name.toLowerCase() === "location") continue;
    if (value !== undefined) headers[name.toLowerCase()] = typeof value === "string" ? value : value.join(", ");
  }
  const length = headers["content-length"];
  const announced = length === undefined || !/^\d+$/.test(length) ? undefined : Number(length);
  return {
    httpStatus,
    headers,
    ...(announced === undefined ? {} : { announced }),
    framed: announced !== undefined || (headers["transfer-encoding"] ?? "").toLowerCase().endsWith("chunked"),
  };
}
