/** Notices that point at a licence by its name or address, without its text. Weak evidence, and said as such. */
import { once, spdxIds } from "../model/license-ids.ts";
import { titlesOfFingerprints } from "./fingerprint.ts";
import { joinWords, wordsOf } from "./words.ts";

/** A mention of a licence in a row of words: from `start` to before `end`. */
export interface Reference {
  readonly start: number;
  readonly end: number;
  readonly expression: string;
  readonly also?: readonly string[];
  /** True when the words before say that something is under it. */
  readonly isGrant: boolean;
}

/** Words that are searched for references; a longer text is no notice. */
export const referenceWordLimit = 3000;
/** References of one text that are read. */
const referenceLimit = 40;

/** A name in the normal spelling; `$1` and so on in the id stand for what the groups found. */
const names: readonly (readonly [name: RegExp, id: (groups: readonly string[]) => string | undefined])[] = [
  [
    /\bapache (?:software )?(?:license )?(?:version )?v?2(?:\.0)?\b|\bapache org licenses license 2\.0\b/g,
    () => "Apache-2.0",
  ],
  [/\bapache (?:software )?license version 1\.1\b/g, () => "Apache-1.1"],
  [
    /\b(?:mit|expat) (?:style )?license\b|\bopensource org licenses mit(?: license)?\b|\bunder (?:the )?(?:terms of )?(?:the )?mit\b/g,
    () => "MIT",
  ],
  [/\b(?:bsd )?(?:2|two) clause (?:bsd|license)\b|\bbsd 2 clause\b|\bsimplified bsd\b/g, () => "BSD-2-Clause"],
  [
    /\b(?:bsd )?(?:3|three) clause (?:bsd|license)\b|\bbsd 3 clause\b|\b(?:new|modified|revised) bsd\b/g,
    () => "BSD-3-Clause",
  ],
  [/\bisc license\b/g, () => "ISC"],
  [/\bzlib license\b/g, () => "Zlib"],
  [/\bboost software license version 1\.0\b|\bboost org license 1 0\b/g, () => "BSL-1.0"],
  [/\bunlicense org\b|\bthe unlicense\b/g, () => "Unlicense"],
  [/\bsil open font license version 1\.1\b/g, () => "OFL-1.1"],
  [/\bartistic license (?:version )?2\.0\b/g, () => "Artistic-2.0"],
  [/\bbusiness source license (?:version )?1\.1\b/g, () => "BUSL-1.1"],
  [/\bserver side public license (?:version )?(?:v)?1\b/g, () => "SSPL-1.0"],
  [
    /\bmozilla public license (?:version |v ?)?(1\.0|1\.1|2\.0)\b|\bmozilla org mpl (1\.0|1\.1|2\.0)\b/g,
    ([one]) => `MPL-${one}`,
  ],
  [/\beclipse public license (?:version |v ?)?(1\.0|2\.0)\b/g, ([one]) => `EPL-${one}`],
  [/\beuropean union public license (?:version |v ?)?(1\.[012])\b/g, ([one]) => `EUPL-${one}`],
  [/\bcommon development and distribution license (?:version |v ?)?(1\.[01])\b/g, ([one]) => `CDDL-${one}`],
  [
    /\bcommunity data license agreement permissive (?:version |v ?)?(1\.0|2\.0)\b/g,
    ([one]) => `CDLA-Permissive-${one}`,
  ],
  [/\bcommunity data license agreement sharing (?:version |v ?)?(1\.0)\b/g, ([one]) => `CDLA-Sharing-${one}`],
  [
    /\bopen data commons attribution license\b|\bodc by (?:v )?1\.0\b|\bopendatacommons org licenses by 1\.?\s?0\b/g,
    () => "ODC-By-1.0",
  ],
  [/\bopen (?:data commons )?(?:open )?database license\b|\bopendatacommons org licenses odbl\b/g, () => "ODbL-1.0"],
  [/\bopenmdw (?:license )?(?:agreement )?(?:version |v ?)?1\.0\b/g, () => "OpenMDW-1.0"],
  [
    /\bcc0 (?:universal )?(?:version )?(?:public domain dedication )?(?:version )?1\.0\b|\bcreativecommons org (?:publicdomain zero|licenses cc0) 1\.0\b/g,
    () => "CC0-1.0",
  ],
  [
    /\bcreativecommons org licenses (by(?: nc)?(?: sa| nd)?) ([1234]\.[05])\b/g,
    ([kind = "", version]) => `CC-${kind.toUpperCase().replaceAll(" ", "-")}-${version}`,
  ],
  [
    /\bcc (by(?: nc)?(?: sa| nd)?) (?:version |v ?)?([1234]\.[05])\b/g,
    ([kind = "", version]) => `CC-${kind.toUpperCase().replaceAll(" ", "-")}-${version}`,
  ],
  [
    /\bcreative commons attribution((?: noncommercial)?(?: share ?alike| no ?deriv(?:ative)?s?(?: works)?)?) (?:version |v ?)?([1234]\.[05])\b/g,
    ([kind = "", version]) =>
      `CC-BY${kind.includes("noncommercial") ? "-NC" : ""}${/share ?alike/.test(kind) ? "-SA" : /no ?deriv/.test(kind) ? "-ND" : ""}-${version}`,
  ],
];

const gnu =
  /\b(?:gnu )?(?:(affero|lesser|library) )?(?:gnu )?general public license\b|\b([al])?gpl(?: ?v? ?([123](?:\.[01])?))?(\+)?(?= |$)/g;
