/**
 * Http over undici: every status and socket error becomes a Refusal, here and nowhere else.
 */
import type { ZodType } from "zod";
import type { Exchange, Refusal } from "../model/evidence.ts";
import type { Sink } from "./sink.ts";

/** A question to a host. */
export interface HttpRequest {
  readonly url: string;
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH";
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  /** Sent instead of `body`, as it is read. Such a request is made once: whoever sends knows what has arrived. */
  readonly upload?: Upload;
  readonly signal?: AbortSignal;
  /** Sent to the URL's origin and to nobody else. */
  readonly authorization?: Authorization;
  /**
   * The operator's own configuration names this origin, not the manifest: it may be at any address. Redirects to other
   * origins are checked as ever.
   */
  readonly operatorEndpoint?: boolean;
}

/** Bytes on their way to a host. */
export interface Upload {
  readonly size: number;
  /** Begins anew each time: a login may be asked for after the first try. */
  open(): AsyncIterable<Uint8Array>;
}

/** How we say who we are. Plain JSON: it goes beside a batch to other threads. */
export type Authorization =
  | {
      readonly scheme: "headers";
      /** Lower-case names. */
      readonly headers: { readonly [name: string]: string };
    }
  | {
      /** Each request is signed when it is made (AWS Signature Version 4). */
      readonly scheme: "aws-sigv4";
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken?: string;
      readonly region: string;
      readonly service: string;
      /** Sent and signed as well. Lower-case names. */
      readonly headers?: { readonly [name: string]: string };
    }
  | {
      /** A part of the URL that nobody is to see (a shared access signature): added when the request is made. */
      readonly scheme: "query";
      /** Encoded, without the `?`. */
      readonly query: string;
      /** Lower-case names. */
      readonly headers?: { readonly [name: string]: string };
    };

/** Any answer at all, for hosts whose refusals say more than their status. */
export interface Answer {
  readonly status: "answered";
  readonly httpStatus: number;
  /** Lower-case names, of this answer. */
  readonly headers: { readonly [name: string]: string };
  /**
   * The payload as it came, decoded; not more than `maxBytes`. A longer one is `too-large` where the status is 2xx, and
   * cut off there where it is another: what a status says holds whatever comes with it.
   */
  readonly bytes: Uint8Array;
  /** True where `bytes` are only the beginning, or nothing because they could not be decoded. */
  readonly cut?: true;
  readonly exchange: Exchange;
  /** What a status means that is not 2xx, by the common table. */
  readonly refusal?: Refusal;
}

export interface AnswerOptions {
  readonly maxBytes?: number;
  /** Which redirects are followed; one that is not is the answer. Default `all`. */
  readonly redirects?: "all" | "same-origin" | "none";
}

export interface Reply<Body> {
  readonly status: "ok";
  readonly body: Body;
  readonly exchange: Exchange;
  /** Lower-case names, of the final answer. */
  readonly headers: { readonly [name: string]: string };
}

/** How a payload is wanted. */
export interface DownloadRequest extends HttpRequest {
  /** The transfer stops with `too-large` one byte after this. */
  readonly maxBytes: number;
  /** Where to go on, when an earlier run has kept a beginning: the sink has already seen those bytes. */
  readonly resume?: { readonly atByte: number; readonly etag?: string; readonly totalSize?: number };
  /** The payload is taken as it comes, whatever Content-Encoding says: the host keeps it like that. */
  readonly encodedAtRest?: boolean;
  /** True when a declared digest will decide, so that a resume without a strong ETag may be risked (faults B3). */
  readonly digestDecides?: boolean;
}

export interface Downloaded {
  readonly status: "ok";
  readonly exchange: Exchange;
  readonly size: number;
  readonly lengthProven: boolean;
  /** Bytes of several answers were joined although nothing but a digest could tell whether they belong together (B3). */
  readonly joinUnproven: boolean;
}

/** Restarts are announced: the host ignored our range, or the file changed, and byte 0 follows. */
export interface RestartableSink extends Sink {
  /** Called when an answer's head is there and its payload is wanted; `totalSize` is that of the whole, where known. */
  begin?(exchange: Exchange, totalSize: number | undefined): void | Promise<void>;
  restart(): void | Promise<void>;
}

export interface Http {
  /** Asks with HEAD (or a one-byte GET where HEAD is refused), reads no payload. */
  probe(request: HttpRequest): Promise<Reply<undefined> | Refusal>;
  /** A small JSON reply, read with the schema; what does not fit is `reply-invalid`. */
  json<T>(
    request: HttpRequest,
    schema: ZodType<T>,
    options?: { readonly maxBytes?: number },
  ): Promise<Reply<T> | Refusal>;
  /** A small text reply. */
  text(request: HttpRequest, options?: { readonly maxBytes?: number }): Promise<Reply<string> | Refusal>;
  /**
   * Whatever the host answers, with its headers and its text: for reading error codes of the host's own. A status that
   * may pass (429, 503, ...) is asked again as ever, and is a Refusal when patience ends.
   */
  answer(request: HttpRequest, options?: AnswerOptions): Promise<Answer | Refusal>;
  /** A payload into a sink, with resume and retries inside. */
  download(request: DownloadRequest, sink: RestartableSink): Promise<Downloaded | Refusal>;
  close(): Promise<void>;
}

/** What the operator allows; never taken from the manifest. */
export interface HttpOptions {
  readonly offline: boolean;
  /** Reach addresses that are not global unicast (loopback, private). */
  readonly allowPrivate: boolean;
  /** Allow https -> http. */
  readonly allowDowngrade: boolean;
  /** Connections to one host at a time. */
  readonly perHost: number;
  /** Tries after the first, per request. */
  readonly retries: number;
  readonly userAgent: string;
  /** Certificates in PEM that are trusted besides the usual ones. */
  readonly extraCa?: string;
  readonly timeouts?: Partial<Timeouts>;
  /** A folder where every exchange is written down as it went, without secrets, for a web archive. */
  readonly record?: string | undefined;
}

/** All in milliseconds. */
export interface Timeouts {
  readonly connect: number;
  readonly headers: number;
  readonly idle: number;
  /** The window over which `minimumBytesPerSecond` is asked for. */
  readonly rateWindow: number;
  readonly backoffBase: number;
  readonly backoffCap: number;
  /** The longest Retry-After that is waited for. */
  readonly retryAfterCap: number;
}

/** Makes an Http. Nothing is connected, and nothing that it takes is even loaded, before the first question. */
export function createHttp(options: HttpOptions): Http {
  let opening: Promise<Http> | undefined;
  const client = (): Promise<Http> => {
    opening ??= open(options);
    return opening;
  };
  return {
    probe: async (request) => (await client()).probe(request),
    json: async (request, schema, limits) => (await client()).json(request, schema, limits),
    text: async (request, limits) => (await client()).text(request, limits),
    answer: async (request, limits) => (await client()).answer(request, limits),
    download: async (request, sink) => (await client()).download(request, sink),
    close: async () => (await opening)?.close(),
  };
}

async function open(options: HttpOptions): Promise<Http> {
  const { openClient } = await import("./http-client.ts");
  if (options.record === undefined) return openClient(options);
  const { spoolRecorder } = await import("./http-record-spool.ts");
  return openClient(options, spoolRecorder(options.record));
}
