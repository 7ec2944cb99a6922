/** JSON that somebody else wrote, refused before it can do harm: too large, too deep, or with a key twice. */
import { isUtf8 } from "node:buffer";

/** Bytes of a crate's metadata: some 200,000 described files. */
export const CRATE_MAX_BYTES = 64 * 1024 * 1024;
/** Objects and arrays inside each other; a flat graph needs five. */
export const CRATE_MAX_DEPTH = 64;
/** Values of any kind: an empty array takes two bytes of text, and forty of memory. */
export const CRATE_MAX_VALUES = 4_000_000;

/** A value, or why there is none. */
export type CrateJson = { readonly value: unknown; readonly fault?: undefined } | { readonly fault: string };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Reads the bytes of a metadata file. */
export function readCrateJson(bytes: Buffer): CrateJson {
  if (bytes.length > CRATE_MAX_BYTES) {
    return { fault: `it has ${bytes.length} bytes, and at most ${CRATE_MAX_BYTES} are read` };
  }
  if (!isUtf8(bytes)) return { fault: "it is no UTF-8" };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return { fault: "it begins with a byte order mark, which JSON does not have" };
  const fault = scan(bytes);
  if (fault !== undefined) return { fault };
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return { value };
  } catch {
    return { fault: "it is no JSON" };
  }
}

/** What is wrong beyond the syntax, which the parser checks: nothing here recurses, and a byte is seen once or twice. */
function scan(bytes: Buffer): string | undefined {
  /** The keys of each open object; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let values = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    switch (byte) {
      case 0x7b: // {
      case 0x5b: // [
        if (open.length >= CRATE_MAX_DEPTH) return `it has more than ${CRATE_MAX_DEPTH} levels of nesting`;
        open.push(byte === 0x7b ? new Set() : undefined);
        values += 1;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        break;
      case 0x2c: // ,
        values += 1;
        break;
      case QUOTE: {
        const end = endOfString(bytes, at + 1);
        const keys = open.at(-1);
        if (keys !== undefined && isKey(bytes, end + 1)) {
          const key = keyOf(bytes, at + 1, end);
          if (keys.has(key)) return `the key \`${shown(key)}\` is twice in one object`;
          keys.add(key);
        }
        at = end;
        break;
      }
      default:
    }
    if (values > CRATE_MAX_VALUES) return `it has more than ${CRATE_MAX_VALUES} values`;
  }
  return undefined;
}

/** Where the string that begins here has its last quote. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start;
  for (; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
  return at;
}

function isKey(bytes: Buffer, after: number): boolean {
  let at = after;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return bytes[at] === 0x3a;
}

/** A key as its UTF-8 bytes, one character each, however it is escaped. */
function keyOf(bytes: Buffer, start: number, end: number): string {
  const raw = bytes.toString("latin1", start, end);
  if (!raw.includes("\\")) return raw;
  try {
    return Buffer.from(String(JSON.parse(`"${bytes.toString("utf8", start, end)}"`))).toString("latin1");
  } catch {
    return raw;
  }
}

const shown = (key: string): string => Buffer.from(key.slice(0, 80), "latin1").toString();
