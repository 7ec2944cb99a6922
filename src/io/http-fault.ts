/** Every status and every socket error becomes one reason, here and nowhere else. */
import { type Refusal, type RefusalReason, refusalReasons } from "../model/evidence.ts";
import { redactUrl } from "../model/redact.ts";
import { codeOf } from "./errno.ts";
import { AddressBlocked } from "./guard.ts";
import { isUsedUp, rateLimitWait } from "./http-ratelimit.ts";
import { MAX_MESSAGE_CHARACTERS } from "./limits.ts";

/** A question that failed once. */
export interface Fault {
  readonly status: "fault";
  readonly reason: RefusalReason;
  readonly message: string;
  /** True when asking again may help. */
  readonly mayPass: boolean;
  readonly url?: string;
  readonly httpStatus?: number;
  readonly errorCode?: string;
  /** The host named a time to come back: milliseconds from now. */
  readonly retryAfter?: number;
}

const passing: ReadonlySet<RefusalReason> = new Set([
  "connection-refused",
  "connection-failed",
  "connection-reset",
  "connect-timeout",
  "headers-timeout",
  "stalled",
  "rate-limited",
  "server-error",
  "truncated",
] satisfies RefusalReason[]);

/** A fault for a reason, with whether it may pass taken from the reason unless said otherwise. */
export function fault(
  reason: RefusalReason,
  message: string,
  more: Partial<Omit<Fault, "status" | "reason">> = {},
): Fault {
  return { status: "fault", reason, message: shorten(message), mayPass: passing.has(reason), ...more };
}

/** The refusal that a fault ends in. */
export function refusalOf(last: Fault, url: string, attempts: number, now: number): Refusal {
  const retryAt = last.retryAfter === undefined ? undefined : isoTime(now + last.retryAfter);
  return {
    status: "refused",
    kind: refusalReasons[last.reason],
    reason: last.reason,
    message: last.message,
    url: redactUrl(last.url ?? url),
    ...(last.httpStatus === undefined ? {} : { httpStatus: last.httpStatus }),
    ...(last.errorCode === undefined ? {} : { errorCode: last.errorCode }),
    ...(retryAt === undefined ? {} : { retryAt }),
    ...(attempts === 0 ? {} : { attempts }),
  };
}

/** The fault of an answer whose status is not one that was asked for. */
export function statusFault(httpStatus: number, headers: { readonly [name: string]: string }, now: number): Fault {
  const retryAfter = retryAfterOf(headers, now);
  const wait = retryAfter === undefined ? {} : { retryAfter };
  const say = (reason: RefusalReason, meaning: string, more: Partial<Omit<Fault, "status" | "reason">> = {}): Fault =>
    fault(reason, `the host answered \`${httpStatus}\`: ${meaning}`, { httpStatus, ...more });
  const named = azureMeaning(headers["x-ms-error-code"]);
  if (named !== undefined) return say(...named);
  switch (httpStatus) {
    case 401:
      if (isGate(headers)) return say("gated", "its terms have to be accepted first");
      return say("authentication-required", "a login or token is asked for");
    case 403:
      if (isGate(headers)) return say("gated", "its terms have to be accepted first");
      // Some forges say 403 where others say 429.
      if (isUsedUp(headers)) return say("rate-limited", "too many requests", wait);
      return say("forbidden", "access is denied");
    case 404:
      return say("not-found", "there is nothing at this address");
    case 408:
    case 425:
      return say("status-unexpected", "the request came at the wrong time", { mayPass: true, ...wait });
    case 410:
      return say("gone", "it was there and is no longer");
    case 429:
      return say("rate-limited", "too many requests", wait);
    case 451:
      return say("legal-reasons", "withheld for legal reasons");
    case 503:
      if (retryAfter !== undefined) return say("rate-limited", "come back later", wait);
      return say("server-error", "the server is not available");
    default:
      if (httpStatus >= 500) return say("server-error", "the server failed", wait);
      return say("status-unexpected", "this status answers no question of ours");
  }
}

