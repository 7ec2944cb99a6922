/** Reads back what the clients of a run wrote down of their exchanges. */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../io/errno.ts";
import { RECORDED_BODY_MAX_BYTES, type RecordedExchange } from "../io/http-record.ts";
import { SPOOL_SUFFIX } from "../io/http-record-spool.ts";

/** A line of JSON: headers and a request's body; more is not ours. */
const LINE_MAX_BYTES = 32 * 1024 * 1024;
const READ_BYTES = 64 * 1024;
/** A reply that was unpacked to be searched may have grown. */
const BODY_MAX_BYTES = 16 * RECORDED_BODY_MAX_BYTES;
const LINE_END = 0x0a;

/** Where one exchange stands in its file. */
export interface SpooledExchange {
  readonly exchange: RecordedExchange;
  readonly offset: number;
  readonly bodyAt: number;
}

/** One client's exchanges. */
export interface ExchangeSpool {
  readonly name: string;
  /** Whole exchanges in the order of their ends; a torn last one is left out. */
  list(): Iterable<SpooledExchange>;
  /** The one that stands at this offset, with what was kept of its body. */
  read(offset: number): { readonly exchange: RecordedExchange; readonly body: Uint8Array };
  close(): void;
}

/** The files of a folder, by name; none where the folder was never made. */
export function openSpools(folder: string): readonly ExchangeSpool[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith(SPOOL_SUFFIX))
    .sort()
    .map((name) => openSpool(join(folder, name), name));
}

function openSpool(path: string, name: string): ExchangeSpool {
  const file = openSync(path, "r");
  const { size } = fstatSync(file);
  const at = (offset: number): SpooledExchange | undefined => {
    const line = readLine(file, offset, size);
    const exchange = line === undefined ? undefined : parsed(line.text);
    if (line === undefined || exchange === undefined) return undefined;
    const bodyAt = offset + line.length + 1;
    // The line's end behind the body is written last: with it, all of it is there.
    const end = readAt(file, bodyAt + exchange.kept, 1);
    return end[0] === LINE_END ? { exchange, offset, bodyAt } : undefined;
  };
  return {
    name,
    *list() {
      for (let offset = 0; offset < size; ) {
        const one = at(offset);
        if (one === undefined) return;
        yield one;
        offset = one.bodyAt + one.exchange.kept + 1;
      }
    },
    read(offset) {
      const one = at(offset);
      if (one === undefined) throw new Error(`no exchange at ${offset} of ${name}`);
      return { exchange: one.exchange, body: readAt(file, one.bodyAt, one.exchange.kept) };
    },
    close: () => closeSync(file),
  };
}

function readLine(
  file: number,
  offset: number,
  size: number,
): { readonly text: string; readonly length: number } | undefined {
  const parts: Buffer[] = [];
  let length = 0;
  while (offset + length < size && length <= LINE_MAX_BYTES) {
    const block = readAt(file, offset + length, READ_BYTES);
    const end = block.indexOf(LINE_END);
    parts.push(end < 0 ? block : block.subarray(0, end));
    length += end < 0 ? block.length : end;
    if (end >= 0) return { text: Buffer.concat(parts).toString("utf8"), length };
    if (block.length === 0) return undefined;
  }
  return undefined;
}

function parsed(line: string): RecordedExchange | undefined {
  try {
    // Our own program wrote it into a folder of this run; what is torn is no JSON.
    const value = JSON.parse(line) as RecordedExchange;
    return Number.isInteger(value.kept) && value.kept >= 0 && value.kept <= BODY_MAX_BYTES ? value : undefined;
  } catch {
    return undefined;
  }
}

function readAt(file: number, offset: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let got = 0;
  while (got < length) {
    const count = readSync(file, buffer, got, length - got, offset + got);
    if (count === 0) break;
    got += count;
  }
  return buffer.subarray(0, got);
}
