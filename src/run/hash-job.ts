/** What one lane does for `hash`: digests of a few files, as columns, because objects are slow to hand over. */
import type { DigestLane } from "../digest/local.ts";
import { createDigestLane, digestLocalFile } from "../digest/local.ts";
import { type DigestAlgorithm, type DigestSet, digestAlgorithms } from "../model/digest.ts";
import type { FileMode, Refusal, Transfer } from "../model/evidence.ts";

/** Files to be read, and what is to be measured of each. */
export interface HashJob {
  readonly algorithms: readonly DigestAlgorithm[];
  /** Bytes where a name is no UTF-8. */
  readonly paths: readonly (string | Uint8Array)[];
}

/** One place per file, in the order of the job. */
export interface HashResult {
  /** Bytes; -1 where the file was refused. */
  readonly sizes: readonly number[];
  readonly modes: readonly (FileMode | undefined)[];
  readonly digests: { readonly [Algorithm in DigestAlgorithm]?: readonly (string | undefined)[] };
  readonly refusals: readonly (readonly [number, Refusal])[];
}

/** Bytes after which a job tells of them: often enough for a progress line. */
const tellBytes = 16 * 1024 * 1024;

/** Makes what runs the jobs of one thread. Its events are bytes that were read. */
export function createHashRunner(options: { readonly alwaysSync: boolean; readonly signal?: AbortSignal | undefined }) {
  const lanes = new Map<string, Promise<DigestLane>>();
  const ready = new Map<string, DigestLane>();

  return async function runHashJob(job: HashJob, emit: (bytes: number) => void): Promise<HashResult> {
    const key = job.algorithms.join();
    let lane = ready.get(key);
    if (lane === undefined) {
      const loading = lanes.get(key) ?? createDigestLane(job.algorithms, options);
      lanes.set(key, loading);
      lane = await loading;
      ready.set(key, lane);
    }
    const sizes: number[] = [];
    const modes: (FileMode | undefined)[] = [];
    const digests: { [A in DigestAlgorithm]?: (string | undefined)[] } = {};
    const refusals: [number, Refusal][] = [];
    for (const algorithm of lane.digesters.algorithms) digests[algorithm] = [];
    let untold = 0;
    const onBytes = (count: number): void => {
      untold += count;
      if (untold < tellBytes) return;
      emit(untold);
      untold = 0;
    };
    for (const path of job.paths) {
      const looked = digestLocalFile(typeof path === "string" ? path : Buffer.from(path), lane, {
        signal: options.signal,
        onBytes,
      });
      const seen = looked instanceof Promise ? await looked : looked;
      if (seen.status === "refused") refusals.push([sizes.length, seen]);
      sizes.push(seen.status === "refused" ? -1 : seen.size);
      modes.push(seen.status === "refused" ? undefined : seen.mode);
      for (const algorithm of lane.digesters.algorithms) {
        digests[algorithm]?.push(seen.status === "refused" ? undefined : seen.digest[algorithm]);
      }
    }
    if (untold > 0) emit(untold);
    return { sizes, modes, digests, refusals };
  };
}

/** The files of a result, as everybody else speaks of them. */
export function readHashResult(result: HashResult): readonly (Transfer | Refusal)[] {
  const refusals = new Map(result.refusals);
  const columns = digestAlgorithms.flatMap((algorithm) => {
    const column = result.digests[algorithm];
    return column === undefined ? [] : [{ algorithm, column }];
  });
  return result.sizes.map((size, index) => {
    const refusal = refusals.get(index);
    if (refusal !== undefined) return refusal;
    const digest: { -readonly [A in keyof DigestSet]: DigestSet[A] } = {};
    for (const { algorithm, column } of columns) {
      const value = column[index];
      if (value !== undefined) digest[algorithm] = value;
    }
    const mode = result.modes[index];
    return { status: "read", size, digest, lengthProven: true, ...(mode === undefined ? {} : { mode }) };
  });
}
