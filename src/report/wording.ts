/** The sentences of a report that people read, whatever it is written in. */

import { bytesText, countText, durationText, plural } from "../model/quantity.ts";
import type { Outcome, Report } from "../model/report.ts";
import type { FindingGroup, FindingSection } from "./finding-groups.ts";

/** Makes foreign text safe and sets it apart from the sentence: each reporter has its own way. */
export type Quote = (foreign: string) => string;

/** Said of a report whose run was stopped. */
export const PARTIAL =
  "this report is partial: the run was stopped, and what it did not come to counts as inconclusive";

/** Worst first: the order in which a reader wants to hear them. */
const WORST_FIRST = [
  "broken",
  "inconclusive",
  "gated",
  "withheld",
  "resolved",
  "verified",
] as const satisfies readonly Outcome[];

/** The answer in a word, and what it rests on. A release is whole only when every piece is verified. */
const VERDICTS: { readonly [O in Outcome]: { readonly word: string; readonly because: (many: boolean) => string } } = {
  broken: { word: "not whole", because: (many) => `${many ? "are" : "is"} broken` },
  inconclusive: { word: "could not be told", because: () => "could not be checked" },
  gated: { word: "not freely there", because: (many) => `${many ? "are" : "is"} behind a login or terms` },
  withheld: { word: "not all released", because: (many) => `${many ? "are" : "is"} withheld, as the manifest says` },
  resolved: { word: "there, but not proven", because: (many) => `${many ? "are" : "is"} there, but not verified` },
  verified: { word: "whole", because: (many) => `${many ? "are" : "is"} what the manifest declares` },
};

/** `not whole: NAME VERSION, 1 of 3 pieces is broken`. The word comes first, where no foreign name can imitate it. */
export function verdictText(report: Report, quote: Quote): string {
  const name = quote(`${report.name} ${report.version}`);
  const worst = worstOutcome(report);
  if (worst === undefined) return `could not be told: ${name}, no piece was checked`;
  const { word, because } = VERDICTS[worst];
  const count = report.summary.outcomes[worst];
  const all = report.pieces.length;
  const declared = report.piecesDeclared;
  // What was not asked for was not checked: a part is never called the whole.
  if (all < declared) {
    const asked = `${countText(all)} of its ${countText(declared)} pieces ${all === 1 ? "was" : "were"} asked for`;
    const partWord = worst === "verified" ? "checked in part" : word;
    const which = all === 1 ? "which" : count === all ? "and all of them" : `and ${countText(count)} of them`;
    return `${partWord}: ${name}, only ${asked}, ${which} ${because(count !== 1)}`;
  }
  const share =
    count === all
      ? all === 1
        ? "its one piece"
        : `all ${countText(all)} pieces`
      : `${countText(count)} of ${countText(all)} pieces`;
  // Whole pieces in an archive that is not what it says of itself: nobody should keep that copy.
  if (report.archive?.valid === false && worst !== "broken") {
    return `a damaged archive: ${name}, though ${share} ${because(count !== 1)}`;
  }
  return `${word}: ${name}, ${share} ${because(count !== 1)}`;
}

/** The worst outcome that any piece has. */
export function worstOutcome(report: Report): Outcome | undefined {
  return WORST_FIRST.find((outcome) => report.summary.outcomes[outcome] > 0);
}

/** `3 pieces, 4 files and 22 undeclared ones, 21.3 kB read in 0.4 s, full depth`. */
export function factsText(report: Report): string {
  const { files, bytes } = report.summary;
  const undeclared = report.pieces.reduce((sum, { counts }) => sum + counts.undeclared, 0);
  const found = [
    plural(files - undeclared, "file"),
    ...(undeclared === 0 ? [] : [plural(undeclared, "undeclared one")]),
  ].join(" and ");
  const read = report.depth === "probe" ? "hosts asked, no file read" : `${bytesText(bytes)} read`;
  return `${plural(report.pieces.length, "piece")}, ${found}, ${read} in ${durationText(report.durationSeconds)}, ${report.depth} depth`;
}

/** `1 broken, 2 verified; 1 error, 0 warnings, 0 notes; exit 1`. */
export function countsText(report: Report): string {
  const { outcomes: counts, findings, exitCode } = report.summary;
  const pieces = WORST_FIRST.filter((outcome) => counts[outcome] > 0).map(
    (outcome) => `${countText(counts[outcome])} ${outcome}`,
  );
  return [
    pieces.length === 0 ? "no pieces" : pieces.join(", "),
    [plural(findings.error, "error"), plural(findings.warning, "warning"), plural(findings.note, "note")].join(", "),
    `exit ${exitCode}`,
  ].join("; ");
}

/** Findings that are counted and not listed and that no single group of findings could tell. */
export function omittedText(
  { findingsOmitted }: Report,
  sections: readonly FindingSection[],
  quote: Quote,
): string | undefined {
  const told = new Set<string>(
    sections.flatMap(({ groups }) => groups.filter(({ omitted }) => omitted > 0).map(({ code }) => code)),
  );
  const codes = Object.entries(findingsOmitted).filter(([code, count]) => count > 0 && !told.has(code));
  if (codes.length === 0) return undefined;
  return `only counted: ${codes.map(([code, count]) => `${countText(count)} more ${quote(code)}`).join(", ")}`;
}

/** `, 300 times` for a group of more than one. */
export function timesText({ findings, omitted }: FindingGroup): string {
  const count = findings.length + omitted;
  return count === 1 ? "" : `, ${countText(count)} times`;
}

/** What a reader does not see of a group of which `shown` findings were written out. */
export function moreText({ findings, omitted }: FindingGroup, shown: number): string | undefined {
  const left = findings.length + omitted - shown;
  if (left <= 0) return undefined;
  const listed = omitted === 0 ? "lists them" : `lists the first ${countText(findings.length)}`;
  return `and ${countText(left)} more (\`--format json\` ${listed})`;
}
