/** Findings as lines of text: what is wrong, both sides, where it was claimed, what to do. */
import { type Finding, findingInfo, findingMessage } from "../model/findings.ts";
import { printable } from "../model/printable.ts";
import { countText } from "../model/quantity.ts";
import type { Outcome } from "../model/report.ts";
import { lowerFirst } from "./explain.ts";
import {
  type FindingGroup,
  type FindingSection,
  positionText,
  type Side,
  sidesOf,
  subjectOf,
} from "./finding-groups.ts";
import type { RenderOptions } from "./reporter.ts";
import type { Terminal } from "./terminal.ts";
import { moreText, timesText } from "./wording.ts";

/** Findings of one code that are printed for one piece before they are only counted. */
const FINDINGS_SHOWN = 3;
const INDENT = 2;
/** The path of what has no path of its own below its location. */
const WHOLE = ".";
const VOICE_COLUMNS = "published".length;

/** The lines of one piece's findings. */
export function sectionLines(
  section: FindingSection,
  outcome: Outcome | undefined,
  options: RenderOptions,
  to: Terminal,
): readonly string[] {
  const name = section.piece === undefined ? "the manifest" : to.quote(section.piece);
  const [first = "", ...rest] = to.block(outcome === undefined ? name : `${name} is ${outcome}`, 0, INDENT);
  return [
    to.strong(first),
    ...rest.map(to.strong),
    ...section.groups.flatMap((group) =>
      // What is behind a gate is a note, and what to do about it is the reader's business all the same.
      group.severity === "note" && outcome !== "gated" ? noteLines(group, to) : groupLines(group, options, to),
    ),
  ];
}

/** Notes ask for nothing: a line for each kind, however many there are. */
function noteLines(group: FindingGroup, to: Terminal): readonly string[] {
  const { code, findings, omitted } = group;
  const [first] = findings;
  const text =
    findings.length + omitted === 1 && first !== undefined
      ? `${findingMessage(first, to.safe)} (${code})`
      : `${crowdText(group)} (${code}); \`--format json\` lists them`;
  const [line = "", ...rest] = to.block(`note: ${text}`, INDENT, INDENT);
  return [line.replace("note", to.severity("note", "note")), ...rest];
}

function crowdText(group: FindingGroup): string {
  const { title, several } = findingInfo[group.code];
  if (several === undefined) return `${lowerFirst(title)}${timesText(group)}`;
  return `${countText(group.findings.length + group.omitted)} ${several}`;
}

function groupLines(group: FindingGroup, options: RenderOptions, to: Terminal): readonly string[] {
  const { code, severity, hint, findings } = group;
  const { title } = findingInfo[code];
  const head = `${severity}: ${lowerFirst(title)} (${code})${timesText(group)}`;
  const [first = "", ...rest] = to.block(head, INDENT, INDENT);
  const more = moreText(group, FINDINGS_SHOWN);
  return [
    first.replace(severity, to.severity(severity, severity)),
    ...rest,
    ...findings.slice(0, FINDINGS_SHOWN).flatMap((found) => findingLines(found, options, to)),
    ...(more === undefined ? [] : to.block(more, 2 * INDENT)),
    ...to.block(`hint: ${hint}`, 2 * INDENT, INDENT),
  ];
}

function findingLines(found: Finding, { manifestName }: RenderOptions, to: Terminal): readonly string[] {
  const position = `(${printable(positionText(found, manifestName))})`;
  const sides = sidesOf(found);
  if (sides.length === 0) {
    return to.block(`${findingMessage(found, to.safe)} ${position}`, 2 * INDENT, INDENT);
  }
  const subject = subjectOf(found);
  const values = sideValues(sides, to);
  // The manifest's position belongs to what the manifest declares.
  const declares = sides.some(({ voice }) => voice === "declared");
  const rows = sides.flatMap(({ voice, algorithm }, index) => {
    const value = `${algorithm === undefined ? "" : `${algorithm} `}${values[index]}`;
    return to.block(
      `${voice.padEnd(VOICE_COLUMNS)} ${value}${voice === "declared" ? ` ${position}` : ""}`,
      3 * INDENT,
      VOICE_COLUMNS + 1,
    );
  });
  if (subject === undefined) return rows;
  const name = subject === WHOLE ? "the folder as a whole" : to.safe(subject);
  return [...to.block(`${name}${declares ? "" : ` ${position}`}`, 2 * INDENT, INDENT), ...rows];
}

/** Cut values that look the same although they differ are shown whole: a report must not hide a difference. */
function sideValues(sides: readonly Side[], to: Terminal): readonly string[] {
  const cut = sides.map(({ value }) => to.safe(value));
  const looksEqual = new Set(cut).size < new Set(sides.map(({ value }) => value)).size;
  return looksEqual ? sides.map(({ value }) => printable(value, Number.POSITIVE_INFINITY)) : cut;
}
