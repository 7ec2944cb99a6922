/**
 * Group commit: files that were written aside get their final names together, after one flush for all of them, and the
 * names are flushed together with the bytes of the next group.
 */
import { lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./errno.ts";
import { createFlush } from "./store-flush.ts";
import { GROUP_BYTES, GROUP_FILES, GROUP_MS, GROUP_PATIENT_MS } from "./store-limits.ts";

/** A file that is about to get its final name. */
export interface Newcomer {
  /** Where it was written; undefined when its bytes were there already and only the name is to be made sure of. */
  readonly from: string | undefined;
  readonly target: string;
  readonly size: number;
  /** Nobody waits for it now. */
  readonly patient?: boolean | undefined;
}

/** The files of one store that are on their way to their names. */
export interface Group {
  /** One more is being written, and may come here: whoever waits, may wait for it. */
  begin(): void;
  /** It came, or it will not. */
  end(): void;
  /** Resolves when the file would be found under its name after a power cut. What `from` names is gone then. */
  add(file: Newcomer): Promise<void>;
  /** Somebody waits for all that came so far. */
  hurry(): void;
}

interface Waiting extends Newcomer {
  /** In the order of their coming. */
  readonly number: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Opens it for files in the file system of `folder`; `patientMs` is how long those wait that nobody waits for. */
export function createGroup(folder: string, patientMs = GROUP_PATIENT_MS): Group {
  const flush = createFlush(folder);
  let expected = 0;
  let unnamed: Waiting[] = [];
  let named: Waiting[] = [];
  let bytes = 0;
  /** Folders whose own names are new. */
  let parents = new Set<string>();
  let running = false;
  let count = 0;
  /** All that came before this one are waited for. */
  let hurried = 0;
  let wake: () => void = () => undefined;

  const isFull = (): boolean => unnamed.length >= GROUP_FILES || bytes >= GROUP_BYTES;
  const isWaitedFor = (file: Waiting): boolean => file.patient !== true || file.number < hurried;
  const isUrgent = (): boolean => unnamed.some(isWaitedFor) || named.some(isWaitedFor);

  /** Waits for more files as long as it is worth it. */
  async function gather(): Promise<void> {
    const until = performance.now() + patientMs;
    for (let left = patientMs; !isFull() && !isUrgent() && left > 0; left = until - performance.now()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (expected > 0 && !isFull() && isUrgent()) await sleep(GROUP_MS);
  }

  async function round(): Promise<void> {
    await gather();
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
        const waiting = { ...file, number: count++, resolve, reject };
        if (file.from === undefined) named.push(waiting);
        else unnamed.push(waiting);
        bytes += file.size;
        if (running) {
          if (file.patient !== true || isFull()) wake();
          return;
        }
        running = true;
        // Failures belong to the files that they are about.
        void work();
      });
    },
    hurry() {
      hurried = count;
      wake();
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
