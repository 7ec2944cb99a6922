/** Digests of local files and folders: what `wholesource hash` prints. */
import { setImmediate } from "node:timers/promises";
import { type DigestAlgorithm, type DigestSet, digestAlgorithms } from "../model/digest.ts";
import type { Refusal, Transfer } from "../model/evidence.ts";
import { createFileHasher, type FileHasher, type FileHasherOptions, inOrder, interrupted } from "./hash-files.ts";
import type { HashItem } from "./hash-plan.ts";
import { createFolderTotals, type FolderTotals } from "./hash-tree.ts";
import { type HashPlace, placesOf } from "./hash-walk.ts";

/** Files of a walk that are in memory and under way together. */
const waveFiles = 8192;
/** Places after which the walk lets others have a turn. */
const walkTurn = 500;

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

export interface HashOptions extends FileHasherOptions {
  /** Without it: sha256 of files, gitTree and swhid of folders. */
  readonly algorithms?: readonly DigestAlgorithm[] | undefined;
  /** Tell of every file in a folder too, not only of those that are named. */
  readonly files?: boolean | undefined;
  /** Called in the order of the paths, in a folder in the order of bytes, and for the folder after its files. */
  readonly onEntry: (entry: HashEntry) => void;
}

/** Digests everything that the paths name. A link that is named is followed; links inside folders never are. */
export async function hashPaths(paths: readonly string[], options: HashOptions): Promise<void> {
  const asked = options.algorithms;
  const ofFiles = asked ?? ["sha256"];
  const wantsTree = asked === undefined || asked.includes("gitTree") || asked.includes("swhid");
  const ofFolders = wantsTree ? withGitBlob(options.files === true ? ofFiles : []) : ofFiles;
  const hasher = createFileHasher(options);

  const folders: FolderTotals[] = [];
  let wave: HashPlace[] = [];
  /** The wave whose files are being read; its entries are told before those of the next. */
  let under: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const places = wave;
    wave = [];
    const reading = readWave(places, (place) => (place.inFolder ? ofFolders : ofFiles), hasher);
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
    await hasher.close();
  }
}

async function readWave(
  places: readonly HashPlace[],
  algorithmsOf: (place: HashPlace) => readonly DigestAlgorithm[],
  hasher: FileHasher,
): Promise<readonly (Transfer | Refusal | undefined)[]> {
  const items: HashItem[] = [];
  const placeOf: number[] = [];
  places.forEach((place, index) => {
    if (place.kind !== "file") return;
    items.push({ path: place.at, size: place.size, algorithms: algorithmsOf(place) });
    placeOf.push(index);
  });
  const seen: (Transfer | Refusal | undefined)[] = places.map(() => undefined);
  const results = await hasher.digest(items);
  placeOf.forEach((place, index) => {
    seen[place] = results[index];
  });
  return seen;
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

const withGitBlob = (algorithms: readonly DigestAlgorithm[]): readonly DigestAlgorithm[] =>
  algorithms.includes("gitBlob") ? algorithms : [...algorithms, "gitBlob"];
