/** Opening local files so that nothing but a regular file is ever read, and nothing ever hangs. */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import type { FileMode, Refusal, RefusalReason } from "../model/evidence.ts";
import { refusalReasons } from "../model/evidence.ts";

/** A path as the file system has it; bytes where a name is no UTF-8. */
export type LocalPath = string | Buffer;

/** An open regular file. Whoever has it closes `fd`. */
export interface OpenFile {
  readonly status: "open";
  readonly fd: number;
  readonly size: number;
  /** `100755` when its owner may run it, as git says it. */
  readonly mode: FileMode;
  /** Of the last change, in ms: with `size`, what shows that a file moved under us. */
  readonly changedAt: number;
}

/** A name given for a link is not followed; a FIFO opens at once instead of waiting for its writer. */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

const executableByOwner = 0o100;

/** Opens a regular file for reading. A link as the last segment is `not-a-file` with the code `ELOOP`. */
export function openFile(path: LocalPath): OpenFile | Refusal {
  let fd: number | undefined;
  try {
    fd = openSync(path, openFlags);
    const stat = fstatSync(fd);
    if (!stat.isFile()) {
      closeSync(fd);
      return refuseFile("not-a-file", stat.isDirectory() ? "it is a folder" : "it is no regular file");
    }
    return { status: "open", fd, size: stat.size, mode: modeOf(stat.mode), changedAt: stat.mtimeMs };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    return refuseError(error);
  }
}

/** The mode that git would write for a regular file with these permission bits. */
export const modeOf = (mode: number): FileMode => ((mode & executableByOwner) === 0 ? "100644" : "100755");

/** A refusal of a local file. The message names no path: whoever asked knows it, and reports are the same everywhere. */
export function refuseFile(reason: RefusalReason, message: string, errorCode?: string): Refusal {
  const refusal: Refusal = { status: "refused", kind: refusalReasons[reason], reason, message };
  return errorCode === undefined ? refusal : { ...refusal, errorCode };
}

/** What each error of the file system says about the file. All else is a failure to read, which says nothing of it. */
const errorRows: { readonly [code: string]: readonly [RefusalReason, string] } = {
  ENOENT: ["not-found", "there is no such file"],
  ENOTDIR: ["not-found", "a folder on the way is a file"],
  ENAMETOOLONG: ["not-found", "no file can have a name of this length"],
  ERR_INVALID_ARG_VALUE: ["not-found", "no file can have such a name"],
  EACCES: ["permission", "we may not read it"],
  EPERM: ["permission", "we may not read it"],
  ELOOP: ["not-a-file", "it is a link"],
  EISDIR: ["not-a-file", "it is a folder"],
  ENXIO: ["not-a-file", "it is no regular file"],
  ENODEV: ["not-a-file", "it is no regular file"],
};

/** Turns what the file system threw into a refusal; a bug of ours is thrown on. */
export function refuseError(error: unknown): Refusal {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined) throw error;
  const row = Object.hasOwn(errorRows, code) ? errorRows[code] : undefined;
  return row === undefined ? refuseFile("read-failed", "reading it failed", code) : refuseFile(row[0], row[1], code);
}
