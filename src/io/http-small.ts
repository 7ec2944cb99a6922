/** Small replies, read whole: JSON and text; and the question that reads nothing. */

import { promisify } from "node:util";
import { type BrotliOptions, brotliDecompress, gunzip, inflate, type ZlibOptions } from "node:zlib";
import type { ZodType } from "zod";
import type { Refusal } from "../model/evidence.ts";
import type { HttpRequest, Reply } from "./http.ts";
import type { Head, Payload } from "./http-ask.ts";
import { type Fault, fault, refusalOf } from "./http-fault.ts";
import { exchangeOf, type Followed, follow, type Shared, unwanted } from "./http-follow.ts";
import { parseContentRange } from "./http-range.ts";
import { createPatience, type Patience, type RetryBudget } from "./http-retry.ts";
import { unsaidOf } from "./http-unsaid.ts";
import { MAX_REPLY_BYTES } from "./limits.ts";

type Asking = (note: (stale: Fault) => void) => Promise<Followed | Fault>;

/** Asks until there is an answer or no patience left. */
export async function persist(patience: Patience, asking: Asking): Promise<Followed | Refusal> {
  for (;;) {
    const followed = await asking((stale) => patience.note(stale));
    if (followed.status === "asked") {
      patience.succeeded();
      return followed;
    }
    const refusal = await patience.failed(followed);
    if (refusal !== undefined) return refusal;
  }
}

/** The patience that one question has. */
export function patienceFor(shared: Shared, budget: RetryBudget, request: HttpRequest): Patience {
  const { options, timeouts } = shared;
  const retries = request.upload === undefined ? options.retries : 0;
  return createPatience({ url: request.url, retries, timeouts, budget, signal: request.signal });
}

/** HEAD, or a one-byte GET where HEAD is refused. */
export async function probe(
  shared: Shared,
  budget: RetryBudget,
  request: HttpRequest,
): Promise<Reply<undefined> | Refusal> {
  const patience = patienceFor(shared, budget, request);
  const byHead = await persist(patience, (note) => follow(shared, { ...request, method: "HEAD" }, takeNothing, note));
  if (byHead.status === "asked") return replyOf(request, byHead, undefined, patience);
  if (!headRefused(byHead.httpStatus)) return byHead;
  const one = { ...request, method: "GET" as const, headers: { ...request.headers, range: "bytes=0-0" } };
  const byGet = await persist(patience, (note) => follow(shared, one, takeNoByte, note));
  if (byGet.status === "refused") return byGet;
  return replyOf(request, { ...byGet, head: wholeOf(byGet.head) }, undefined, patience);
}

const headRefused = (status: number | undefined): boolean => status === 403 || status === 405 || status === 501;

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

function takeNothing(head: Head): Fault | undefined {
  return isSuccess(head.httpStatus) ? undefined : unwanted(head);
}

/** An empty file has no first byte: 416 is then the answer. */
function takeNoByte(head: Head): Fault | undefined {
  const empty = head.httpStatus === 416 && parseContentRange(head.headers["content-range"])?.total === 0;
  return isSuccess(head.httpStatus) || empty ? undefined : unwanted(head);
}

/** The head as it would be for the whole payload. */
function wholeOf(head: Head): Head {
  if (head.httpStatus !== 206 && head.httpStatus !== 416) return head;
  const { announced: _part, ...rest } = head;
  const total = parseContentRange(head.headers["content-range"])?.total;
  return total === undefined ? rest : { ...rest, announced: total };
}

