import { open, readdir, stat } from "node:fs/promises";
import { manifestNames } from "../run/source.ts";

/** A folder with one of these is an archive, unless it has a manifest of ours as well. */
const signs: readonly string[] = ["bagit.txt", "ro-crate-metadata.json", "oci-layout"];
/** Where a tar says that it is one. */
const USTAR_AT = 257;

/** Whether an argument that may be a manifest names an archive instead. A cheap look: opening it tells for sure. */
export async function namesArchive(argument: string): Promise<boolean> {
  if (argument === "-" || /^https?:\/\//i.test(argument)) return false;
  const facts = await stat(argument).catch(() => undefined);
  if (facts?.isDirectory() === true) {
    const names = new Set(await readdir(argument).catch(() => []));
    return signs.some((name) => names.has(name)) && !manifestNames.some((name) => names.has(name));
  }
  if (facts?.isFile() !== true || /\.(?:ya?ml|json)$/i.test(argument)) return false;
  const file = await open(argument).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return isPacked(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function isPacked(head: Buffer): boolean {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, at) => head[at] === byte);
  const isTar = head.subarray(USTAR_AT, USTAR_AT + 5).toString("latin1") === "ustar";
  // gzip, zstd (a frame, or one that is skipped), zip.
  return isTar || begins(0x1f, 0x8b) || begins(0x28, 0xb5, 0x2f, 0xfd) || begins(0x50, 0x4b) || isSkippable(head);
}

function isSkippable(head: Buffer): boolean {
  return (
    head.length >= 4 && ((head[0] ?? 0) & 0xf0) === 0x50 && head.subarray(1, 4).equals(Buffer.from([0x2a, 0x4d, 0x18]))
  );
}
