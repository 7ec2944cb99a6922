import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { refuseFile } from "../io/files-open.ts";
import { type WalkEntry, walkFolder, walkPaths } from "../io/files-walk.ts";
import type { Refusal, RemoteObject } from "../model/evidence.ts";

/** Entries after which others get their turn: the walk itself never waits. */
const entriesPerTurn = 1000;

/** Paths that are spelled the same in a URL: nearly all, and making a URL of each would cost more than reading it. */
const plainPath = /^[A-Za-z0-9._/-]+$/;

/** Makes the objects of a folder's paths. A path may turn out to be a link: its reader follows it no further than `within`. */
export function localObjects(root: string, within: string): (path: string) => RemoteObject {
  const base = `${pathToFileURL(root).href.replace(/\/$/, "")}/`;
  return (path) => ({
    path,
    url: plainPath.test(path) ? base + path : pathToFileURL(join(root, path)).href,
    within,
  });
}

/** The paths alone, a folder at a time. */
export async function* listPaths(root: string, signal: AbortSignal): AsyncGenerator<readonly string[], void, void> {
  for (const paths of walkPaths(root, { ignoreGit: true })) {
    if (signal.aborted) return;
    yield paths;
    await setImmediate();
  }
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
  const objectAt = localObjects(root, within);
  for (const entry of walkFolder(root, { ignoreGit: true })) {
    if (++count % entriesPerTurn === 0) await setImmediate();
    if (signal.aborted) {
      yield refuseFile("interrupted", "the listing was interrupted");
      return;
    }
    const listed = toObject(objectAt, entry);
    if (listed !== undefined) yield listed;
  }
}

function toObject(objectAt: (path: string) => RemoteObject, entry: WalkEntry): RemoteObject | Refusal | undefined {
  // No manifest can name it, and its URL would name another file.
  if (entry.pathBytes !== undefined) return named(refuseFile("reply-invalid", "its name is not UTF-8"), entry.path);
  switch (entry.kind) {
    case "file":
      return { ...objectAt(entry.path), size: entry.size, mode: entry.mode };
    case "symlink":
      return { ...objectAt(entry.path), mode: entry.mode };
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
