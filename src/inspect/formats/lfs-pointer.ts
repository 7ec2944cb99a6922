import { LFS_POINTER_MAX_BYTES, readLfsPointer } from "../../model/lfs-pointer.ts";
import { defineFormat } from "../format.ts";
import { hasText } from "../tar-header.ts";

/** The text that stands in a git repository where the large file should be. */
export const lfsPointer = defineFormat({
  id: "git-lfs-pointer",
  binary: false,
  firstBytes: [0x76],
  matches: (head) =>
    head.length <= LFS_POINTER_MAX_BYTES && hasText(head, 0, "version http") && readLfsPointer(head) !== undefined,
  inspect({ head, size }) {
    const pointer = readLfsPointer(head);
    if (pointer === undefined || (size !== undefined && size > LFS_POINTER_MAX_BYTES)) return {};
    const detail = `a git-lfs pointer to sha256 ${pointer.oid}, size ${pointer.size}`;
    return { hazards: [{ code: "lfs-pointer", detail }], facts: { oid: pointer.oid, size: pointer.size } };
  },
});
