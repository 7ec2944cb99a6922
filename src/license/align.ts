/**
 * Where two sequences of words part. Runs of words that occur once in both are pinned first, and only what lies between
 * is compared word by word, with a limit on the differences: time is linear in the words.
 */
import type { WordIds } from "./template.ts";

/** `a` from `aStart` to before `aEnd` stands where `b` has `bStart` to before `bEnd`. One of the two may be empty. */
export interface Gap {
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
}

/** Words of a pin. */
const pinWords = 4;
/** Differences in one place that are followed; a place with more is one gap. */
const editLimit = 120;
/** Words beyond the first and the last pin that are compared with as many words of the other side, and this many more. */
const edgeSlack = 40;

/** Where each run of words begins; -1 for a run that is there more than once. */
export type Runs = ReadonlyMap<number, number>;

/** The places where `a` and `b` differ, in order. What `b` has before the first and after the last common word is left out. */
export function align(
  a: WordIds,
  b: WordIds,
  runsOfB: Runs = uniqueRuns(b),
): { readonly gaps: readonly Gap[]; readonly from: number; readonly to: number } {
  const gaps: Gap[] = [];
  const pins = findPins(a, b, runsOfB);
  const first = pins[0];
  const last = pins.at(-1);
  if (first === undefined || last === undefined)
    return { gaps: [{ aStart: 0, aEnd: a.length, bStart: 0, bEnd: 0 }], from: 0, to: 0 };
  let [atA, atB] = [0, Math.max(0, first.b - first.a - edgeSlack)];
  for (const pin of pins) {
    compare(a, b, { aStart: atA, aEnd: pin.a, bStart: atB, bEnd: pin.b }, gaps);
    [atA, atB] = [pin.a + pin.length, pin.b + pin.length];
  }
  compare(
    a,
    b,
    { aStart: atA, aEnd: a.length, bStart: atB, bEnd: Math.min(b.length, atB + a.length - atA + edgeSlack) },
    gaps,
  );
  return trim(
    gaps,
    a.length,
    Math.max(0, first.b - first.a - edgeSlack),
    Math.min(b.length, atB + a.length - atA + edgeSlack),
  );
}

/** Takes what only `b` has at the two ends out of the gaps. */
function trim(gaps: Gap[], length: number, from: number, to: number): ReturnType<typeof align> {
  const merged = merge(gaps);
  let [start, end] = [from, to];
  const head = merged[0];
  if (head !== undefined && head.aStart === 0 && head.bStart === start) {
    start = head.bEnd;
    merged[0] = { ...head, bStart: start };
  }
  const tail = merged.at(-1);
  if (tail !== undefined && tail.aEnd === length && tail.bEnd === end) {
    end = Math.max(start, tail.bStart);
    merged[merged.length - 1] = { ...tail, bEnd: end };
  }
  return { gaps: merged.filter((gap) => gap.aStart < gap.aEnd || gap.bStart < gap.bEnd), from: start, to: end };
}

function merge(gaps: readonly Gap[]): Gap[] {
  const merged: Gap[] = [];
  for (const gap of gaps) {
    const last = merged.at(-1);
    if (last !== undefined && last.aEnd === gap.aStart && last.bEnd === gap.bStart)
      merged[merged.length - 1] = { ...last, aEnd: gap.aEnd, bEnd: gap.bEnd };
    else merged.push(gap);
  }
  return merged;
}

interface Pin {
  readonly a: number;
  readonly b: number;
  readonly length: number;
}

/** Common runs whose words begin only once in each sequence, in the order of both. */
function findPins(a: WordIds, b: WordIds, inB: Runs): readonly Pin[] {
  const inA = uniqueRuns(a);
  const pairs: { a: number; b: number }[] = [];
  // The licence is shorter than most texts that are compared with it.
  for (const [key, atA] of inA) {
    const atB = inB.get(key);
    if (atB === undefined || atA < 0 || atB < 0) continue;
    if (Array.from({ length: pinWords }).every((_, offset) => a[atA + offset] === b[atB + offset]))
      pairs.push({ a: atA, b: atB });
  }
  pairs.sort((one, other) => one.b - other.b);
  const pins: Pin[] = [];
  for (const { a: atA, b: atB } of increasing(pairs)) {
    const last = pins.at(-1);
    const [endA, endB] = last === undefined ? [0, 0] : [last.a + last.length, last.b + last.length];
    if (last !== undefined && atA - endA === atB - endB && atA <= endA) {
      pins[pins.length - 1] = { ...last, length: atA + pinWords - last.a };
    } else if (atA >= endA && atB >= endB) pins.push({ a: atA, b: atB, length: pinWords });
  }
  return pins;
}