const gnuVersion = /\bversion ([123](?:\.[01])?)(\+)?\b|\bv ?([123](?:\.[01])?)(\+)?(?= |$)/;
/** What belongs to the name and follows it: "version 3 of the License, or (at your option) any later version". */
const gnuTail =
  /^(?: as published by the free software foundation(?: inc)?)?(?: either)? (?:version |v ?)?[123](?:\.[01])?\+?(?: of the license)?(?: (?:or )?(?:at your option )?(?:any )?(?:later|newer|higher)(?: versions?)?| only)?(?= |$)/;
const later = /\b(?:any|or) (?:at your option )?(?:any )?(?:later|newer|higher)\b/;
/** What shows, in the few words before a name, that something is under that licence. */
const granting = /\b(?:under|by|with|licen[cs]ed?|licenses?|terms|see|conditions|copy|https?|www|at|either|or|and)\b/;
/** What shows the opposite. */
const denying =
  /\b(?:not|compatible|incompatible|instead|than|unlike|except|similar|derived|based|previously|formerly)\b/;

/** The licences that a row of words names as its own. */
export function findReferences(words: readonly string[]): readonly Reference[] {
  if (words.length === 0 || words.length > referenceWordLimit) return [];
  const text = joinWords(words);
  const starts: number[] = [];
  let at = 0;
  for (const word of words) {
    starts.push(at);
    at += word.length + 1;
  }
  const found: Reference[] = [];
  const add = (start: number, end: number, expression: string | undefined, also?: readonly string[]): void => {
    if (expression === undefined || found.length >= referenceLimit) return;
    const before = text
      .slice(Math.max(0, start - 80), start)
      .split(" ")
      .slice(-7)
      .join(" ");
    const own = text.slice(start, end);
    if (denying.test(before)) return;
    const isGrant = granting.test(before);
    if (!isGrant && !/\b(?:license|licenses|public|org)\b/.test(own) && start > 40) return;
    const first = wordAt(starts, start);
    found.push({
      start: first,
      end: wordAt(starts, Math.max(start, end - 1)) + 1,
      expression,
      isGrant,
      ...(also ? { also } : {}),
    });
  };
  for (const [name, id] of names)
    for (const match of text.matchAll(name)) {
      const groups = match.slice(1).filter((group): group is string => group !== undefined);
      add(match.index, match.index + match[0].length, id(groups));
    }
  for (const [title, id] of titles())
    for (let hit = text.indexOf(title); hit >= 0; hit = text.indexOf(title, hit + title.length))
      add(hit, hit + title.length, id);
  for (const match of text.matchAll(gnu)) addGnu(text, match, add);
  for (const match of text.matchAll(/\bspdx license identifier /g)) {
    const first = wordAt(starts, match.index) + 3;
    const tag = tagAt(words, first);
    if (tag !== undefined) found.push({ start: first - 3, end: first + tag.length, expression: tag.id, isGrant: true });
  }
  return withoutInner(found);
}

const titles = once(titlesOfFingerprints);
/** Words of the longest identifier, at most. */
const tagWordLimit = 9;
const tags: () => ReadonlyMap<string, string> = once(
  () => new Map([...spdxIds().licenses.values()].map((id) => [wordsOf(id).words.join(" "), id])),
);

/** The identifier that begins at a word. */
function tagAt(words: readonly string[], at: number): { readonly id: string; readonly length: number } | undefined {
  for (let length = Math.min(tagWordLimit, words.length - at); length > 0; length--) {
    const id = tags().get(words.slice(at, at + length).join(" "));
    if (id === undefined) continue;
    // An expression says more than one of its identifiers.
    return /^(?:and|or|with)$/.test(words[at + length] ?? "") ? undefined : { id, length };
  }
  return undefined;
}

function addGnu(
  text: string,
  match: RegExpExecArray,
  add: (start: number, end: number, expression: string | undefined, also?: readonly string[]) => void,
): void {
  const [name, kind, letter, short, plus] = match;
  const end = match.index + name.length;
  const family = kind === "affero" || letter === "a" ? "AGPL" : kind !== undefined || letter === "l" ? "LGPL" : "GPL";
  const rest = text.slice(end, end + 260);
  const version = gnuVersion.exec(rest);
  const number = short ?? version?.[1] ?? version?.[3];
  if (number === undefined) return;
  const full = number.includes(".") ? number : `${number}.0`;
  const id = `${family}-${full}`;
  if (!known.has(id)) return;
  const tail = version === null ? rest : rest.slice(version.index);
  const isLater =
    plus !== undefined || version?.[2] !== undefined || version?.[4] !== undefined || later.test(tail.slice(0, 140));
  // "version 2 of the license" says which; "GPL 2" leaves it open.
  const isSettled = isLater || /^.{0,40}\bversion [123](?:\.[01])? (?:only|of the)\b/.test(tail);
  const whole = end + (gnuTail.exec(rest)?.[0].length ?? 0);
  add(match.index, whole, `${id}-${isLater ? "or-later" : "only"}`, isSettled ? undefined : [`${id}-or-later`]);
}

const known: ReadonlySet<string> = new Set([
  "GPL-1.0",
  "GPL-2.0",
  "GPL-3.0",
  "LGPL-2.0",
  "LGPL-2.1",
  "LGPL-3.0",
  "AGPL-1.0",
  "AGPL-3.0",
]);

/** The number of the word at an offset. */
function wordAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Of names inside each other the longest counts: `llama 3 community license agreement`. */
function withoutInner(found: readonly Reference[]): readonly Reference[] {
  const sorted = [...found].sort((one, other) => one.start - other.start || other.end - one.end);
  const kept: Reference[] = [];
  for (const one of sorted) {
    const last = kept.at(-1);
    if (last === undefined || one.start >= last.end) kept.push(one);
  }
  return kept;
}
