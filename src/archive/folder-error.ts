import { codeOf } from "../io/errno.ts";
import { WholesourceError } from "../model/error.ts";

const noSpace: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const noPermission: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

const elsewhere = "free some space, or name a folder on another disk";

/** What went wrong while an archive was written or unpacked, with what to do about it. */
export function archiveError(cause: unknown, doing: string, subject: string, roomHint = elsewhere): WholesourceError {
  if (cause instanceof WholesourceError) return cause;
  const code = codeOf(cause);
  // A bug of ours is not the disk's.
  if (code === undefined) throw cause;
  if (noSpace.has(code)) {
    return new WholesourceError("no-space", `no space left: ${doing} (\`${code}\`)`, {
      hint: roomHint,
      cause,
      subject,
    });
  }
  return new WholesourceError("output-failed", `${doing} failed (\`${code}\`)`, {
    hint: noPermission.has(code) ? "check the owner and the permissions of the folder" : "check the disk",
    cause,
    subject,
  });
}

/** Somebody stopped the run. */
export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new WholesourceError("interrupted", "the archive was interrupted");
}
