/** How bytes that were written aside become a blob: room is made, what is there already is compared, names are given. */
import { createHash } from "node:crypto";
import { createReadStream, lstatSync, rmSync } from "node:fs";
import { lstat, lutimes, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { WholesourceError } from "../model/error.ts";
import { STORE_BUFFER_BYTES } from "./limits.ts";
import type { Group, Newcomer } from "./store-group.ts";
import type { StorePaths } from "./store-layout.ts";
import { nonce } from "./store-owner.ts";
import type { Room } from "./store-room.ts";
import { BLOB_MODE, type SmallFiles } from "./store-small.ts";
import { regularSize, syncFolder } from "./store-write.ts";

/** What a store does with bytes that are whole. */
export interface Settling {
  readonly group: Group;
  readonly room: Room;
  readonly small: SmallFiles;
  readonly paths: StorePaths;
}

/** Bytes that are written aside and wait for their name. */
export interface Settled {
  /** The path of the blob, when it would be found there after a power cut. */
  readonly durable: Promise<string>;
}

/** Keeps bytes that are in memory; they are written when this resolves, and nothing here holds them any more. */
export async function settleBytes(bytes: Uint8Array, sha256: string, to: Settling, patient = false): Promise<Settled> {
  const target = to.paths.blob(sha256);
  const { length } = bytes;
  if (await isThere(target, sha256, length, () => readFile(target).then((there) => there.equals(bytes)), to))
    return { durable: arrive(to, { from: undefined, target, size: 0, patient }, 0) };
  await to.room.make(length);
  try {
    return { durable: arrive(to, { from: await to.small.write(bytes), target, size: length, patient }, length) };
  } catch (error) {
    to.room.made(length);
    throw error;
  }
}

/** Keeps a synced file that was written aside in this store's file system; it is ours alone, and goes. */
export async function settleFile(from: string, sha256: string, to: Settling, patient = false): Promise<Settled> {
  const target = to.paths.blob(sha256);
  const { size } = await lstat(from);
  if (await isThere(target, sha256, size, () => sameFiles(from, target), to)) {
    rmSync(from, { force: true });
    return { durable: arrive(to, { from: undefined, target, size: 0, patient }, 0) };
  }
  await to.room.make(size);
  try {
    await makeReady(from);
    return { durable: arrive(to, { from, target, size, patient }, size) };
  } catch (error) {
    to.room.made(size);
    throw error;
  }
}

async function arrive({ group, room }: Settling, file: Newcomer, took: number): Promise<string> {
  try {
    await group.add(file);
    return file.target;
  } finally {
    room.made(took);
  }
}

async function makeReady(from: string): Promise<void> {
  const handle = await open(from, "r");
  try {
    await handle.chmod(BLOB_MODE);
    // An earlier run may have written it; it is told of now.
    const now = new Date();
    await handle.utimes(now, now);
  } finally {
    await handle.close();
  }
}

/**
 * Whether the blob is there. What lies under its name and is not the same is set apart when its own digest is not its
 * name: it has rotted, and the bytes that came are better.
 */
async function isThere(
  target: string,
  sha256: string,
  size: number,
  isSame: () => Promise<boolean>,
  { paths }: Settling,
): Promise<boolean> {
  const facts = lstatSync(target, { throwIfNoEntry: false });
  if (facts === undefined) return false;
  if (!facts.isFile()) {
    throw new WholesourceError("store-failed", `\`${target}\` is there already and is no file`, {
      hint: "the store is damaged: remove it, or name another store folder",
    });
  }
  if (facts.size === size && (await isSame())) {
    const now = new Date();
    await lutimes(target, now, now).catch(() => undefined);
    return (await regularSize(target)) !== undefined;
  }
  const measured = await sha256Of(target);
  if (measured === sha256) {
    throw new WholesourceError("internal", `expected the bytes of sha256 \`${sha256}\`, got others`);
  }
  await setApart(target, measured, { expected: sha256, measured }, paths);
  return false;
}

/** Moves a file into the quarantine, with facts about it; what is there already under that digest stays. */
export async function setApart(
  from: string,
  measured: string,
  facts: { readonly [name: string]: unknown },
  paths: StorePaths,
): Promise<string> {
  const target = paths.quarantine(measured);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await writeFile(`${target}.${nonce()}.json`, `${JSON.stringify(facts)}\n`);
  if ((await regularSize(target)) === undefined) await rename(from, target);
  else await rm(from, { force: true });
  await syncFolder(dirname(target));
  await syncFolder(dirname(from));
  return target;
}

/** The digest of a file's bytes. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: STORE_BUFFER_BYTES })) hash.update(chunk);
  return hash.digest("hex");
}

async function sameFiles(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([open(a, "r"), open(b, "r")]);
  try {
    const [one, two] = [Buffer.allocUnsafeSlow(STORE_BUFFER_BYTES), Buffer.allocUnsafeSlow(STORE_BUFFER_BYTES)];
    for (let at = 0; ; ) {
      const reads = await Promise.all([readFull(left, one, at), readFull(right, two, at)]);
      if (reads[0] !== reads[1] || !one.subarray(0, reads[0]).equals(two.subarray(0, reads[1]))) return false;
      if (reads[0] === 0) return true;
      at += reads[0];
    }
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}

async function readFull(file: { read: Awaited<ReturnType<typeof open>>["read"] }, into: Buffer, at: number) {
  let count = 0;
  while (count < into.length) {
    const { bytesRead } = await file.read(into, count, into.length - count, at + count);
    if (bytesRead === 0) break;
    count += bytesRead;
  }
  return count;
}
