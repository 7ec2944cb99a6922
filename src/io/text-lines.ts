/** The lines of a file of ours: ended by a line feed and by nothing else, whatever stands in the texts. */
import { createReadStream } from "node:fs";

/** A line without its end, and where it begins in the file, in bytes. */
export interface TextLine {
  readonly text: string;
  readonly at: number;
}

/** Thrown for a line that is longer than is read. */
export class LineTooLong extends Error {}

const LF = 0x0a;
const READ_BYTES = 256 * 1024;

/** Reads the lines of a file from a byte on; what is behind the last line feed is a line as well. */
export async function* textLines(
  file: string,
  { start = 0, maxBytes = Number.MAX_SAFE_INTEGER }: { readonly start?: number; readonly maxBytes?: number } = {},
): AsyncGenerator<TextLine> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let at = start;
  const line = (): TextLine => {
    const bytes = rest.length === 1 ? (rest[0] ?? Buffer.alloc(0)) : Buffer.concat(rest);
    return { text: bytes.toString("utf8"), at };
  };
  for await (const chunk of createReadStream(file, { start, highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    for (let from = 0; from < chunk.length; ) {
      const end = chunk.indexOf(LF, from);
      const part = chunk.subarray(from, end < 0 ? chunk.length : end);
      restBytes += part.length;
      if (restBytes > maxBytes) throw new LineTooLong(`a line has more than ${maxBytes} bytes`);
      rest.push(part);
      if (end < 0) break;
      yield line();
      at += restBytes + 1;
      rest = [];
      restBytes = 0;
      from = end + 1;
    }
  }
  if (restBytes > 0) yield line();
}
