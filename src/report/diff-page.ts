/** What differs between two looks at a release: text, markdown or JSON. */
import type { Change, Diff, Untold } from "../model/diff.ts";
import { printable } from "../model/printable.ts";
import { countText, plural } from "../model/quantity.ts";
import { changeText, headText, untoldText } from "./diff-words.ts";
import { markdownCode, markdownText, markdownValue } from "./markdown-text.ts";
import type { RenderOptions } from "./reporter.ts";
import { jsonText } from "./reporters/json.ts";
import { terminal } from "./terminal.ts";

export const diffFormats = ["text", "json", "markdown"] as const;
export type DiffFormat = (typeof diffFormats)[number];

/** Lines of one kind that are shown of one piece to people; JSON has all. */
const SHOWN_OF_A_KIND = 20;

/** Writes a diff. */
export function renderDiff(diff: Diff, format: DiffFormat, options: RenderOptions): string {
  if (format === "json") return jsonText(diff);
  return format === "markdown" ? markdownPage(diff) : textPage(diff, options);
}

interface Section {
  readonly piece?: string | undefined;
  readonly changes: readonly Change[];
  readonly untold: readonly Untold[];
}

/** The release first, then each piece that there is something to say of, in the order in which it is first spoken of. */
function sectionsOf({ changes, untold }: Diff): readonly Section[] {
  const sections = new Map<string | undefined, { changes: Change[]; untold: Untold[] }>([
    [undefined, { changes: [], untold: [] }],
  ]);
  const of = (piece: string | undefined): { changes: Change[]; untold: Untold[] } => {
    const section = sections.get(piece) ?? { changes: [], untold: [] };
    sections.set(piece, section);
    return section;
  };
  for (const change of changes) of(change.piece).changes.push(change);
  for (const one of untold) of(one.piece).untold.push(one);
  return [...sections]
    .map(([piece, section]) => ({ piece, ...section }))
    .filter((section) => section.changes.length + section.untold.length > 0);
}

/** The answer in a line. */
function verdictText({ changes, untold, summary, basis }: Diff): string {
  const what = basis === "declared" ? " in what is declared" : "";
  if (changes.length > 0) {
    const { piecesChanged, piecesSame } = summary;
    const same = piecesSame === 0 ? "" : `, ${countText(piecesSame)} the same`;
    const pieces = piecesChanged === 0 ? "" : `; ${plural(piecesChanged, "piece")} changed${same}`;
    return `changed: ${plural(changes.length, "change")}${what}${pieces}`;
  }
  if (untold.length > 0) return `could not be told: no change seen${what}, but not everything could be compared`;
  return `the same: no change${what}`;
}

interface Line {
  readonly depth: 0 | 1;
  readonly text: string;
}

const atTop = (text: string): Line => ({ depth: 0, text });

function linesOf(section: Section, quote: (foreign: string) => string): readonly Line[] {
  const shown = new Map<string, number>();
  const lines: Line[] = [];
  for (const change of section.changes) {
    const count = (shown.get(change.kind) ?? 0) + 1;
    shown.set(change.kind, count);
    if (count > SHOWN_OF_A_KIND) continue;
    const [head, ...rest] = changeText(change, quote);
    lines.push(atTop(head), ...rest.map((text): Line => ({ depth: 1, text })));
  }
  for (const [kind, count] of shown) {
    if (count <= SHOWN_OF_A_KIND) continue;
    lines.push(atTop(`and ${countText(count - SHOWN_OF_A_KIND)} more of ${kind} (\`--format json\` lists them)`));
  }
  return [...lines, ...section.untold.map((one) => atTop(`not compared: ${untoldText(one)}`))];
}

/** Said where another program may be all that differs. */
function versionLines({ before, after, changes }: Diff): readonly string[] {
  const [was, is] = [before.verifierVersion, after.verifierVersion];
  if (was === undefined || is === undefined || was === is || changes.length === 0) return [];
  return ["two versions of this program wrote them: some findings may differ for that alone"];
}

const INDENT = 2;

function textPage(diff: Diff, options: RenderOptions): string {
  const to = terminal(options);
  const quote = (foreign: string): string => `\`${to.safe(foreign).replaceAll("`", "'")}\``;
  const heads = [
    ...to.block(`before: ${headText(diff.before, quote)}`, INDENT, INDENT),
    ...to.block(`after: ${headText(diff.after, quote)}`, INDENT, INDENT),
    ...versionLines(diff).flatMap((line) => to.block(line, INDENT, INDENT)),
  ].map(to.faint);
  const paragraphs = sectionsOf(diff).map((section) => [
    to.strong(section.piece === undefined ? "the release" : printable(section.piece)),
    ...linesOf(section, quote).flatMap(({ depth, text }) => to.block(text, (depth + 1) * INDENT, INDENT)),
  ]);
  return [[to.strong(verdictText(diff)), ...heads], ...paragraphs]
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("\n");
}

function markdownPage(diff: Diff): string {
  // A backtick of its own would end the span in the sentence; it is written as what it is.
  const quote = (foreign: string): string => `\`${markdownValue(foreign)}\``;
  const heads = [
    `before: ${headText(diff.before, quote)}`,
    `after: ${headText(diff.after, quote)}`,
    ...versionLines(diff),
  ];
  const list = (lines: readonly Line[]): string =>
    lines.map(({ depth, text }) => `${"  ".repeat(depth)}- ${markdownText(text)}`).join("\n");
  const sections = sectionsOf(diff).map(
    (section) =>
      `## ${section.piece === undefined ? "The release" : markdownCode(section.piece)}\n\n${list(linesOf(section, quote))}`,
  );
  return `${[`# ${markdownText(verdictText(diff))}`, list(heads.map(atTop)), ...sections].join("\n\n")}\n`;
}