/** A text reply, strictly UTF-8. */
export async function text(
  shared: Shared,
  budget: RetryBudget,
  request: HttpRequest,
  maxBytes = MAX_REPLY_BYTES,
): Promise<Reply<string> | Refusal> {
  const patience = patienceFor(shared, budget, request);
  let chunks: Buffer[] = [];
  const take = (head: Head): Payload | Fault => {
    if (!isSuccess(head.httpStatus)) return unwanted(head);
    if ((head.announced ?? 0) > maxBytes) {
      return fault("too-large", `a reply of \`${head.announced}\` bytes, allowed are \`${maxBytes}\``);
    }
    chunks = [];
    // The chunk belongs to the connection: what is kept is copied.
    return { limit: maxBytes, write: (chunk) => void chunks.push(Buffer.from(chunk)) };
  };
  const followed = await persist(patience, (note) => follow(shared, request, take, note));
  if (followed.status === "refused") return followed;
  const { httpStatus } = followed.head;
  const refuse = (found: Fault): Refusal =>
    refusalOf({ ...found, httpStatus }, followed.trail.finalUrl, patience.attempts.length + 1, Date.now());
  const plain = await decoded(Buffer.concat(chunks), followed.head.headers["content-encoding"], maxBytes);
  if (!(plain instanceof Uint8Array)) return refuse(plain);
  try {
    const body = unsaidOf(request).text(new TextDecoder("utf-8", { fatal: true }).decode(plain));
    return replyOf(request, followed, body, patience);
  } catch {
    return refuse(fault("reply-invalid", "the reply is not UTF-8"));
  }
}

/** A JSON reply, read with the schema. */
export async function json<T>(
  shared: Shared,
  budget: RetryBudget,
  request: HttpRequest,
  schema: ZodType<T>,
  maxBytes = MAX_REPLY_BYTES,
): Promise<Reply<T> | Refusal> {
  const accept = { accept: "application/json", ...request.headers };
  const reply = await text(shared, budget, { ...request, headers: accept }, maxBytes);
  if (reply.status === "refused") return reply;
  const { finalUrl, httpStatus, attempts } = reply.exchange;
  const invalid = (message: string): Refusal =>
    refusalOf(
      fault("reply-invalid", message, httpStatus === undefined ? {} : { httpStatus }),
      finalUrl,
      attempts.length + 1,
      Date.now(),
    );
  let value: unknown;
  try {
    value = JSON.parse(reply.body);
  } catch {
    return invalid("the reply is not JSON");
  }
  const read = schema.safeParse(value);
  if (read.success) return { ...reply, body: read.data };
  const [issue] = read.error.issues;
  const more = read.error.issues.length > 1 ? ` (and ${read.error.issues.length - 1} more)` : "";
  const place =
    issue === undefined || issue.path.length === 0 ? "at its top" : `at \`${issue.path.join(".").slice(0, 200)}\``;
  return invalid(`the reply is not as expected ${place}: ${(issue?.message ?? "").slice(0, 200)}${more}`);
}

function replyOf<Body>(request: HttpRequest, followed: Followed, body: Body, patience: Patience): Reply<Body> {
  const { head, trail } = followed;
  return {
    status: "ok",
    body,
    exchange: exchangeOf(request.url, head, trail, patience.attempts),
    headers: head.headers,
  };
}

const gunzipAsync = promisify<Buffer, ZlibOptions, Buffer>(gunzip);
const inflateAsync = promisify<Buffer, ZlibOptions, Buffer>(inflate);
const brotliAsync = promisify<Buffer, BrotliOptions, Buffer>(brotliDecompress);

const decoders: { readonly [coding: string]: (bytes: Buffer, maxOutputLength: number) => Promise<Buffer> } = {
  gzip: (bytes, maxOutputLength) => gunzipAsync(bytes, { maxOutputLength }),
  "x-gzip": (bytes, maxOutputLength) => gunzipAsync(bytes, { maxOutputLength }),
  deflate: (bytes, maxOutputLength) => inflateAsync(bytes, { maxOutputLength }),
  br: (bytes, maxOutputLength) => brotliAsync(bytes, { maxOutputLength }),
};

/** We ask for identity; a host that encodes anyway is decoded under the same cap (A29, A30). */
export async function decoded(
  bytes: Buffer,
  coding: string | undefined,
  maxBytes: number,
): Promise<Uint8Array | Fault> {
  const name = (coding ?? "identity").trim().toLowerCase();
  // The head of a payload tells how that would come: nothing of it is here.
  if (bytes.length === 0 || name === "identity" || name === "") return bytes;
  const decoder = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  if (decoder === undefined) return fault("encoding-unsupported", `the reply is encoded as \`${name}\``);
  try {
    return await decoder(bytes, maxBytes);
  } catch (error) {
    if (error instanceof RangeError)
      return fault("too-large", `the decoded reply is larger than \`${maxBytes}\` bytes`);
    return fault("reply-invalid", `the reply is not valid \`${name}\``);
  }
}
