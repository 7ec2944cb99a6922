/** Digests of local files and folders: what `wholesource hash` prints. */
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { refuseFile } from "../io/files-open.ts";
import { type DigestAlgorithm, type DigestSet, digestAlgorithms } from "../model/digest.ts";
import { WholesourceError } from "../model/error.ts";
import type { Refusal, Transfer } from "../model/evidence.ts";
import { createHashRunner, type HashJob, type HashResult, readHashResult } from "./hash-job.ts";
import { type HashItem, planHashJobs } from "./hash-plan.ts";
import { createFolderTotals, type FolderTotals } from "./hash-tree.ts";
import { type HashPlace, placesOf } from "./hash-walk.ts";
import { createLanes, type Lanes } from "./lanes.ts";

/** Files of a walk that are in memory and under way together. */
const waveFiles = 8192;
/** Places after which the walk lets others have a turn. */
const walkTurn = 500;
/** Below this work, in bytes or in files, starting a thread takes longer than doing it here. */
const workersFromBytes = 16 * 1024 * 1024;
const workersFromFiles = 1000;

/** What was found at one path. */
export type HashEntry =
  | { readonly kind: "file"; readonly path: string; readonly size: number; readonly digest: DigestSet }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string }
  /** `digest` has `gitTree` and `swhid`, and neither where something below could not be read. */
  | {
      readonly kind: "folder";
      readonly path: string;
      readonly files: number;
      readonly size: number;
      readonly digest: DigestSet;
    }
  | { readonly kind: "refused"; readonly path: string; readonly refusal: Refusal };

export interface HashOptions {
  /** Without it: sha256 of files, gitTree and swhid of folders. */
  readonly algorithms?: readonly DigestAlgorithm[] | undefined;
  /** Tell of every file in a folder too, not only of those that are named. */
  readonly files?: boolean | undefined;
  /** Threads in all. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called in the order of the paths, in a folder in the order of bytes, and for the folder after its files. */
  readonly onEntry: (entry: HashEntry) => void;
  /** Bytes that were read since the last call. */
  readonly onBytes?: ((delta: number) => void) | undefined;
  /** The built `hash-worker`, where it is not beside this file. */
  readonly workerUrl?: URL | undefined;
}

type HashLanes = Lanes<HashJob, HashResult, number>;

/** Digests everything that the paths name. A link that is named is followed; links inside folders never are. */
export async function hashPaths(paths: readonly string[], options: HashOptions): Promise<void> {
  const asked = options.algorithms;
  const ofFiles = asked ?? ["sha256"];
  const wantsTree = asked === undefined || asked.includes("gitTree") || asked.includes("swhid");
  const ofFolders = wantsTree ? withGitBlob(options.files === true ? ofFiles : []) : ofFiles;
  let lanes: HashLanes | undefined;
  const startLanes = (work: Work): HashLanes => {
    const enough = work.jobs > 1 && (work.bytes >= workersFromBytes || work.files >= workersFromFiles);
    // Lanes without workers are kept until there is work for more.
    if (lanes === undefined || (enough && lanes.count === 1)) lanes = openLanes(options, enough);
    return lanes;
  };

  const folders: FolderTotals[] = [];
  let wave: HashPlace[] = [];
  /** The wave whose files are being read; its entries are told before those of the next. */
  let under: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const places = wave;
    wave = [];
    const reading = readWave(places, (place) => (place.inFolder ? ofFolders : ofFiles), startLanes, options);
    const before = under;
    under = Promise.all([reading, before]).then(([seen]) => {
      if (options.signal?.aborted) throw interrupted();
      places.forEach((place, index) => {
        for (const entry of tell(place, seen[index], folders, { asked, wantsTree })) {
          if (!place.inFolder || options.files === true || entry.kind === "refused" || entry.kind === "folder") {
            options.onEntry(entry);
          }
        }
      });
    });
    // Awaited below, but perhaps later than it fails.
    under.catch(() => {});
    await before;
  };

  try {
    let walked = 0;
    for (const place of placesOf(paths)) {
      if (options.signal?.aborted) throw interrupted();
      wave.push(place);
      if (wave.length >= waveFiles) await flush();
      // The walk itself never waits: let the jobs of the wave before go on.
      else if (++walked % walkTurn === 0) await setImmediate();
    }
    await flush();
    await under;
  } finally {
    await lanes?.close();
  }
}

interface Work {
  readonly jobs: number;
  readonly files: number;
  readonly bytes: number;
}

