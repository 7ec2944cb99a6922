import { defineFormat } from "../format.ts";
import { hasText } from "../tar-header.ts";

const prefixBytes = 10;
const maxHeaderBytes = 64 * 1024;
const description = /'descr':\s{0,9}'([<>|=]?)([a-zA-Z?])(\d{0,9})'/;
const shape = /'shape':\s{0,9}\(([\d\s,L]{0,999})\)/;

/** Numpy's array file: a header in Python's words, then shape x item size bytes; more may follow. */
export const npy = defineFormat({
  id: "npy",
  binary: true,
  firstBytes: [0x93],
  matches: (head) => hasText(head, 0, "\x93NUMPY"),
  inspect({ head, size }) {
    if (size === undefined) return {};
    const view = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
    const wide = (view[6] ?? 0) >= 2;
    if (view.length < prefixBytes + 2) return truncated("within its header");
    const start = wide ? prefixBytes + 2 : prefixBytes;
    const length = wide ? view.readUInt32LE(8) : view.readUInt16LE(8);
    if (start + length > size) return truncated("within its header");
    if (length > maxHeaderBytes || start + length > view.length) return {};
    const text = view.toString("latin1", start, start + length);
    const [, , kind, width] = description.exec(text) ?? [];
    const dims = shape
      .exec(text)?.[1]
      ?.split(",")
      .map((part) => part.trim().replace("L", ""));
    if (kind === undefined || dims === undefined) return {};
    const sizes = dims.filter((part) => part !== "").map(Number);
    const facts = { dtype: `${kind}${width ?? ""}`, shape: sizes.slice(0, 32) };
    // Objects are pickled, so that their length is not in the header; unicode has four bytes a character.
    if (kind === "O") return { facts };
    const itemBytes = Number(width === "" ? 1 : width) * (kind === "U" ? 4 : 1);
    const expected = start + length + sizes.reduce((product, dim) => product * dim, itemBytes);
    return size < expected ? { facts, ...truncated(`${size} of ${expected} bytes are there`) } : { facts };
  },
});

function truncated(where: string): { hazards: [{ code: "file-truncated"; detail: string }] } {
  return { hazards: [{ code: "file-truncated", detail: `the array ends too early: ${where}` }] };
}
