/** The history of a release: lines that are only ever appended, each in one write, so that two watchers tear none. */
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { codeOf } from "../io/errno.ts";
import { WholesourceError } from "../model/error.ts";
import type { History, HistoryLine } from "../model/history.ts";

/** The longest line that is read, in bytes: one of ten thousand pieces has a few million. */
const LINE_MAX = 32 * 1024 * 1024;
/** What every line begins with. Inside a string of JSON its quotes would be escaped. */
const BEGIN = '{"schemaVersion":"1","time":';

/** Where a release's history is. */
export const historyFile = (slug: string): string => `${slug}.history.jsonl`;

/** A line as it is written. */
export function historyText({ schemaVersion, time, ...rest }: HistoryLine): string {
  return `${JSON.stringify({ schemaVersion, time, ...rest })}\n`;
}

/** Appends one line. What a killed run left of its last line is ended first. Throws `output-failed`. */
export async function appendHistory(file: string, line: HistoryLine): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, "a+", 0o666);
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const text = historyText(line);
    const bytes = Buffer.from(size > 0 && last[0] !== 0x0a ? `\n${text}` : text);
    const { bytesWritten } = await handle.write(bytes);
    // The rest would land behind what another watcher wrote meanwhile.
    if (bytesWritten !== bytes.length) throw new Error(`${bytesWritten} of ${bytes.length} bytes were written`);
    await handle.datasync();
  } catch (cause) {
    throw historyFailed(file, cause);
  } finally {
    await handle?.close();
  }
}

/** What a history that can not be written or read is told as. */
export function historyFailed(file: string, cause: unknown): WholesourceError {
  const reason = codeOf(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  const code = reason === "ENOSPC" || reason === "EDQUOT" ? "no-space" : "output-failed";
  return new WholesourceError(code, `\`${file}\` can not be kept: ${reason}`, {
    hint: "check that the folder of the history may be written and has room",
    subject: file,
    cause,
  });
}

/** Reads the last `max` lines; an empty history where there is no file. */
export async function readHistory(file: string, max: number): Promise<History> {
  const { HistoryLine: Line } = await import("../model/history-schema.ts");
  const kept: string[] = [];
  let count = 0;
  for await (const text of linesOf(file)) {
    if (text === "") continue;
    count += 1;
    kept.push(text);
    if (kept.length > max) kept.shift();
  }
  const lines: HistoryLine[] = [];
  let torn = 0;
  const parsed = (text: string): HistoryLine | undefined => {
    try {
      return Line.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  };
  for (const text of kept) {
    const whole = parsed(text);
    // A run that was killed at the very moment when another one wrote leaves its half before a whole line.
    const at = text.lastIndexOf(BEGIN);
    const line = whole ?? (at > 0 ? parsed(text.slice(at)) : undefined);
    if (whole === undefined) torn += 1;
    if (line !== undefined) lines.push(line);
  }
  return { lines, torn, omitted: count - kept.length };
}

/** Lines with and without an end. One that is too long is passed on as its first part, which is no line. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let size = 0;
  const keep = (part: Buffer): void => {
    if (size <= LINE_MAX && part.length > 0) parts.push(part);
    size += part.length;
  };
  const taken = (): string => {
    const text = Buffer.concat(parts).toString("utf8");
    parts = [];
    size = 0;
    return text;
  };
  try {
    for await (const chunk of createReadStream(file)) {
      if (!Buffer.isBuffer(chunk)) continue;
      let from = 0;
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, from)) {
        keep(chunk.subarray(from, at));
        yield taken();
        from = at + 1;
      }
      keep(chunk.subarray(from));
    }
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return;
    throw historyFailed(file, cause);
  }
  if (size > 0) yield taken();
}