/** Azure's stores say 404 and 409 for what is closed: its own word for it is in a header of every answer. */
function azureMeaning(code: string | undefined): readonly [RefusalReason, string] | undefined {
  switch (code) {
    case "ResourceNotFound":
      return ["authentication-required", "closed to the public, or missing; this host does not tell which"];
    case "PublicAccessNotPermitted":
      return ["authentication-required", "the account gives nothing to the public"];
    case "BlobArchived":
    case "BlobBeingRehydrated":
      return ["archived", "the blob is archived, and has to be restored before it can be read"];
    default:
      return undefined;
  }
}

/** Milliseconds that the answer asks us to wait, or undefined when it says nothing that can be read. */
export function retryAfterOf(headers: { readonly [name: string]: string }, now: number): number | undefined {
  const value = headers["retry-after"]?.trim() ?? "";
  if (/^\d{1,12}$/.test(value)) return Number(value) * 1000;
  const until = httpDate(value);
  // The host's own clock, where it tells it: ours may be wrong (A40).
  const hostNow = httpDate(headers.date ?? "") ?? now;
  return until === undefined ? rateLimitWait(headers, hostNow) : Math.max(0, until - hostNow);
}

/** A model hub's own word for what stands behind a 401 or 403: the thing is there, and so is a gate. */
function isGate(headers: { readonly [name: string]: string }): boolean {
  return headers["x-error-code"] === "GatedRepo";
}

/** The fault behind an error that a connection attempt ended with. */
export function connectFault(error: unknown, url: URL): Fault {
  if (error instanceof AddressBlocked) return fault("address-blocked", error.message, { errorCode: error.code });
  const code = codeOf(error);
  const more = code === undefined ? {} : { errorCode: code };
  const host = `\`${url.host}\``;
  switch (code) {
    case "ENOTFOUND":
    case "ENODATA":
      return fault("name-not-resolved", `there is no host ${host}`, more);
    case "EAI_AGAIN":
      return fault("name-not-resolved", `the name of ${host} can not be looked up now`, { ...more, mayPass: true });
    case "ECONNREFUSED":
      return fault("connection-refused", `${host} refuses connections`, more);
    case "ETIMEDOUT":
      return fault("connect-timeout", `${host} does not answer`, more);
    case "ECONNRESET":
    case "EPIPE":
      return fault("connection-reset", `${host} ended the connection while it was made`, more);
    default:
      if (isTlsCode(code)) return fault("tls", `no trusted connection to ${host}: ${textOf(error)}`, more);
      return fault("connection-failed", `no connection to ${host}: ${code ?? textOf(error)}`, more);
  }
}

/** The fault behind an error after the request went out. */
export function wireFault(
  error: unknown,
  seen: {
    readonly head: boolean;
    readonly bytes: number;
    readonly announced: number | undefined;
    /** The other side ended the connection; else the parser did, for what it read. */
    readonly ended: boolean;
  },
): Fault {
  const code = codeOf(error) ?? "UNKNOWN";
  const more = { errorCode: code };
  const progress =
    seen.announced === undefined ? `after \`${seen.bytes}\`` : `after \`${seen.bytes}\` of \`${seen.announced}\``;
  if (code === "HPE_INVALID_EOF_STATE" || code === "UND_ERR_SOCKET" || code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") {
    if (seen.head) return fault("truncated", `the connection ended ${progress} bytes`, more);
    if (seen.ended && code !== "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") {
      return fault("connection-reset", "the connection ended before an answer", more);
    }
  }
  if (code === "ECONNRESET" || code === "EPIPE" || code === "ETIMEDOUT") {
    return fault(
      "connection-reset",
      seen.head ? `the connection was reset ${progress} bytes` : "the connection was reset",
      more,
    );
  }
  if (isTlsCode(code)) return fault("tls", `the secure connection failed: ${textOf(error)}`, more);
  return fault("protocol", `not a valid HTTP answer: ${textOf(error)}`, more);
}

function isTlsCode(code: string | undefined): boolean {
  return (
    code !== undefined &&
    (/^(?:ERR_TLS|ERR_SSL|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/.test(code) ||
      ["EPROTO", "INVALID_CA", "PATH_LENGTH_EXCEEDED", "INVALID_PURPOSE"].includes(code))
  );
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function shorten(message: string): string {
  return message.length <= MAX_MESSAGE_CHARACTERS ? message : `${message.slice(0, MAX_MESSAGE_CHARACTERS)}...`;
}

function httpDate(value: string): number | undefined {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

function isoTime(time: number): string | undefined {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
