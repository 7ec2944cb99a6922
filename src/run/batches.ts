import { licenseSourceKind } from "../license/sources.ts";
import { type DigestAlgorithm, type DigestSet, digestAlgorithms, subjectOf } from "../model/digest.ts";
import type { BatchObject, RemoteObject } from "../model/evidence.ts";
import type { FileEntry, PieceKind } from "../model/manifest.ts";

/** Objects in one batch at most. */
export const BATCH_OBJECTS = 128;

/** What has to be measured of every object of a piece beside what is declared of it. */
export interface Wanted {
  /** For a tree digest of the whole. */
  readonly gitBlob: boolean;
  /** The store's key. */
  readonly sha256: boolean;
  /** For an archive's manifests. */
  readonly sha512?: boolean;
}

/** The algorithms that somebody declared or published; sha256 when nobody did. */
export function algorithmsFor(
  declared: DigestSet | undefined,
  published: DigestSet | undefined,
  wanted: Wanted,
): readonly DigestAlgorithm[] {
  const algorithms = digestAlgorithms.filter(
    (algorithm) =>
      isOfBytes(algorithm, declared?.[algorithm]) ||
      isOfBytes(algorithm, published?.[algorithm]) ||
      (algorithm === "gitBlob" && wanted.gitBlob) ||
      (algorithm === "sha256" && wanted.sha256) ||
      (algorithm === "sha512" && wanted.sha512 === true),
  );
  const tellsBytes = declared !== undefined || published !== undefined;
  return algorithms.some((algorithm) => algorithm !== "gitBlob") || (tellsBytes && algorithms.length > 0)
    ? algorithms
    : ["sha256", ...algorithms];
}

function isOfBytes(algorithm: DigestAlgorithm, value: string | undefined): boolean {
  return value !== undefined && subjectOf(algorithm, value) === "bytes";
}

/** What is measured of a file, by what is declared and published of it. */
export type AlgorithmsOf = (declared?: DigestSet, published?: DigestSet) => readonly DigestAlgorithm[];

/** The same for many files: nearly all of a piece declare the same algorithms, and get the very same list. */
export function algorithmsOfMany(wanted: Wanted): AlgorithmsOf {
  const known = new Map<string, readonly DigestAlgorithm[]>();
  return (declared, published) => {
    let key = "";
    for (const algorithm in declared) key += `${algorithm} `;
    if (published !== undefined) key += `| ${Object.keys(published).join(" ")}`;
    // A tree's SWHID and a file's have the same name.
    if (declared?.swhid !== undefined || published?.swhid !== undefined)
      return algorithmsFor(declared, published, wanted);
    const before = known.get(key);
    if (before !== undefined) return before;
    const algorithms = algorithmsFor(declared, published, wanted);
    known.set(key, algorithms);
    return algorithms;
  };
}

/** Where a file lies that is read for its licence: at the top, or in the folder that REUSE gives licences. */
export function mayHoldLicense(path: string): boolean {
  const isTop = !path.includes("/") || path.startsWith("LICENSES/");
  return isTop && licenseSourceKind(path) !== undefined;
}

const textName = /\.(?:md|markdown|rst|txt|text)$/i;
const datasheetName = /^data(?:set)?[-_ ]?(?:sheet|statement|card)s?(?:[-_. ]|$)/i;
const describing: ReadonlySet<PieceKind> = new Set(["data-card", "model-card", "technical-report", "research-paper"]);

/** Texts that may describe data: all of a piece that is there to describe, and those of a dataset that are called so. */
export function mayDescribe(kind: PieceKind, path: string): boolean {
  const kindByName = licenseSourceKind(path);
  const isOther = kindByName !== undefined && kindByName !== "card" && kindByName !== "readme";
  if (isOther || path.includes("/") || !textName.test(path)) return false;
  return describing.has(kind) || (kind === "dataset" && datasheetName.test(path));
}

/** An object as a worker needs it. */
export function batchObject(
  object: RemoteObject,
  entry: FileEntry | undefined,
  algorithms: readonly DigestAlgorithm[],
  flags: {
    readonly licenseSource: boolean;
    readonly cardSource: boolean;
    readonly tagSource: boolean;
    readonly deep: boolean;
    readonly memberAlgorithms: readonly DigestAlgorithm[] | undefined;
    readonly copyTo: string | undefined;
  },
): BatchObject {
  return {
    ...object,
    algorithms,
    ...(entry?.size === undefined && entry?.digest === undefined
      ? {}
      : {
          expect: {
            ...(entry.size === undefined ? {} : { size: entry.size }),
            ...(entry.digest === undefined ? {} : { digest: entry.digest }),
          },
        }),
    ...(flags.licenseSource ? { licenseSource: true } : {}),
    ...(flags.cardSource ? { cardSource: true } : {}),
    ...(flags.tagSource ? { tagSource: true } : {}),
    ...(flags.deep ? { deep: true } : {}),
    ...(flags.memberAlgorithms === undefined ? {} : { memberAlgorithms: flags.memberAlgorithms }),
    ...(flags.copyTo === undefined ? {} : { copyTo: flags.copyTo }),
  };
}
