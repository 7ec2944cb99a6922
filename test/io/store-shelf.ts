/** A store of a test's own, and what tests do with it. */
import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Store } from "../../src/io/store.ts";
import { storePaths } from "../../src/io/store-layout.ts";

export const TIME = "2026-01-01T00:00:00.000Z";

/** A new folder that goes with the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wholesource-shelf-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const digestOf = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** Keeps bytes. */
export async function put(store: Store, content: Uint8Array | string): Promise<string> {
  const aside = await store.aside();
  await aside.write(Buffer.from(content));
  await aside.commit(digestOf(content));
  return digestOf(content);
}

/** Keeps bytes for a release. */
export async function putRelease(store: Store, name: string, contents: readonly string[]): Promise<readonly string[]> {
  const digests: string[] = [];
  for (const content of contents) digests.push(await put(store, content));
  await store.withRoot({ name, time: TIME }, async (root) => {
    for (const sha256 of digests) root.add(sha256);
  });
  return digests;
}

/** The blobs of a store, by digest. */
export function blobsOf(folder: string): readonly string[] {
  return readdirSync(storePaths(folder).blobs, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

/** As if it had been brought so many seconds after the beginning of time. */
export const ageTo = (folder: string, sha256: string, seconds: number): void =>
  utimesSync(storePaths(folder).blob(sha256), seconds, seconds);

/** Changes one bit in the middle of a file, as a disk may. */
export function flipBit(path: string): void {
  const data = readFileSync(path);
  data[data.length >> 1] = (data[data.length >> 1] ?? 0) ^ 4;
  chmodSync(path, 0o600);
  writeFileSync(path, data);
  chmodSync(path, 0o444);
}
