/**
 * Who uses a store. A process that was told of a blob must find it as long as it lives: it says since when it is here,
 * and what it is told of is touched, so whatever was touched since the oldest living process came stays.
 */
import { closeSync, lstatSync, openSync, readFileSync, writeSync } from "node:fs";
import { lstat, lutimes, mkdir, readdir, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./errno.ts";
import { PARTIAL_STALE_MS } from "./limits.ts";
import { CLOCK_MARGIN_MS, SESSION_BEAT_MS, SESSION_TOLD_BYTES } from "./store-limits.ts";
import { nonce, ownerName, ownerState } from "./store-owner.ts";

/** This process's use of a store. */
export interface Session {
  /** The name of its file. */
  readonly name: string;
  /** What was touched at this time or later is ours to find. Milliseconds since 1970. */
  readonly since: number;
  /** Says how many bytes of blobs were added, for those who keep the store below a size. */
  added(bytes: number): void;
  close(): Promise<void>;
}

/** Somebody's. */
export interface Living {
  readonly name: string;
  readonly since: number;
  /** Bytes of blobs that it has added so far. */
  readonly added: number;
}

/** A count is always written at this length, so that nobody reads half of one. */
const COUNT_DIGITS = 20;

/** Says that this process is here. */
export async function openSession(folder: string): Promise<Session> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const probe = join(folder, [ownerName(), Date.now(), nonce()].join("."));
  closeSync(openSync(probe, "wx", 0o600));
  // The file system's clock dates the blobs, and it may be another machine's.
  const since = Math.floor(Math.min(Date.now(), (await lstat(probe)).mtimeMs)) - CLOCK_MARGIN_MS;
  const name = [ownerName(), since, nonce()].join(".");
  const path = join(folder, name);
  await rename(probe, path);
  const beat = setInterval(() => {
    const now = new Date();
    // A sign of life that fails is no reason to end a run.
    utimes(path, now, now).catch(() => undefined);
  }, SESSION_BEAT_MS);
  beat.unref();
  let [total, told] = [0, 0];
  let open = true;
  return {
    name,
    since,
    added(bytes) {
      total += bytes;
      if (!open || total - told < SESSION_TOLD_BYTES) return;
      told = total;
      writeCount(path, total);
    },
    async close() {
      if (!open) return;
      open = false;
      clearInterval(beat);
      await rm(path, { force: true });
    },
  };
}

/** Everybody who may still be there; what the others left is removed. */
export async function livingSessions(folder: string): Promise<readonly Living[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  const living: Living[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const [owner = "", since = ""] = name.split(".");
    if (await isHere(path, owner)) living.push({ name, since: Number(since) || 0, added: readCount(path) });
    else await rm(path, { force: true });
  }
  return living;
}

/** What was touched before this time was told to nobody who is still there. */
export const untoldBefore = (living: readonly Living[]): number =>
  living.reduce((least, { since }) => Math.min(least, since), Number.POSITIVE_INFINITY);

async function isHere(path: string, owner: string): Promise<boolean> {
  const state = ownerState(owner);
  if (state !== "unknown") return state !== "gone";
  const facts = await lstat(path).catch(() => undefined);
  return facts !== undefined && Date.now() - facts.mtimeMs <= PARTIAL_STALE_MS;
}

/** A store whose disk is full has other worries. */
function writeCount(path: string, count: number): void {
  try {
    const fd = openSync(path, "r+");
    try {
      writeSync(fd, String(count).padStart(COUNT_DIGITS), 0);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}

function readCount(path: string): number {
  try {
    return Number(readFileSync(path, "utf8")) || 0;
  } catch {
    return 0;
  }
}

/** Touches a blob that this process is told of; false when it is not there, or no file. */
export async function touchBlob(path: string, since: number | undefined): Promise<boolean> {
  const before = lstatSync(path, { throwIfNoEntry: false });
  if (before?.isFile() !== true) return false;
  if (since === undefined || before.mtimeMs >= since) return true;
  const now = new Date();
  try {
    await lutimes(path, now, now);
  } catch (error) {
    // Where nothing can be touched, nothing that we are told can be removed by us either.
    if (["EROFS", "EPERM", "EACCES"].includes(codeOf(error) ?? "")) return true;
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
  // Whoever removes it looks at the time after it has taken the name away: now it is gone, or it will come back.
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
