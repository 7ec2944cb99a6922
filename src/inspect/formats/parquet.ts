import { defineFormat } from "../format.ts";
import { hasText } from "../tar-header.ts";

/** Mark, length of the footer, mark. */
const minBytes = 12;

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;

/** Parquet has its mark at both ends, and the length of its footer before the last one. */
export const parquet = defineFormat({
  id: "parquet",
  binary: true,
  firstBytes: [0x50],
  // Texts may begin with `PARENT`: a page header or a length never is four printable characters.
  matches: (head) => (hasText(head, 0, "PAR1") || hasText(head, 0, "PARE")) && !head.subarray(4, 8).every(isPrintable),
  tailBytes: 8,
  inspect({ head, tail, size }) {
    if (tail === undefined || size === undefined) return {};
    const mark = hasText(head, 0, "PAR1") ? "PAR1" : "PARE";
    const facts = mark === "PARE" ? { encryptedFooter: true } : {};
    // A file with columns encrypted and a footer in clear may mix the marks; either will do.
    const end = tail.length - 4;
    if (size < minBytes || !(hasText(tail, end, "PAR1") || hasText(tail, end, "PARE"))) {
      return { facts, hazards: [{ code: "file-truncated", detail: "the parquet file does not end with its mark" }] };
    }
    const footer = new DataView(tail.buffer, tail.byteOffset + tail.length - 8, 4).getUint32(0, true);
    if (footer > size - minBytes) {
      const detail = `the parquet footer of ${footer} bytes is longer than the file`;
      return { facts, hazards: [{ code: "file-corrupt", detail }] };
    }
    return { facts };
  },
});
