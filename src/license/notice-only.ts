/** Texts that point at a licence and do not hold it. */
import type { LicensePart } from "../model/evidence.ts";
import { matchFingerprint } from "./fingerprint.ts";
import { namesOf, type Reading, type Recognition } from "./reading.ts";
import type { Rest } from "./rests.ts";
import { lineOf } from "./show.ts";
import type { Whole } from "./survey.ts";

/** Words of a text beside its references, at most: a longer one says more than where the licence is. */
const noticeWordLimit = 350;
/** The same for a text that has a licence's name and does not say that anything is under it. */
const titleWordLimit = 60;
/** Notices of one text that are told. */
export const partLimit = 40;
/** Words that take back part of what a reference gives. */
const restricting =
  /^(?:academ|forbid|hobby|military|noncommerc|nonprofit|personal|prohibit|research|revo[ck]|student)/;

/** A text that holds no licence: what its notices point at. */
export function readNotices(reading: Reading, notices: readonly Whole[], rests: readonly Rest[]): Recognition {
  const parts = noticeParts(reading, notices, rests);
  const left = rests.reduce((sum, { words }) => sum + words.length, 0);
  const [first, ...others] = parts;
  const isGrant = notices.length > 0 || rests.some(({ references }) => references.some((one) => one.isGrant));
  if (first === undefined || left > (isGrant ? noticeWordLimit : titleWordLimit)) return { verdict: "unknown" };
  const { expression, also, basis, line } = first;
  const isRestricted = rests.some(({ words }) => words.some((word) => restricting.test(word)));
  const common = {
    verdict: "notice-only",
    ...(basis === undefined ? {} : { basis }),
    ...(line > 1 ? { line } : {}),
  } as const;
  if (isRestricted) return { ...common, ...(expression === undefined ? {} : { resembles: expression }) };
  if (others.length > 0) return { ...common, parts: parts.slice(0, partLimit) };
  return { ...common, ...(expression === undefined ? {} : { expression }), ...(also === undefined ? {} : { also }) };
}

/** The notices of a text and the names in its rests, each licence once. */
export function noticeParts(
  reading: Reading,
  notices: readonly Whole[],
  rests: readonly Rest[],
): readonly LicensePart[] {
  const { text } = reading;
  const found = [
    ...notices.map((notice) => {
      const [expression = "", ...also] = namesOf(reading, notice);
      return { start: notice.start, end: notice.end, expression, also, isName: false };
    }),
    ...rests.flatMap(({ references }) => references.map((one) => ({ also: [], ...one, isName: true }))),
  ].sort((one, other) => one.start - other.start);
  const kept: (typeof found)[number][] = [];
  for (const one of found) {
    const at = kept.findIndex((other) => sameLicense(one, other));
    const other = kept[at];
    if (other === undefined) kept.push(one);
    // The notice that says more counts: "version 3 or later" before "GPL 3".
    else if (one.also.length < other.also.length) kept[at] = { ...one, start: other.start };
  }
  return kept.map(({ start, end, expression, also, isName }) => ({
    line: lineOf(text, start),
    lineEnd: lineOf(text, Math.max(start, end - 1)),
    verdict: "notice-only",
    expression,
    ...(also.length > 0 ? { also } : {}),
    ...(isName ? { basis: "reference" } : {}),
  }));
}

/**
 * What the notices beside one licence say of it: nothing (undefined), which of its readings is meant, or `other` when
 * they name another licence.
 */
export function noticedExpression(
  reading: Reading,
  notices: readonly Whole[],
  rests: readonly Rest[],
  names: readonly string[],
): string | undefined {
  let meant: string | undefined;
  for (const { expression = "", also = [] } of noticeParts(reading, notices, rests)) {
    if (![expression, ...also].some((one) => names.includes(one) || isOlderName(one, names))) return "other";
    if (also.length === 0 && names.includes(expression)) meant = expression;
  }
  if (meant !== undefined) return meant;
  return rests.some(({ words }) => matchFingerprint(words, words.join(" ")) !== undefined) ? "other" : undefined;
}

/** A licence whose name says the family: the text of `X11` calls itself the MIT licence. */
function isOlderName(name: string, names: readonly string[]): boolean {
  return names.some(
    (one) => one.startsWith(`${name}-`) || (name === "MIT" && /^(?:X11|HPND|MIT|ICU|curl|Xfig)/.test(one)),
  );
}

function sameLicense(
  one: { readonly expression: string; readonly also: readonly string[] },
  other: { readonly expression: string; readonly also: readonly string[] },
): boolean {
  const readings = [other.expression, ...other.also];
  return [one.expression, ...one.also].some((name) => readings.includes(name));
}
