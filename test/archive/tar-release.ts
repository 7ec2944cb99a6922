/** A small bag as entries, for the tests of the forms that an archive is written in. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ArchiveEntry } from "../../src/archive/contents.ts";
import { checkBagFolder } from "../../src/run/bag-check.ts";

/** Paths that a tar has no plain room for, names that are not ASCII, sizes around a block, and nothing at all. */
export const payload: { readonly [path: string]: Buffer } = {
  "data/code/empty": Buffer.alloc(0),
  [`data/code/${"long".repeat(30)}/${"er".repeat(60)}.py`]: Buffer.from("print(1)\n"),
  [`data/code/${"n".repeat(180)}`]: Buffer.from("one name of 180\n"),
  "data/weights/block": Buffer.alloc(512, 7),
  "data/weights/grüße ☃ 𝄞.txt": Buffer.from("wide\n"),
  "data/weights/model.bin": Buffer.from(Array.from({ length: 700_001 }, (_, at) => (at * at * 31 + (at >> 7)) & 0xff)),
  "data/weights/zeros": Buffer.alloc(300_000),
};

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const tags: { readonly [path: string]: Buffer } = {
  "bagit.txt": Buffer.from("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
  "manifest-sha256.txt": Buffer.from(
    Object.entries(payload)
      .map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`)
      .join(""),
  ),
  "wholesource/report.json": Buffer.from("{}\n"),
};
export const files: { readonly [path: string]: Buffer } = {
  ...tags,
  ...payload,
  "tagmanifest-sha256.txt": Buffer.from(
    Object.entries(tags)
      .map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`)
      .join(""),
  ),
};

/** The entries in the order of their bytes; payload from files in `folder`, which are made. */
export function entriesIn(folder: string): readonly ArchiveEntry[] {
  return Object.entries(files)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([path, bytes], index) => {
      const from = join(folder, String(index));
      writeFileSync(from, bytes, { mode: 0o600 });
      const source = path in payload ? { from } : { bytes };
      return { path, size: bytes.length, source, sha256: sha256(bytes) };
    });
}

export async function* stream<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** What the bag's own manifests say of it. */
export const bagFaults = async (folder: string): Promise<readonly string[]> =>
  (await checkBagFolder(folder, { depth: "full", concurrency: 1 })).faults.map(
    ({ code, path }) => `${code} ${path ?? ""}`,
  );

/** The sha256 of every file below a folder, by its path. */
export function treeOf(top: string): { readonly [path: string]: string } {
  const found = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return Object.fromEntries(
    found.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(top.length + 1), entry.isFile() ? sha256(readFileSync(path)) : "no file"];
    }),
  );
}

/** What `treeOf` gives for all that was written. */
export const tree = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, sha256(bytes)]));
