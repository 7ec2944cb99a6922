/** Where the rows of a text end. Linear, and holds no more than one row that is cut by a chunk's end. */
import { ROWS_MAX } from "./draw.ts";
import { RecordsFault } from "./fault.ts";

/** Bytes of one row. */
export const ROW_MAX_BYTES = 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;

/** Takes a text in chunks. The bytes of a row are the caller's only until `onRow` returns. */
export interface RowScanner {
  write(chunk: Uint8Array): void;
  /** The text is over: its last row may have no line end. */
  end(): void;
  /** Rows so far, empty ones left out. */
  readonly rows: number;
}

/** Cuts a text into rows: at line ends, and with `quoted` only at those that are in no quotes (RFC 4180). */
export function createRowScanner(quoted: boolean, onRow: (bytes: Uint8Array, row: number) => void): RowScanner {
  const nextEnd = quoted ? endOutsideQuotes() : (chunk: Uint8Array, from: number) => chunk.indexOf(LF, from);
  let carried: Uint8Array[] = [];
  let carriedBytes = 0;
  let rows = 0;
  let first = true;

  const emit = (bytes: Uint8Array): void => {
    let from = 0;
    if (first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) from = 3;
    first = false;
    const to = bytes.at(-1) === CR ? bytes.length - 1 : bytes.length;
    if (to <= from) return;
    if (rows >= ROWS_MAX) throw new RecordsFault("limit", `the list has more than ${ROWS_MAX} rows`);
    onRow(bytes.subarray(from, to), rows++);
  };
  const finishRow = (last: Uint8Array): void => {
    const whole = carriedBytes === 0 ? last : Buffer.concat([...carried, last]);
    carried = [];
    carriedBytes = 0;
    emit(whole);
  };

  return {
    write(chunk) {
      let from = 0;
      for (let end = nextEnd(chunk, 0); end >= 0; end = nextEnd(chunk, from)) {
        if (end - from + carriedBytes > ROW_MAX_BYTES) throw tooLong(rows);
        finishRow(chunk.subarray(from, end));
        from = end + 1;
      }
      if (from === chunk.length) return;
      carriedBytes += chunk.length - from;
      if (carriedBytes > ROW_MAX_BYTES) throw tooLong(rows);
      carried.push(Uint8Array.from(chunk.subarray(from)));
    },
    end: () => finishRow(new Uint8Array(0)),
    get rows() {
      return rows;
    },
  };
}

const tooLong = (row: number): RecordsFault =>
  new RecordsFault(
    "malformed",
    `row ${row} is longer than ${ROW_MAX_BYTES} bytes: no line end, or a quote that nothing closes`,
  );

/** Quotes count only where a field begins with them. Remembers where in a field the last chunk ended. */
function endOutsideQuotes(): (chunk: Uint8Array, from: number) => number {
  let state: "begin" | "plain" | "quoted" | "closing" = "begin";
  return (chunk, from) => {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (state === "quoted") {
        if (byte === QUOTE) state = "closing";
      } else if (byte === LF) {
        state = "begin";
        return at;
      } else if (byte === COMMA) state = "begin";
      else if (byte === QUOTE && state !== "plain") state = "quoted";
      else state = "plain";
    }
    return -1;
  };
}