function openLanes({ concurrency, signal, workerUrl }: HashOptions, enough: boolean): HashLanes {
  const url = workerUrl ?? new URL("./hash-worker.ts", import.meta.url);
  // Run from its sources, as tests do, the program has no built worker: one lane gives the same digests.
  const built = !url.pathname.endsWith(".ts");
  return createLanes({
    workerUrl: built && enough ? url : undefined,
    count: concurrency ?? availableParallelism(),
    runInline: createHashRunner({ alwaysSync: false, signal }),
  });
}

async function readWave(
  places: readonly HashPlace[],
  algorithmsOf: (place: HashPlace) => readonly DigestAlgorithm[],
  startLanes: (work: Work) => HashLanes,
  { concurrency, signal, onBytes }: HashOptions,
): Promise<readonly (Transfer | Refusal | undefined)[]> {
  const items: HashItem[] = [];
  const placeOf: number[] = [];
  places.forEach((place, index) => {
    if (place.kind !== "file") return;
    items.push({ path: place.at, size: place.size, algorithms: algorithmsOf(place) });
    placeOf.push(index);
  });
  const jobs = planHashJobs(items, concurrency ?? availableParallelism());
  const bytes = jobs.reduce((sum, { cost }) => sum + cost, 0);
  const seen: (Transfer | Refusal | undefined)[] = places.map(() => undefined);
  if (jobs.length === 0) return seen;
  const lanes = startLanes({ jobs: jobs.length, files: items.length, bytes });
  const stop = (): void => void lanes.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await Promise.all(
      jobs.map(async ({ job, items: indexes, cost }) => {
        const result = readHashResult(await lanes.submit(job, { cost, onEvent: onBytes }));
        indexes.forEach((item, n) => {
          const place = placeOf[item];
          const one = result[n];
          if (place !== undefined && one !== undefined) seen[place] = merge(seen[place], one);
        });
      }),
    );
  } catch (error) {
    throw signal?.aborted ? interrupted() : error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  return seen;
}

/** Two shares of one file's algorithms: they must have read the same file. */
function merge(before: Transfer | Refusal | undefined, now: Transfer | Refusal): Transfer | Refusal {
  if (before === undefined || before.status === "refused") return before ?? now;
  if (now.status === "refused") return now;
  if (before.size !== now.size) return refuseFile("changed-during-read", "its size changed while it was being read");
  return { ...now, digest: inOrder({ ...before.digest, ...now.digest }, digestAlgorithms) };
}

interface Wanted {
  readonly asked: readonly DigestAlgorithm[] | undefined;
  readonly wantsTree: boolean;
}

function* tell(
  place: HashPlace,
  seen: Transfer | Refusal | undefined,
  folders: FolderTotals[],
  { asked, wantsTree }: Wanted,
): Generator<HashEntry, void, void> {
  const { path } = place;
  const folder = folders.at(-1);
  switch (place.kind) {
    case "folder-start":
      folders.push(createFolderTotals());
      return;
    case "folder-end": {
      const totals = folders.pop()?.finish();
      if (totals === undefined) return;
      if (totals.refusal !== undefined) yield { kind: "refused", path, refusal: totals.refusal };
      const digest = wantsTree ? inOrder(totals.digest, asked ?? digestAlgorithms) : {};
      yield { kind: "folder", path, files: totals.files, size: totals.size, digest };
      return;
    }
    case "file":
      if (seen === undefined) return;
      folder?.file(place, seen);
      if (seen.status === "refused") yield { kind: "refused", path, refusal: seen };
      else yield { kind: "file", path, size: seen.size, digest: inOrder(seen.digest, asked ?? ["sha256"]) };
      return;
    case "symlink":
      folder?.symlink(place);
      yield { kind: "symlink", path, target: place.target.toString() };
      return;
    case "empty-folder":
      folder?.emptyFolder(place);
      return;
    case "refused":
      folder?.refused();
      yield { kind: "refused", path, refusal: place.refusal };
  }
}

function inOrder(digest: DigestSet, wanted: readonly DigestAlgorithm[]): DigestSet {
  const set: { -readonly [A in keyof DigestSet]: DigestSet[A] } = {};
  for (const algorithm of digestAlgorithms) {
    const value = digest[algorithm];
    if (value !== undefined && wanted.includes(algorithm)) set[algorithm] = value;
  }
  return set;
}

const withGitBlob = (algorithms: readonly DigestAlgorithm[]): readonly DigestAlgorithm[] =>
  algorithms.includes("gitBlob") ? algorithms : [...algorithms, "gitBlob"];

const interrupted = (): WholesourceError => new WholesourceError("interrupted", "hashing was interrupted");
