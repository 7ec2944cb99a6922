/** The sentences of a report that people read, whatever it is written in. */

import { bytesText, countText, durationText, plural } from "../model/quantity.ts";
import type { Outcome, Report } from "../model/report.ts";
import type { FindingGroup, FindingSection } from "./finding-groups.ts";

/** Makes foreign text safe and sets it apart from the sentence: each reporter has its own way. */
export type Quote = (foreign: string) => string;

/** Pieces that a sentence names before it says how many more there are. */
const NAMED_MAX = 3;

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
    const checked = `${countText(all)} of its ${countText(declared)} pieces ${all === 1 ? "was" : "were"} checked`;
    const partWord = worst === "verified" ? "checked in part" : word;
    return `${partWord}: ${name}, only ${checked}, ${countText(count)} of them ${because(count !== 1)}`;
  }
  const share =
    count === all
      ? all === 1
        ? "its one piece"
        : `all ${countText(all)} pieces`
      : `${countText(count)} of ${countText(all)} pieces`;
  return `${word}: ${name}, ${share} ${because(count !== 1)}`;
}

/** The worst outcome that any piece has. */
export function worstOutcome(report: Report): Outcome | undefined {
  return WORST_FIRST.find((outcome) => report.summary.outcomes[outcome] > 0);
}

/** `3 pieces, 4 files, 21.3 kB read in 0.4 s, full depth`. */
export function factsText(report: Report): string {
  const { files, bytes } = report.summary;
  const read = report.depth === "probe" ? "hosts asked, no file read" : `${bytesText(bytes)} read`;
  return `${plural(report.pieces.length, "piece")}, ${plural(files, "file")}, ${read} in ${durationText(report.durationSeconds)}, ${report.depth} depth`;
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

/** What to do now, most pressing first; never empty. */
export function nextSteps(report: Report, quote: Quote): readonly string[] {
  const steps: string[] = [];
  const of = (outcome: Outcome): string => names(report, outcome, quote);
  const { outcomes: counts, exitCode } = report.summary;
  if (report.partial) steps.push("run it again: this run was stopped before it was done");
  if (counts.broken > 0) {
    const code = report.findings.find(({ severity }) => severity === "error")?.code;
    const more = code === undefined ? "" : `; \`wholesource explain ${code}\` says more`;
    steps.push(`do not rely on ${of("broken")} before the authors have answered${more}`);
  }
  if (counts.inconclusive > 0) {
    const when = latestRetry(report);
    const later = when === undefined ? "later" : `after ${quote(when)}`;
    steps.push(`check ${of("inconclusive")} again ${later}: nothing was proven for or against it`);
  }
  if (counts.gated > 0) steps.push(`log in or accept the host's terms to have ${of("gated")} checked`);
  if (counts.resolved > 0) {
    steps.push(
      report.depth === "probe"
        ? `run \`wholesource verify --depth full\` to have the bytes of ${of("resolved")} read and compared`
        : `do not take ${of("resolved")} for verified: see what is missing above`,
    );
  }
  if (counts.withheld > 0) steps.push(`count on doing without ${of("withheld")}, or ask the authors for it`);
  if (exitCode === 1 && counts.broken === 0) steps.push("see to the findings: this run was asked to fail on them");
  if (steps.length === 0) steps.push("nothing is left to do; to say what was checked, name the manifest's digest");
  return steps;
}

function names(report: Report, outcome: Outcome, quote: Quote): string {
  const all = report.pieces.filter((piece) => piece.outcome === outcome).map(({ id }) => quote(id));
  const shown = all.slice(0, NAMED_MAX);
  const left = all.length - shown.length;
  if (left > 0) return `${shown.join(", ")} and ${plural(left, "more piece")}`;
  const last = shown.pop() ?? "";
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}

/** The last moment at which a host asked us to come back. ISO 8601 in UTC sorts as text. */
function latestRetry(report: Report): string | undefined {
  const times = report.pieces
    .filter(({ outcome }) => outcome === "inconclusive")
    .flatMap(({ locations }) => locations.flatMap(({ refusal }) => refusal?.retryAt ?? []));
  return times.sort().at(-1);
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
