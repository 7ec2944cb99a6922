/** Tar is made of blocks of this many bytes. */
export const blockBytes = 512;

/** One header block as it stands there, before extended headers are applied. */
export interface TarHeader {
  readonly name: string;
  /** False when the name's bytes are not UTF-8. */
  readonly nameIsText: boolean;
  readonly linkName: string;
  /** Bytes of the body; undefined when the field holds no usable number. */
  readonly size: number | undefined;
  readonly mode: number;
  /** One character; `0` for the two spellings of a plain file. */
  readonly type: string;
}

/** Reads one block: a header, `zero` for a block of zeros, or `invalid` when the checksum does not hold. */
export function readTarHeader(block: Uint8Array): TarHeader | "zero" | "invalid" {
  let sum = 0;
  for (let at = 0; at < blockBytes; at++) sum += block[at] ?? 0;
  if (sum === 0) return "zero";
  for (let at = checksumStart; at < checksumStart + 8; at++) sum += 0x20 - (block[at] ?? 0);
  if (readNumber(block, checksumStart, 8) !== sum) return "invalid";
  const type = String.fromCharCode(block[156] ?? 0);
  const own = readText(block, 0, 100);
  const prefix = isPosix(block) ? readText(block, 345, 155) : emptyText;
  return {
    name: prefix.text === "" ? own.text : `${prefix.text}/${own.text}`,
    nameIsText: own.valid && prefix.valid,
    linkName: readText(block, 157, 100).text,
    size: readNumber(block, 124, 12),
    mode: readNumber(block, 100, 8) ?? 0,
    type: type === "\0" ? "0" : type,
  };
}

const checksumStart = 148;
const emptyText = { text: "", valid: true };

/** `ustar\0` and version `00`: only then the prefix field is one (GNU keeps times there). */
function isPosix(block: Uint8Array): boolean {
  return hasText(block, 257, "ustar\x0000");
}

/** True when the bytes at `at` are those of `text` (Latin-1). */
export function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  if (bytes.length < at + text.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** Bytes up to the first NUL, as text. */
function readText(block: Uint8Array, start: number, length: number): { text: string; valid: boolean } {
  let end = start;
  let ascii = true;
  while (end < start + length && block[end] !== 0) {
    if ((block[end] ?? 0) >= 0x80) ascii = false;
    end++;
  }
  if (end === start) return emptyText;
  return decodeText(block.subarray(start, end), ascii);
}

/** Decodes UTF-8 and says whether it was. */
export function decodeText(bytes: Uint8Array, ascii = false): { text: string; valid: boolean } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (ascii) return { text: view.toString("latin1"), valid: true };
  const text = view.toString("utf8");
  return { text, valid: !text.includes("\ufffd") || Buffer.from(text).equals(view) };
}

/** Octal text, or base 256 when the first bit is set; undefined for what is neither, is negative or beyond 2^53. */
function readNumber(block: Uint8Array, start: number, length: number): number | undefined {
  const first = block[start] ?? 0;
  const end = start + length;
  let value = 0;
  if (first >= 0x80) {
    if (first !== 0x80) return undefined;
    for (let at = start + 1; at < end; at++) {
      value = value * 256 + (block[at] ?? 0);
      if (value > Number.MAX_SAFE_INTEGER) return undefined;
    }
    return value;
  }
  let at = start;
  while (at < end && block[at] === 0x20) at++;
  for (; at < end; at++) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  return at === end || block[at] === 0 || block[at] === 0x20 ? value : undefined;
}
