/** The text that git-lfs puts into a repository where a large file should be. */

/** What the text says of the file. */
export interface LfsPointer {
  /** Of its bytes, by sha256, in lower-case hex. */
  readonly oid: string;
  /** Bytes. */
  readonly size: number;
}

/** Git LFS calls nothing longer a pointer. Bytes. */
export const LFS_POINTER_MAX_BYTES = 1023;

const versions = [
  "version https://git-lfs.github.com/spec/v1",
  "version https://hawser.github.com/spec/v1",
  "version http://git-media.io/v/2",
];
const oidLine = /^oid sha256:([0-9a-f]{64})$/;
const sizeLine = /^size (\d{1,16})$/;
const otherLine = /^ext-\d-[^\s]+ \S+$/;

/** Reads a pointer; every line must be a pointer's line: a text about pointers is none. */
export function readLfsPointer(bytes: Uint8Array): LfsPointer | undefined {
  if (bytes.length > LFS_POINTER_MAX_BYTES) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const lines = text.trimEnd().split(/\r?\n/);
  if (!versions.includes(lines[0] ?? "")) return undefined;
  let oid: string | undefined;
  let size: number | undefined;
  for (const line of lines.slice(1)) {
    oid ??= oidLine.exec(line)?.[1];
    const length = sizeLine.exec(line)?.[1];
    if (length !== undefined) size = Number(length);
    else if (!oidLine.test(line) && !otherLine.test(line)) return undefined;
  }
  return oid === undefined || size === undefined ? undefined : { oid, size };
}
