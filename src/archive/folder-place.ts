import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  openSync,
  rmSync,
  type Stats,
  writeSync,
} from "node:fs";
import { codeOf } from "../io/errno.ts";
import type { ArchiveEntry } from "./contents.ts";
import { type SourceReader, unread, wrongSize } from "./folder-source.ts";

/** Puts the bytes of an entry at a path where nothing is yet. */
export type Placer = (entry: ArchiveEntry, to: string) => "linked" | Promise<void>;

/** Errors of the system that say that two places can not share bytes, whatever the file. */
const notShared: ReadonlySet<string> = new Set([
  "EXDEV",
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EINVAL",
  "ENOTTY",
]);
/** One file has as many names as the disk allows: the next one may have room. */
const thisFileOnly = "EMLINK";
/** Copies that share their blocks come with the source's permissions, and a store's are for its owner alone. */
const fileMode = 0o644;

/** A further name, a copy that shares its blocks, or a copy: the first that the disk can do. */
export function createPlacer(reader: SourceReader, link: boolean): Placer {
  let mayLink = link;
  let mayClone = true;
  return (entry, to) => {
    if ("from" in entry.source) {
      const { from } = entry.source;
      if (mayLink) {
        const shared = share(entry, to, () => linkSync(from, to));
        if (shared === "done") return "linked";
        mayLink = shared === thisFileOnly;
      }
      if (mayClone) {
        const clone = () => copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
        const shared = share(entry, to, clone);
        if (shared === "done") {
          chmodSync(to, fileMode);
          return Promise.resolve();
        }
        mayClone = shared === thisFileOnly;
      }
    }
    return copy(reader, entry, to);
  };
}

/** Tries to share bytes, and looks at what came of it. */
function share(entry: ArchiveEntry, to: string, act: () => void): "done" | "no" | typeof thisFileOnly {
  try {
    act();
  } catch (error) {
    const code = codeOf(error) ?? "";
    if (code === thisFileOnly) return thisFileOnly;
    if (notShared.has(code)) return "no";
    // The source is told as every source is, by whoever reads it.
    if (code === "ENOENT" || code === "EACCES" || code === "ELOOP") return thisFileOnly;
    throw error;
  }
  const facts: Stats = lstatSync(to);
  if (!facts.isFile()) {
    rmSync(to, { force: true });
    throw unread(entry, "it is no regular file");
  }
  if (facts.size !== entry.size) throw wrongSize(entry, facts.size);
  return "done";
}

async function copy(reader: SourceReader, entry: ArchiveEntry, to: string): Promise<void> {
  const file = openSync(to, "wx", 0o666);
  try {
    await reader.read(entry, (chunk) => writeAllSync(file, chunk));
  } finally {
    closeSync(file);
  }
}

/** Writes all of it: a full disk shows first as a short count, without an error. */
export function writeAllSync(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const count = writeSync(file, bytes, at, bytes.length - at);
    if (count === 0) throw Object.assign(new Error("nothing was written"), { code: "ENOSPC" });
    at += count;
  }
}
