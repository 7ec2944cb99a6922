/** Text files of a bag as lines, in bounded memory, in whatever encoding the bag declares. */
import { isAscii, isUtf8 } from "node:buffer";
import { closeSync, readSync } from "node:fs";
import { type LocalPath, openFile, refuseError } from "../io/files-open.ts";

/** The longest line, in characters: a path of the length that Linux takes, every byte escaped, and a long URL. */
export const BAG_LINE_MAX = 32 * 1024;

/** What is read at a time, in bytes. */
const CHUNK_BYTES = 128 * 1024;

/** How a bag's text files are encoded. */
export interface BagEncoding {
  /** As the bag declares it. */
  readonly name: string;
  readonly isUtf8: boolean;
  /** By which a decoder is found. */
  readonly label: string;
}

/** The encoding of this name, or undefined when it can not be read here. */
export function bagEncoding(name: string): BagEncoding | undefined {
  try {
    const label = new TextDecoder(name).encoding;
    return { name, label, isUtf8: label === "utf-8" };
  } catch {
    return undefined;
  }
}

/** What is known of a text when it has ended. */
export interface BagTextEnd {
  readonly lines: number;
  readonly byteOrderMark: boolean;
  /** The last line has no end of its own. */
  readonly unterminated: boolean;
  /** Why it could not be read to its end. */
  readonly fault: string | undefined;
}

/**
 * The lines of a text, many at a time. A line ends with LF, CR or both. A link is not followed, and nothing but a
 * regular file is read.
 */
export function* readBagText(file: LocalPath, encoding: BagEncoding): Generator<readonly string[], BagTextEnd, void> {
  let lines = 0;
  let rest = "";
  let first = true;
  let byteOrderMark = false;
  const end = (fault?: string): BagTextEnd => ({
    lines,
    byteOrderMark,
    unterminated: rest !== "" && fault === undefined,
    fault,
  });
  const opened = openFile(file);
  if (opened.status === "refused") return end(opened.message);
  try {
    const decode = encoding.isUtf8 ? utf8Decoder() : otherDecoder(encoding);
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (let count = -1; count !== 0; ) {
      count = readSync(opened.fd, buffer, 0, CHUNK_BYTES, null);
      const decoded = decode(buffer.subarray(0, count), count === 0);
      if (decoded === undefined) return end(`it is no text in ${encoding.name}, after its line ${lines}`);
      let text = rest + decoded;
      if (first && text !== "") {
        first = false;
        byteOrderMark = text.startsWith("\ufeff");
        if (byteOrderMark) text = text.slice(1);
      }
      const { whole, left } = splitLines(text, count === 0);
      rest = left;
      const long = [...whole, rest].findIndex((line) => line.length > BAG_LINE_MAX);
      if (long >= 0) return end(`its line ${lines + long + 1} is longer than ${BAG_LINE_MAX} characters`);
      lines += whole.length;
      if (whole.length > 0) yield whole;
    }
    if (rest !== "") {
      lines += 1;
      yield [rest];
    }
    return end();
  } catch (error) {
    return end(refuseError(error).message);
  } finally {
    closeSync(opened.fd);
  }
}

/** Lines with an end, and what follows the last of them. A CR at the end may be half of one, unless the text is over. */
function splitLines(text: string, over: boolean): { readonly whole: string[]; readonly left: string } {
  const held = !over && text.endsWith("\r") ? text.length - 1 : text.length;
  const body = held === text.length ? text : text.slice(0, held);
  const whole = body.includes("\r") ? body.split(/\r\n|\n|\r/) : body.split("\n");
  return { whole, left: (whole.pop() ?? "") + text.slice(held) };
}

/** Undefined when the bytes are no text. `last` says that nothing follows. */
type Decode = (bytes: Buffer, last: boolean) => string | undefined;

/** Several times as fast as a decoder that streams: a chunk is cut where a character begins. */
function utf8Decoder(): Decode {
  let held: Buffer = Buffer.alloc(0);
  return (bytes, last) => {
    const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const cut = last ? all.length : all.length - unfinished(all);
    const text = all.subarray(0, cut);
    if (!isUtf8(text)) return undefined;
    held = Buffer.from(all.subarray(cut));
    return text.toString(isAscii(text) ? "latin1" : "utf8");
  };
}

/** Bytes at the end that begin a character which goes on after them. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? back : 0;
    }
  }
  return 0;
}

function otherDecoder({ label, name }: BagEncoding): Decode {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  return (bytes, last) => {
    // A bare `UTF-16` leaves the order of bytes to the mark at the beginning.
    const isBig = /^utf-?16$/i.test(name) && bytes[0] === 0xfe && bytes[1] === 0xff;
    decoder ??= new TextDecoder(isBig ? "utf-16be" : label, { fatal: true, ignoreBOM: true });
    try {
      return decoder.decode(bytes, { stream: !last });
    } catch {
      return undefined;
    }
  };
}
