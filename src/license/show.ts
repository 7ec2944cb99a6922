/** Shows places of a text, shortened: what is shown never grows with the text. */
import type { LicenseAddition, LicenseHunk } from "../model/evidence.ts";
import type { Difference, Range } from "./compare.ts";
import type { TextWords } from "./words.ts";

/** Differences that are shown; the ones that matter come first. */
export const hunkLimit = 8;
/** Additions that are shown. */
export const additionLimit = 6;
/** Characters of each side of a difference, and of an addition. */
export const shownLimit = 240;

/** The line of a word. */
export function lineOf({ lines }: TextWords, at: number): number {
  return lines[Math.min(at, lines.length - 1)] ?? 1;
}

/** The words of a range as they are written. */
export function shownWords({ words, lines, shown, paragraphs }: TextWords, { start, end }: Range): string {
  if (start >= end) return "";
  const [first, last] = [lines[start] ?? 1, lines[end - 1] ?? 1];
  const isWholeLines = (lines[start - 1] ?? 0) !== first && (lines[end] ?? 0) !== last;
  const text = isWholeLines
    ? shown.slice(first, Math.min(last, first + shownLimit) + 1).join(" ")
    : words.slice(start, Math.min(end, start + shownLimit)).join(" ");
  return paragraphs.length === 0 ? "" : cut(text.replace(/\s+/g, " ").trim());
}

/** The differences as they are reported: the first that matter, and then the first others, in the text's order. */
export function hunksOf(text: TextWords, differences: readonly Difference[]): readonly LicenseHunk[] {
  const chosen = [
    ...differences.filter(({ material }) => material),
    ...differences.filter(({ material }) => !material),
  ].slice(0, hunkLimit);
  return chosen
    .sort((one, other) => one.added.start - other.added.start)
    .map(({ removed, added, material }) => ({
      line: lineOf(text, added.start),
      removed: cut(removed.slice(0, shownLimit).join(" ")),
      added: shownWords(text, added),
      material,
    }));
}

/** The additions as they are reported. */
export function additionsOf(
  text: TextWords,
  additions: readonly (Range & Pick<LicenseAddition, "where">)[],
): readonly LicenseAddition[] {
  return additions.slice(0, additionLimit).map(({ start, end, where }) => ({
    line: lineOf(text, start),
    where,
    text: shownWords(text, { start, end }),
  }));
}

function cut(text: string): string {
  if (text.length <= shownLimit) return text;
  // Not between the halves of a character.
  return `${text.slice(0, shownLimit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
