/** One question, followed by hand through its redirects: every hop is checked and recorded. */
import type { Exchange } from "../model/evidence.ts";
import { redactUrl } from "../model/redact.ts";
import { admitUrl } from "./guard.ts";
import type { AnswerOptions, HttpOptions, HttpRequest, Timeouts } from "./http.ts";
import { type Asked, ask, type Head, type Outgoing, type Payload } from "./http-ask.ts";
import { type Fault, fault, statusFault } from "./http-fault.ts";
import type { Lanes, Lease } from "./http-lane.ts";
import type { Pauses } from "./http-pause.ts";
import type { ExchangeRecorder, Recording } from "./http-record.ts";
import { authorized, lowerCased } from "./http-sign.ts";
import { unsaidOf } from "./http-unsaid.ts";
import { MAX_REDIRECTS } from "./limits.ts";

/** What every request of one Http shares. */
export interface Shared {
  readonly options: HttpOptions;
  readonly timeouts: Timeouts;
  readonly lanes: Lanes;
  readonly pauses: Pauses;
  /** Hears of every exchange. */
  readonly recorder?: ExchangeRecorder | undefined;
  /** Exchanges that were begun; counted for the recorder. */
  readonly begun: { count: number };
}

export type Hops = Exchange["hops"];

/** Where an answer came from. */
export interface Trail {
  readonly finalUrl: string;
  readonly hops: Hops;
}

export type WantHere = (head: Head, trail: Trail) => Payload | Fault | undefined;

export interface Followed extends Asked {
  readonly trail: Trail;
}

/** Headers that go along to another origin; every other one may be a secret and stays (A21). */
const harmless: ReadonlySet<string> = new Set(["accept", "accept-encoding", "range", "if-range", "user-agent"]);

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Asks, and goes where the answer sends us. `note` hears of a try that failed on a connection gone stale. */
export async function follow(
  shared: Shared,
  request: HttpRequest,
  want: WantHere,
  note: (stale: Fault) => void,
  redirectsToFollow: AnswerOptions["redirects"] = "all",
  asks: "payload" | "reply" = "reply",
): Promise<Followed | Fault> {
  const first = admitUrl(request.url);
  if (first === "invalid") return fault("protocol", "not a URL", { url: request.url });
  if (first === "scheme") return schemeFault(request.url);
  let outgoing: Outgoing = {
    method: request.method ?? "GET",
    url: first,
    headers: {
      "user-agent": shared.options.userAgent,
      "accept-encoding": "identity",
      accept: "*/*",
      ...lowerCased(request.headers ?? {}),
      ...(request.upload === undefined ? {} : { "content-length": `${request.upload.size}` }),
    },
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.upload === undefined ? {} : { upload: request.upload }),
  };
  const unsaid = unsaidOf(request);
  const shown = (url: URL): string => unsaid.text(redactUrl(url.href));
  const heard = (head: Head): Head => ({ ...head, headers: unsaid.headers(head.headers) });
  const hops: { readonly url: string; readonly httpStatus: number }[] = [];
  // The credential goes no further than its origin, and is not picked up again when a later step leads back.
  let authorization = request.authorization;
  for (;;) {
    const trail: Trail = { finalUrl: shown(outgoing.url), hops };
    const next = (head: Head): Outgoing | Fault | undefined =>
      redirects.has(head.httpStatus)
        ? wantedHop(outgoing, nextHop(outgoing, head, hops.length, shared.options.allowDowngrade), redirectsToFollow)
        : undefined;
    const wantHere = (head: Head): Payload | Fault | undefined =>
      next(head) === undefined ? want(heard(head), trail) : undefined;
    const anyAddress = request.operatorEndpoint === true && outgoing.url.origin === first.origin;
    const sent = await authorized(outgoing, authorization);
    const { recorder, begun } = shared;
    const plain = outgoing;
    const record =
      recorder === undefined
        ? undefined
        : (): Recording => recorder.start({ plain, sent, unsaid, asks, sequence: begun.count++ });
    const asked = await askOnce(shared, sent, wantHere, request.signal, note, anyAddress, record);
    // What is told of it is the URL without what the credential added.
    if (asked.status === "fault") return { ...asked, url: unsaid.text(outgoing.url.href) };
    const { head } = asked;
    const hop = next(head);
    if (hop === undefined) return { status: "asked", head: heard(head), trail };
    if ("status" in hop) return { ...hop, message: unsaid.text(hop.message) };
    if (hop.url.origin !== outgoing.url.origin) authorization = undefined;
    hops.push({ url: shown(hop.url), httpStatus: head.httpStatus });
    outgoing = hop;
  }
}

/** The hop where it is to be gone; undefined where the redirect itself is the answer that was asked for. */
function wantedHop(
  from: Outgoing,
  hop: Outgoing | Fault,
  follow: AnswerOptions["redirects"],
): Outgoing | Fault | undefined {
  if (follow === "all") return hop;
  if (follow === "none") return undefined;
  return "status" in hop || hop.url.origin !== from.url.origin ? undefined : hop;
}

