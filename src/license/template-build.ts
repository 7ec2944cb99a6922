/** Licence texts and the overlay -> templates. Runs when the program is built. */
import type { ListedLicense } from "./corpus-build.ts";
import { isMaterial } from "./notice.ts";
import * as overlay from "./overlay.ts";
import { type Paragraphs, paragraphsOf } from "./words.ts";

/** A part of a template before its words are numbered. */
export type SourcePart =
  | { readonly kind: "words"; readonly words: readonly string[]; readonly optional: boolean; readonly cut?: Cuttable }
  | { readonly kind: "blank"; readonly words: readonly string[]; readonly most: number };

/** Where a text may begin behind a part (`lead`), or end before it (`tail`). */
export type Cuttable = "lead" | "tail";

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
/** All headings together have at most so many. */
const headingTotalLimit = 36;

/** One template for each set of licences with the same words, then the excerpts. */
export function templatesOf(licenses: readonly ListedLicense[]): SourceTemplate[] {
  const groups = new Map<string, { readonly ids: ListedLicense[]; readonly paragraphs: Paragraphs }>();
  for (const license of licenses) {
    // What the list has for these is the exception alone, without the licence.
    if (license.deprecated && license.id.includes("-with-")) continue;
    const paragraphs = paragraphsOf(license.text);
    const key = paragraphs.flat().join(" ");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ids: [license], paragraphs });
    else group.ids.push(license);
  }
  const whole = [...groups.values()].map(({ ids, paragraphs }) => templateOf(ids, paragraphs)).map(withBorrowed);
  return [...whole, ...overlay.excerpts.map((excerpt) => excerptOf(excerpt, whole))].filter(
    (template) => template.words.length >= shortestLicenseWords,
  );
}

function templateOf(licenses: readonly ListedLicense[], paragraphs: Paragraphs): SourceTemplate {
  const [first = "", ...others] = expressionsOf(licenses);

  const names = licenses.flatMap(({ id, name }) => paragraphsOf(`${name} ${id.replaceAll("-", " ")}`).flat());
  const headings = countHeadings(paragraphs, names);
  const heading = paragraphs.slice(0, headings);
  const body = paragraphs.slice(headings);
  const starts = (phrase: string): number => body.findIndex((words) => words.join(" ").startsWith(phrase));
  const firstOf = (phrases: readonly string[]): number =>
    Math.min(...phrases.map(starts).filter((at) => at > 0), body.length);
  const entries = overlay.leads.map(starts).filter((at) => at > 0);
  const lead = Math.max(0, ...entries);
  const annex = firstOf(overlay.annexes);
  const tail = Math.min(firstOf(overlay.tails), annex);
  const begins = (words: readonly string[]): boolean =>
    overlay.tails.some((phrase) => words.join(" ").startsWith(phrase));
  const leadParagraph = (words: readonly string[], index: number): readonly SourcePart[] => {
    const parts = variable(words, first);
    const last = parts.pop();
    if (last === undefined) return [];
    return [...parts, entries.includes(index + 1) && last.kind === "words" ? { ...last, cut: "lead" } : last];
  };
  const tailParagraph = (words: readonly string[]): readonly SourcePart[] => {
    const [head, ...parts] = variable(words, first);
    if (head === undefined) return [];
    return [begins(words) && head.kind === "words" ? { ...head, cut: "tail" } : head, ...parts];
  };
  return {
    expression: first,
    also: others,
    title: [
      ...new Set([
        ...overlay.titleWords,
        ...names,
        ...heading.flat().filter((word) => !isMaterial(word)),
        ...(overlay.moreTitleWords[first] ?? []),
      ]),
    ],
    parts: [
      ...overlay.prefaces.filter(({ only }) => only.test(first)).flatMap(({ phrase }) => optional(phrase)),
      ...heading.map((words): SourcePart => ({ kind: "words", words, optional: true })),
      ...body.slice(0, lead).flatMap(leadParagraph),
      ...variable(body.slice(lead, tail).flat(), first),
      ...body.slice(tail, annex).flatMap(tailParagraph),
      ...(annex < body.length ? [{ kind: "words", words: body.slice(annex).flat(), optional: true } as const] : []),
      ...overlay.closings.filter(({ only }) => only.test(first)).flatMap(({ phrase }) => optional(phrase)),
    ],
    words: body.slice(0, annex).flat(),
    excerpt: false,
  };
}

function withBorrowed(template: SourceTemplate, _index: number, all: readonly SourceTemplate[]): SourceTemplate {
  const more = overlay.borrowedClosings
    .filter(({ only }) => only.test(template.expression))
    .flatMap((closing) => [...optional("this"), ...variable(excerptWords(closing, all), template.expression, true)]);
  return more.length === 0 ? template : { ...template, parts: [...template.parts, ...more] };
}

