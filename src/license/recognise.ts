/** Which licence a text is. Only `exact` supports a claim: a text with one more clause is no longer the licence. */
import type { LicenseSighting } from "../model/evidence.ts";
import { type Corpus, loadCorpus } from "./corpus.ts";
import { mostLike } from "./likeness.ts";
import { match } from "./template.ts";
import { paragraphsOf } from "./words.ts";

/** What a text turned out to be. */
export type Recognition = Pick<LicenseSighting, "verdict" | "expression" | "also" | "resembles" | "score">;

/** From here on a text is said to resemble a licence. */
export const nearScore = 0.8;
/** Words of a text that are read; the longest licence has under 20,000. */
const wordLimit = 60_000;

/** Reads a text with the corpus of this program, which is loaded when it is first needed. */
export const recogniseLicense: (text: string) => Recognition = lazily(loadCorpus, recogniseWith);

function lazily<Tool, Input, Output>(
  make: () => Tool,
  use: (tool: Tool, input: Input) => Output,
): (input: Input) => Output {
  let made: { readonly tool: Tool } | undefined;
  return (input) => {
    made ??= { tool: make() };
    return use(made.tool, input);
  };
}

/** Reads a text with the given corpus. */
export function recogniseWith(corpus: Corpus, text: string): Recognition {
  const words = paragraphsOf(text).flat();
  if (words.length === 0 || words.length > wordLimit) return { verdict: "unknown" };
  const ids = Uint16Array.from(words, (word) => corpus.numbers.get(word) ?? 0);
  const fits = corpus.templates
    .flatMap((template) => {
      const filled = match(template, corpus.words, { words, ids });
      return filled === undefined ? [] : [{ template, filled }];
    })
    .sort((a, b) => a.filled - b.filled);
  const first = fits[0]?.template;
  if (first !== undefined) {
    const all = new Set(fits.flatMap(({ template }) => [template.expression, ...template.also]));
    const also = [...all].filter((expression) => expression !== first.expression);
    return { verdict: "exact", expression: first.expression, ...(also.length > 0 ? { also } : {}) };
  }
  const like = mostLike(corpus, ids);
  if (like === undefined || like.score < nearScore) return { verdict: "unknown" };
  const resembles = corpus.templates[like.template]?.expression ?? "";
  // Words in another order can have every pair of the licence, and still are not the licence.
  return { verdict: "near", resembles, score: Math.min(0.9999, Math.round(like.score * 10_000) / 10_000) };
}
