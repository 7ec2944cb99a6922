/** How much a text resembles the known licences: the share of neighbouring word pairs that both have (Dice). */
import type { Corpus } from "./corpus.ts";
import { countPairs } from "./pairs.ts";
import type { WordIds } from "./template.ts";

/** The licence that a text resembles most. */
export interface Likeness {
  readonly template: number;
  /** 0 to 1. */
  readonly score: number;
}

/** Compares a text with every licence at once; time is linear in the text. */
export function mostLike(corpus: Corpus, ids: WordIds): Likeness | undefined {
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
  let best: Likeness | undefined;
  for (const [template, total] of corpus.pairTotals.entries()) {
    if (total === 0) continue;
    const score = (2 * (shared[template] ?? 0)) / (total + Math.max(0, ids.length - 1));
    if (score > (best?.score ?? 0)) best = { template, score };
  }
  return best;
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