function optional(phrase: string): readonly SourcePart[] {
  return [{ kind: "words", words: phrase.split(" "), optional: true }];
}

/** The expressions of a group of licences with the same words, the plainest first. */
function expressionsOf(licenses: readonly ListedLicense[]): readonly string[] {
  const current = licenses.filter((license) => !license.deprecated).map(({ id }) => id);
  const ids = current.length > 0 ? current : licenses.flatMap(({ id }) => successors(id));
  // `X-only` before `X-or-later` and before `X-invariants-only`.
  return [...new Set(ids)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/** What a deprecated identifier stands for today. */
function successors(id: string): readonly string[] {
  const renamed = overlay.renamed[id];
  if (renamed !== undefined) return [renamed];
  const plain = id.replace(/\+$/, "");
  return /^(?:[AL]?GPL|GFDL)-[\d.]+$/.test(plain) ? [`${plain}-only`, `${plain}-or-later`] : [id];
}

/** Leading paragraphs that only name the licence. */
function countHeadings(paragraphs: Paragraphs, names: readonly string[]): number {
  const harmless = new Set([
    ...names,
    ...overlay.titleWords,
    "conditions",
    "for",
    "use",
    "reproduction",
    "distribution",
    "distributed",
  ]);
  let count = 0;
  let total = 0;
  for (const words of paragraphs.slice(0, -1)) {
    total += words.length;
    if (
      total > headingTotalLimit ||
      words.length > headingWordLimit ||
      words.some((word) => isMaterial(word) && !harmless.has(word))
    )
      break;
    count++;
  }
  return count;
}

/** Cuts the blanks and optional phrases of the overlay into a run of words. */
function variable(words: readonly string[], id: string, allOptional = false): SourcePart[] {
  const cuts: Cut[] = [
    ...overlay.blanks.flatMap((blank) => cutBlank(words, blank)),
    ...overlay.addresses.flatMap((address) => {
      const phrase = address.split(" ");
      return findAll(words, phrase).map((from) => ({ from, to: from + phrase.length, most: overlay.addressWordLimit }));
    }),
    ...overlay.insertions
      .filter(({ only }) => only.test(id))
      .flatMap(({ after, phrase }) => {
        const lead = after.split(" ");
        return findAll(words, lead).map((at) => ({ from: at + lead.length, to: at + lead.length, phrase }));
      }),
    ...overlay.omissions
      .filter(({ only }) => only.test(id))
      .flatMap(({ after, phrase }) => {
        const [lead, length] = [after.split(" "), phrase.split(" ").length];
        return findAll(words, [...lead, ...phrase.split(" ")]).map((at) => ({
          from: at + lead.length,
          to: at + lead.length + length,
          phrase,
        }));
      }),
  ];
  const parts: SourcePart[] = [];
  const keep = (from: number, to: number): void => {
    if (from < to) parts.push({ kind: "words", words: words.slice(from, to), optional: allOptional });
  };
  let done = 0;
  for (const { from, to, most, phrase } of cuts.sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < done) continue;
    keep(done, from);
    if (phrase !== undefined) parts.push(...optional(phrase));
    else parts.push({ kind: "blank", words: words.slice(from, to), most: most ?? 0 });
    done = to;
  }
  keep(done, words.length);
  return parts;
}

/** The words from `from` to before `to` become a blank, or an optional phrase. */
interface Cut {
  readonly from: number;
  readonly to: number;
  readonly most?: number;
  readonly phrase?: string;
}

function cutBlank(words: readonly string[], { before, after, most }: overlay.Blank): readonly Cut[] {
  const [lead, rest] = [before.split(" ").filter((word) => word !== ""), after.split(" ")];
  return (lead.length === 0 ? [0] : findAll(words, lead)).flatMap((at): Cut[] => {
    const from = at + lead.length;
    const to = find(words, rest, from);
    return to < 0 || to - from > most ? [] : [{ from, to, most }];
  });
}

function findAll(words: readonly string[], phrase: readonly string[]): readonly number[] {
  const found: number[] = [];
  for (let at = find(words, phrase, 0); at >= 0; at = find(words, phrase, at + 1)) found.push(at);
  return found;
}

/** The words of a passage of another licence. */
function excerptWords(
  { base, from, through }: Pick<overlay.Excerpt, "base" | "from" | "through">,
  whole: readonly SourceTemplate[],
): readonly string[] {
  const words = whole.find(({ expression }) => expression === base)?.words ?? [];
  const start = find(words, from.split(" "), 0);
  const last = through.split(" ");
  const end = find(words, last, start);
  if (start < 0 || end < 0) throw new Error(`${base} has no passage from "${from}" through "${through}"`);
  return words.slice(start, end + last.length);
}

function excerptOf(excerpt: overlay.Excerpt, whole: readonly SourceTemplate[]): SourceTemplate {
  let text = excerptWords(excerpt, whole).join(" ");
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
