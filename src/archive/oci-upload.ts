/** One blob on its way into a registry, as its distribution specification has it. */
import { closeSync, read as readFd } from "node:fs";
import { promisify } from "node:util";
import { openFile } from "../io/files-open.ts";
import type { Answer, Upload } from "../io/http.ts";
import { WholesourceError } from "../model/error.ts";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { placeOf, registryError } from "../resolve/oci-reply.ts";
import type { OciSession } from "../resolve/oci-session.ts";

/** Blobs up to this size go in one request; of larger ones a broken request loses no more than one part. Bytes. */
export const PART_BYTES = 64 * 1024 * 1024;
/** The largest part that a registry may ask for. Bytes. */
const PART_MAX_BYTES = 1024 * 1024 * 1024;
/** Requests that may fail without any progress between them. */
const FAILURES_MAX = 4;
/** What is read from the disk at a time. Bytes. */
const READ_BYTES = 256 * 1024;

const octets = "application/octet-stream";
const readAt = promisify(readFd);

/** A blob and the file that it lies in. */
export interface BlobFile {
  readonly digest: string;
  readonly size: number;
  readonly file: string;
}

export interface UploadOptions {
  readonly partBytes?: number | undefined;
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** True when the repository has the blob. Where it is kept elsewhere, the way there is answer enough. */
export async function hasBlob(session: OciSession, digest: string): Promise<boolean | Refusal> {
  const answer = await session.ask(`blobs/${digest}`, { method: "HEAD", redirects: "none" });
  if (answer.status === "refused") return answer;
  const { httpStatus } = answer;
  if (httpStatus === 200 || httpStatus === 302 || httpStatus === 307 || httpStatus === 308) return true;
  return httpStatus === 404 ? false : notTaken(answer, session);
}

/**
 * Sends a blob. An upload that breaks off is taken up where the registry says that it ended, or begun anew; the registry
 * measures what has come before it takes it for the blob.
 */
export async function uploadBlob(
  session: OciSession,
  blob: BlobFile,
  options: UploadOptions = {},
): Promise<undefined | Refusal> {
  const { partBytes = PART_BYTES } = options;
  for (let failures = 1; ; failures++) {
    const begun = await session.ask("blobs/uploads/", { method: "POST" });
    if (begun.status === "refused") return begun;
    if (begun.httpStatus !== 202) return notTaken(begun, session);
    const at = locationOf(begun, session);
    if (typeof at !== "string") return at;
    const least = Number(begun.headers["oci-chunk-min-length"] ?? 0);
    const part = Math.max(partBytes, Number.isSafeInteger(least) ? Math.min(least, PART_MAX_BYTES) : 0);
    const isWhole = blob.size <= part;
    const failed = await (isWhole ? whole(session, at, blob, options) : inParts(session, at, blob, part, options));
    if (failed === undefined) return undefined;
    if (!failed.again || failures >= FAILURES_MAX) return failed.refusal;
  }
}

/** Why a blob did not arrive, and whether it may when it is begun anew. */
interface Failed {
  readonly refusal: Refusal;
  readonly again: boolean;
}

async function whole(
  session: OciSession,
  at: string,
  blob: BlobFile,
  options: UploadOptions,
): Promise<undefined | Failed> {
  const upload = partOf(blob, 0, blob.size, options);
  const headers = { "content-type": octets };
  const refusal = taken(await session.ask(withDigest(at, blob), { method: "PUT", headers, upload }), session);
  return refusal && { refusal, again: mayPass(refusal) };
}

async function inParts(
  session: OciSession,
  begun: string,
  blob: BlobFile,
  partBytes: number,
  options: UploadOptions,
): Promise<undefined | Failed> {
  const headers = { "content-type": octets };
  let at = begun;
  let failures = 0;
  let isBroken = false;
  // What broke off may still be on its way while we ask how far it came: then the registry has it mixed up.
  const failed = (refusal: Refusal): Failed => ({
    refusal,
    again: mayPass(refusal) || (isBroken && refusal.httpStatus === 400),
  });
  for (let sent = 0; sent < blob.size; ) {
    const end = Math.min(blob.size, sent + partBytes);
    const range = { "content-range": `${sent}-${end - 1}` };
    const upload = partOf(blob, sent, end, options);
    const answer = await session.ask(at, { method: "PATCH", headers: { ...headers, ...range }, upload });
    if (answer.status === "answered" && answer.httpStatus === 202) {
      // What it does not say, it took whole.
      const next = endOf(answer) ?? end;
      const location = locationOf(answer, session);
      if (typeof location !== "string") return failed(location);
      if (next <= sent || next > end) return failed(contradiction(answer, sent, end));
      at = location;
      sent = next;
      failures = 0;
      continue;
    }
    const broken = answer.status === "refused" ? answer : notTaken(answer, session);
    failures++;
    if (failures >= FAILURES_MAX || !mayPass(broken)) return failed(broken);
    isBroken = true;
    const kept = await session.ask(at, {});
    // Where it does not say how far it came, the blob begins anew.
    const next = kept.status === "answered" && kept.httpStatus === 204 ? endOf(kept) : undefined;
    if (next === undefined || next > blob.size || kept.status !== "answered") return failed(broken);
    const location = locationOf(kept, session);
    if (typeof location !== "string") return failed(location);
    at = location;
    sent = next;
  }
  const refusal = taken(await session.ask(withDigest(at, blob), { method: "PUT", headers }), session);
  return refusal && failed(refusal);
}

/** Offsets count from 0, and one byte can not be told from none: then it begins anew. */
function endOf({ headers }: Answer): number | undefined {
  const last = /^(?:bytes=)?0-(\d{1,15})$/.exec(headers.range?.trim() ?? "")?.[1];
  return last === undefined || last === "0" ? undefined : Number(last) + 1;
}

function taken(answer: Answer | Refusal, session: OciSession): undefined | Refusal {
  if (answer.status === "refused") return answer;
  return answer.httpStatus === 201 || answer.httpStatus === 204 ? undefined : notTaken(answer, session);
}

function withDigest(at: string, { digest }: BlobFile): string {
  const url = new URL(at);
  url.searchParams.set("digest", digest);
  return url.href;
}

/** Where the registry wants the bytes: at its own host, or at another one over https. */
function locationOf(answer: Answer, session: OciSession): string | Refusal {
  const { location } = answer.headers;
  const url =
    location !== undefined && URL.canParse(location, session.url) ? new URL(location, session.url) : undefined;
  if (url === undefined) {
    return refuse("reply-invalid", "the registry does not say where it wants the bytes", placeOf(answer));
  }
  if (url.protocol === "https:" || url.origin === new URL(session.url).origin) return url.href;
  return refuse(
    "downgrade-blocked",
    `the registry wants the bytes without encryption: \`${url.host}\``,
    placeOf(answer),
  );
}

function contradiction(answer: Answer, sent: number, end: number): Refusal {
  const message = `bytes \`${sent}\` to \`${end}\` were sent, the registry says \`${(answer.headers.range ?? "").slice(0, 100)}\``;
  return refuse("reply-invalid", message, placeOf(answer));
}

/** What is worth another try: nobody said no. A registry that has forgotten an upload is asked for a new one. */
function mayPass({ kind, httpStatus, reason }: Refusal): boolean {
  return reason !== "interrupted" && (kind === "unreachable" || httpStatus === 404 || httpStatus === 416);
}

/** Why a registry did not take something, in its own words. */
export function notTaken(answer: Answer, session: OciSession): Refusal {
  const error = registryError(answer);
  const said = error === undefined ? "" : ` (${[error.code, error.message].filter((part) => part !== "").join(": ")})`;
  const kept = session.keptBack === undefined ? "" : `; ${session.keptBack}`;
  const { httpStatus } = answer;
  const at = placeOf(answer);
  if (httpStatus === 401 || httpStatus === 403) {
    const who = session.isLoggedIn ? "with your login" : "without a login";
    const message = `the registry does not let you write ${who}${said}${kept}`;
    return refuse(httpStatus === 401 ? "authentication-required" : "forbidden", message, at);
  }
  const other = answer.refusal ?? refuse("status-unexpected", `the registry answered \`${httpStatus}\``, at);
  return { ...other, message: other.message + said };
}

function partOf({ file, size }: BlobFile, start: number, end: number, { onBytes }: UploadOptions): Upload {
  return {
    size: end - start,
    async *open() {
      const opened = openFile(file);
      if (opened.status === "refused") throw changed(file, opened.message);
      try {
        if (opened.size !== size) throw changed(file, `it has \`${opened.size}\` bytes, \`${size}\` were expected`);
        for (let at = start; at < end; ) {
          // Each chunk is another's from here on.
          const chunk = Buffer.allocUnsafe(Math.min(READ_BYTES, end - at));
          const { bytesRead } = await readAt(opened.fd, chunk, 0, chunk.length, at);
          if (bytesRead === 0) throw changed(file, "it ended too early");
          at += bytesRead;
          onBytes?.(bytesRead);
          yield chunk.subarray(0, bytesRead);
        }
      } finally {
        closeSync(opened.fd);
      }
    },
  };
}

function changed(file: string, why: string): WholesourceError {
  return new WholesourceError("input-unreadable", `a blob can not be sent: ${why}`, { subject: file });
}
