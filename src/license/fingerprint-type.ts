/** What a licence without known words is told by. Phrases are in the normal spelling of `words.ts`. */

/** How one licence is told from all others, its other versions included. */
export interface Fingerprint {
  readonly id: string;
  /** Titles; one of them stands at the beginning of the text. A short text that names one refers to it. */
  readonly titles: readonly string[];
  /** All of them are in the text. Of alternatives, written `a|b`, one is. */
  readonly marks: readonly string[];
  /** In the text as it is written, where the normal spelling loses what matters. */
  readonly written?: RegExp;
  readonly notWritten?: RegExp;
  /** The listed licence that it was made of. */
  readonly base?: string;
}
