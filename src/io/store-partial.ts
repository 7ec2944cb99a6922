/**
 * Partial files: what came of a transfer so far, in a folder whose name says what it is for and who works on it.
 * Taking one over is one rename, so two processes never write to the same one.
 */
import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { copyFile, lstat, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type DigestSet, digestAlgorithms } from "../model/digest.ts";
import { PARTIAL_MAX_AGE_MS, PARTIAL_STALE_MS } from "./limits.ts";
import { FOLDER_TICK_MS } from "./store-limits.ts";
import { IDLE, nonce, ownerName, ownerState } from "./store-owner.ts";
import { type PartialState, readState } from "./store-state.ts";
import { regularSize } from "./store-write.ts";

/** What a partial file is for: bytes of one URL that should have these digests. */
export interface PartialKey {
  readonly url: string;
  readonly digest?: DigestSet | undefined;
}

/** A partial file that an earlier run has left and that is ours now. */
export interface Claimed {
  readonly folder: string;
  readonly state: PartialState;
}

/** The name of the file of bytes inside a partial's folder. */
export const DATA = "data";

/** The same key, the same name; nothing of the URL can be read from it. */
export function keyName({ url, digest }: PartialKey): string {
  const declared = digestAlgorithms.flatMap((algorithm) => {
    const value = digest?.[algorithm];
    return value === undefined ? [] : [`${algorithm}:${value}`];
  });
  return createHash("sha256")
    .update([url, ...declared].join("\n"))
    .digest("hex")
    .slice(0, 32);
}

/** The path of a new partial of ours. */
export function newPartial(root: string, key: string): string {
  return join(root, [key, ownerName(), nonce()].join("."));
}

/** Takes over a partial of this key that nobody works on, if there is one that can be used. */
export async function claimPartial(
  root: string,
  key: string,
  list: () => Promise<readonly string[]> = () => readdir(root),
): Promise<Claimed | undefined> {
  for (const name of await list()) {
    if (!name.startsWith(`${key}.`)) continue;
    const free = await freedom(root, name);
    if (free === "busy") continue;
    const folder = newPartial(root, key);
    // Somebody else was faster when the rename fails.
    if (
      !(await rename(join(root, name), folder).then(
        () => true,
        () => false,
      ))
    )
      continue;
    const state = await readState(folder);
    const length = await regularSize(join(folder, DATA));
    if (state !== undefined && length !== undefined && state.size > 0 && length >= state.size) {
      // An owner that could not be asked may still hold the file open: it keeps its own, we go on with a copy.
      if (free === "stale") await detach(join(folder, DATA));
      return { folder, state };
    }
    await rm(folder, { recursive: true, force: true });
  }
  return undefined;
}

/** Lists the partials again and again, and reads the folder only when it may have changed. */
export function createPartialList(root: string): () => Promise<readonly string[]> {
  let known: { readonly changed: number; readonly names: readonly string[] } | undefined;
  return async () => {
    const changed = lstatSync(root).mtimeMs;
    if (known?.changed === changed) return known.names;
    const names = await readdir(root);
    // What changes at the same tick of the clock would not show.
    known = Date.now() - changed > FOLDER_TICK_MS ? { changed, names } : undefined;
    return names;
  };
}

/** Gives a partial back, for whoever comes next. */
export async function releasePartial(root: string, key: string, folder: string): Promise<void> {
  await rename(folder, join(root, [key, IDLE, nonce()].join(".")));
}

/** Removes what nobody will come back for. */
export async function sweepPartials(root: string, now: number): Promise<void> {
  for (const name of await readdir(root)) {
    const path = join(root, name);
    const age = now - (await lastTouched(path));
    const [, owner = ""] = name.split(".");
    const state = ownerState(owner);
    const left = state === "gone" || (state === "unknown" && age > PARTIAL_STALE_MS);
    const useless = left && (age > PARTIAL_MAX_AGE_MS || (await readState(path)) === undefined);
    if (useless) await rm(path, { recursive: true, force: true });
  }
}

/**
 * Removes what nobody works on and nobody has touched since a time, also what a later run could have gone on with; says
 * how many there were.
 */
export async function collectPartials(root: string, before: number, dryRun: boolean): Promise<number> {
  let count = 0;
  for (const name of await readdir(root)) {
    const path = join(root, name);
    if ((await freedom(root, name)) === "busy" || (await lastTouched(path)) >= before) continue;
    count += 1;
    if (dryRun) continue;
    // Whoever comes for it at this moment is faster, or finds nothing.
    const taken = newPartial(root, "gone");
    await rename(path, taken).then(
      () => rm(taken, { recursive: true, force: true }),
      () => undefined,
    );
  }
  return count;
}

async function freedom(root: string, name: string): Promise<"free" | "stale" | "busy"> {
  const [, owner = ""] = name.split(".");
  const state = ownerState(owner);
  if (state === "gone") return "free";
  if (state !== "unknown") return "busy";
  return Date.now() - (await lastTouched(join(root, name))) > PARTIAL_STALE_MS ? "stale" : "busy";
}

async function lastTouched(path: string): Promise<number> {
  const times = await Promise.all(
    [path, join(path, DATA)].map((each) =>
      lstat(each).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(...times);
}

async function detach(data: string): Promise<void> {
  const copy = `${data}.copy`;
  await copyFile(data, copy);
  await rename(copy, data);
}
