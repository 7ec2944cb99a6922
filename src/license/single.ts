/** A text that holds one licence: exact, with additions, modified or near. */
import type { LicenseReading, LicenseSighting } from "../model/evidence.ts";
import { compareWith, type Difference, isWholeParagraph, type Range } from "./compare.ts";
import { addsTerms } from "./material.ts";
import { noticedExpression } from "./notice-only.ts";
import { type Held, namesOf, type Reading, whereOf } from "./reading.ts";
import type { Rest } from "./rests.ts";
import { additionsOf, hunksOf, lineOf } from "./show.ts";
import type { Whole } from "./survey.ts";

/** Reads a text with one licence in it; undefined when a rest names another licence, so that the text holds several. */
export function readSingle(
  reading: Reading,
  license: Held,
  notices: readonly Whole[],
  rests: readonly Rest[],
): (LicenseReading & Pick<LicenseSighting, "line">) | undefined {
  const { corpus, text } = reading;
  const names = namesOf(reading, license);
  const noticed = noticedExpression(reading, notices, rests, names);
  if (noticed === "other") return undefined;
  const line = lineOf(text, license.start);
  const place = line > 1 && rests.length > 0 ? { line } : {};
  const [expression, ...more] = noticed === undefined ? names : [noticed];
  const also = more.length > 0 ? { also: more } : {};
  const own = { ...(expression === undefined ? {} : { expression }), ...also };
  if (license.kind !== "alike" && rests.length === 0 && notices.length === 0) return { verdict: "exact", ...own };

  const all = { start: 0, end: text.words.length };
  const template = license.kind === "alike" ? license.comparison.template : license.template;
  // With the rests in view: what follows the licence may be its own last paragraphs, changed.
  const wide = license.kind === "alike" ? license.comparison : compareWith(corpus, template, text, reading.ids, all);
  const outside = rests.filter(({ start, end }) => end <= wide.range.start || start >= wide.range.end);
  const beside = outside.map(
    ({ start, end, material }): Difference => ({ removed: [], added: { start, end }, material }),
  );
  const inside = wide.differences.filter((one) => one.removed.length > 0 || !isNamed(one, rests));
  const differences = [...inside, ...beside];
  const isMaterial = differences.some(({ material }) => material);
  const isAddition = ({ removed, added, material }: Difference): boolean =>
    !material &&
    removed.length === 0 &&
    (isWholeParagraph(text, added) || outside.some(({ start }) => start === added.start));
  const hasWhole = license.kind !== "alike" || differences.length > 0;
  if (!isMaterial && differences.every(isAddition) && hasWhole) {
    const { range } = wide;
    const isBetween = ({ start, end }: Range): boolean => range.start < start && end < range.end;
    const shown = [...inside.map(({ added }) => added), ...outside, ...notices]
      .sort((one, other) => one.start - other.start)
      .map(({ start, end }) => ({
        start,
        end,
        where: isBetween({ start, end }) ? ("between" as const) : whereOf({ start, end }, [license]),
      }));
    return { verdict: "exact-with-additions", ...place, ...own, additions: additionsOf(text, shown) };
  }
  const extra = beside.reduce((sum, { added }) => sum + added.end - added.start, 0);
  // Words in another order can have every word of the licence, and still are not the licence.
  const score = Math.min(
    0.9999,
    Math.round((wide.score * text.words.length * 10_000) / (text.words.length + extra)) / 10_000,
  );
  return {
    verdict: isMaterial ? "modified" : "near",
    ...place,
    ...(names[0] === undefined ? {} : { resembles: names[0] }),
    score,
    difference: hunksOf(text, differences),
  };
}

/** True when words that were added name a licence and say nothing else. */
function isNamed({ added }: Difference, rests: readonly Rest[]): boolean {
  const rest = rests.find(({ start, end }) => start <= added.start && added.end <= end);
  return (
    rest !== undefined &&
    rest.references.length > 0 &&
    !addsTerms(rest.words) &&
    rest.start === added.start &&
    rest.end === added.end
  );
}
