/**
 * The licences that are known, ready to be compared: templates as numbered words, and for every pair of neighbouring
 * words the licences that have it. Made when the program is built, read when the first licence text is seen.
 */
import { readFileSync } from "node:fs";
import { WholesourceError } from "../model/error.ts";
import { type Anchors, indexAnchors } from "./anchors.ts";
import type { Part, Template, WordIds } from "./template.ts";

/** Changes whenever the layout does. */
export const corpusVersion = 4;

/**
 * A template as the file has it: a part is [start, length], [start, length, flag], or [start, length, 0, most] for a
 * blank. Flags: 1 optional, 2 the text may begin behind it, 3 the text may end before it.
 */
export interface StoredTemplate {
  readonly expression: string;
  readonly also?: readonly string[];
  readonly notice?: true;
  /** Words that may stand before it, beside those that may stand before every one. */
  readonly title: readonly number[];
  readonly parts: readonly (readonly number[])[];
  /** Pairs of words in the whole text. */
  readonly pairs: number;
}

interface Header {
  readonly templates: readonly StoredTemplate[];
  /** Words that may stand before every template. */
  readonly titles: readonly number[];
  /** The words, numbered from 1, between blanks. */
  readonly vocabulary: string;
  readonly lengths: readonly number[];
}

/** The corpus in memory. */
export interface Corpus {
  readonly templates: readonly Template[];
  readonly anchors: Anchors;
  /** Pairs of words of each template; 0 for one that is not compared by likeness. */
  readonly pairTotals: readonly number[];
  readonly numbers: ReadonlyMap<string, number>;
  /** The words; the first has the number 1. */
  readonly vocabulary: readonly string[];
  readonly words: WordIds;
  /** Sorted keys of pairs; the licences of key `n` are `owners[offsets[n]]` to before `owners[offsets[n + 1]]`. */
  readonly pairs: Uint32Array;
  readonly offsets: Uint32Array;
  readonly owners: Uint16Array;
  readonly counts: Uint8Array;
}

/** Reads the corpus that was made with this program. */
export function loadCorpus(): Corpus {
  const file = new URL("./corpus.bin", import.meta.url);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new WholesourceError("internal", "the licence corpus cannot be read", {
      hint: "install or build again",
      cause,
    });
  }
  return decodeCorpus(bytes);
}

/** The tables are views on the bytes: nothing is copied. */
export function decodeCorpus(file: Uint8Array): Corpus {
  // A view needs an aligned start, which a pooled buffer does not promise.
  const bytes = file.byteOffset % 8 === 0 ? file : new Uint8Array(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== corpusVersion)
    throw new WholesourceError("internal", "the licence corpus is of another version", { hint: "build again" });
  const headLength = view.getUint32(4, true);
  const header: Header = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + 8, headLength - 8).toString("utf8"));
  let at = bytes.byteOffset + headLength;
  const take = (index: number, width: number): readonly [ArrayBufferLike, number, number] => {
    const length = header.lengths[index] ?? 0;
    const start = at;
    at += length * width;
    return [bytes.buffer, start, length];
  };
  const vocabulary = header.vocabulary.split(" ");
  const common = header.titles.map((number) => vocabulary[number - 1] ?? "");
  const titles = new Map<StoredTemplate, ReadonlySet<string>>();
  const titleOf = (template: StoredTemplate): ReadonlySet<string> => {
    const known = titles.get(template);
    if (known !== undefined) return known;
    const title = new Set([...common, ...template.title.map((number) => vocabulary[number - 1] ?? "")]);
    titles.set(template, title);
    return title;
  };
  const [pairs, offsets] = [new Uint32Array(...take(0, 4)), new Uint32Array(...take(1, 4))];
  const [words, owners] = [new Uint16Array(...take(2, 2)), new Uint16Array(...take(3, 2))];
  const templates = header.templates.map(
    (template): Template => ({
      expression: template.expression,
      also: template.also ?? [],
      notice: template.notice ?? false,
      parts: template.parts.map(partOf),
      // Few templates are ever asked for theirs.
      get title() {
        return titleOf(template);
      },
    }),
  );
  return {
    templates,
    anchors: indexAnchors(templates, words),
    pairTotals: header.templates.map((template) => template.pairs),
    numbers: numbered(vocabulary),
    vocabulary,
    words,
    pairs,
    offsets,
    owners,
    counts: new Uint8Array(...take(4, 1)),
  };
}

/** In a loop: pairs for the tens of thousands of words would cost more than the map. */
function numbered(vocabulary: readonly string[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  let number = 0;
  for (const word of vocabulary) numbers.set(word, ++number);
  return numbers;
}

function partOf([start = 0, length = 0, flag = 0, most]: readonly number[]): Part {
  return most === undefined
    ? { kind: "words", start, length, optional: flag === 1, ...cutOf(flag) }
    : { kind: "blank", most, start, length };
}

function cutOf(flag: number): { readonly cut?: "lead" | "tail" } {
  return flag === 2 ? { cut: "lead" } : flag === 3 ? { cut: "tail" } : {};
}
