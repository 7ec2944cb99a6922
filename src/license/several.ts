/** A text that holds more than one licence: each with its own verdict and lines. */
import type { LicensePart } from "../model/evidence.ts";
import { matchFingerprint } from "./fingerprint.ts";
import { noticeParts, partLimit } from "./notice-only.ts";
import { type Held, namesOf, type Reading, type Recognition, whereOf } from "./reading.ts";
import type { Rest } from "./rests.ts";
import { additionsOf, lineOf } from "./show.ts";
import { readSingle } from "./single.ts";
import type { Whole } from "./survey.ts";

/** Reads a text with several licences; what else stands in it is a part too when it can be a term. */
export function readSeveral(
  reading: Reading,
  licenses: readonly Held[],
  notices: readonly Whole[],
  rests: readonly Rest[],
): Recognition {
  const { text } = reading;
  const texts = licenses.map((license): LicensePart => {
    const { line: _line, ...one } = readSingle(reading, license, [], []) ?? { verdict: "unknown" };
    return { ...linesOf(reading, license), ...one };
  });
  const names = new Set(licenses.flatMap((license) => namesOf(reading, license)));
  const named = noticeParts(reading, notices, rests).filter(
    ({ expression = "", also = [] }) => ![expression, ...also].some((one) => names.has(one)),
  );
  const strangers = rests
    .filter(({ material }) => material)
    .map((rest): LicensePart => {
      const words = text.words.slice(rest.start, rest.end);
      const known = matchFingerprint(words, words.join(" "));
      const place = linesOf(reading, rest);
      return known === undefined
        ? { ...place, verdict: "unknown" }
        : { ...place, verdict: "near", resembles: known.id, basis: "fingerprint" };
    });
  const additions = rests
    .filter(({ material, words }) => !material && words.length > 0)
    .map(({ start, end }) => ({ start, end, where: whereOf({ start, end }, licenses) }));
  const parts = [...texts, ...named, ...strangers].sort(
    (one, other) => one.line - other.line || one.lineEnd - other.lineEnd,
  );
  return {
    verdict: "several",
    parts: parts.slice(0, partLimit),
    ...(additions.length > 0 ? { additions: additionsOf(text, additions) } : {}),
  };
}

function linesOf(
  { text }: Reading,
  { start, end }: { readonly start: number; readonly end: number },
): Pick<LicensePart, "line" | "lineEnd"> {
  return { line: lineOf(text, start), lineEnd: lineOf(text, Math.max(start, end - 1)) };
}
