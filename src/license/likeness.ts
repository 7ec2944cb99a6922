/** How much a text resembles the known licences: the share of neighbouring word pairs that both have. */
import type { Corpus } from "./corpus.ts";
import { countPairs } from "./pairs.ts";
import type { WordIds } from "./template.ts";

/** A licence that a text resembles, or that may be a part of it. */
export interface Likeness {
  readonly template: number;
  /** Pairs of both in the pairs of both (Dice), 0 to 1. */
  readonly score: number;
  /** Pairs of the licence that the text has, 0 to 1. */
  readonly contained: number;
}

/** Compares a text with every licence at once; time is linear in the text. */
export function likenesses(corpus: Corpus, ids: WordIds): readonly Likeness[] {
  const shared = new Uint32Array(corpus.templates.length);
  for (const [pair, count] of countPairs(ids)) {
    const at = indexOf(corpus.pairs, pair);
    if (at < 0) continue;
    const end = corpus.offsets[at + 1] ?? 0;
    for (let entry = corpus.offsets[at] ?? 0; entry < end; entry++) {
      const owner = corpus.owners[entry] ?? 0;
      shared[owner] = (shared[owner] ?? 0) + Math.min(count, corpus.counts[entry] ?? 0);
    }
  }
  const all: Likeness[] = [];
  for (const [template, total] of corpus.pairTotals.entries()) {
    const both = shared[template] ?? 0;
    if (total === 0 || both === 0) continue;
    all.push({ template, score: (2 * both) / (total + Math.max(0, ids.length - 1)), contained: both / total });
  }
  return all;
}

function indexOf(sorted: Uint32Array, wanted: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle] ?? 0;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
