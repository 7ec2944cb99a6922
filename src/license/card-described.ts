/** What a card or a datasheet says of data and of origin: its headings, the sources that it lists, the parents it names. */
import type { CardSeen, CardSource } from "../model/described.ts";
import { frontMatter } from "./card-front.ts";
import { type BodyLine, outlineOf } from "./card-headings.ts";
import { yamlValues } from "./yaml-values.ts";

/** Text that is read, in UTF-16 units. */
const textMax = 1024 * 1024;
/** Sources of one text that are kept. */
const sourcesMax = 200;
/** Values of one field that are read, one of them more than lineage follows. */
const listMax = 100;
/** Longest name or address that is kept, in UTF-16 units. */
const uriMax = 1000;
/** Links of one line that are looked at. */
const linksMax = 20;

const originFields = ["base_model", "base_model_relation", "datasets", "source_datasets"] as const;

/** Reads a text; undefined for one that has no heading, no front matter and no source. */
export function describedIn(path: string, text: string): CardSeen | undefined {
  const card = text.replace(/^\uFEFF/, "").slice(0, textMax);
  const front = frontMatter(card);
  const { headings, body, cut } = outlineOf(
    card.slice(front?.end ?? 0),
    front === undefined ? 0 : front.lines.length + 2,
  );
  const origin: { [field: string]: readonly string[] } = {};
  const listed: CardSource[] = [];
  for (const field of front === undefined ? [] : originFields) {
    const found = yamlValues(front?.lines ?? [], field, listMax);
    const values = (found?.values ?? []).filter((value) => value !== "").map((value) => value.slice(0, uriMax));
    if (found === undefined || values.length === 0) continue;
    origin[field] = values;
    if (field !== "datasets" && field !== "source_datasets") continue;
    // The first line is the rule.
    for (const value of values)
      for (const id of namedDataset(value)) listed.push({ uri: `hf:datasets/${id}`, line: found.line + 1, by: field });
  }
  for (const one of body) if (one.under.some(isAboutSources)) listed.push(...linksIn(one));
  const sources = distinct(listed);
  if (headings.length === 0 && sources.length === 0 && Object.keys(origin).length === 0) return undefined;
  return {
    path,
    headings,
    sources: sources.slice(0, sourcesMax),
    origin,
    cut: cut || sources.length > sourcesMax || text.length > textMax,
  };
}

/** The hub's older words are `original` for no source at all, and `extended|squad`, or `extended|other-...` for what it does not have. */
export function namedDataset(value: string): readonly string[] {
  const id = value.trim().replace(/^extended\|/, "");
  const isOther = value.startsWith("extended|other");
  return isOther || id === "original" || !/^[\w.-]{1,96}(?:\/[\w.-]{1,96})?$/.test(id) ? [] : [id];
}

/** A heading below which links are sources; `Dataset Sources` of the hub's template names the dataset's own pages. */
function isAboutSources(heading: string): boolean {
  const text = heading.toLowerCase().replace(/\bsource code\b|\bopen[- ]source\b/g, " ");
  if (/^dataset sources\b/.test(text)) return false;
  return /\b(?:(?:source|training|pre-?training|public|raw|third[- ]party) (?:data|datasets?|corpora|corpus)|(?:data|corpus|corpora)? ?sources?|data (?:collection|provenance|composition)|initial data collection|provenance|datasets? used)\b/.test(
    text,
  );
}

function linksIn({ text, line }: BodyLine): CardSource[] {
  const links: CardSource[] = [];
  // A picture is no source; what escapes a mark in Markdown is no part of an address.
  const plain = text.replace(/!\[[^\]]{0,200}\]\([^)]{0,500}\)/g, " ").replace(/\\([_*~])/g, "$1");
  for (const match of plain.matchAll(/https?:\/\/[^\s<>"'`|\\]{1,1000}|\bdoi:10\.[^\s<>"'`|\\]{1,200}/gi)) {
    if (links.length === linksMax) break;
    // What is longer than is read would be asked for in part.
    if (match[0].length > uriMax) continue;
    const uri = trimmed(match[0]).replaceAll("&amp;", "&");
    if (uri.startsWith("doi:") || URL.canParse(uri)) links.push({ uri, line, by: "link" });
  }
  return links;
}

/** An address as far as it goes: a bracket belongs to it where it was opened in it. */
function trimmed(address: string): string {
  let depth = 0;
  let end = address.length;
  for (const [at, letter] of [...address].entries()) {
    if (letter === "(" || letter === "[") depth++;
    else if ((letter === ")" || letter === "]") && --depth < 0) {
      end = at;
      break;
    }
  }
  return [...address]
    .slice(0, end)
    .join("")
    .replace(/[.,;:!?*_~]{1,20}$/, "");
}

function distinct(sources: readonly CardSource[]): readonly CardSource[] {
  const seen = new Set<string>();
  return sources.filter(({ uri }) => !seen.has(uri) && seen.add(uri));
}
