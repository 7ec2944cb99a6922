/** A payload into a sink: resumed after a cut, restarted when the parts would not belong together. */
import type { Refusal } from "../model/evidence.ts";
import type { Downloaded, DownloadRequest, RestartableSink } from "./http.ts";
import type { Head, Payload } from "./http-ask.ts";
import { type Fault, fault } from "./http-fault.ts";
import { exchangeOf, follow, type Shared, type Trail, unwanted } from "./http-follow.ts";
import { parseContentRange, strongEtag } from "./http-range.ts";
import { createPatience, type RetryBudget } from "./http-retry.ts";
import { PROGRESS_BYTES } from "./limits.ts";

/** Where a download stands. */
interface Position {
  /** Bytes that the sink has seen. */
  at: number;
  /** The strong entity tag of what the sink has seen. */
  etag: string | undefined;
  total: number | undefined;
  resumedAt: number | undefined;
  joinUnproven: boolean;
  /** False once the host has answered a range wrongly. */
  ranges: boolean;
}

/** Reads the payload to its end, or says why not. Throws what the sink throws. */
export async function download(
  shared: Shared,
  budget: RetryBudget,
  request: DownloadRequest,
  sink: RestartableSink,
): Promise<Downloaded | Refusal> {
  const { options, timeouts } = shared;
  const patience = createPatience({
    url: request.url,
    retries: options.retries,
    timeouts,
    budget,
    signal: request.signal,
  });
  const { resume } = request;
  const start = resume?.atByte ?? 0;
  const position: Position = {
    at: start,
    etag: strongEtag(resume?.etag),
    total: resume?.totalSize,
    resumedAt: start > 0 ? start : undefined,
    joinUnproven: false,
    ranges: true,
  };
  let furthest = start;

  async function restart(): Promise<void> {
    Object.assign(position, { at: 0, etag: undefined, total: undefined, resumedAt: undefined, joinUnproven: false });
    await sink.restart();
  }

  /** Called with the head of an answer whose payload is wanted: `from` is its first byte. */
  function take(head: Head, trail: Trail, from: number, total: number | undefined): Payload | Fault {
    if (total !== undefined && total > request.maxBytes) {
      return fault("too-large", `a payload of \`${total}\` bytes, allowed are \`${request.maxBytes}\``);
    }
    return {
      limit: request.maxBytes - from,
      begin: () => {
        const open = (): void | Promise<void> => {
          position.etag = strongEtag(head.headers.etag) ?? (from > 0 ? position.etag : undefined);
          position.total = total;
          return sink.begin?.(exchangeOf(request.url, head, trail, patience.attempts, position.resumedAt), total);
        };
        return from === 0 && position.at > 0 ? restart().then(open) : open();
      },
      write: (chunk) => {
        position.at += chunk.length;
        return sink.write(chunk);
      },
    };
  }

  for (;;) {
    const joins = position.ranges && (position.etag !== undefined || request.digestDecides === true);
    if (position.at > 0 && !joins) await restart();
    const from = position.at;
    const want = (head: Head, trail: Trail): Payload | Fault | undefined => {
      const { httpStatus, headers } = head;
      if (httpStatus === 416 && from > 0) return complete(head, position) ? undefined : deviation("416", headers);
      if (httpStatus !== 200 && httpStatus !== 203 && httpStatus !== 206) return unwanted(head);
      const coding = (headers["content-encoding"] ?? "identity").trim().toLowerCase();
      if (coding !== "identity" && coding !== "" && request.encodedAtRest !== true) {
        return fault("encoding-unsupported", `the payload is encoded as \`${coding}\` although that was not asked for`);
      }
      if (httpStatus !== 206) return take(head, trail, 0, head.announced);
      const wrong =
        from === 0 ? fault("range-invalid", "a part came although the whole was asked for") : badPart(head, position);
      if (wrong !== undefined) return wrong;
      if (position.etag === undefined) position.joinUnproven = true;
      return take(head, trail, from, parseContentRange(headers["content-range"])?.total);
    };
    const followed = await follow(
      shared,
      {
        ...request,
        method: request.method ?? "GET",
        headers: {
          ...request.headers,
          ...(from === 0 ? {} : { range: `bytes=${from}-` }),
          ...(from === 0 || position.etag === undefined ? {} : { "if-range": position.etag }),
        },
      },
      want,
      (stale) => patience.note(stale, position.at),
      "all",
      "payload",
    );
    if (followed.status === "asked") {
      patience.succeeded();
      await sink.end?.();
      return {
        status: "ok",
        exchange: exchangeOf(request.url, followed.head, followed.trail, patience.attempts, position.resumedAt),
        size: position.at,
        // A 416 that names our own position as the end proves it too.
        lengthProven: followed.head.framed || followed.head.httpStatus === 416,
        joinUnproven: position.joinUnproven,
      };
    }
    if (from > 0 && (followed.reason === "range-invalid" || followed.reason === "changed-during-read")) {
      // Nothing of this answer was used: the next one is asked for from byte 0, and no part is asked for again.
      patience.note(followed, from);
      position.ranges = false;
      continue;
    }
    if (position.at >= furthest + PROGRESS_BYTES) patience.progressed();
    furthest = Math.max(furthest, position.at);
    const refusal = await patience.failed(followed, position.at);
    if (refusal !== undefined) return refusal;
  }
}

/** 416 with our own position as the total: we have it all (B5). */
function complete(head: Head, position: Position): boolean {
  const total = parseContentRange(head.headers["content-range"])?.total;
  return total === position.at && (position.total ?? total) === total;
}

function deviation(what: string, headers: Head["headers"]): Fault {
  const range = headers["content-range"];
  return fault(
    "range-invalid",
    `an unexpected \`${what}\` to a part that was asked for${range === undefined ? "" : `: \`${range}\``}`,
  );
}

/** What is wrong with a 206, or undefined: it must start where we stand, end at the end, and be of the same whole (B2). */
function badPart(head: Head, position: Position): Fault | undefined {
  const { headers } = head;
  const etag = strongEtag(headers.etag);
  if (position.etag !== undefined && etag !== undefined && etag !== position.etag) {
    return fault("changed-during-read", `the entity tag was \`${position.etag}\` and is \`${etag}\``);
  }
  const range = parseContentRange(headers["content-range"]);
  if (range?.start === undefined || range.end === undefined || range.total === undefined)
    return deviation("206", headers);
  const expected = range.total - position.at;
  const fits =
    range.start === position.at &&
    range.end === range.total - 1 &&
    (position.total ?? range.total) === range.total &&
    (head.announced ?? expected) === expected;
  return fits ? undefined : deviation("206", headers);
}
