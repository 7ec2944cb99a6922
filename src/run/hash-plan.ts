/** How files are shared out to lanes: the biggest first, small ones in groups, one file's algorithms over several. */
import { costOf, spreadAlgorithms, spreadFrom } from "../digest/spread.ts";
import type { LocalPath } from "../io/files-open.ts";
import type { DigestAlgorithm } from "../model/digest.ts";
import type { HashJob } from "./hash-job.ts";

/** Small files in one job, by number and by bytes: a few milliseconds of work, so that all lanes end together. */
const groupFiles = 256;
const groupBytes = 8 * 1024 * 1024;
/** With this many big files for a lane all lanes end together anyway, each file being read once. */
const wholeFrom = 8;
/** Reading a byte, sha256 over it being 1: what another lane that reads the same file costs. */
const readCost = 0.3;

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

interface Placed {
  readonly item: HashItem;
  readonly index: number;
}

/** Every item in one job, or in several with a share of its algorithms each. */
export function planHashJobs(items: readonly HashItem[], lanes: number): readonly PlannedJob[] {
  const order = items.map((item, index): Placed => ({ item, index })).toSorted((a, b) => b.item.size - a.item.size);
  const firstSmall = order.findIndex(({ item }) => item.size < spreadFrom);
  const big = firstSmall < 0 ? order : order.slice(0, firstSmall);
  const small = order.slice(big.length);
  return [...planBig(big, workOf(small), lanes), ...planSmall(small)];
}

function workOf(placed: readonly Placed[]): number {
  const sizes = new Map<readonly DigestAlgorithm[], number>();
  for (const { item } of placed) sizes.set(item.algorithms, (sizes.get(item.algorithms) ?? 0) + item.size);
  return [...sizes].reduce((sum, [algorithms, size]) => sum + size * costOf(algorithms), 0);
}

interface Timed {
  readonly job: PlannedJob;
  readonly time: number;
}

/** As few shared files as let the lanes end together: each share reads its file once more. */
function planBig(big: readonly Placed[], otherWork: number, lanes: number): readonly PlannedJob[] {
  let best = spreading(big, 0, lanes);
  if (lanes > 1 && big.length < wholeFrom * lanes) {
    let least = timeOf(best, otherWork, lanes);
    for (let count = 1; count <= big.length; count++) {
      const jobs = spreading(big, count, lanes);
      const time = timeOf(jobs, otherWork, lanes);
      if (time < least) [best, least] = [jobs, time];
    }
  }
  return best.map(({ job }) => job);
}

/** The jobs when the algorithms of the first files are shared out; the longest first. */
function spreading(big: readonly Placed[], count: number, lanes: number): readonly Timed[] {
  return big
    .flatMap(({ item, index }, at) => {
      const shares = at < count ? spreadAlgorithms(item.algorithms, lanes) : [item.algorithms];
      return shares.map((algorithms): Timed => {
        const job = { job: { algorithms, paths: [item.path] }, items: [index], cost: item.size };
        return { job, time: item.size * (costOf(algorithms) + readCost) };
      });
    })
    .toSorted((a, b) => b.time - a.time);
}

/** When the last lane ends, if each takes the next job when it is free and small ones fill what is left. */
function timeOf(jobs: readonly Timed[], otherWork: number, lanes: number): number {
  const ends = Array.from({ length: lanes }, () => 0);
  let work = otherWork;
  for (const { time } of jobs) {
    const first = ends.indexOf(Math.min(...ends));
    ends[first] = (ends[first] ?? 0) + time;
    work += time;
  }
  return Math.max(...ends, work / lanes);
}

function planSmall(small: readonly Placed[]): readonly PlannedJob[] {
  const jobs: PlannedJob[] = [];
  let group: Placed[] = [];
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
  for (const { item, index } of small) {
    const [first] = group;
    const full = group.length >= groupFiles || bytes + item.size > groupBytes;
    if (first !== undefined && (full || first.item.algorithms !== item.algorithms)) close();
    group.push({ item, index });
    bytes += item.size;
  }
  close();
  return jobs;
}
