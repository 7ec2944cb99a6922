import type { Format } from "./format.ts";
import type { NamePromise } from "./name-promise.ts";
import { blockBytes, hasText, readTarHeader } from "./tar-header.ts";

/** How far into a text a binary format betrays itself by a NUL. */
const textBytes = 1024;

/** How the bytes differ from what the name promises; undefined when they do not, or when nobody can say. */
export function misfit(promise: NamePromise, format: Format | undefined, head: Uint8Array): string | undefined {
  const { kind, formats, certain } = promise;
  if (formats === undefined) {
    if ((kind !== "text" && kind !== "markup") || format?.binary !== true) return undefined;
    // A mark alone may be the beginning of an ordinary text.
    return head.subarray(0, textBytes).includes(0) ? `the name promises text, the bytes are ${format.id}` : undefined;
  }
  if (format !== undefined && formats.includes(format.id)) return undefined;
  const promised = formats.join(" or ");
  if (format?.binary === true) return `the name promises ${promised}, the bytes are ${format.id}`;
  if (certain !== true || formats.some((id) => startsOddly(id, head))) return undefined;
  return `the name promises ${promised}, the bytes do not begin like that`;
}

/** Beginnings that are right but say nothing by themselves. */
function startsOddly(format: string, head: Uint8Array): boolean {
  switch (format) {
    case "tar":
      // An empty tar is its end marker.
      return head.length >= blockBytes && readTarHeader(head) === "zero";
    case "pdf":
      // Readers look for the mark in the first kilobyte.
      return Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 1024)).includes("%PDF-", 0, "latin1");
    case "hdf5":
      // A block of the user's own may stand before the mark.
      return [512, 1024, 2048, 4096].some((at) => hasText(head, at, "\x89HDF\r\n\x1a\n"));
    default:
      return false;
  }
}
