/** An archive as a folder: all of it under its name, or nothing. */
import { chmodSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { codeOf } from "../io/errno.ts";
import { WholesourceError } from "../model/error.ts";
import { pathFault } from "../model/path.ts";
import type { ArchiveEntry } from "./contents.ts";
import { archiveError, stopIfAborted } from "./folder-error.ts";
import { createFlush, type Flush } from "./folder-flush.ts";
import { createPlacer } from "./folder-place.ts";
import { createSourceReader } from "./folder-source.ts";
import { openStage } from "./folder-stage.ts";

/** How a folder is written. */
export interface WriteFolderOptions {
  readonly signal?: AbortSignal | undefined;
  /** Let files of the archive be further names of the files that their bytes come from, where one disk holds both. */
  readonly link?: boolean | undefined;
  /** Take the place of a folder that is there already. */
  readonly replace?: boolean | undefined;
  /** Told of every file's size once the file is there. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** The longest target of a link that Linux takes. */
const LINK_MAX_BYTES = 4_095;
/** Milliseconds of work without a pause, after which others get their turn. */
const turnMs = 25;

/**
 * Writes the entries into a new folder. Bytes that can not be shared with their source are copied, and checked where
 * their digest is known; of shared ones only the size is.
 */
export async function writeFolder(
  entries: AsyncIterable<ArchiveEntry>,
  target: string,
  { signal, link = false, replace = false, onBytes }: WriteFolderOptions = {},
): Promise<void> {
  const doing = `writing \`${target}\``;
  try {
    stopIfAborted(signal);
    const stage = await openStage(target, { kind: "folder", replace });
    try {
      const flush = createFlush(stage.path);
      await fill(entries, stage.path, flush, { signal, link, onBytes });
      await flush.all(signal);
      stopIfAborted(signal);
      await stage.publish();
    } catch (error) {
      stage.discard();
      throw error;
    }
  } catch (error) {
    throw archiveError(error, doing, target);
  }
}

type FillOptions = Pick<WriteFolderOptions, "signal" | "link" | "onBytes">;

async function fill(
  entries: AsyncIterable<ArchiveEntry>,
  root: string,
  flush: Flush,
  options: FillOptions,
): Promise<void> {
  mkdirSync(root);
  flush.changed(root, "folder");
  const placer = createPlacer(createSourceReader(options.signal), options.link === true);
  let lastFolder = "";
  let since = performance.now();
  for await (const entry of entries) {
    stopIfAborted(options.signal);
    refuseUnsound(entry);
    const folder = entry.path.slice(0, Math.max(0, entry.path.lastIndexOf("/")));
    if (folder !== lastFolder) {
      makeFolders(root, folder, flush);
      lastFolder = folder;
    }
    try {
      const path = `${root}/${entry.path}`;
      if (entry.mode === "120000" && isLinked(entry, path, root)) continue;
      const placed = placer(entry, path);
      if (placed !== "linked") {
        await placed;
        // The bytes behind a further name are on the disk when their first name is.
        flush.changed(path, "file");
      }
      if (entry.mode === "100755") chmodSync(path, 0o755);
    } catch (error) {
      if (codeOf(error) === "EEXIST") throw sameName(entry);
      throw error;
    }
    options.onBytes?.(entry.size);
    const now = performance.now();
    if (now - since > turnMs) {
      await setImmediate();
      since = performance.now();
    }
  }
}

/** Makes a link, unless it leads nowhere or out of the folder: then its text is a file, as git keeps it where there are none. */
function isLinked({ source, size }: ArchiveEntry, path: string, root: string): boolean {
  if (size > LINK_MAX_BYTES) return false;
  const target = "from" in source ? readFileSync(source.from) : source.bytes;
  if (target.includes(0)) return false;
  symlinkSync(Buffer.from(target), path);
  try {
    if (realpathSync(path).startsWith(realpathSync(root) + sep)) return true;
  } catch {
    // It leads nowhere, or in a circle.
  }
  rmSync(path);
  return false;
}

/** Makes a folder and those above it; each of them then has a name more. */
function makeFolders(root: string, folder: string, flush: Flush): void {
  mkdirSync(`${root}/${folder}`, { recursive: true });
  for (let at = folder.length; at > 0; at = folder.lastIndexOf("/", at - 1)) {
    flush.changed(`${root}/${folder.slice(0, at)}`, "folder");
  }
}

function refuseUnsound({ path }: ArchiveEntry): void {
  const fault = pathFault(path);
  if (fault !== undefined)
    throw new WholesourceError("output-failed", `\`${path}\` can not be in an archive: ${fault}`);
}

function sameName({ path }: ArchiveEntry): WholesourceError {
  return new WholesourceError("output-failed", `\`${path}\` is there twice, or the disk takes it for another name`, {
    hint: "write to a disk that tells upper from lower case, or choose an archive of one file",
  });
}
