/** Which licences stand in a text, and where: whole ones first, then what resembles one, in the words that are left. */

import { uniqueRuns } from "./align.ts";
import { findOccurrences, type Occurrence } from "./anchors.ts";
import { type Comparison, compareWith, type Range } from "./compare.ts";
import type { Corpus } from "./corpus.ts";
import { likenesses } from "./likeness.ts";
import { priority } from "./overlay.ts";
import { titleStart } from "./template.ts";
import type { TextWords } from "./words.ts";

/** A licence, or a notice in a licence's own words, that stands in the text word for word. */
export interface Whole extends Range {
  readonly kind: "whole" | "notice";
  readonly template: number;
  /** Other templates that fit the very same words. */
  readonly others: readonly number[];
  /** Where the licence itself begins, behind its title. */
  readonly body: number;
}

/** A part of the text that resembles a licence. */
export interface Alike extends Range {
  readonly kind: "alike";
  readonly comparison: Comparison;
}

/** From here on a text is said to resemble a licence. */
export const nearScore = 0.8;
/** Licences that are compared word for word with one part of a text. */
const candidateLimit = 5;
/** A shorter rest is compared with no licence. */
const restWordMin = 25;
/** Licences of one text that are looked for by their likeness. */
const alikeLimit = 24;
/** What a better known licence is given ahead of others. */
const priorityMargin = 0.012;
/** A licence that resembles the text counts before whole ones inside it when it is longer than they are by this much. */
const frameRatio = 1.25;
/** Share of a licence's pairs of words that a longer text must have before the two are compared word for word. */
const containedMin = 0.6;
/** The same as a share of both. */
const likenessMin = 0.55;

/** What stands in a text, in its order. */
export function survey(corpus: Corpus, text: TextWords, ids: Uint16Array): readonly (Whole | Alike)[] {
  const found = chooseWhole(
    corpus,
    text,
    findOccurrences(corpus.anchors, corpus.templates, corpus.words, { words: text.words, ids }),
  );
  const all: (Whole | Alike)[] = [];
  let left = alikeLimit;
  const look = (range: Range): void => {
    if (range.end - range.start < restWordMin || left <= 0) return;
    left--;
    const best = mostAlike(corpus, text, ids, range);
    if (best === undefined) return;
    all.push({ kind: "alike", ...best.range, comparison: best });
    look({ start: range.start, end: best.range.start });
    look({ start: best.range.end, end: range.end });
  };
  // A licence that quotes another one, and was changed, is no bundle of that one and strange words.
  const everything = { start: 0, end: ids.length };
  const frame = isCovered(found, ids.length) ? undefined : mostAlike(corpus, text, ids, everything);
  const isFrame = frame !== undefined && lengthOf(frame.range) > frameRatio * lengthsIn(found, frame.range);
  const whole = isFrame
    ? found.filter(({ start, end }) => end <= frame.range.start || start >= frame.range.end)
    : found;
  if (isFrame) all.push({ kind: "alike", ...frame.range, comparison: frame });
  all.push(...whole);
  for (const gap of gapsOf([...all], ids.length)) look(gap);
  return all.sort((one, other) => one.start - other.start);
}

function isCovered(parts: readonly Range[], length: number): boolean {
  return parts.length === 1 && gapsOf(parts, length).length === 0;
}

function lengthOf({ start, end }: Range): number {
  return end - start;
}

function lengthsIn(parts: readonly Whole[], range: Range): number {
  return parts
    .filter(({ kind, start, end }) => kind === "whole" && start < range.end && end > range.start)
    .reduce((sum, part) => sum + lengthOf(part), 0);
}

