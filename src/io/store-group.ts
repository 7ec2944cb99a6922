/**
 * Group commit: files that were written aside get their final names together, after one flush for all of them, and the
 * names are flushed together with the bytes of the next group.
 */
import { lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./errno.ts";
import { createFlush } from "./store-flush.ts";
import { GROUP_BYTES, GROUP_FILES, GROUP_MS } from "./store-limits.ts";

/** A file that is about to get its final name. */
export interface Newcomer {
  /** Where it was written; undefined when its bytes were there already and only the name is to be made sure of. */
  readonly from: string | undefined;
  readonly target: string;
  readonly size: number;
}

/** The files of one store that are on their way to their names. */
export interface Group {
  /** One more is being written, and may come here: whoever waits, may wait for it. */
  begin(): void;
  /** It came, or it will not. */
  end(): void;
  /** Resolves when the file would be found under its name after a power cut. What `from` names is gone then. */
  add(file: Newcomer): Promise<void>;
}

interface Waiting extends Newcomer {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Opens it for files in the file system of `folder`. */
export function createGroup(folder: string): Group {
  const flush = createFlush(folder);
  let expected = 0;
  let unnamed: Waiting[] = [];
  let named: Waiting[] = [];
  let bytes = 0;
  /** Folders whose own names are new. */
  let parents = new Set<string>();
  let running = false;

  async function round(): Promise<void> {
    if (expected > 0 && unnamed.length < GROUP_FILES && bytes < GROUP_BYTES) await sleep(GROUP_MS);
    const files = unnamed;
    const names = named;
    const folders = new Set([...parents, ...names.map(({ target }) => dirname(target))]);
    unnamed = [];
    named = [];
    parents = new Set();
    bytes = 0;
    try {
      await flush(
        files.flatMap(({ from }) => from ?? []),
        folders,
      );
    } catch (error) {
      // What a failed flush has lost is not known: none of them is kept.
      for (const { from } of files) if (from !== undefined) rmSync(from, { force: true });
      for (const { reject } of [...files, ...names]) reject(error);
      return;
    }
    for (const { resolve } of names) resolve();
    for (const file of files) {
      try {
        if (file.from !== undefined) giveName(file.from, file.target, parents);
        named.push(file);
      } catch (error) {
        if (file.from !== undefined) rmSync(file.from, { force: true });
        file.reject(error);
      }
    }
  }

  async function work(): Promise<void> {
    while (unnamed.length > 0 || named.length > 0) await round();
    running = false;
  }

  return {
    begin() {
      expected += 1;
    },
    end() {
      expected -= 1;
    },
    add(file) {
      return new Promise((resolve, reject) => {
        const waiting = { ...file, resolve, reject };
        if (file.from === undefined) named.push(waiting);
        else unnamed.push(waiting);
        bytes += file.size;
        if (running) return;
        running = true;
        // Failures belong to the files that they are about.
        void work();
      });
    },
  };
}

/**
 * A name that somebody else took meanwhile is taken over, for its bytes are the same: they were compared, or written by
 * another process that measured the same digest.
 */
function giveName(from: string, target: string, parents: Set<string>): void {
  try {
    renameSync(from, target);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || lstatSync(from, { throwIfNoEntry: false }) === undefined) throw error;
    const folder = dirname(target);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    parents.add(dirname(folder));
    renameSync(from, target);
  }
}
