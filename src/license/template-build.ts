/** Licence texts and the overlay -> templates. Runs when the program is built. */
import type { ListedLicense } from "./corpus-build.ts";
import { isMaterial } from "./notice.ts";
import * as overlay from "./overlay.ts";
import { type Paragraphs, paragraphsOf } from "./words.ts";

/** A part of a template before its words are numbered. */
export type SourcePart =
  | { readonly kind: "words"; readonly words: readonly string[]; readonly optional: boolean }
  | { readonly kind: "blank"; readonly most: number };

/** A template before its words are numbered. */
export interface SourceTemplate {
  readonly expression: string;
  readonly also: readonly string[];
  readonly title: readonly string[];
  readonly parts: readonly SourcePart[];
  /** All words, for the measure of likeness. */
  readonly words: readonly string[];
  readonly excerpt: boolean;
}

/** Below this a text is too short to be told from a sentence. */
const shortestLicenseWords = 10;
/** A heading has at most so many words. */
const headingWordLimit = 14;

/** One template for each set of licences with the same words, then the excerpts. */
export function templatesOf(licenses: readonly ListedLicense[]): SourceTemplate[] {
  const groups = new Map<string, { readonly ids: ListedLicense[]; readonly paragraphs: Paragraphs }>();
  for (const license of licenses) {
    const paragraphs = paragraphsOf(license.text);
    const key = paragraphs.flat().join(" ");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ids: [license], paragraphs });
    else group.ids.push(license);
  }
  const whole = [...groups.values()].map(({ ids, paragraphs }) => templateOf(ids, paragraphs));
  return [...whole, ...overlay.excerpts.map((excerpt) => excerptOf(excerpt, whole))].filter(
    (template) => template.words.length >= shortestLicenseWords,
  );
}

function templateOf(licenses: readonly ListedLicense[], paragraphs: Paragraphs): SourceTemplate {
  const current = licenses.filter((license) => !license.deprecated);
  const [first, ...others] = (current.length > 0 ? current : licenses)
    .map(({ id }) => id)
    // The plainest name first: `X-only` before `X-or-later` and before `X-invariants-only`.
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const headings = countHeadings(paragraphs);
  const body = paragraphs.slice(headings);
  const names = licenses.flatMap(({ id, name }) => paragraphsOf(`${name} ${id.replaceAll("-", " ")}`).flat());
  const heading = paragraphs.slice(0, headings).flat();
  const lead = overlay.leads.map((phrase) => findParagraph(body, phrase)).find((at) => at > 0) ?? 0;
  const tail = Math.min(
    ...overlay.tails.map((phrase) => findParagraph(body, phrase)).filter((at) => at > body.length / 3),
    body.length,
  );
  const parts = [
    ...body.slice(0, lead).map((words): SourcePart => ({ kind: "words", words, optional: true })),
    ...variable(body.slice(lead, tail).flat(), first ?? ""),
    ...body.slice(tail).flatMap(optionalParagraph),
  ];
  return {
    expression: first ?? "",
    also: others,
    title: [...new Set([...overlay.titleWords, ...names, ...heading])],
    parts,
    words: body.flat(),
    excerpt: false,
  };
}

/** Leading paragraphs that only name the licence. */
function countHeadings(paragraphs: Paragraphs): number {
  const harmless = new Set([
    ...overlay.titleWords,
    "conditions",
    "for",
    "use",
    "reproduction",
    "distribution",
    "distributed",
  ]);
  let count = 0;
  for (const words of paragraphs.slice(0, -1)) {
    if (words.length > headingWordLimit || words.some((word) => isMaterial(word) && !harmless.has(word))) break;
    count++;
  }
  return count;
}

function findParagraph(paragraphs: Paragraphs, phrase: string): number {
  return paragraphs.findIndex((words) => words.join(" ").startsWith(phrase));
}

/** A paragraph that may be missing; where it has an address, the address may differ. */
function optionalParagraph(words: readonly string[]): SourcePart[] {
  return [{ kind: "words", words, optional: true }];
}

/** Cuts the blanks and insertions of the overlay into a run of words. */
function variable(words: readonly string[], id: string): SourcePart[] {
  /** From which word to which a blank goes, and its limit. */
  const cuts: { readonly from: number; readonly to: number; readonly part: SourcePart }[] = [];
  for (const { before, after, most } of overlay.blanks) {
    const lead = before.split(" ");
    for (let at = find(words, lead, 0); at >= 0; at = find(words, lead, at + 1)) {
      const from = at + lead.length;
      const to = find(words, after.split(" "), from);
      if (to < 0 || to - from > most) continue;
      cuts.push({ from, to, part: { kind: "blank", most } });
    }
  }
  for (const address of overlay.addresses) {
    const phrase = address.split(" ");
    for (let at = find(words, phrase, 0); at >= 0; at = find(words, phrase, at + 1))
      cuts.push({ from: at, to: at + phrase.length, part: { kind: "blank", most: overlay.addressWordLimit } });
  }
  for (const { after, phrase, only } of overlay.insertions) {
    const at = only === id ? find(words, after.split(" "), 0) : -1;
    const end = at + after.split(" ").length;
    if (at >= 0) cuts.push({ from: end, to: end, part: { kind: "words", words: phrase.split(" "), optional: true } });
  }
  const parts: SourcePart[] = [];
  let done = 0;
  for (const { from, to, part } of cuts.sort((a, b) => a.from - b.from)) {
    if (from < done) continue;
    if (from > done) parts.push({ kind: "words", words: words.slice(done, from), optional: false });
    parts.push(part);
    done = to;
  }
  if (done < words.length) parts.push({ kind: "words", words: words.slice(done), optional: false });
  return parts;
}

function excerptOf(excerpt: overlay.Excerpt, whole: readonly SourceTemplate[]): SourceTemplate {
  const base = whole.find(({ expression }) => expression === excerpt.base);
  const words = base?.words ?? [];
  const from = find(words, excerpt.from.split(" "), 0);
  const last = excerpt.through.split(" ");
  const through = find(words, last, from);
  if (base === undefined || from < 0 || through < 0) throw new Error(`no excerpt for ${excerpt.expression}`);
  let text = words.slice(from, through + last.length).join(" ");
  for (const [old, now] of excerpt.change ?? []) {
    if (!text.includes(old)) throw new Error(`the excerpt for ${excerpt.expression} lacks "${old}"`);
    text = text.replace(old, now);
  }
  const own = text.split(" ").filter((word) => word !== "");
  return {
    expression: excerpt.expression,
    also: [],
    title: overlay.titleWords,
    parts: variable(own, excerpt.expression),
    words: own,
    excerpt: true,
  };
}

function find(words: readonly string[], phrase: readonly string[], from: number): number {
  for (let at = Math.max(0, from); at + phrase.length <= words.length; at++) {
    if (phrase.every((word, index) => words[at + index] === word)) return at;
  }
  return -1;
}