/** The words between parts, and before and after them. */
export function gapsOf(parts: readonly Range[], length: number): readonly Range[] {
  const gaps: Range[] = [];
  let at = 0;
  for (const { start, end } of [...parts].sort((one, other) => one.start - other.start)) {
    if (start > at) gaps.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  if (at < length) gaps.push({ start: at, end: length });
  return gaps;
}

/** Of templates that overlap the longest counts: a licence before the notice that it quotes. */
function chooseWhole(corpus: Corpus, text: TextWords, found: readonly Occurrence[]): readonly Whole[] {
  const reach = found.map((one) => {
    const template = corpus.templates[one.template];
    return {
      ...one,
      from: template === undefined ? one.start : titleStart(template, text.words, one.start, 0),
      notice: template?.notice ?? false,
    };
  });
  reach.sort(
    (one, other) =>
      Number(one.notice) - Number(other.notice) ||
      other.end - other.from - (one.end - one.from) ||
      one.filled - other.filled ||
      rank(corpus, one.template) - rank(corpus, other.template),
  );
  const taken = new Uint8Array(text.words.length);
  const chosen: Whole[] = [];
  const byRange = new Map<string, number[]>();
  for (const { template, from, start, end, notice } of reach) {
    const key = `${from} ${end} ${notice}`;
    const same = byRange.get(key);
    if (same !== undefined) {
      same.push(template);
      continue;
    }
    if (taken[start] === 1 || taken[end - 1] === 1 || isTaken(taken, start, end)) continue;
    taken.fill(1, start, end);
    const others: number[] = [];
    byRange.set(key, others);
    chosen.push({ kind: notice ? "notice" : "whole", template, others, start: from, end, body: start });
  }
  chosen.sort((one, other) => one.body - other.body);
  // A title begins where the licence before it ends, or with a paragraph: its words may end a sentence of something else.
  return chosen.map((one, index) => {
    let start = Math.max(one.start, chosen[index - 1]?.end ?? 0);
    const before = chosen[index - 1]?.end ?? 0;
    while (start > before && start < one.body && text.paragraphs[start] === text.paragraphs[start - 1]) start++;
    return { ...one, start };
  });
}

function isTaken(taken: Uint8Array, start: number, end: number): boolean {
  return taken.subarray(start, end).includes(1);
}

function mostAlike(corpus: Corpus, text: TextWords, ids: Uint16Array, range: Range): Comparison | undefined {
  const all = likenesses(corpus, ids.subarray(range.start, range.end));
  const byScore = [...all]
    .filter(({ score }) => score >= likenessMin)
    .sort((a, b) => b.score - a.score)
    .slice(0, candidateLimit);
  const long = (template: number): number => corpus.pairTotals[template] ?? 0;
  const byContained = [...all]
    .filter(({ contained, score }) => contained >= containedMin && score < likenessMin)
    .sort((a, b) => b.contained * long(b.template) - a.contained * long(a.template))
    .slice(0, candidateLimit);
  const candidates = new Set([...byScore, ...byContained].map(({ template }) => template));
  let best: Comparison | undefined;
  if (candidates.size === 0) return undefined;
  const runs = uniqueRuns(ids.subarray(range.start, range.end));
  const compared = [...candidates].map((template) => compareWith(corpus, template, text, ids, range, runs));
  // The better known of two licences is meant when the other one is hardly ahead.
  const value = ({ score, template, range: { start, end } }: Comparison): number =>
    score * Math.sqrt(end - start) * (rank(corpus, template) < priority.length ? 1 + priorityMargin : 1);
  for (const one of compared.sort((a, b) => rank(corpus, a.template) - rank(corpus, b.template)))
    if (one.score >= nearScore && (best === undefined || value(one) > value(best))) best = one;
  const [first] = byScore;
  if (best !== undefined || first === undefined || first.score < nearScore) return best;
  // All its words in another order: the differences are as many as there are words.
  const turned = compared.find(({ template }) => template === first.template);
  return turned === undefined ? undefined : { ...turned, range, score: first.score };
}

/** Better known licences first, then those with the shorter name. */
function rank({ templates }: Corpus, template: number): number {
  const expression = templates[template]?.expression ?? "";
  const known = priority.indexOf(expression);
  return known < 0 ? 1000 + expression.length : known;
}
