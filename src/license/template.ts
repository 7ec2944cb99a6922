/**
 * The exact test: a text is a licence when its words are the template's words, in order, with nothing left over. What may
 * vary is written down in the template, and every blank to fill in is bounded and must hold a name.
 */
import { isHolder } from "./notice.ts";

/** Words by their number in the vocabulary; 0 is a word that no licence has. */
export type WordIds = ArrayLike<number>;

/** One part of a template. Ranges point into the corpus's words. */
export type Part =
  | { readonly kind: "words"; readonly start: number; readonly length: number; readonly optional: boolean }
  /**
   * Where somebody's name or address stands: at most `most` words, none of which could be a term, or what the list's
   * text has there.
   */
  | { readonly kind: "blank"; readonly most: number; readonly start: number; readonly length: number };

/** The words of a licence with what may vary. */
export interface Template {
  readonly expression: string;
  /** Other licences of the same words. */
  readonly also: readonly string[];
  /** Words that may stand before the first part: the names of the licence. */
  readonly title: ReadonlySet<string>;
  readonly parts: readonly Part[];
}

/** A text as the matcher reads it. */
export interface Subject {
  readonly words: readonly string[];
  readonly ids: WordIds;
}

/** Words that may stand before the licence itself. */
const titleWordLimit = 40;
/** Positions that are followed at the same time: more means that the text is made to be slow. */
const openPositionLimit = 64;

/** How a text fits a template: the number of words in blanks, or undefined where it does not fit. */
export function match(template: Template, corpusWords: WordIds, subject: Subject): number | undefined {
  const { words } = subject;
  for (let start = 0; start <= Math.min(titleWordLimit, words.length); start++) {
    if (start > 0 && !template.title.has(words[start - 1] ?? "")) return undefined;
    const filled = matchAt(template.parts, corpusWords, subject, start);
    if (filled !== undefined) return filled;
  }
  return undefined;
}

function matchAt(parts: readonly Part[], corpusWords: WordIds, subject: Subject, start: number): number | undefined {
  /** Where the parts so far can end, each with the fewest words in blanks that lead there. */
  let open: ReadonlyMap<number, number> = new Map([[start, 0]]);
  for (const part of parts) {
    const next = new Map<number, number>();
    const reach = (at: number, filled: number): void => {
      const known = next.get(at);
      if (known === undefined ? next.size < openPositionLimit : filled < known) next.set(at, filled);
    };
    for (const [at, filled] of open) {
      if (part.kind === "blank") {
        for (let length = 0; length <= part.most; length++) {
          if (at + length > subject.words.length) break;
          if (length > 0 && !isHolder(subject.words.slice(at + length - 1, at + length))) break;
          reach(at + length, filled + length);
        }
        if (startsAt(part, corpusWords, subject.ids, at)) reach(at + part.length, filled);
        continue;
      }
      if (part.optional) reach(at, filled);
      if (startsAt(part, corpusWords, subject.ids, at)) reach(at + part.length, filled);
    }
    if (next.size === 0) return undefined;
    open = next;
  }
  return open.get(subject.ids.length);
}

function startsAt(part: Part, corpusWords: WordIds, ids: WordIds, at: number): boolean {
  if (at + part.length > ids.length) return false;
  for (let offset = 0; offset < part.length; offset++) {
    if (ids[at + offset] !== corpusWords[part.start + offset]) return false;
  }
  return true;
}
