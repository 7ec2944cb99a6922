/** The question whose answer is wanted whatever its status: hosts say in it why they refuse. */
import type { Refusal } from "../model/evidence.ts";
import type { Answer, AnswerOptions, HttpRequest } from "./http.ts";
import type { Head, Payload } from "./http-ask.ts";
import { type Fault, fault, refusalOf } from "./http-fault.ts";
import { exchangeOf, follow, type Shared, unwanted } from "./http-follow.ts";
import type { RetryBudget } from "./http-retry.ts";
import { decoded, patienceFor, persist } from "./http-small.ts";
import { unsaidOf } from "./http-unsaid.ts";
import { MAX_REPLY_BYTES } from "./limits.ts";

/** Asks, and hands over whatever final answer comes. */
export async function answer(
  shared: Shared,
  budget: RetryBudget,
  request: HttpRequest,
  { maxBytes = MAX_REPLY_BYTES, redirects = "all" }: AnswerOptions = {},
): Promise<Answer | Refusal> {
  const patience = patienceFor(shared, budget, request);
  let chunks: Buffer[] = [];
  let isCut = false;
  const take = (head: Head): Payload | Fault => {
    const meaning = isSuccess(head.httpStatus) ? undefined : unwanted(head);
    if (meaning?.mayPass === true) return meaning;
    const { httpStatus, announced = 0 } = head;
    if (meaning === undefined && request.method !== "HEAD" && announced > maxBytes) {
      return fault("too-large", `a reply of \`${announced}\` bytes, allowed are \`${maxBytes}\``, { httpStatus });
    }
    chunks = [];
    isCut = false;
    // The chunk belongs to the connection: what is kept is copied.
    const payload: Payload = { limit: maxBytes, write: (chunk) => void chunks.push(Buffer.from(chunk)) };
    if (meaning === undefined) return payload;
    // A refusal is one, however long the page is that comes with it: its beginning will do.
    const cut = (): void => {
      isCut = true;
    };
    return { ...payload, cut };
  };
  const followed = await persist(patience, (note) => follow(shared, request, take, note, redirects));
  if (followed.status === "refused") return followed;
  const { head, trail } = followed;
  const { httpStatus } = head;
  const refuse = (found: Fault): Refusal =>
    refusalOf({ ...found, httpStatus }, trail.finalUrl, patience.attempts.length + 1, Date.now());
  // A part of an encoded payload can not be decoded.
  const coding = httpStatus === 206 ? undefined : head.headers["content-encoding"];
  const plain = await decoded(Buffer.concat(chunks), coding, maxBytes);
  const isRead = plain instanceof Uint8Array;
  if (!isRead && isSuccess(httpStatus)) return refuse(plain);
  return {
    status: "answered",
    httpStatus,
    headers: head.headers,
    bytes: isRead ? unsaidOf(request).bytes(plain) : new Uint8Array(0),
    ...(isCut || !isRead ? { cut: true } : {}),
    exchange: exchangeOf(request.url, head, trail, patience.attempts),
    ...(isSuccess(httpStatus) ? {} : { refusal: refuse(unwanted(head)) }),
  };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;
