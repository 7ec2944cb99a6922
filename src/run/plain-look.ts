import type { DeclaredFile } from "../judge/file.ts";
import type { FilesFold } from "../judge/fold.ts";
import type { DigestAlgorithm } from "../model/digest.ts";
import type { Depth, Evidence, Found } from "../model/evidence.ts";
import { type AlgorithmsOf, mayHoldLicense } from "./batches.ts";
import { Grouping } from "./grouping.ts";
import type { Looker } from "./look-context.ts";
import type { Waiting } from "./pair.ts";
import { digestColumns, type PlainFiles, plainEvidence } from "./plain-files.ts";
import type { ProgressMeter } from "./progress.ts";

/** Files that a listing declares one after the other, each to be looked for under its own path in a local folder. */
export interface DeclaredRun {
  /** Place of the first one in declared order. */
  readonly from: number;
  readonly files: readonly DeclaredFile[];
}

/** Each of them with its place. */
export function waitingIn({ from, files }: DeclaredRun): Waiting[] {
  return files.map((file, at) => ({ index: from + at, file }));
}

/** Files that go to a lane together. */
export interface PlainGroup {
  readonly algorithms: readonly DigestAlgorithm[];
  readonly files: DeclaredFile[];
  readonly places: number[];
  bytes: number;
  /** Files whose size nobody told. */
  unknown: number;
}

/** What looking at plain files needs. */
export interface PlainLookContext {
  readonly piece: string;
  readonly location: number;
  readonly depth: Depth;
  readonly folder: NonNullable<Found["folder"]>;
  readonly tagSource: boolean;
  readonly algorithms: AlgorithmsOf;
  readonly isContainer: (path: string) => boolean;
  readonly looker: Looker;
  readonly meter: ProgressMeter;
  readonly fold: FilesFold;
  /** Takes the evidence of a file that needs a look of the judge's. */
  readonly take: (index: number, file: DeclaredFile, evidence: Evidence) => void;
}

/** Fewer are not worth a way of their own. */
const PLAIN_FROM = 256;
/** Files in one group at most: enough to pay for the hand-over to a thread. */
const GROUP_FILES = 512;

/**
 * The ordinary case of many files: a listing that declares files of a local folder. It does what pairs and batches
 * do, without half a dozen objects for each file, which would cost more than reading it.
 */
export class PlainLook {
  readonly #context: PlainLookContext;
  readonly #grouping = new Grouping(GROUP_FILES);

  constructor(context: PlainLookContext) {
    this.#context = context;
  }

  /** Divides what is declared into groups of plain files, and what has to go the other way. */
  split({ from, files }: DeclaredRun): { readonly groups: readonly PlainGroup[]; readonly others: readonly Waiting[] } {
    const groups: PlainGroup[] = [];
    const others: Waiting[] = [];
    const open = new Map<readonly DigestAlgorithm[], PlainGroup>();
    const { algorithms: algorithmsOf, isContainer } = this.#context;
    const isShort = from === 0 && files.length < PLAIN_FROM;
    for (const [at, file] of files.entries()) {
      const { path, size, digest, containedIn } = file.entry;
      const algorithms = algorithmsOf(digest, undefined);
      if (isShort || containedIn !== undefined || isContainer(path) || mayHoldLicense(path) || !isPlain(algorithms)) {
        others.push({ index: from + at, file });
        continue;
      }
      const group = open.get(algorithms) ?? { algorithms, files: [], places: [], bytes: 0, unknown: 0 };
      if (group.files.length === 0) open.set(algorithms, group);
      group.files.push(file);
      group.places.push(from + at);
      group.bytes += size ?? this.#grouping.usualBytes;
      if (size === undefined) group.unknown += 1;
      if (!this.#grouping.isFull(group.files.length, group.bytes, group.unknown)) continue;
      groups.push(group);
      open.delete(algorithms);
      this.#grouping.close();
    }
    return { groups: [...groups, ...open.values()], others };
  }

  /** Looks at a group and folds what was seen. */
  async look({ algorithms, files, places, bytes }: PlainGroup): Promise<void> {
    const { piece, location, depth, folder, tagSource, looker, meter, fold, take } = this.#context;
    const paths = files.map(({ entry }) => entry.path).join("\n");
    const plain: PlainFiles = {
      piece,
      location,
      depth,
      base: folder.url,
      within: folder.within,
      algorithms,
      tagSource,
      paths,
    };
    let read = 0;
    const seen = await looker.lookAtPlain(plain, files.length, bytes, (delta) => {
      read += delta;
      meter.bytes(delta);
    });
    this.#grouping.learn(seen.sizes.length, read);
    const [algorithm, ...more] = algorithms;
    const { width } = digestColumns(algorithms) ?? { width: 0 };
    const evidenceOf = plainEvidence(plain, seen);
    for (const [at, size] of seen.sizes.entries()) {
      const [file, index] = [files[at], places[at]];
      if (file === undefined || index === undefined) continue;
      const isRead = size >= 0 && depth === "full" && algorithm !== undefined && more.length === 0;
      if (isRead && fold.addAsDeclared(index, file, size, algorithm, seen.digests, at * width)) continue;
      take(index, file, evidenceOf(at, file.entry.path));
    }
    meter.files(seen.sizes.length);
  }
}

function isPlain(algorithms: readonly DigestAlgorithm[]): boolean {
  return digestColumns(algorithms) !== undefined;
}