async function askOnce(
  shared: Shared,
  outgoing: Outgoing,
  want: (head: Head) => Payload | Fault | undefined,
  signal: AbortSignal | undefined,
  note: (stale: Fault) => void,
  anyAddress: boolean,
  record: (() => Recording) | undefined,
): Promise<Asked | Fault> {
  const { lanes, pauses, timeouts } = shared;
  let answered = false;
  const wantSeen = (head: Head): Payload | Fault | undefined => {
    answered = true;
    pauses.heard(outgoing.url, head);
    return want(head);
  };
  const lease = await patientLease(shared, outgoing.url, signal, anyAddress);
  if (lease.status === "fault") return { ...lease, url: outgoing.url.href };
  const asked = await ask(lease, outgoing, wantSeen, timeouts, signal, record?.());
  if (asked.status === "asked" || answered || !lease.reused || outgoing.upload !== undefined) return asked;
  if (asked.reason !== "connection-reset" && asked.reason !== "protocol") return asked;
  // The host closed the idle connection, or left rubbish in it, while the request was under way (A36, A37).
  note(asked);
  const again = await lanes.lease(outgoing.url, signal, { fresh: true, anyAddress });
  if (again.status === "fault") return { ...again, url: outgoing.url.href };
  return ask(again, outgoing, wantSeen, timeouts, signal, record?.());
}

/** A lane to a host that has not asked to be left alone; it may have done so while we queued for the lane. */
async function patientLease(
  { lanes, pauses, timeouts }: Shared,
  url: URL,
  signal: AbortSignal | undefined,
  anyAddress: boolean,
): Promise<Lease | Fault> {
  for (;;) {
    const impatient = await pauses.wait(url, timeouts.retryAfterCap, signal);
    if (impatient !== undefined) return impatient;
    const lease = await lanes.lease(url, signal, { fresh: false, anyAddress });
    if (lease.status === "fault" || !pauses.isOn(url)) return lease;
    lease.giveBack(true);
  }
}

function nextHop(from: Outgoing, head: Head, hopsSoFar: number, allowDowngrade: boolean): Outgoing | Fault {
  const { httpStatus, headers } = head;
  const more = { httpStatus, url: from.url.href };
  if (hopsSoFar >= MAX_REDIRECTS) return fault("redirect-limit", `more than \`${MAX_REDIRECTS}\` redirects`, more);
  const { location } = headers;
  if (location === undefined || location.trim() === "") {
    return fault("redirect-invalid", `the host answered \`${httpStatus}\` and did not name one place to go`, more);
  }
  const url = admitUrl(location, from.url);
  if (url === "invalid") return fault("redirect-invalid", "the redirect's target is not a URL", more);
  if (url === "scheme") return { ...schemeFault(location), ...more };
  if (from.url.protocol === "https:" && url.protocol === "http:" && !allowDowngrade) {
    return fault("downgrade-blocked", `redirected from https to \`${redactUrl(url.href)}\``, more);
  }
  const sameOrigin = url.origin === from.url.origin;
  const keepsMethod = httpStatus === 307 || httpStatus === 308 || from.method !== "POST";
  const hasBody = from.body !== undefined || from.upload !== undefined;
  if (keepsMethod && hasBody && !sameOrigin) {
    return fault("redirect-invalid", `a request with a body was redirected to \`${url.origin}\``, more);
  }
  return {
    url,
    method: keepsMethod ? from.method : "GET",
    // Dropped at the first step to another origin, and not picked up again when a later step leads back.
    headers: Object.fromEntries(
      Object.entries(from.headers).filter(
        ([name]) => (sameOrigin || harmless.has(name)) && (keepsMethod || !name.startsWith("content-")),
      ),
    ),
    ...(keepsMethod && from.body !== undefined ? { body: from.body } : {}),
    ...(keepsMethod && from.upload !== undefined ? { upload: from.upload } : {}),
  };
}

function schemeFault(url: string): Fault {
  const [scheme = ""] = url.split(":", 1);
  return fault("scheme-blocked", `expected \`https\` or \`http\`, got \`${scheme.slice(0, 20)}\``, { url });
}

/** The record of an exchange, from its last answer. */
export function exchangeOf(
  url: string,
  head: Head,
  trail: Trail,
  attempts: Exchange["attempts"],
  resumedAt?: number,
): Exchange {
  const { headers } = head;
  // An encoded answer's length says nothing of the payload's.
  const encoded = (headers["content-encoding"] ?? "identity").toLowerCase() !== "identity";
  return {
    url: redactUrl(url),
    finalUrl: trail.finalUrl,
    httpStatus: head.httpStatus,
    hops: [...trail.hops],
    attempts: [...attempts],
    ...(headers.etag === undefined ? {} : { etag: headers.etag }),
    ...(headers["last-modified"] === undefined ? {} : { lastModified: headers["last-modified"] }),
    ...(headers["content-type"] === undefined ? {} : { mediaType: headers["content-type"] }),
    ...(head.announced === undefined || encoded ? {} : { contentLength: head.announced }),
    ...(resumedAt === undefined ? {} : { resumedAt }),
  };
}

/** The fault of a status that the question has no use for. */
export function unwanted(head: Head): Fault {
  return statusFault(head.httpStatus, head.headers, Date.now());
}
