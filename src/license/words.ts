/**
 * Text -> the words that count. Two texts with the same words are the same licence: case, line breaks, punctuation,
 * bullets, comment marks, markup, copyright notices and varying spellings do not count, and nothing else is dropped.
 */
import { elementBreak, withoutMarkup } from "./markup.ts";
import { isNotice, isNoticeContinuation } from "./notice.ts";
import { addWord } from "./spelling.ts";

/** The words of a text in its paragraphs (parts between blank lines), notices left out. */
export type Paragraphs = readonly (readonly string[])[];

/** Stands for what must not pass unseen: struck-out text, characters that change the reading order. It is in no licence. */
export const foreignWord = "\u{fffd}";

const unseen = /[\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]|~~/u;
const invisible = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
/** Comment marks, bullets, quotation and heading marks at the start of a line. */
const decoration = /^[\s>*#/;|%!+=_~`•·∙◦–—"'.:\\-]+/u;
const enumerator =
  /^(?:(?:\(?(?:\d{1,2}|[a-zA-Z]|[ivxlIVXL]{1,5})[.)]|(?:\d{1,2}\.){1,3}\d{1,2}\.?|§|o(?=\s+[A-Z]))[*_]{0,3}(?=\s|$)|\d{1,2}\.(?=[A-Z]))/;
const word = /\(?(?:\d{1,2}|[a-z]|[ivxl]{1,5})\)|\d+(?:\.\d+)+\+?|\d+\+|[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*|&/giu;
/** What a number or letter behind it refers to: "section", "3.2", "paragraphs (a) and". Then it counts. */
const referring =
  /(?:^|[^\p{L}])(?:(?:articles?|clauses?|conditions?|exhibit|items?|(?:sub)?paragraphs?|part|(?:sub)?sections?|v|versions?)|\d+\.\d+|(?:\d{1,2}|[a-z]|[ivxl]{1,5})\)?,?\s+(?:and|or|through|to))\s*$/iu;

/** The words of a text, and where each of them stands. */
export interface TextWords {
  readonly words: readonly string[];
  /** For each word its line, counted from 1. */
  readonly lines: readonly number[];
  /** For each word the number of its paragraph. */
  readonly paragraphs: readonly number[];
  /** Every line of the text without its markup, the first one at 1: what is shown of it. */
  readonly shown: readonly string[];
}

/** Splits a text into words and paragraphs. */
export function paragraphsOf(text: string): Paragraphs {
  const { words, paragraphs } = wordsOf(text);
  const grouped: string[][] = [];
  for (const [index, one] of words.entries()) {
    if (index === 0 || paragraphs[index] !== paragraphs[index - 1]) grouped.push([]);
    grouped.at(-1)?.push(one);
  }
  return grouped;
}

/** Splits a text into words, and remembers their places. */
export function wordsOf(text: string): TextWords {
  const words: string[] = [];
  const lines: number[] = [];
  const paragraphs: number[] = [];
  const shown: string[] = [""];
  let paragraph = 0;
  let number = 1;
  let notice = false;
  let before = "";
  const close = (): void => {
    paragraph++;
  };
  /** Gives every word that has no place yet the one at hand; a word that was joined to the one before keeps its place. */
  const place = (): void => {
    while (lines.length > words.length) {
      lines.pop();
      paragraphs.pop();
    }
    while (lines.length < words.length) {
      lines.push(number);
      paragraphs.push(paragraph);
    }
  };
  const plain = withoutMarkup(text).normalize("NFKC").replace(invisible, "");
  // A few characters unfold to 18; no licence is written in them.
  if (plain.length > 2 * text.length + 1000)
    return { words: [foreignWord], lines: [1], paragraphs: [0], shown: ["", foreignWord] };
  // The breaks that markup stands for are no lines of the file: see `withoutMarkup`.
  const pieces = plain.split(/(\r\n?|[\n\f\v\u2028\u2029])/);
  for (let at = 0; at < pieces.length; at += 2) {
    const raw = pieces[at] ?? "";
    if (at > 0 && pieces[at - 1] !== elementBreak) number++;
    shown[number] = shown[number] === undefined ? raw : `${shown[number]} ${raw}`;
    const line = raw.replace(decoration, "");
    if (line === "") {
      close();
      notice = false;
      before = "";
      continue;
    }
    notice = isNotice(trimmed(raw)) || (notice && isNoticeContinuation(line));
    if (notice) continue;
    if (unseen.test(raw)) addWord(words, foreignWord);
    addLine(words, line, before);
    place();
    before = /\d(?:\([a-z\d]{1,4}\))+$/.test(line) ? "section" : line.slice(-40);
  }
  return { words, lines, paragraphs, shown };
}

/** The decoration of a notice must leave its sign: `* (c) 2020`. */
function trimmed(raw: string): string {
  return raw.replace(decoration, "").replace(/^\(\s+/, "(");
}

/** `before` is the end of the previous line. */
function addLine(words: string[], text: string, before: string): void {
  let line = text;
  // "2. (a) The": twice at most.
  for (let round = 0; round < 2 && !referring.test(before); round++)
    line = line.replace(enumerator, "").replace(decoration, "");
  let end = 0;
  for (const match of line.matchAll(word)) {
    const [found] = match;
    const between = line.slice(end, match.index);
    end = match.index + found.length;
    if (line.startsWith("://", end) && /^https?$/i.test(found)) continue;
    if (found === "&") addWord(words, "and");
    else if (!found.endsWith(")")) addWord(words, found.toLowerCase().replace(/['’]/g, ""));
    else if (
      match.index === 0
        ? referring.test(before)
        : between === "" || referring.test(line.slice(Math.max(0, match.index - 40), match.index))
    )
      // "Section 3(b)" and "paragraphs (a) and (b)": a reference counts, the mark of a list item does not.
      addWord(words, found.replace(/[()]/g, "").toLowerCase());
  }
}

/** The words as one text; `v1.0`, which is two words, is written as one again, in as many characters. */
export function joinWords(words: readonly string[]): string {
  return words.join(" ").replace(/\bv(\d) (\d\+?)(?= |$)/g, "v$1.$2");
}
