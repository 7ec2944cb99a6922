/** A stream of bytes as lines of text, with bounded memory whatever the stream holds. */
import { isAscii, isUtf8 } from "node:buffer";

/** The longest line of a listing, in bytes. */
export const LISTING_MAX_LINE_BYTES = 64 * 1024;

/** What is done with each line: its text without the line's end, or why there is none. Numbers are 1-based. */
export interface LineReader {
  line(text: string, number: number): void;
  fault(number: number, detail: string): void;
}

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = 0xfeff;

/**
 * Hands on every line of the stream. Yields after each part whose lines were handed on, so that the caller can pass
 * on what it made of them. Text is decoded a part at a time: decoding each line alone takes several times as long.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, reader: LineReader): AsyncGenerator<void> {
  // The beginning of a line whose end has not come yet, in parts: chunks may be as small as one byte.
  let rest: Uint8Array[] = [];
  let restLength = 0;
  let number = 1;
  // A line that is too long was told of, and its remainder is being passed over.
  let skipping = false;
  for await (const part of inParts(chunks)) {
    let bytes = part;
    if (skipping) {
      const end = bytes.indexOf(LF);
      if (end < 0) continue;
      skipping = false;
      number += 1;
      bytes = bytes.subarray(end + 1);
    }
    const wholeLines = bytes.lastIndexOf(LF) + 1;
    if (wholeLines > 0) {
      number = block(joined(rest, bytes.subarray(0, wholeLines)), number, reader);
      rest = [];
      restLength = 0;
    }
    if (wholeLines < bytes.length) {
      // A copy, because the chunk belongs to its owner again.
      rest.push(Uint8Array.from(bytes.subarray(wholeLines)));
      restLength += bytes.length - wholeLines;
    }
    if (restLength > LISTING_MAX_LINE_BYTES) {
      reader.fault(number, tooLong);
      rest = [];
      restLength = 0;
      skipping = true;
    }
    yield;
  }
  if (restLength > 0) {
    block(joined(rest, new Uint8Array()), number, reader);
    yield;
  }
}

/** Cuts chunks small: what is made of a small one dies young, and the collector takes half the time. */
async function* inParts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += PART_BYTES) yield chunk.subarray(start, start + PART_BYTES);
  }
}

const PART_BYTES = 64 * 1024;

const tooLong = `it is longer than ${LISTING_MAX_LINE_BYTES} bytes`;

/** Hands on the lines of whole text; returns the number of the line after them. */
function block(bytes: Uint8Array, firstNumber: number, reader: LineReader): number {
  if (!isUtf8(bytes)) return brokenBlock(bytes, firstNumber, reader);
  const text = decode(bytes);
  let number = firstNumber;
  const mark = firstNumber === 1 && text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
  for (let start = mark; start < text.length; number++) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    if (end - start > LISTING_MAX_LINE_BYTES) reader.fault(number, tooLong);
    else reader.line(text.slice(start, end > start && text.charCodeAt(end - 1) === CR ? end - 1 : end), number);
    start = end + 1;
  }
  return number;
}

/** The same, one line at a time, to find which of them is no text. */
function brokenBlock(bytes: Uint8Array, firstNumber: number, reader: LineReader): number {
  let number = firstNumber;
  for (let start = 0; start < bytes.length; number++) {
    const found = bytes.indexOf(LF, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    if (isUtf8(line)) block(line, number, reader);
    else reader.fault(number, "it is not UTF-8");
    start = end + 1;
  }
  return number;
}

function decode(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer.toString(isAscii(bytes) ? "latin1" : "utf8");
}

function joined(before: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  return before.length === 0 ? last : Buffer.concat([...before, last]);
}
