/**
 * Sentences of a README that speak of a licence: "released under the MIT license", "License: Apache 2.0". Weak evidence:
 * a sentence can mean another part, another version or another project, so it names a licence and supports no claim.
 */
import type { LicenseSighting } from "../model/evidence.ts";
import { parseLicense } from "../model/license.ts";

/** Prose that is read, in UTF-16 units. */
const proseMax = 256 * 1024;
/** Sightings of one file. */
const sightingsMax = 5;
/** Hints that are looked at; more than a README has. */
const hintsMax = 50;
/** What follows a hint and can be a name, in UTF-16 units and in words. */
const nameMax = 160;
const nameWords = 12;

const verb =
  "(?:licen[cs]ed|released|distributed|available|provided|published|shared|covered|governed|open-sourced|offered)";
const hints: readonly RegExp[] = [
  new RegExp(
    String.raw`\b${verb}(?:\s{1,9}[\w-]{1,20}){0,4}?\s{1,9}(?:under|by)\s{1,9}(?:the\s{1,9})?(?:terms\s{1,9}(?:and\s{1,9}conditions\s{1,9})?of\s{1,9}(?:the\s{1,9})?)?`,
    "gi",
  ),
  /^[ \t]*(?:[-*+][ \t]+)?\*{0,2}licen[cs]e\*{0,2}[ \t]*:\*{0,2}[ \t]*/gim,
  /^#{1,6}[ \t]+licen[cs](?:e|ing)[ \t]*\r?\n\s{0,8}/gim,
];

/** Reads prose; `offset` lines stand before it in its file. */
export function readProse(path: string, text: string, offset = 0): LicenseSighting[] {
  const prose = withoutCode(text.slice(0, proseMax));
  const found = new Map<string, { readonly at: number; readonly sighting: Omit<LicenseSighting, "line"> }>();
  let looked = 0;
  for (const hint of hints) {
    for (const match of prose.matchAll(hint)) {
      if (++looked > hintsMax) break;
      const at = match.index + match[0].length;
      const named = nameAt(prose.slice(at, at + nameMax));
      if (named === undefined) continue;
      const known = found.get(named.key);
      if (known !== undefined && known.at <= match.index) continue;
      const sighting: Omit<LicenseSighting, "line"> = {
        source: "prose",
        path,
        raw: named.raw,
        basis: "reference",
        ...(named.expression === undefined
          ? { verdict: "unknown" }
          : { verdict: "notice-only", expression: named.expression }),
      };
      found.set(named.key, { at: match.index, sighting });
    }
  }
  return [...found.values()]
    .sort((one, other) => one.at - other.at)
    .slice(0, sightingsMax)
    .map(({ at, sighting }) => ({ ...sighting, line: offset + lineAt(prose, at) }));
}

/** Code is no prose: what stands in fences and between backticks keeps its place and loses its words. */
function withoutCode(text: string): string {
  let fence: string | undefined;
  return text
    .split("\n")
    .map((line) => {
      const mark = /^ {0,3}(```|~~~)/.exec(line)?.[1];
      const inside = fence !== undefined;
      if (mark !== undefined) fence = inside ? (mark === fence ? undefined : fence) : mark;
      return inside || mark !== undefined ? " ".repeat(line.length) : line;
    })
    .join("\n");
}

interface Named {
  readonly key: string;
  readonly raw: string;
  readonly expression?: string;
}

/** The longest beginning that is a name of a licence, or of a family of them. */
function nameAt(text: string): Named | undefined {
  // A link's words are its name, unless its address is the better one.
  const [, words = "", address = ""] = /^\[([^\]\n]{1,80})\]\(([^)\s]{1,200})\)/.exec(text) ?? [];
  if (words !== "") return named(words) ?? (/^https?:/i.test(address) ? named(address) : undefined);
  const url = /^<?(https?:\/\/[^\s<>)]{1,150})/i.exec(text)?.[1];
  if (url !== undefined) return named(url.replace(/[.,;]+$/, ""));
  const [paragraph = ""] = text.split(/\n\s*\n|[;!?()[\]]|\.(?=\s|$)|,(?!\s*(?:version|v\d)\b)/i, 1);
  const parts = paragraph
    .replace(/[*_`"“”]/g, "")
    .trim()
    .split(/\s+/, nameWords);
  for (let count = parts.length; count > 0; count--) {
    const one = named(parts.slice(0, count).join(" "));
    if (one !== undefined) return one;
  }
  return undefined;
}

/** Words that mean a family only where a licence is spoken of by its name; in prose they can be anything. */
const plainWords: ReadonlySet<string> = new Set(["other", "custom", "unknown", "proprietary", "unlicensed", "python"]);

function named(name: string): Named | undefined {
  const raw = name.trim().replace(/^the\s+/i, "");
  if (raw === "" || plainWords.has(raw.toLowerCase())) return undefined;
  const parsed = parseLicense(raw);
  if (parsed.kind === "problem" && parsed.problem === "ambiguous") return { key: `? ${raw.toLowerCase()}`, raw };
  if (parsed.kind !== "expression") return undefined;
  return { key: parsed.expression, raw, expression: parsed.expression };
}

function lineAt(text: string, at: number): number {
  let line = 1;
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", next + 1)) line++;
  return line;
}
