/** Finds out which of the licences without known words a text can be. */
import type { Fingerprint } from "./fingerprint-type.ts";
import { fingerprints } from "./fingerprints.ts";
import { joinWords } from "./words.ts";

/** A title stands among the first words of a text. */
const titleReach = 150;
/** A text with fewer words only refers to the licence. */
export const fingerprintWordMin = 150;

/** The licence whose title and marks a text has; undefined where none or several fit. `written`: the text as it is. */
export function matchFingerprint(words: readonly string[], written: string): Fingerprint | undefined {
  if (words.length < fingerprintWordMin) return undefined;
  const head = ` ${joinWords(words.slice(0, titleReach))} `;
  const titled = fingerprints.filter(({ titles }) => titles.some((title) => head.includes(` ${title} `)));
  if (titled.length === 0) return undefined;
  const whole = ` ${joinWords(words)} `;
  const fits = titled.filter(
    ({ marks, written: must, notWritten: mustNot }) =>
      marks.every((mark) => mark.split("|").some((one) => whole.includes(` ${one}`))) &&
      (must === undefined || must.test(written)) &&
      (mustNot === undefined || !mustNot.test(written)),
  );
  // "llama license agreement" is in no title of another one, yet one text may quote two titles: then nothing is said.
  return fits.length === 1 ? fits[0] : undefined;
}

/** Titles by their licence, for texts that only refer to one; a title of several licences is left out. */
export function titlesOfFingerprints(): ReadonlyMap<string, string> {
  const names = new Map<string, string | undefined>();
  for (const { id, titles } of fingerprints)
    for (const title of titles) names.set(title, names.has(title) ? undefined : id);
  return new Map([...names].flatMap(([title, id]) => (id === undefined ? [] : [[title, id]])));
}
