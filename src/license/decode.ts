/** Bytes of a text file -> characters. */

/** Bytes that are looked at to tell UTF-16 without a mark. */
const probeBytes = 512;

/** Decodes UTF-8, UTF-16 and, where the bytes are neither, Windows-1252; a byte order mark is dropped. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs("utf-16le", bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs("utf-16be", bytes);
  const nulls = countNulls(bytes);
  if (nulls.odd > nulls.pairs / 2 && nulls.even === 0) return decodeAs("utf-16le", bytes);
  if (nulls.even > nulls.pairs / 2 && nulls.odd === 0) return decodeAs("utf-16be", bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decodeAs("windows-1252", bytes);
  }
}

function decodeAs(encoding: string, bytes: Uint8Array): string {
  return new TextDecoder(encoding).decode(bytes);
}

/** Where the NUL bytes of the beginning stand: Latin text in UTF-16 has one in every pair. */
function countNulls(bytes: Uint8Array): { readonly even: number; readonly odd: number; readonly pairs: number } {
  let [even, odd] = [0, 0];
  const length = Math.min(bytes.length, probeBytes) & ~1;
  for (let at = 0; at < length; at++) {
    if (bytes[at] !== 0) continue;
    if (at % 2 === 0) even++;
    else odd++;
  }
  return { even, odd, pairs: length / 2 };
}
