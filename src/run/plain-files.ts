/**
 * Local files that are all asked the same, and what was seen of them, in columns: copying an object for each to a
 * thread and back would cost as much as hashing a small file.
 */
import { algorithmInfo, type DigestAlgorithm, type DigestSet } from "../model/digest.ts";
import type { Batch, BatchObject, Depth, Evidence, FileMode, Inspection, Transfer } from "../model/evidence.ts";

/** Files below one folder. Nothing is their own but their paths: what was declared of them is compared elsewhere. */
export interface PlainFiles {
  readonly piece: string;
  readonly location: number;
  readonly depth: Depth;
  /** The folder that the paths start from, and the one that must not be left, as URLs without a `/` at the end. */
  readonly base: string;
  readonly within: string;
  readonly algorithms: readonly DigestAlgorithm[];
  readonly tagSource: boolean;
  /** One a line: a path that can be declared holds no control character. */
  readonly paths: string;
}

/** What was seen of plain files, in their order; shorter than they are only when the run was interrupted. */
export interface PlainSeen {
  /** Bytes; -1 for a file that has more to tell, which is in `rich`. */
  readonly sizes: readonly number[];
  /** The digests in hex, those of a file one after the other, without any space. */
  readonly digests: string;
  /** Places of those that their owner may run. */
  readonly executable: readonly number[];
  /** Ids of the formats that their bytes have, a line each; nothing when none has one. */
  readonly formats: string;
  readonly rich: readonly (readonly [number, Evidence])[];
}

/** Where each digest of a file begins within its part of the column, and how long that part is. */
export interface DigestColumns {
  readonly width: number;
  readonly starts: readonly (readonly [algorithm: DigestAlgorithm, start: number, end: number])[];
}

/** How the digests of these algorithms are laid out; undefined when one of them is not written in hex alone. */
export function digestColumns(algorithms: readonly DigestAlgorithm[]): DigestColumns | undefined {
  let width = 0;
  const starts: [DigestAlgorithm, number, number][] = [];
  for (const algorithm of algorithms) {
    if (algorithm === "swhid") return undefined;
    const start = width;
    width += 2 * algorithmInfo[algorithm].length;
    starts.push([algorithm, start, width]);
  }
  return { width, starts };
}

/** Gathers what is seen of plain files, in their order. */
export class SeenColumns {
  readonly #algorithms: readonly DigestAlgorithm[];
  readonly #sizes: number[] = [];
  readonly #digests: string[] = [];
  readonly #executable: number[] = [];
  readonly #formats: string[] = [];
  readonly #rich: [number, Evidence][] = [];
  readonly #gap: string;

  constructor(algorithms: readonly DigestAlgorithm[]) {
    this.#algorithms = algorithms;
    this.#gap = " ".repeat(digestColumns(algorithms)?.width ?? 0);
  }

  /** Takes what was read, unless it has more to tell than there are columns. */
  plain({ size, digest, mode }: Transfer, { format, hazards, facts }: Inspection): boolean {
    if (hazards.length > 0 || facts !== undefined) return false;
    const before = this.#digests.length;
    for (const algorithm of this.#algorithms) {
      const value = digest[algorithm];
      if (value === undefined) {
        this.#digests.length = before;
        return false;
      }
      this.#digests.push(value);
    }
    if (mode === "100755") this.#executable.push(this.#sizes.length);
    if (format !== undefined) this.#formats[this.#sizes.length] = format;
    this.#sizes.push(size);
    return true;
  }

  probed(size: number): void {
    this.#sizes.push(size);
  }

  rich(evidence: Evidence): void {
    this.#rich.push([this.#sizes.length, evidence]);
    this.#sizes.push(-1);
    this.#digests.push(this.#gap);
  }

  all(): PlainSeen {
    return {
      sizes: this.#sizes,
      digests: this.#digests.join(""),
      executable: this.#executable,
      // Places without a format are empty lines.
      formats: this.#formats.join("\n"),
      rich: this.#rich,
    };
  }
}

/** The batch as plain files, when it is no more than that. */
export function toPlainFiles({ piece, location, depth, objects }: Batch): PlainFiles | undefined {
  const [first] = objects;
  if (first?.within === undefined || !first.url.endsWith(`/${first.path}`)) return undefined;
  const base = first.url.slice(0, -first.path.length);
  const { within, algorithms, tagSource = false } = first;
  const key = algorithms.join(" ");
  const isPlain = (object: BatchObject): boolean =>
    object.within === within &&
    object.url.length === base.length + object.path.length &&
    object.url.startsWith(base) &&
    object.url.endsWith(object.path) &&
    !object.url.includes("%") &&
    object.members === undefined &&
    object.licenseSource !== true &&
    object.cardSource !== true &&
    // A host's word of it has no column.
    object.archived !== true &&
    (object.listed !== true || object.mode !== "100755") &&
    (object.tagSource ?? false) === tagSource &&
    // A link that nobody declared is looked at as a link.
    (object.mode !== "120000" || object.expect !== undefined) &&
    (object.algorithms === algorithms || object.algorithms.join(" ") === key);
  if (digestColumns(algorithms) === undefined || !objects.every(isPlain)) return undefined;
  const paths = objects.map(({ path }) => path).join("\n");
  return { piece, location, depth, base: base.slice(0, -1), within, algorithms, tagSource, paths };
}

/** What was seen of each file, as the ordinary look would have told it. */
export function plainEvidence(files: PlainFiles, seen: PlainSeen): (at: number, path: string) => Evidence {
  const { piece, location, depth, algorithms } = files;
  const columns = digestColumns(algorithms);
  const rich = new Map(seen.rich);
  const executable = new Set(seen.executable);
  const formats = seen.formats === "" ? [] : seen.formats.split("\n");
  return (at, path) => {
    const own = rich.get(at);
    if (own !== undefined) return own;
    const size = seen.sizes[at] ?? 0;
    if (depth === "probe") return { piece, location, path, probed: { size } };
    const digest: { -readonly [A in keyof DigestSet]: DigestSet[A] } = {};
    const from = at * (columns?.width ?? 0);
    for (const [algorithm, start, end] of columns?.starts ?? []) {
      digest[algorithm] = seen.digests.slice(from + start, from + end);
    }
    const mode: FileMode = executable.has(at) ? "100755" : "100644";
    const format = formats[at] ?? "";
    return {
      piece,
      location,
      path,
      transfer: { status: "read", size, digest, lengthProven: true, mode },
      ...(format === "" ? {} : { inspection: { format, hazards: [] } }),
    };
  };
}
