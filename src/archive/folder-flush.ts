import { closeSync, constants, fsyncSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../io/errno.ts";
import { run } from "../io/process.ts";
import { syncFolder } from "../io/store-write.ts";

/** What has to be brought onto the disk before a folder gets its name. */
export interface Flush {
  /** A file or folder was made, or something was put into a folder. */
  changed(path: string, kind: "file" | "folder"): void;
  /** Brings all of it onto the disk, where it stays in a crash. */
  all(signal?: AbortSignal): Promise<void>;
}

/** Files and folders up to which each is flushed by itself; beyond, one flush of the file system costs less. */
const singleFlushes = 256;
/** Milliseconds that the system may take for it: there may be a slow disk, and the writes of others. */
const flushTimeout = 24 * 3600 * 1000;
/** Where Linux keeps the program that flushes one file system. */
const syncPrograms = ["/usr/bin/sync", "/bin/sync"];

/** Remembers what changed below a folder, up to a bound: beyond, everything is flushed. */
export function createFlush(folder: string): Flush {
  const files: string[] = [];
  const folders = new Set<string>();
  let isMany = false;
  return {
    changed(path, kind) {
      if (isMany) return;
      if (kind === "file") files.push(path);
      else folders.add(path);
      isMany = files.length + folders.size > singleFlushes;
    },
    async all(signal) {
      if (isMany) return flushTree(folder, signal);
      for (const file of files) flushFile(file);
      for (const each of folders) await syncFolder(each);
    },
  };
}

async function flushTree(folder: string, signal: AbortSignal | undefined): Promise<void> {
  const limits = { env: {}, timeout: flushTimeout, maxBytes: 64 * 1024, ...(signal === undefined ? {} : { signal }) };
  for (const program of process.platform === "linux" ? syncPrograms : []) {
    const ended = await run(program, ["-f", folder], limits);
    if (ended.status === "exited" && ended.code === 0) return;
    if (signal?.aborted === true) return;
  }
  await flushEach(folder);
}

async function flushEach(folder: string): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await flushEach(path);
    else flushFile(path);
  }
  await syncFolder(folder);
}

function flushFile(path: string): void {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    // A further name of a file that is not ours to read: whoever wrote its bytes has flushed them.
    if (codeOf(error) === "EACCES") return;
    throw error;
  }
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
