/**
 * What a kept release needs of the store: a file of one digest a line, sorted, with a last line that says whose it is
 * and proves that the others are whole. Lines have one length, so that any of them is found without reading the rest.
 */
import { createHash } from "node:crypto";
import { type FileHandle, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { WholesourceError } from "../model/error.ts";
import { codeOf } from "./errno.ts";
import { isSha256, type StorePaths } from "./store-layout.ts";
import { ROOT_FOOTER_BYTES, ROOT_READ_BYTES } from "./store-limits.ts";
import { syncFolder } from "./store-write.ts";

/** A release that the store keeps. */
export interface Root {
  readonly name: string;
  /** When it was kept. ISO 8601 UTC. */
  readonly time: string;
  readonly blobs: number;
  /** Bytes of its blobs, each counted once. */
  readonly bytes: number;
  /** Where its list is. */
  readonly path: string;
  /** SHA-256 of its lines. */
  readonly sha256: string;
}

/** Bytes of a line: a digest and a line feed. */
export const LINE_BYTES = 65;

/** The name of a release's list: readable, short, and of no other release. */
export function rootFile(name: string): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^[-.]+/, "")
    .slice(0, 60);
  return `${readable}.${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
}

/** Every release, in the order of the lists' names. Throws `store-failed` when a list can not be read. */
export async function listRoots(paths: StorePaths): Promise<readonly Root[]> {
  const found: Root[] = [];
  for (const path of await rootLists(paths)) found.push(await readRoot(path));
  return found;
}

/** Where the lists are, in the order of their names. */
export async function rootLists({ roots }: StorePaths): Promise<readonly string[]> {
  const names = await readdir(roots).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  return names.sort().map((name) => join(roots, name));
}

/** Removes a release's list; false when there is none. Its blobs stay until they are collected. */
export async function forgetRoot(paths: StorePaths, name: string): Promise<boolean> {
  try {
    await rm(join(paths.roots, rootFile(name)));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
  await syncFolder(paths.roots);
  return true;
}

/** Reads all of a list; throws `store-failed` when it is not what was written. */
export async function checkRoot(root: Root): Promise<void> {
  const hash = createHash("sha256");
  let before = "";
  await reading(root, async (file) => {
    for (let at = 0; at < root.blobs; ) {
      const lines = await readLines(file, root, at);
      for (const line of lines) {
        if (line <= before) throw damaged(root.path, "its lines are not in order");
        before = line;
        hash.update(`${line}\n`);
      }
      at += lines.length;
    }
  });
  if (hash.digest("hex") !== root.sha256) throw damaged(root.path, "its lines are not those that were written");
}

/** Whether a release needs a blob. */
export function rootHas(root: Root, sha256: string): Promise<boolean> {
  return reading(root, async (file) => {
    let [low, high] = [0, root.blobs];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const [line = ""] = await readLines(file, root, middle, 1);
      if (line === sha256) return true;
      if (line < sha256) low = middle + 1;
      else high = middle;
    }
    return false;
  });
}

/** Reads a list in parts: the digests that begin with two digits, which must ascend from call to call. */
export function partsOf(root: Root): (prefix: string) => Promise<readonly string[]> {
  let at = 0;
  return (prefix) =>
    reading(root, async (file) => {
      const part: string[] = [];
      while (at < root.blobs) {
        for (const line of await readLines(file, root, at)) {
          if (line.slice(0, 2) > prefix) return part;
          if (line.startsWith(prefix)) part.push(line);
          at += 1;
        }
      }
      return part;
    });
}

/** The last line of a list. */
export interface RootFooter {
  readonly wholesourceRoot: 1;
  readonly name: string;
  readonly time: string;
  readonly blobs: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Reads whose list it is, and how long. Throws `store-failed` when its end is not what was written. */
export async function readRoot(path: string): Promise<Root> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - ROOT_FOOTER_BYTES);
    const tail = Buffer.alloc(size - from);
    await file.read(tail, 0, tail.length, from);
    const start = tail.lastIndexOf('{"wholesourceRoot"');
    const footer = start < 0 ? undefined : asFooter(tail.subarray(start).toString("utf8"));
    if (footer === undefined) throw damaged(path, "it does not end as it should");
    if (footer.blobs * LINE_BYTES !== from + start) throw damaged(path, "lines are missing, or there are too many");
    const { name, time, blobs, bytes, sha256 } = footer;
    return { name, time, blobs, bytes, sha256, path };
  } finally {
    await file.close();
  }
}

function asFooter(text: string): RootFooter | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const { wholesourceRoot, name, time, blobs, bytes, sha256 }: { readonly [key: string]: unknown } = { ...value };
    if (wholesourceRoot !== 1 || typeof name !== "string" || typeof time !== "string") return undefined;
    if (!isCount(blobs) || !isCount(bytes) || typeof sha256 !== "string") return undefined;
    return { wholesourceRoot, name, time, blobs, bytes, sha256 };
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

async function reading<Value>(root: Root, read: (file: FileHandle) => Promise<Value>): Promise<Value> {
  const file = await open(root.path, "r");
  try {
    return await read(file);
  } finally {
    await file.close();
  }
}

async function readLines(
  file: FileHandle,
  root: Root,
  from: number,
  most = Math.floor(ROOT_READ_BYTES / LINE_BYTES),
): Promise<readonly string[]> {
  const length = Math.min(most, root.blobs - from) * LINE_BYTES;
  const buffer = Buffer.allocUnsafe(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await file.read(buffer, got, length - got, from * LINE_BYTES + got);
    if (bytesRead === 0) throw damaged(root.path, "it is shorter than it was");
    got += bytesRead;
  }
  const text = buffer.toString("latin1");
  return Array.from({ length: length / LINE_BYTES }, (_, index) => {
    const line = text.slice(index * LINE_BYTES, (index + 1) * LINE_BYTES - 1);
    if (!isSha256(line)) throw damaged(root.path, "one of its lines is no digest");
    return line;
  });
}

function damaged(path: string, why: string): WholesourceError {
  return new WholesourceError("store-failed", `the list of a kept release \`${path}\` is damaged: ${why}`, {
    hint: "archive that release again, then remove this file; until then nothing can be collected",
  });
}
