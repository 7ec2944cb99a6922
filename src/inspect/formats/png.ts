import { defineFormat } from "../format.ts";
import { hasText } from "../tar-header.ts";

const signature = "\x89PNG\r\n\x1a\n";
const endChunk = "IEND\xae\x42\x60\x82";

/** A PNG ends with an empty IEND chunk; what programs append behind it is allowed for. */
export const png = defineFormat({
  id: "png",
  binary: true,
  firstBytes: [0x89],
  matches: (head) => hasText(head, 0, signature),
  tailBytes: 64 * 1024,
  inspect({ tail }) {
    if (tail === undefined) return {};
    const bytes = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength);
    if (bytes.lastIndexOf(endChunk, undefined, "latin1") >= 0) return {};
    return { hazards: [{ code: "file-truncated", detail: "the PNG has no end chunk" }] };
  },
});
