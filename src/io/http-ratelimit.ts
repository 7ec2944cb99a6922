/** When a window of requests ends, as hosts say it that send no Retry-After. */

type Headers = { readonly [name: string]: string };

/** Longer values are no limit that somebody means. UTF-16 units. */
const VALUE_MAX_LENGTH = 1024;
/** From here on a number is a time since 1970 and no wait: as a wait it would be 31 years. Seconds. */
const EPOCH_FROM_SECONDS = 1e9;
/** And from here on it is counted in milliseconds. */
const EPOCH_FROM_MILLISECONDS = 1e11;

/**
 * Milliseconds until a used-up window opens again, or undefined where no header says that one is used up: hosts send
 * these headers with every answer. Read are `RateLimit` (IETF draft: `"api";r=0;t=55`, and the older
 * `limit=10, remaining=0, reset=55`) and `RateLimit-Reset` or `X-RateLimit-Reset` with their `-Remaining`.
 */
export function rateLimitWait(headers: Headers, hostNow: number): number | undefined {
  return fromPolicies(headers.ratelimit) ?? fromPairs(headers, hostNow);
}

/** True when the host says that nothing is left of what it allows. */
export function isUsedUp(headers: Headers): boolean {
  return fromPolicies(headers.ratelimit) !== undefined || remainingOf(headers) === 0;
}

function fromPolicies(value: string | undefined): number | undefined {
  if (value === undefined || value.length > VALUE_MAX_LENGTH) return undefined;
  // A policy's name may hold the separators.
  const items = value.replaceAll(/"(?:[^"\\]|\\.)*"/g, "name").split(",");
  const older = fieldsOf(value, ",");
  const waits = items.map((item) => fieldsOf(item, ";")).flatMap(({ r, t }) => (r === 0 && t !== undefined ? [t] : []));
  if (older.remaining === 0 && older.reset !== undefined) waits.push(older.reset);
  return waits.length === 0 ? undefined : Math.max(...waits) * 1000;
}

function fieldsOf(text: string, separator: string): { readonly [name: string]: number | undefined } {
  const fields = text.split(separator).map((field) => field.trim().split("="));
  return Object.fromEntries(fields.flatMap(([name = "", value]) => (isCount(value) ? [[name, Number(value)]] : [])));
}

function fromPairs(headers: Headers, hostNow: number): number | undefined {
  const reset = headers["ratelimit-reset"] ?? headers["x-ratelimit-reset"];
  if (!isCount(reset) || (remainingOf(headers) ?? 0) > 0) return undefined;
  const number = Number(reset);
  if (number >= EPOCH_FROM_MILLISECONDS) return Math.max(0, number - hostNow);
  return number >= EPOCH_FROM_SECONDS ? Math.max(0, number * 1000 - hostNow) : number * 1000;
}

function remainingOf(headers: Headers): number | undefined {
  const remaining = headers["ratelimit-remaining"] ?? headers["x-ratelimit-remaining"];
  return isCount(remaining) ? Number(remaining) : undefined;
}

function isCount(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,15}$/.test(text.trim());
}
