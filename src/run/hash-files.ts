/** Digests of many files on as many threads as there is work for. */
import { availableParallelism } from "node:os";
import { refuseFile } from "../io/files-open.ts";
import { type DigestAlgorithm, type DigestSet, digestAlgorithms } from "../model/digest.ts";
import { WholesourceError } from "../model/error.ts";
import type { Refusal, Transfer } from "../model/evidence.ts";
import { createHashRunner, type HashJob, type HashResult, readHashResult } from "./hash-job.ts";
import { type HashItem, planHashJobs } from "./hash-plan.ts";
import { createLanes, type Lanes } from "./lanes.ts";

/** Below this work, in bytes or in files, starting a thread takes longer than doing it here. */
const workersFromBytes = 16 * 1024 * 1024;
const workersFromFiles = 1000;

export interface FileHasherOptions {
  /** Threads in all. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes that were read since the last call. */
  readonly onBytes?: ((delta: number) => void) | undefined;
  /** The built `hash-worker`, where it is not beside this file. */
  readonly workerUrl?: URL | undefined;
}

/** Digests groups of files; its threads live from the first group that is worth them until it is closed. */
export interface FileHasher {
  /** The answers are in the order of the items. */
  digest(items: readonly HashItem[]): Promise<readonly (Transfer | Refusal)[]>;
  close(): Promise<void>;
}

type HashLanes = Lanes<HashJob, HashResult, number>;

/** Makes one; nothing is started before there is work. */
export function createFileHasher(options: FileHasherOptions): FileHasher {
  const { signal, onBytes } = options;
  const concurrency = options.concurrency ?? availableParallelism();
  const opened: HashLanes[] = [];
  const startLanes = (work: { jobs: number; files: number; bytes: number }): HashLanes => {
    const enough = work.jobs > 1 && (work.bytes >= workersFromBytes || work.files >= workersFromFiles);
    const last = opened.at(-1);
    // Lanes without workers are kept until there is work for more.
    if (last !== undefined && (!enough || last.count > 1)) return last;
    const lanes = openLanes(options, concurrency, enough);
    opened.push(lanes);
    return lanes;
  };
  const close = async (): Promise<void> => void (await Promise.all(opened.map((lanes) => lanes.close())));

  return {
    close,
    async digest(items) {
      const jobs = planHashJobs(items, concurrency);
      const bytes = jobs.reduce((sum, { cost }) => sum + cost, 0);
      const seen: (Transfer | Refusal | undefined)[] = items.map(() => undefined);
      if (jobs.length === 0) return [];
      const lanes = startLanes({ jobs: jobs.length, files: items.length, bytes });
      const stop = (): void => void lanes.close();
      signal?.addEventListener("abort", stop, { once: true });
      try {
        await Promise.all(
          jobs.map(async ({ job, items: indexes, cost }) => {
            const result = readHashResult(await lanes.submit(job, { cost, onEvent: onBytes }));
            indexes.forEach((item, n) => {
              const one = result[n];
              if (one !== undefined) seen[item] = merge(seen[item], one);
            });
          }),
        );
      } catch (error) {
        throw signal?.aborted ? interrupted() : error;
      } finally {
        signal?.removeEventListener("abort", stop);
      }
      return seen.map((one) => one ?? unread());
    },
  };
}

function openLanes({ signal, workerUrl }: FileHasherOptions, count: number, enough: boolean): HashLanes {
  const url = workerUrl ?? new URL("./hash-worker.ts", import.meta.url);
  // Run from its sources, as tests do, the program has no built worker: one lane gives the same digests.
  const built = !url.pathname.endsWith(".ts");
  return createLanes({
    workerUrl: built && enough ? url : undefined,
    count,
    runInline: createHashRunner({ alwaysSync: false, signal }),
  });
}

/** Two shares of one file's algorithms: they must have read the same file. */
function merge(before: Transfer | Refusal | undefined, now: Transfer | Refusal): Transfer | Refusal {
  if (before === undefined || before.status === "refused") return before ?? now;
  if (now.status === "refused") return now;
  if (before.size !== now.size) return refuseFile("changed-during-read", "its size changed while it was being read");
  return { ...now, digest: inOrder({ ...before.digest, ...now.digest }, digestAlgorithms) };
}

const unread = (): Refusal => refuseFile("read-failed", "nobody read it");

/** The wanted ones of a set, in the order of reports. */
export function inOrder(digest: DigestSet, wanted: readonly DigestAlgorithm[]): DigestSet {
  const set: { -readonly [A in keyof DigestSet]: DigestSet[A] } = {};
  for (const algorithm of digestAlgorithms) {
    const value = digest[algorithm];
    if (value !== undefined && wanted.includes(algorithm)) set[algorithm] = value;
  }
  return set;
}

/** What is thrown when digesting was stopped from outside. */
export const interrupted = (): WholesourceError => new WholesourceError("interrupted", "hashing was interrupted");
