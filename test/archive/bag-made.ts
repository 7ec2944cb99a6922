/** Bags and releases that the tests write by hand, byte for byte. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { ArchiveEntry, BagDigests, PayloadFile, ReleaseContents } from "../../src/archive/contents.ts";
import { compareBytes } from "../../src/model/byte-order.ts";

const made: string[] = [];

/** A new folder that goes when the file's tests are over. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wholesource-bag-"));
  made.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export type FileMap = Readonly<Record<string, string | Uint8Array>>;

export const hex = (algorithm: string, bytes: string | Uint8Array): string =>
  createHash(algorithm).update(bytes).digest("hex");

/** Writes files below a folder; a value of undefined leaves one out. */
export function layFiles(folder: string, files: Readonly<Record<string, string | Uint8Array | undefined>>): string {
  for (const [path, bytes] of Object.entries(files)) {
    if (bytes === undefined) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

/** What a bag written by hand is made from. */
export interface BagPlan {
  readonly version?: string;
  readonly payload?: FileMap;
  readonly algorithms?: readonly string[];
  /** Without it: none. */
  readonly tagAlgorithms?: readonly string[];
  readonly info?: string | undefined;
}

/** The files of a sound bag, as a map that a test changes before it lays it. */
export function bagFiles(plan: BagPlan = {}): Record<string, string | Uint8Array> {
  const { version = "1.0", payload = { "a.txt": "alpha\n", "b/c.txt": "gamma\n" } } = plan;
  const { algorithms = ["sha256", "sha512"], tagAlgorithms = [], info } = plan;
  const files: Record<string, string | Uint8Array> = {
    "bagit.txt": `BagIt-Version: ${version}\nTag-File-Character-Encoding: UTF-8\n`,
  };
  if (info !== undefined) files["bag-info.txt"] = info;
  for (const [path, bytes] of Object.entries(payload)) files[`data/${path}`] = bytes;
  for (const algorithm of algorithms) {
    files[`manifest-${algorithm}.txt`] = Object.entries(payload)
      .map(([path, bytes]) => `${hex(algorithm, bytes)}  data/${path}\n`)
      .join("");
  }
  for (const algorithm of tagAlgorithms) files[`tagmanifest-${algorithm}.txt`] = tagLines(files, algorithm);
  return files;
}

/** Lines of a tag manifest for all tag files there are. */
export function tagLines(files: FileMap, algorithm: string): string {
  return Object.entries(files)
    .filter(([path]) => !path.startsWith("data/") && !path.startsWith("tagmanifest-"))
    .map(([path, bytes]) => `${hex(algorithm, bytes)}  ${path}\n`)
    .join("");
}

const digests = (bytes: string | Uint8Array): BagDigests => ({
  sha256: hex("sha256", bytes),
  sha512: hex("sha512", bytes),
});

/** A release with these files, keyed by `<piece>/<path>`, which lie in a folder under other names. */
export function releaseOf(files: FileMap, more: Partial<ReleaseContents> = {}): ReleaseContents {
  const folder = newFolder();
  const payload = Object.entries(files)
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([path, bytes], index): PayloadFile => {
      const from = join(folder, `${index}`);
      writeFileSync(from, bytes);
      const at = path.indexOf("/");
      return {
        piece: path.slice(0, at),
        path: path.slice(at + 1),
        size: Buffer.byteLength(bytes),
        digest: digests(bytes),
        from,
      };
    });
  return {
    name: "a-release",
    version: "1.2.3",
    publisher: "Søren & Co\nLtd",
    description: "what it is",
    homepage: "https://example.org/release",
    time: "2024-02-29T12:00:00Z",
    agent: "wholesource 0.0.0",
    pieces: [],
    payload: () => streamOf(payload),
    remote: () => streamOf([]),
    tags: [tag("wholesource/manifest.yaml", "name: a-release\n"), tag("wholesource/report.json", "{}\n")],
    ...more,
  };
}

export const tag = (path: string, bytes: string) => ({
  path,
  size: Buffer.byteLength(bytes),
  digest: digests(bytes),
  source: { bytes: Buffer.from(bytes) },
});

export async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Lays an archive's entries into a folder; returns their paths in the order in which they came. */
export async function layEntries(entries: AsyncIterable<ArchiveEntry>, folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { path, source } of entries) {
    paths.push(path);
    const to = join(folder, path);
    mkdirSync(dirname(to), { recursive: true });
    if ("from" in source) copyFileSync(source.from, to);
    else writeFileSync(to, source.bytes);
  }
  return paths;
}
