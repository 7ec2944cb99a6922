import { isUtf8 } from "node:buffer";
import { type Finding, finding } from "../model/findings.ts";
import { MANIFEST_MAX_BYTES } from "./limits.ts";

/** A manifest's text, or why its bytes are none. A UTF-8 byte order mark is allowed and left out. */
export type Decoded = { readonly text: string } | { readonly fault: Finding };

/** Turns bytes into text by UTF-8 alone: a guessed encoding could show two readers two manifests. */
export function decodeManifest(bytes: Uint8Array): Decoded {
  if (bytes.length > MANIFEST_MAX_BYTES) {
    const args = { what: "bytes", limit: MANIFEST_MAX_BYTES, actual: bytes.length };
    return { fault: finding("manifest-limit", { pointer: "", args }) };
  }
  const other = otherEncoding(bytes);
  if (other !== undefined) return syntax(`the text is ${other}, save it as UTF-8`);
  if (!isUtf8(bytes))
    return syntax(
      "the text is not UTF-8",
      lineWhere(bytes, (line) => !isUtf8(line)),
    );
  if (bytes.includes(0))
    return syntax(
      "the text holds a NUL",
      lineWhere(bytes, (line) => line.includes(0)),
    );
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return { text: Buffer.from(bytes.buffer, bytes.byteOffset + mark, bytes.length - mark).toString("utf8") };
}

function syntax(detail: string, line?: number): Decoded {
  return { fault: finding("manifest-syntax", { pointer: "", line, args: { detail } }) };
}

function otherEncoding(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? "UTF-32 (little endian)" : "UTF-16 (little endian)";
  if (a === 0xfe && b === 0xff) return "UTF-16 (big endian)";
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return "UTF-32 (big endian)";
  // Without a mark, Latin letters in UTF-16 have a NUL beside each.
  if (a === 0 && c === 0 && b !== 0 && d !== 0) return "UTF-16 (big endian)";
  if (b === 0 && d === 0 && a !== 0 && c !== 0) return "UTF-16 (little endian)";
  return undefined;
}

/** The first line that is so, 1-based. A line feed is never part of another character. */
function lineWhere(bytes: Uint8Array, holds: (line: Uint8Array) => boolean): number {
  let number = 1;
  for (let start = 0; start < bytes.length; number++) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || holds(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return number;
}