/** Finds the runs of words that occur once. */
export function uniqueRuns(ids: WordIds): Runs {
  const runs = new Map<number, number>();
  for (let at = 0; at + pinWords <= ids.length; at++) {
    let key = 0;
    for (let offset = 0; offset < pinWords; offset++)
      key = (Math.imul(key, 0x01000193) ^ (ids[at + offset] ?? 0)) + 0x2b;
    runs.set(key, runs.has(key) ? -1 : at);
  }
  return runs;
}

/** The longest choice of pairs that rise in `a` as they do in `b`. */
function increasing(
  pairs: readonly { readonly a: number; readonly b: number }[],
): readonly { readonly a: number; readonly b: number }[] {
  const tails: number[] = [];
  const previous: number[] = [];
  for (const [index, { a }] of pairs.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((pairs[tails[middle] ?? 0]?.a ?? 0) < a) low = middle + 1;
      else high = middle;
    }
    previous.push(low > 0 ? (tails[low - 1] ?? -1) : -1);
    tails[low] = index;
  }
  const chosen: { readonly a: number; readonly b: number }[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) {
    const pair = pairs[at];
    if (pair !== undefined) chosen.push(pair);
  }
  return chosen.reverse();
}

/** Adds the differences of one stretch (Myers' greedy search), or the stretch as a whole where they are too many. */
function compare(a: WordIds, b: WordIds, stretch: Gap, gaps: Gap[]): void {
  let { aStart, aEnd, bStart, bEnd } = stretch;
  while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) {
    aStart++;
    bStart++;
  }
  while (aEnd > aStart && bEnd > bStart && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd--;
    bEnd--;
  }
  if (aStart === aEnd && bStart === bEnd) return;
  const [n, m] = [aEnd - aStart, bEnd - bStart];
  const path = n === 0 || m === 0 ? undefined : shortest(a, b, { aStart, aEnd, bStart, bEnd });
  if (path === undefined) {
    gaps.push({ aStart, aEnd, bStart, bEnd });
    return;
  }
  // The path names the words that are in both; what lies between them are gaps.
  let [atA, atB] = [aStart, bStart];
  for (const [x, y] of [...path, [aEnd, bEnd] as const]) {
    if (x > atA || y > atB) gaps.push({ aStart: atA, aEnd: x, bStart: atB, bEnd: y });
    [atA, atB] = [x + 1, y + 1];
  }
}

/** The common words of a shortest edit path, as pairs of positions; undefined where it is longer than the limit. */
function shortest(
  a: WordIds,
  b: WordIds,
  { aStart, aEnd, bStart, bEnd }: Gap,
): readonly (readonly [number, number])[] | undefined {
  const [n, m] = [aEnd - aStart, bEnd - bStart];
  const limit = Math.min(n + m, editLimit);
  if (Math.abs(n - m) > limit) return undefined;
  const offset = limit + 1;
  const reach = new Int32Array(2 * limit + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= limit; edits++) {
    trace.push(reach.slice(offset - edits - 1, offset + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (reach[offset + k - 1] ?? 0) < (reach[offset + k + 1] ?? 0));
      let x = down ? (reach[offset + k + 1] ?? 0) : (reach[offset + k - 1] ?? 0) + 1;
      while (x < n && x - k < m && a[aStart + x] === b[bStart + x - k]) x++;
      reach[offset + k] = x;
      if (x >= n && x - k >= m) return backtrack(trace, aStart, bStart, n, m);
    }
  }
  return undefined;
}

function backtrack(
  trace: readonly Int32Array[],
  aStart: number,
  bStart: number,
  n: number,
  m: number,
): readonly (readonly [number, number])[] {
  const common: (readonly [number, number])[] = [];
  let [x, y] = [n, m];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const before = trace[edits];
    const at = (k: number): number => before?.[k + edits + 1] ?? 0;
    const k = x - y;
    const down = k === -edits || (k !== edits && at(k - 1) < at(k + 1));
    const from = down ? k + 1 : k - 1;
    const fromX = edits === 0 ? 0 : at(from);
    const fromY = fromX - from;
    const [stepX, stepY] = edits === 0 ? [0, 0] : down ? [fromX, fromY + 1] : [fromX + 1, fromY];
    while (x > stepX && y > stepY) {
      x--;
      y--;
      common.push([aStart + x, bStart + y]);
    }
    [x, y] = [fromX, fromY];
  }
  return common.reverse();
}
