/** The headings of a text in Markdown or with underlined titles, and whether anything stands below them. */
import type { CardHeading } from "../model/described.ts";

/** Headings of one text that are kept. */
const headingsMax = 300;
/** Headings after which a text is not read on: no text for people has as many. */
const headingsEnd = 10_000;
/** Longer headings are cut. UTF-16 units. */
const headingMax = 200;
/** Depth that is given to a line in bold letters, which people use as a heading below all others. */
const boldLevel = 7;

/** One line of a text that is no heading, with the heading that it stands below. */
export interface BodyLine {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** From the outermost heading to the nearest. */
  readonly under: readonly string[];
}

/** A text taken apart. */
export interface Outline {
  readonly headings: readonly CardHeading[];
  readonly body: readonly BodyLine[];
  readonly cut: boolean;
}

interface Open {
  readonly level: number;
  readonly text: string;
  readonly line: number;
  filled: boolean;
}

/** Takes a text apart; `offset` lines stand before it in its file. */
export function outlineOf(text: string, offset = 0): Outline {
  const lines = withoutComments(text).split(/\r?\n/);
  const all: Open[] = [];
  const body: BodyLine[] = [];
  let way: readonly Open[] = [];
  let fence: string | undefined;
  for (const [index, line] of lines.entries()) {
    const mark = /^ {0,3}(```|~~~)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark)) {
      fence = fence === undefined ? mark : undefined;
      continue;
    }
    const heading = fence === undefined ? headingAt(lines, index) : undefined;
    if (heading !== undefined) {
      if (all.length === headingsEnd) break;
      const opened: Open = { ...heading, line: offset + index + 1, filled: false };
      way = [...way.filter(({ level }) => level < heading.level), opened];
      all.push(opened);
      continue;
    }
    if (isUnderline(line) && index > 0 && headingAt(lines, index - 1) !== undefined) continue;
    // Something below a heading is something below all that it stands under.
    if (saysSomething(line)) for (const one of way) one.filled = true;
    if (fence === undefined && line.trim() !== "")
      body.push({ text: line, line: offset + index + 1, under: way.map((one) => one.text) });
  }
  const headings = all.slice(0, headingsMax).map(({ text: said, line, filled }) => ({ text: said, line, filled }));
  return { headings, body, cut: all.length > headingsMax };
}

function headingAt(lines: readonly string[], index: number): Pick<Open, "level" | "text"> | undefined {
  const line = lines[index] ?? "";
  const [, marks = "", marked = ""] = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line) ?? [];
  if (marks !== "") return named(marks.length, marked);
  const [, level = "", inTags = ""] = /^\s{0,8}<h([1-6])\b[^>]{0,200}>(.*)$/i.exec(line) ?? [];
  if (level !== "") return named(Number(level), inTags);
  const bold = /^ {0,3}\*\*([^*]{1,200})\*\*:?\s*$/.exec(line)?.[1];
  if (bold !== undefined) return named(boldLevel, bold);
  const next = lines[index + 1] ?? "";
  const isTitle = isUnderline(next) && line.trim() !== "" && !/^\s*(?:[-*+>|]|\d+\.)/.test(line) && !isUnderline(line);
  // The line above decides: the last line of a paragraph is none.
  if (!isTitle || (lines[index - 1] ?? "").trim() !== "") return undefined;
  return named(next.startsWith("=") ? 1 : next.startsWith("-") ? 2 : 3, line);
}

function isUnderline(line: string): boolean {
  return /^(?:={3,}|-{3,}|~{3,})\s*$/.test(line);
}

function named(level: number, text: string): Pick<Open, "level" | "text"> | undefined {
  const plain = text
    .slice(0, 2 * headingMax)
    .replace(/<[^<>]{0,100}>/g, " ")
    .replace(/[*_`]/g, "")
    .replace(/[\s#:]+$/, "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, headingMax);
  return plain === "" ? undefined : { level, text: plain };
}

/** Words of templates that ask for the text which is not there. */
const requests = /\[?(?:more information needed|todo|tbd|to be (?:added|done|filled in|determined))\]?/gi;

/** True where a line says something of its own: a label such as `**Curated by:**` with nothing behind it does not. */
function saysSomething(line: string): boolean {
  const own = line.replace(requests, " ").replace(/\*\*[^*]{0,100}\*\*:?/g, (label) => (/:/.test(label) ? " " : label));
  return /[\p{L}\p{N}]/u.test(own);
}

/** Comments of templates say what should be there, and nothing of what is; their lines stay. */
function withoutComments(text: string): string {
  let rest = "";
  let at = 0;
  for (let start = text.indexOf("<!--"); start >= 0; start = text.indexOf("<!--", at)) {
    const end = text.indexOf("-->", start + 4);
    if (end < 0) break;
    rest += text.slice(at, start) + text.slice(start, end).replace(/[^\n]+/g, " ");
    at = end + 3;
  }
  return rest + text.slice(at);
}
