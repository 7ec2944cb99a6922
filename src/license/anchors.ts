/** Finds templates anywhere in a text: by the first words that each of them must have. */
import { type Fit, fitAt, type Subject, type Template, type WordIds } from "./template.ts";

/** Words of an anchor, at most: more would not fit into a number. */
const anchorWords = 3;

/** The template and the part that an anchor begins. */
interface Anchor {
  readonly template: number;
  readonly part: number;
}

/** For the numbers of the first words of a part, the templates that must have it. */
export type Anchors = ReadonlyMap<number, readonly Anchor[]>;

/** A template that stands in a text, word for word. */
export interface Occurrence extends Fit {
  readonly template: number;
}

/** Makes the index; a template's anchor is the first part that is long enough and must be there. */
export function indexAnchors(templates: readonly Template[], words: WordIds): Anchors {
  const index = new Map<number, Anchor[]>();
  for (const [template, { parts }] of templates.entries()) {
    const from = 1 + parts.findLastIndex((one) => one.kind === "words" && one.cut === "lead");
    const part = parts.findIndex(
      (one, at) => at >= from && one.kind === "words" && !one.optional && one.length >= anchorWords,
    );
    const first = parts[part];
    if (first === undefined) continue;
    const key = keyOf(words, first.start);
    const list = index.get(key) ?? [];
    list.push({ template, part });
    index.set(key, list);
  }
  return index;
}

/** Parts that are begun in one text: a text that begins licences without end is made to be slow. */
const attemptLimit = 400_000;

/** All templates that stand in a text. */
export function findOccurrences(
  anchors: Anchors,
  templates: readonly Template[],
  corpusWords: WordIds,
  subject: Subject,
): readonly Occurrence[] {
  const found: Occurrence[] = [];
  let attempts = 0;
  for (let at = 0; at + anchorWords <= subject.ids.length; at++) {
    for (const { template, part } of anchors.get(keyOf(subject.ids, at)) ?? []) {
      if (++attempts > attemptLimit) return found;
      const one = templates[template];
      const fit = one === undefined ? undefined : fitAt(one, corpusWords, subject, part, at);
      if (fit !== undefined) found.push({ template, ...fit });
    }
  }
  return found;
}

function keyOf(ids: WordIds, at: number): number {
  return ((ids[at] ?? 0) * 0x10000 + (ids[at + 1] ?? 0)) * 0x10000 + (ids[at + 2] ?? 0);
}
