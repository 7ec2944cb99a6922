/**
 * The exact test: a text is a licence when its words are the template's words, in order, with nothing left over. What may
 * vary is written down in the template, and every blank to fill in is bounded and must hold a name.
 */
import { isHolder } from "./notice.ts";

/** Words by their number in the vocabulary; 0 is a word that no licence has. */
export type WordIds = ArrayLike<number>;

/** One part of a template. Ranges point into the corpus's words. */
export type Part =
  | {
      readonly kind: "words";
      readonly start: number;
      readonly length: number;
      readonly optional: boolean;
      /** `lead`: the text may begin behind it; `tail`: the text may end before it. Never in the middle of the rest. */
      readonly cut?: "lead" | "tail";
    }
  /**
   * Where somebody's name or address stands: at most `most` words, none of which could be a term, or what the list's
   * text has there.
   */
  | { readonly kind: "blank"; readonly most: number; readonly start: number; readonly length: number };

/** The words of a licence with what may vary. */
export interface Template {
  readonly expression: string;
  /** Licences with the very same words. */
  readonly also: readonly string[];
  /** A short notice that points at the licence, and not its text. */
  readonly notice: boolean;
  /** Words that may stand before. */
  readonly title: ReadonlySet<string>;
  readonly parts: readonly Part[];
}

/** A text as the matcher reads it. */
export interface Subject {
  readonly words: readonly string[];
  readonly ids: WordIds;
}

/** Where a template stands in a text: from `start` to before `end`. */
export interface Fit {
  readonly start: number;
  readonly end: number;
  /** Words in its blanks. */
  readonly filled: number;
}

/** Words that may stand before the licence itself. */
export const titleWordLimit = 40;
/** Positions that are followed at the same time: more means that the text is made to be slow. */
const openPositionLimit = 64;

/** Where a template stands, when its part `anchor` begins at `at`; the longest of several. */
export function fitAt(
  { parts }: Template,
  corpusWords: WordIds,
  subject: Subject,
  anchor: number,
  at: number,
): Fit | undefined {
  const first = parts[anchor];
  if (first === undefined || !startsAt(first, corpusWords, subject.ids, at)) return undefined;
  const after = follow(parts.slice(anchor), corpusWords, subject, at, 1);
  if (after === undefined) return undefined;
  const before = follow(parts.slice(0, anchor).reverse(), corpusWords, subject, at, -1);
  if (before === undefined) return undefined;
  const end = furthest(after, 1);
  const start = furthest(before, -1);
  return { start, end, filled: (after.get(end) ?? 0) + (before.get(start) ?? 0) };
}

/** The start of the title words before `start`, none of them before `floor`. */
export function titleStart({ title }: Template, words: readonly string[], start: number, floor: number): number {
  let at = start;
  while (at > floor && start - at < titleWordLimit && title.has(words[at - 1] ?? "")) at--;
  return at;
}

function furthest(open: ReadonlyMap<number, number>, direction: 1 | -1): number {
  let best: number | undefined;
  for (const at of open.keys()) if (best === undefined || (at - best) * direction > 0) best = at;
  return best ?? 0;
}

/** Where the parts can end, each with the fewest words in blanks that lead there; backwards, where they can start. */
function follow(
  parts: readonly Part[],
  corpusWords: WordIds,
  subject: Subject,
  from: number,
  direction: 1 | -1,
): ReadonlyMap<number, number> | undefined {
  let open: ReadonlyMap<number, number> = new Map([[from, 0]]);
  const ends = new Map<number, number>();
  for (const part of parts) {
    if (part.kind === "words" && part.cut === (direction === 1 ? "tail" : "lead"))
      for (const [at, filled] of open) ends.set(at, Math.min(filled, ends.get(at) ?? filled));
    const next = new Map<number, number>();
    const reach = (at: number, filled: number): void => {
      const known = next.get(at);
      if (known === undefined ? next.size < openPositionLimit : filled < known) next.set(at, filled);
    };
    const given = (at: number): boolean =>
      startsAt(part, corpusWords, subject.ids, direction === 1 ? at : at - part.length);
    for (const [at, filled] of open) {
      if (part.kind === "blank") {
        for (let length = 0; length <= part.most; length++) {
          const edge = at + length * direction;
          if (edge < 0 || edge > subject.ids.length) break;
          const last = direction === 1 ? edge - 1 : edge;
          if (length > 0 && !fills(part, corpusWords, subject, last)) break;
          reach(edge, filled + length);
        }
        if (given(at)) reach(at + part.length * direction, filled);
        continue;
      }
      if (part.optional) reach(at, filled);
      if (given(at)) reach(at + part.length * direction, filled);
    }
    if (next.size === 0) return ends.size > 0 ? ends : undefined;
    open = next;
  }
  return new Map([...ends, ...open]);
}

/** True when a word can be part of a name; "or" only where the licence's own text has it too. */
function fills(part: Part, corpusWords: WordIds, { words, ids }: Subject, at: number): boolean {
  const word = words[at] ?? "";
  if (word !== "or") return isHolder([word]);
  for (let offset = 0; offset < part.length; offset++) if (corpusWords[part.start + offset] === ids[at]) return true;
  return false;
}

function startsAt(part: Part, corpusWords: WordIds, ids: WordIds, at: number): boolean {
  if (at < 0 || at + part.length > ids.length) return false;
  for (let offset = 0; offset < part.length; offset++) {
    if (ids[at + offset] !== corpusWords[part.start + offset]) return false;
  }
  return true;
}
