/** The question whose answer is wanted whatever its status: hosts say in it why they refuse. */
import type { Refusal } from "../model/evidence.ts";
import type { Answer, AnswerOptions, HttpRequest } from "./http.ts";
import type { Head, Payload } from "./http-ask.ts";
import { type Fault, fault, refusalOf } from "./http-fault.ts";
import { exchangeOf, follow, type Shared, unwanted } from "./http-follow.ts";
import type { RetryBudget } from "./http-retry.ts";
import { decoded, patienceFor, persist } from "./http-small.ts";
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
  const take = (head: Head): Payload | Fault => {
    const meaning = isSuccess(head.httpStatus) ? undefined : unwanted(head);
    if (meaning?.mayPass === true) return meaning;
    if (request.method !== "HEAD" && (head.announced ?? 0) > maxBytes) {
      return fault("too-large", `a reply of \`${head.announced}\` bytes, allowed are \`${maxBytes}\``);
    }
    chunks = [];
    // The chunk belongs to the connection: what is kept is copied.
    return { limit: maxBytes, write: (chunk) => void chunks.push(Buffer.from(chunk)) };
  };
  const followed = await persist(patience, (note) => follow(shared, request, take, note, redirects));
  if (followed.status === "refused") return followed;
  const { head, trail } = followed;
  const { httpStatus } = head;
  const refuse = (found: Fault): Refusal =>
    refusalOf({ ...found, httpStatus }, trail.finalUrl, patience.attempts.length + 1, Date.now());
  const bytes = await decoded(Buffer.concat(chunks), head.headers["content-encoding"], maxBytes);
  if (!(bytes instanceof Uint8Array)) return refuse(bytes);
  return {
    status: "answered",
    httpStatus,
    headers: head.headers,
    bytes,
    exchange: exchangeOf(request.url, head, trail, patience.attempts),
    ...(isSuccess(httpStatus) ? {} : { refusal: refuse(unwanted(head)) }),
  };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;
