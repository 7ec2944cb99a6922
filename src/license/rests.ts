/** What a text has beside the licences that were found in it. */
import type { Range } from "./compare.ts";
import { addsTerms } from "./material.ts";
import { findReferences, type Reference } from "./references.ts";
import { gapsOf } from "./survey.ts";
import type { TextWords } from "./words.ts";

/** Words beside the licences. */
export interface Rest extends Range {
  /** The licences that it names; places are in the text. */
  readonly references: readonly Reference[];
  /** The words that are no reference. */
  readonly words: readonly string[];
  /** True when those can be a term. */
  readonly material: boolean;
}

/** The words before, between and after the parts. */
export function restsOf(text: TextWords, parts: readonly Range[]): readonly Rest[] {
  return gapsOf(parts, text.words.length).map(({ start, end }) => {
    const own = text.words.slice(start, end);
    const references = findReferences(own);
    const words = gapsOf(references, own.length).flatMap((gap) => own.slice(gap.start, gap.end));
    return {
      start,
      end,
      references: references.map((one) => ({ ...one, start: one.start + start, end: one.end + start })),
      words,
      material: addsTerms(words),
    };
  });
}
