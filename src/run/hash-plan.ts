/** How files are shared out to lanes: the biggest first, small ones in groups, one file's algorithms over several. */
import { spreadAlgorithms, spreadFrom } from "../digest/spread.ts";
import type { LocalPath } from "../io/files-open.ts";
import type { DigestAlgorithm } from "../model/digest.ts";
import type { HashJob } from "./hash-job.ts";

/** Small files in one job, by number and by bytes: a few milliseconds of work, so that all lanes end together. */
const groupFiles = 256;
const groupBytes = 8 * 1024 * 1024;

/** A file to be digested. */
export interface HashItem {
  readonly path: LocalPath;
  readonly size: number;
  readonly algorithms: readonly DigestAlgorithm[];
}

export interface PlannedJob {
  readonly job: HashJob;
  /** Which items of the plan it reads, in its order. */
  readonly items: readonly number[];
  /** Bytes that will go through a hash or come from the disk. */
  readonly cost: number;
}

/** Every item in one job, or in several with a share of its algorithms each. */
export function planHashJobs(items: readonly HashItem[], lanes: number): readonly PlannedJob[] {
  const jobs: PlannedJob[] = [];
  const order = items.map((item, index) => ({ item, index })).toSorted((a, b) => b.item.size - a.item.size);
  let group: { item: HashItem; index: number }[] = [];
  let bytes = 0;
  const close = (): void => {
    const [first] = group;
    if (first === undefined) return;
    const paths = group.map(({ item }) => item.path);
    const job = { algorithms: first.item.algorithms, paths };
    jobs.push({ job, items: group.map(({ index }) => index), cost: bytes });
    group = [];
    bytes = 0;
  };
  for (const { item, index } of order) {
    if (item.size >= spreadFrom && lanes > 1 && item.algorithms.length > 1) {
      for (const algorithms of spreadAlgorithms(item.algorithms, lanes)) {
        jobs.push({ job: { algorithms, paths: [item.path] }, items: [index], cost: item.size });
      }
      continue;
    }
    const [first] = group;
    const full = group.length >= groupFiles || bytes + item.size > groupBytes;
    if (first !== undefined && (full || first.item.algorithms !== item.algorithms)) close();
    group.push({ item, index });
    bytes += item.size;
  }
  close();
  return jobs;
}
