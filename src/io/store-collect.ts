/**
 * Removing what nobody needs. A blob stays when a release names it, or when it was touched since the oldest living
 * process came, which touches what it is told of. Because somebody may be told of a blob at the very moment in which it
 * is removed, its name is taken away first, then its time is looked at once more: when it was touched, it comes back.
 */
import { link, lstat, mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./errno.ts";
import { PARTIAL_STALE_MS } from "./limits.ts";
import { isSha256, prefixes, type StorePaths } from "./store-layout.ts";
import { nonce, ownerName, ownerState } from "./store-owner.ts";
import { checkRoot, listRoots, partsOf } from "./store-root.ts";
import { regularSize } from "./store-write.ts";

/** A blob that no release names. */
export interface Unnamed {
  readonly sha256: string;
  readonly size: number;
  /** When it was last touched. Milliseconds since 1970. */
  readonly mtimeMs: number;
}

/** Every blob that no release names and that was last touched before a time. Reads each release's list whole first. */
export async function* unnamedBlobs(paths: StorePaths, before: number): AsyncGenerator<Unnamed> {
  const roots = await listRoots(paths);
  // A list that is not whole would give away what its release needs.
  for (const root of roots) await checkRoot(root);
  const parts = roots.map(partsOf);
  for (const prefix of prefixes) {
    const names = new Set((await namesIn(join(paths.blobs, prefix))).filter(isSha256));
    for (const part of parts) for (const sha256 of await part(prefix)) names.delete(sha256);
    for (const sha256 of names) {
      const facts = await lstat(paths.blob(sha256)).catch(() => undefined);
      if (facts?.isFile() === true && facts.mtimeMs < before)
        yield { sha256, size: facts.size, mtimeMs: facts.mtimeMs };
    }
  }
}

/** Removes blobs, each only if nobody is told of it in that moment. */
export async function openRemoval(paths: StorePaths): Promise<{
  /** False when it is needed after all, or was gone. */
  remove(blob: Unnamed): Promise<boolean>;
  close(): Promise<void>;
}> {
  const folder = join(paths.leaving, [ownerName(), nonce()].join("."));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    async remove({ sha256, mtimeMs }) {
      const aside = join(folder, sha256);
      if (!(await takeAway(paths.blob(sha256), aside))) return false;
      if ((await lstat(aside)).mtimeMs === mtimeMs) {
        await rm(aside, { force: true });
        return true;
      }
      await comeBack(aside, paths.blob(sha256));
      return false;
    },
    // What a failure has left there comes back when this process has ended.
    close: () => rmdir(folder).catch(() => undefined),
  };
}

/** Takes the name away from a blob that is not what its name says; what is, comes back. Says whether it is gone. */
export async function takeRotten(
  paths: StorePaths,
  sha256: string,
  setApart: (path: string) => Promise<"rotten" | "whole">,
): Promise<boolean> {
  const folder = join(paths.leaving, [ownerName(), nonce()].join("."));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const aside = join(folder, sha256);
  try {
    if (!(await takeAway(paths.blob(sha256), aside))) return false;
    // Somebody may have brought better bytes since they were read.
    const found = await setApart(aside).catch(async (error: unknown) => {
      await comeBack(aside, paths.blob(sha256));
      throw error;
    });
    if (found === "whole") await comeBack(aside, paths.blob(sha256));
    return found === "rotten";
  } finally {
    await rmdir(folder).catch(() => undefined);
  }
}

async function takeAway(blob: string, aside: string): Promise<boolean> {
  try {
    await rename(blob, aside);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Brings back what a process has taken away that ended before it was done. */
export async function bringBack(paths: StorePaths): Promise<void> {
  for (const name of await namesIn(paths.leaving)) {
    const [owner = ""] = name.split(".");
    const folder = join(paths.leaving, name);
    const state = ownerState(owner);
    // An owner that can not be asked is long through with what it took away.
    const isLeft = state === "gone" || (state === "unknown" && (await ageOf(folder)) > PARTIAL_STALE_MS);
    if (!isLeft) continue;
    for (const sha256 of await namesIn(folder)) {
      if (isSha256(sha256)) await comeBack(join(folder, sha256), paths.blob(sha256));
    }
    await rm(folder, { recursive: true, force: true });
  }
}

async function ageOf(path: string): Promise<number> {
  const facts = await lstat(path).catch(() => undefined);
  return facts === undefined ? 0 : Date.now() - facts.mtimeMs;
}

async function comeBack(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await rm(from, { force: true });
  } catch (error) {
    // Somebody brought the same bytes meanwhile, or was faster.
    if (codeOf(error) === "EEXIST") await rm(from, { force: true });
    else if ((await regularSize(from)) !== undefined) await rename(from, to);
  }
}

/** The names in a folder; none when it is not there. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
}
