/** Reading a whole store again: is every blob still what its name says, and is all there that releases need. */
import { lstatSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { namesIn, takeRotten } from "../io/store-collect.ts";
import { isSha256, prefixes, type StorePaths } from "../io/store-layout.ts";
import { findStore } from "../io/store-prepare.ts";
import { checkRoot, partsOf, type Root, readRoot, rootHas, rootLists } from "../io/store-root.ts";
import { setApart, sha256Of } from "../io/store-settle.ts";
import { storeError } from "../io/store-write.ts";
import { WholesourceError } from "../model/error.ts";
import { type HashEntry, hashPaths } from "./hash.ts";

/** Something that is wrong with a store. `releases` are those that need the blob. */
export type StoreFault =
  /** Its bytes are not those that it was kept for. */
  | {
      readonly kind: "corrupt";
      readonly sha256: string;
      readonly measured: string;
      readonly size: number;
      readonly releases: readonly string[];
      /** Where its bytes are now, when they were set apart. */
      readonly quarantined?: string;
    }
  /** A release needs it, and it is not there. */
  | { readonly kind: "missing"; readonly sha256: string; readonly releases: readonly string[] }
  /** Whether it is whole can not be told. */
  | {
      readonly kind: "unreadable";
      readonly sha256: string;
      readonly detail: string;
      readonly releases: readonly string[];
    }
  /** It is no blob, and lies among them. */
  | { readonly kind: "unexpected"; readonly path: string }
  /** What a release needs can not be told. */
  | { readonly kind: "list-damaged"; readonly path: string; readonly detail: string };

/** What reading it again found. */
export interface StoreVerification {
  readonly folder: string;
  readonly blobs: number;
  readonly bytes: number;
  readonly releases: number;
  readonly faults: { readonly [Kind in StoreFault["kind"]]: number };
}

/** How it is read. */
export interface StoreVerifyOptions {
  /** Move blobs that are not what their name says into the quarantine. */
  readonly repair?: boolean | undefined;
  /** Threads in all. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((delta: number) => void) | undefined;
  /** Called for each of them as it is found. */
  readonly onFault?: ((fault: StoreFault) => void) | undefined;
}

/** Reads every blob and every list. */
export async function verifyStore(folder: string, options: StoreVerifyOptions = {}): Promise<StoreVerification> {
  const paths = await findStore(folder);
  const faults = { corrupt: 0, missing: 0, unreadable: 0, unexpected: 0, "list-damaged": 0 };
  const tell = (fault: StoreFault): void => {
    faults[fault.kind] += 1;
    options.onFault?.(fault);
  };
  try {
    const roots = await wholeRoots(paths, tell);
    await findMissing(paths, roots, tell, options.signal);
    const read = await readBlobs(paths, roots, tell, options);
    return { folder: paths.root, ...read, releases: roots.length, faults };
  } catch (error) {
    throw storeError(error, "reading it again");
  }
}

async function wholeRoots(paths: StorePaths, tell: (fault: StoreFault) => void): Promise<readonly Root[]> {
  const roots: Root[] = [];
  for (const path of await rootLists(paths)) {
    try {
      const root = await readRoot(path);
      await checkRoot(root);
      roots.push(root);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      tell({ kind: "list-damaged", path: relative(paths.root, path), detail });
    }
  }
  return roots;
}

/** A part of the store at a time, so that memory holds a small part of its names. */
async function findMissing(
  paths: StorePaths,
  roots: readonly Root[],
  tell: (fault: StoreFault) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const parts = roots.map((root) => ({ name: root.name, part: partsOf(root) }));
  for (const prefix of prefixes) {
    if (signal?.aborted) throw interrupted();
    const there = new Set(await namesIn(join(paths.blobs, prefix)));
    const missing = new Map<string, string[]>();
    for (const { name, part } of parts) {
      for (const sha256 of await part(prefix)) {
        if (there.has(sha256) && isFile(paths.blob(sha256))) continue;
        missing.set(sha256, [...(missing.get(sha256) ?? []), name]);
      }
    }
    for (const [sha256, releases] of [...missing].sort()) {
      if (!isFile(paths.blob(sha256))) tell({ kind: "missing", sha256, releases });
    }
  }
}

const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;

async function readBlobs(
  paths: StorePaths,
  roots: readonly Root[],
  tell: (fault: StoreFault) => void,
  options: StoreVerifyOptions,
): Promise<{ readonly blobs: number; readonly bytes: number }> {
  const sum = { blobs: 0, bytes: 0 };
  let telling = Promise.resolve();
  const onEntry = (entry: HashEntry): void => {
    if (entry.kind === "folder") return;
    const sha256 = basename(entry.path);
    const isBlob = isSha256(sha256) && dirname(entry.path) === dirname(paths.blob(sha256));
    if (!isBlob || entry.kind === "symlink") {
      tell({ kind: "unexpected", path: relative(paths.root, entry.path) });
      return;
    }
    if (entry.kind === "file") {
      sum.blobs += 1;
      sum.bytes += entry.size;
      if (entry.digest.sha256 === sha256) return;
    }
    telling = telling.then(async () => {
      const fault = await faultOf(entry, sha256, paths, roots, options.repair ?? false);
      if (fault !== undefined) tell(fault);
    });
    // Awaited below.
    telling.catch(() => undefined);
  };
  await hashPaths([paths.blobs], {
    algorithms: ["sha256"],
    files: true,
    concurrency: options.concurrency,
    signal: options.signal,
    onBytes: options.onBytes,
    onEntry,
  });
  await telling;
  return sum;
}

async function faultOf(
  entry: Extract<HashEntry, { kind: "file" | "refused" }>,
  sha256: string,
  paths: StorePaths,
  roots: readonly Root[],
  repair: boolean,
): Promise<StoreFault | undefined> {
  const releases: string[] = [];
  for (const root of roots) if (await rootHas(root, sha256)) releases.push(root.name);
  if (entry.kind === "refused") {
    // It was collected meanwhile, or it never was a file and is told as missing where it is needed.
    if (lstatSync(entry.path, { throwIfNoEntry: false }) === undefined) return undefined;
    return { kind: "unreadable", sha256, detail: entry.refusal.message, releases };
  }
  const measured = entry.digest.sha256 ?? "";
  const fault = { kind: "corrupt", sha256, measured, size: entry.size, releases } as const;
  if (!repair) return fault;
  let quarantined: string | undefined;
  await takeRotten(paths, sha256, async (path) => {
    const now = await sha256Of(path);
    if (now === sha256) return "whole";
    quarantined = await setApart(path, now, { expected: sha256, measured: now, releases }, paths);
    return "rotten";
  });
  return quarantined === undefined ? fault : { ...fault, quarantined: relative(paths.root, quarantined) };
}

const interrupted = (): WholesourceError => new WholesourceError("interrupted", "reading the store was interrupted");
