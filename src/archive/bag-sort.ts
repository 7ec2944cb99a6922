/** Sorting more lines than memory holds. */
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../io/errno.ts";
import { WholesourceError } from "../model/error.ts";

/** Lines that are sorted in memory, by number and by characters; more of them wait on disk. */
const RUN_LINES = 50_000;
const RUN_CHARS = 12 * 1024 * 1024;
/** Runs that are merged at a time: each has a file open and a buffer. */
const MERGE_RUNS = 128;
/** What is read of a run at a time, and written to one, in bytes. */
const BLOCK_BYTES = 64 * 1024;

export interface LineSort {
  /** A line without a line's end. */
  add(line: string): void;
  /** All of them, in the order of their UTF-16. To be read once, when nothing is added any more. */
  sorted(): Iterable<string>;
}

/** Opens a sort that writes below this folder, and only when there is too much to hold. */
export function createLineSort(
  folder: string,
  name: string,
  limits: { readonly lines?: number; readonly chars?: number; readonly runs?: number } = {},
): LineSort {
  const { lines: maxLines = RUN_LINES, chars: maxChars = RUN_CHARS, runs: maxRuns = MERGE_RUNS } = limits;
  let held: string[] = [];
  let chars = 0;
  let runs: string[] = [];
  let made = 0;
  const write = (lines: Iterable<string>): string => {
    const file = join(folder, `${name}-${made++}`);
    writeRun(file, lines);
    return file;
  };
  const spill = (): void => {
    runs.push(write(held.sort()));
    held = [];
    chars = 0;
  };
  return {
    add(line) {
      held.push(line);
      chars += line.length;
      if (held.length >= maxLines || chars >= maxChars) spill();
    },
    *sorted() {
      if (runs.length === 0) {
        yield* held.sort();
        return;
      }
      if (held.length > 0) spill();
      while (runs.length > maxRuns) {
        const merged: string[] = [];
        for (let at = 0; at < runs.length; at += maxRuns) merged.push(write(merge(runs.slice(at, at + maxRuns))));
        runs = merged;
      }
      yield* merge(runs);
    },
  };
}

function writeRun(file: string, lines: Iterable<string>): void {
  const fd = openSync(file, "wx", 0o600);
  try {
    writeLines(fd, lines);
  } catch (error) {
    throw codeOf(error) === "ENOSPC" ? noSpace(error) : error;
  } finally {
    closeSync(fd);
  }
}

const noSpace = (cause: unknown): WholesourceError =>
  new WholesourceError("no-space", "the disk is full: a list too long for memory could not be sorted", {
    hint: "free space in the folder for temporary files, or set `TMPDIR` to another",
    cause,
  });

function writeLines(fd: number, lines: Iterable<string>): void {
  let text = "";
  const write = (): void => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    text = "";
  };
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length >= BLOCK_BYTES) write();
  }
  write();
}

function* readRun(file: string): Generator<string, void, void> {
  const fd = openSync(file, "r");
  try {
    const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const count = readSync(fd, buffer, 0, BLOCK_BYTES, null);
      if (count === 0) return;
      const block = buffer.subarray(0, count);
      const end = block.lastIndexOf(0x0a) + 1;
      if (end === 0) {
        rest = Buffer.concat([rest, block]);
        continue;
      }
      const lines = Buffer.concat([rest, block.subarray(0, end - 1)]).toString();
      rest = Buffer.from(block.subarray(end));
      yield* lines.split("\n");
    }
  } finally {
    closeSync(fd);
    rmSync(file, { force: true });
  }
}

/** Merges sorted runs with a heap of their first lines. */
function* merge(files: readonly string[]): Generator<string, void, void> {
  const heads: { line: string; readonly rest: Generator<string, void, void> }[] = [];
  const runs = files.map(readRun);
  try {
    for (const rest of runs) {
      const { value, done } = rest.next();
      if (done !== true) heads.push({ line: value, rest });
    }
    heads.sort((a, b) => (a.line < b.line ? -1 : 1));
    for (let head = heads[0]; head !== undefined; head = heads[0]) {
      yield head.line;
      const { value, done } = head.rest.next();
      if (done !== true) head.line = value;
      else {
        const last = heads.pop();
        if (last === undefined || last === head) continue;
        heads[0] = last;
      }
      sink(heads);
    }
  } finally {
    for (const run of runs) run.return();
  }
}

/** Moves the first of a heap down to its place. */
function sink(heads: { line: string }[]): void {
  const moved = heads[0];
  if (moved === undefined) return;
  let at = 0;
  for (;;) {
    const left = heads[2 * at + 1];
    const right = heads[2 * at + 2];
    const isRight = right !== undefined && left !== undefined && right.line < left.line;
    const least = isRight ? right : left;
    if (least === undefined || least.line >= moved.line) break;
    heads[at] = least;
    at = 2 * at + (isRight ? 2 : 1);
  }
  heads[at] = moved;
}
