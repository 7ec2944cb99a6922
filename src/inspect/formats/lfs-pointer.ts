import { defineFormat } from "../format.ts";
import { hasText } from "../tar-header.ts";

/** Git LFS calls nothing longer a pointer. */
const maxPointerBytes = 1023;
const versions = [
  "version https://git-lfs.github.com/spec/v1",
  "version https://hawser.github.com/spec/v1",
  "version http://git-media.io/v/2",
];
const oidLine = /^oid sha256:([0-9a-f]{64})$/;
const sizeLine = /^size (\d{1,16})$/;
const otherLine = /^ext-\d-[^\s]+ \S+$/;

interface Pointer {
  readonly oid: string;
  readonly size: number;
}

/** The text that stands in a git repository where the large file should be. */
export const lfsPointer = defineFormat({
  id: "git-lfs-pointer",
  binary: false,
  firstBytes: [0x76],
  matches: (head) =>
    head.length <= maxPointerBytes && hasText(head, 0, "version http") && readPointer(head) !== undefined,
  inspect({ head, size }) {
    const pointer = readPointer(head);
    if (pointer === undefined || (size !== undefined && size > maxPointerBytes)) return {};
    const detail = `a git-lfs pointer to sha256 ${pointer.oid}, size ${pointer.size}`;
    return { hazards: [{ code: "lfs-pointer", detail }], facts: { oid: pointer.oid, size: pointer.size } };
  },
});

/** Every line must be a pointer's line: a text about pointers is none. */
function readPointer(head: Uint8Array): Pointer | undefined {
  const lines = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("utf8").trimEnd().split(/\r?\n/);
  if (!versions.includes(lines[0] ?? "")) return undefined;
  let oid: string | undefined;
  let size: number | undefined;
  for (const line of lines.slice(1)) {
    oid ??= oidLine.exec(line)?.[1];
    const bytes = sizeLine.exec(line)?.[1];
    if (bytes !== undefined) size = Number(bytes);
    else if (!oidLine.test(line) && !otherLine.test(line)) return undefined;
  }
  return oid === undefined || size === undefined ? undefined : { oid, size };
}
