/** A text against one template: where they part, when what the template lets vary is set aside. */
import { align, type Gap, type Runs } from "./align.ts";
import type { Corpus } from "./corpus.ts";
import { addsTerms, changesTerms } from "./material.ts";
import { isHolder } from "./notice.ts";
import type { Part } from "./template.ts";
import type { TextWords } from "./words.ts";

/** Words of a text from `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One difference, as ranges: `removed` are words of the licence, `added` is a range of the text. */
export interface Difference {
  readonly removed: readonly string[];
  readonly added: Range;
  readonly material: boolean;
}

/** How a text and a template compare. */
export interface Comparison {
  readonly template: number;
  /** From the first to the last word that both have. */
  readonly range: Range;
  /** Share of the words that both have in all words of both, 0 to 1; what may vary is not counted. */
  readonly score: number;
  readonly differences: readonly Difference[];
}

/** The words of a template in one row, and for each of them its part. */
interface Row {
  readonly ids: Uint16Array;
  readonly partOf: Uint16Array;
  readonly parts: readonly Part[];
  /** Words that must be there. */
  readonly fixed: number;
}

/** Compares the words of a range with a template. */
export function compareWith(
  corpus: Corpus,
  template: number,
  text: TextWords,
  ids: Uint16Array,
  range: Range,
  runs?: Runs,
): Comparison {
  const row = rowOf(corpus, template);
  const { gaps, from, to } = align(row.ids, ids.subarray(range.start, range.end), runs);
  let missing = 0;
  let extra = 0;
  const differences: Difference[] = [];
  for (const gap of gaps) {
    const { words: removed, hasBlank } = leastFixed(corpus, row, gap);
    const added = { start: gap.bStart + range.start, end: gap.bEnd + range.start };
    const words = text.words.slice(added.start, added.end);
    if (
      removed.length === 0 &&
      (words.length === 0 || (hasBlank > 0 && words.length <= hasBlank && isHolder(words) && !words.includes("or")))
    )
      continue;
    missing += removed.length;
    extra += words.length;
    const apart = removed.length === 0 && isWholeParagraph(text, added);
    differences.push({
      removed,
      added,
      material: apart ? addsTerms(words) : changesTerms(removed) || changesTerms(words),
    });
  }
  const common = Math.max(0, row.fixed - missing);
  return {
    template,
    range: { start: from + range.start, end: to + range.start },
    score: row.fixed + extra === 0 ? 0 : (2 * common) / (row.fixed + common + extra),
    differences,
  };
}

/** True when a range begins and ends with paragraphs of the text. */
export function isWholeParagraph({ paragraphs }: TextWords, { start, end }: Range): boolean {
  return paragraphs[start] !== paragraphs[start - 1] && paragraphs[end - 1] !== paragraphs[end];
}

function rowOf({ templates, words }: Corpus, template: number): Row {
  const parts = templates[template]?.parts ?? [];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const ids = new Uint16Array(length);
  const partOf = new Uint16Array(length);
  const body = bodyOf(parts);
  let at = 0;
  let fixed = 0;
  for (const [index, part] of parts.entries()) {
    for (let offset = 0; offset < part.length; offset++) ids[at + offset] = words[part.start + offset] ?? 0;
    partOf.fill(index, at, at + part.length);
    if (part.kind === "words" && !part.optional && index >= body.start && index < body.end) fixed += part.length;
    at += part.length;
  }
  return { ids, partOf, parts, fixed };
}

/** The parts that every text has. */
function bodyOf(parts: readonly Part[]): Range {
  const tail = parts.findIndex((part) => part.kind === "words" && part.cut === "tail");
  return {
    start: 1 + parts.findLastIndex((part) => part.kind === "words" && part.cut === "lead"),
    end: tail < 0 ? parts.length : tail,
  };
}

/** Steps that a gap is moved to either side. */
const slideLimit = 24;

/**
 * What is missing can often be said in several ways: of `a b a b` without two words either pair is gone. The one that
 * the template allows is meant.
 */
function leastFixed(corpus: Corpus, row: Row, gap: Gap): ReturnType<typeof fixedWords> {
  const plain = fixedWords(corpus, row, gap);
  if (plain.words.length === 0 || gap.bStart < gap.bEnd) return plain;
  const { ids } = row;
  for (
    let step = 0, { aStart, aEnd } = gap;
    step < slideLimit && ids[aStart - 1] === ids[aEnd - 1] && aStart > 0;
    step++
  ) {
    const moved = fixedWords(corpus, row, { ...gap, aStart: --aStart, aEnd: --aEnd });
    if (moved.words.length === 0) return moved;
  }
  for (
    let step = 0, { aStart, aEnd } = gap;
    step < slideLimit && ids[aStart] === ids[aEnd] && aEnd < ids.length;
    step++
  ) {
    const moved = fixedWords(corpus, row, { ...gap, aStart: ++aStart, aEnd: ++aEnd });
    if (moved.words.length === 0) return moved;
  }
  return plain;
}

/** The words of a gap that must be there, and how many words the blanks beside or in it may hold. */
function fixedWords(
  corpus: Corpus,
  { ids, partOf, parts }: Row,
  { aStart, aEnd }: Gap,
): { readonly words: readonly string[]; readonly hasBlank: number } {
  const words: string[] = [];
  let hasBlank = 0;
  let isCut = false;
  const blanks = new Set<number>();
  // A blank that was left as it is and got more words: the gap lies beside it.
  for (const at of [aStart - 1, aEnd]) if (at >= 0 && at < ids.length) blanks.add(partOf[at] ?? 0);
  for (let at = aStart; at < aEnd; ) {
    const index = partOf[at] ?? 0;
    const part = parts[index];
    let end = at;
    while (end < aEnd && partOf[end] === index) end++;
    blanks.add(index);
    const whole = part !== undefined && end - at === part.length;
    const cut = part?.kind === "words" && whole ? part.cut : undefined;
    // Everything up to here may be missing, or everything from here on.
    if (cut === "lead" && aStart === 0) words.length = 0;
    if (cut === "tail" && aEnd === ids.length) isCut = true;
    if (isCut || (cut === "lead" && aStart === 0)) {
      at = end;
      continue;
    }
    if (part?.kind === "words" && !(part.optional && whole))
      for (let word = at; word < end; word++) words.push(corpus.vocabulary[(ids[word] ?? 0) - 1] ?? "");
    at = end;
  }
  for (const index of blanks) {
    const part = parts[index];
    if (part?.kind === "blank") hasBlank += part.most;
  }
  return { words, hasBlank };
}
