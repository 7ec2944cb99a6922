import type { Batch, BatchObject, Evidence, FileMode } from "../model/evidence.ts";
import type { Authorizations } from "./look-context.ts";

/** A look as it goes to a lane. */
export interface LookJob {
  readonly batch: PackedBatch;
  readonly authorizations: Authorizations;
}

/** What a look tells while it is under way: payload bytes since the last time, and evidence. */
export interface LookEvent {
  readonly bytes: number;
  /** Evidence as it came, with the place of its object in the batch. */
  readonly rich: readonly (readonly [number, readonly Evidence[]])[];
  /** Evidence of plain files, a line each: place in the batch, size, mode, digests. */
  readonly plain: string;
}

/** Copying a deep object to a thread costs as much as hashing a small file: what is plain travels as lines of text. */
export type PackedBatch = Batch | PlainBatch;

interface PlainBatch extends Omit<Batch, "objects"> {
  /** What all its objects have in common. */
  readonly like: Omit<BatchObject, "path" | "url">;
  /** One line an object: its path, a tab, and the path's spelling below `base`, when it differs. */
  readonly base: string;
  readonly lines: string;
}

/** What a plain file is asked beside its path: nothing that is its own, since its digests are compared elsewhere. */
export function packBatch(batch: Batch): PackedBatch {
  const [first] = batch.objects;
  if (first === undefined || !first.url.startsWith("file:") || !first.url.endsWith(`/${first.path}`)) return batch;
  const base = first.url.slice(0, -first.path.length);
  const algorithms = first.algorithms.join(" ");
  const lines: string[] = [];
  for (const object of batch.objects) {
    const plain =
      object.within === first.within &&
      object.url.length === base.length + object.path.length &&
      object.url.startsWith(base) &&
      object.url.endsWith(object.path) &&
      object.members === undefined &&
      object.licenseSource === undefined &&
      object.tagSource === first.tagSource &&
      object.mode === undefined &&
      object.algorithms.join(" ") === algorithms;
    if (!plain) return batch;
    lines.push(object.path);
  }
  const { path: _path, url: _url, expect: _expect, size: _size, deep: _deep, ...like } = first;
  const { piece, location, depth } = batch;
  return { piece, location, depth, like, base, lines: lines.join("\n") };
}

/** The batch as it was, without what only its owner compares. */
export function unpackBatch(packed: PackedBatch): Batch {
  if (!("lines" in packed)) return packed;
  const { like, base, lines, ...batch } = packed;
  return {
    ...batch,
    objects: lines.split("\n").map((path) => ({ ...like, path, url: base + path, expect: declared })),
  };
}

/** A plain file was declared: it is followed where it is a link. */
const declared = {};

/** Packs what a worker saw of one object, or says that it is not plain. */
export function packEvidence(at: number, list: readonly Evidence[]): string | undefined {
  const [evidence, ...more] = list;
  const transfer = evidence?.transfer;
  if (evidence === undefined || more.length > 0 || transfer === undefined || transfer.exchange !== undefined)
    return undefined;
  const isPlain =
    evidence.refusal === undefined &&
    evidence.inspection === undefined &&
    evidence.licenses === undefined &&
    evidence.published === undefined &&
    evidence.containedIn === undefined &&
    transfer.storedAs === undefined &&
    transfer.lengthProven;
  if (!isPlain) return undefined;
  let line = `${at} ${transfer.size} ${transfer.mode ?? "100644"}`;
  for (const [algorithm, value] of Object.entries(transfer.digest)) line += ` ${algorithm}=${value}`;
  return line;
}

/** Evidence of plain files, as `lookAtBatch` would have given it. */
export function* unpackEvidence(plain: string, batch: Batch): Generator<readonly [number, Evidence]> {
  if (plain === "") return;
  const { piece, location } = batch;
  for (const line of plain.split("\n")) {
    const [place = "", size = "", mode = "", ...digests] = line.split(" ");
    const at = Number(place);
    const digest: { [algorithm: string]: string } = {};
    for (const one of digests) {
      const equals = one.indexOf("=");
      digest[one.slice(0, equals)] = one.slice(equals + 1);
    }
    const path = batch.objects[at]?.path ?? "";
    const transfer = { status: "read", size: Number(size), digest, lengthProven: true, mode: toMode(mode) } as const;
    yield [at, { piece, location, path, transfer }];
  }
}

function toMode(text: string): FileMode {
  return text === "100755" || text === "120000" ? text : "100644";
}
