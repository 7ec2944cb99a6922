/** A text with the corpus that it is read with. */
import type { LicenseReading, LicenseSighting } from "../model/evidence.ts";
import type { Range } from "./compare.ts";
import type { Corpus } from "./corpus.ts";
import type { Alike, Whole } from "./survey.ts";
import type { TextWords } from "./words.ts";

/** What a text turned out to be. */
export type Recognition = LicenseReading & Pick<LicenseSighting, "line" | "parts">;

/** What every step of the recognition is given. */
export interface Reading {
  readonly corpus: Corpus;
  readonly text: TextWords;
  readonly ids: Uint16Array;
}

/** A part of a text that holds a licence. */
export type Held = Whole | Alike;

/** The expressions of a part, the plainest first. */
export function namesOf({ corpus }: Reading, part: Held): readonly string[] {
  const templates = part.kind === "alike" ? [part.comparison.template] : [part.template, ...part.others];
  return [
    ...new Set(
      templates.flatMap((template) => {
        const one = corpus.templates[template];
        return one === undefined ? [] : [one.expression, ...one.also];
      }),
    ),
  ];
}

/** Where a part stands, seen from the licences. */
export function whereOf({ start }: Range, parts: readonly Range[]): "before" | "between" | "after" {
  const before = parts.some((part) => part.end <= start);
  const after = parts.some((part) => part.start > start);
  return before && after ? "between" : before ? "after" : "before";
}
