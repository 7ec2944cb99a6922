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
  if (!isUtf8(bytes)) {
    const at = invalidAt(bytes);
    return syntax(`the text is not UTF-8, first at byte ${at}`, lineOf(bytes, at));
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) return syntax(`the text holds a NUL at byte ${nul}`, lineOf(bytes, nul));
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

/** The first byte that can not be UTF-8, found by halving: everything before it is valid. */
function invalidAt(bytes: Uint8Array): number {
  let valid = 0;
  let end = bytes.length;
  while (valid < end) {
    const middle = (valid + end + 1) >> 1;
    if (isUtf8(bytes.subarray(0, characterEnd(bytes, middle)))) valid = middle;
    else end = middle - 1;
  }
  return valid;
}

/** Moves a cut out of the middle of a character, so that the cut itself makes nothing invalid. */
function characterEnd(bytes: Uint8Array, cut: number): number {
  let end = cut;
  while (end > 0 && end > cut - 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}

function lineOf(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < offset; at = bytes.indexOf(0x0a, at + 1)) line += 1;
  return line;
}
