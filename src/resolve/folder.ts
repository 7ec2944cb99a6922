import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { refuseFile } from "../io/files-open.ts";
import { type WalkEntry, walkFolder } from "../io/files-walk.ts";
import type { Refusal, RemoteObject } from "../model/evidence.ts";

/** Entries after which others get their turn: the walk itself never waits. */
const entriesPerTurn = 1000;

/** The object at a local path that may turn out to be a link: its reader follows it no further than `within`. */
export function localObject(root: string, path: string, within: string): RemoteObject {
  return { path, url: pathToFileURL(join(root, path)).href, within };
}

/**
 * Every file below a folder, sorted by bytes. Links are told as links and never followed, the folder's own `.git` is
 * git's bookkeeping and left out, and what is not a file or can not be read is a refusal in its place.
 */
export async function* listFolder(
  root: string,
  within: string,
  signal: AbortSignal,
): AsyncGenerator<RemoteObject | Refusal, void, void> {
  let count = 0;
  for (const entry of walkFolder(root, { ignoreGit: true })) {
    if (++count % entriesPerTurn === 0) await setImmediate();
    if (signal.aborted) {
      yield refuseFile("interrupted", "the listing was interrupted");
      return;
    }
    const listed = toObject(root, within, entry);
    if (listed !== undefined) yield listed;
  }
}

function toObject(root: string, within: string, entry: WalkEntry): RemoteObject | Refusal | undefined {
  // No manifest can name it, and its URL would name another file.
  if (entry.pathBytes !== undefined) return named(refuseFile("reply-invalid", "its name is not UTF-8"), entry.path);
  switch (entry.kind) {
    case "file":
      return {
        path: entry.path,
        url: pathToFileURL(join(root, entry.path)).href,
        size: entry.size,
        mode: entry.mode,
      };
    case "symlink":
      return { ...localObject(root, entry.path, within), mode: entry.mode };
    case "empty-folder":
      return undefined;
    case "other":
      return named(refuseFile("not-a-file", "it is a device, a pipe or a socket"), entry.path);
    case "refused":
      return named(entry.refusal, entry.path);
  }
}

/** Says which entry of the listing a refusal is about. */
function named(refusal: Refusal, path: string): Refusal {
  return { ...refusal, message: `\`${path}\`: ${refusal.message}` };
}
