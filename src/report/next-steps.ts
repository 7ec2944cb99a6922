/** What a reader of a report does now. */
import type { Finding, FindingArg } from "../model/findings.ts";
import { countText, plural } from "../model/quantity.ts";
import { mayPass } from "../model/refusal-hints.ts";
import type { Outcome, PieceReport, Report } from "../model/report.ts";
import type { Quote } from "./wording.ts";

/** Pieces that a sentence names before it says how many more there are. */
const NAMED_MAX = 3;

/** What to do now, most pressing first; never empty. */
export function nextSteps(report: Report, quote: Quote): readonly string[] {
  const steps: string[] = [];
  const of = (outcome: Outcome): readonly PieceReport[] => report.pieces.filter((piece) => piece.outcome === outcome);
  const [broken, inconclusive, gated] = [of("broken"), of("inconclusive"), of("gated")];
  const [resolved, withheld] = [of("resolved"), of("withheld")];
  const named = (pieces: readonly PieceReport[]): string => names(pieces, quote);

  if (report.partial) steps.push("run it again: this run was stopped before it was done");
  if (broken.length > 0) {
    const code = report.findings.find(({ severity }) => severity === "error")?.code;
    const more = code === undefined ? "" : `; \`wholesource explain ${code}\` says more`;
    steps.push(`do not rely on ${named(broken)} before the authors have answered${more}`);
  }
  if (inconclusive.length > 0) steps.push(...unansweredSteps(report, inconclusive, quote));
  if (gated.length > 0) steps.push(`log in or accept the host's terms to have ${named(gated)} checked`);
  const drawn = resolved.filter(({ records }) => records !== undefined && records.asked < records.rows);
  const others = resolved.filter((piece) => !drawn.includes(piece));
  if (drawn.length > 0) {
    steps.push(
      `do not take ${named(drawn)} for verified: only some rows were asked; \`--sample all\` asks for every one`,
    );
  }
  if (others.length > 0) steps.push(resolvedStep(report, others, quote));
  if (withheld.length > 0) steps.push(`count on doing without ${named(withheld)}, or ask the authors for it`);
  const isDamaged = report.archive?.valid === false;
  if (isDamaged) steps.push("take another copy of the archive: this one is not what it says of itself");
  if (report.summary.exitCode === 1 && broken.length === 0 && !isDamaged) {
    steps.push("see to the findings above: they are as severe as `--fail-on` says, hence the exit code 1");
  }
  if (report.summary.exitCode === 0 && broken.length + inconclusive.length > 0) {
    steps.push("do not go by the exit code: this run was asked never to fail");
  }
  const left = report.piecesDeclared - report.pieces.length;
  if (left > 0) {
    steps.push(`run without \`--piece\` to have the other ${left === 1 ? "piece" : plural(left, "piece")} checked`);
  }
  if (steps.length === 0) {
    steps.push(
      "nothing is left to do; when you tell others, give them the manifest's sha256 too: it says which claims were checked",
    );
  }
  return steps;
}

/** Waiting helps only where a host did not answer; what our own rules refused stays refused. */
function unansweredSteps(report: Report, pieces: readonly PieceReport[], quote: Quote): readonly string[] {
  const later: PieceReport[] = [];
  const byHint: PieceReport[] = [];
  for (const piece of pieces) {
    const reasons = report.findings.filter(({ piece: id }) => id === piece.id).flatMap(reasonOf);
    if (reasons.some(mayPass)) later.push(piece);
    // That the run was stopped is said already.
    else if (!report.partial || reasons.some((reason) => reason !== "interrupted")) byHint.push(piece);
  }
  const nothing = "nothing was proven for or against it";
  const when = latestRetry(later);
  return [
    ...(later.length === 0
      ? []
      : [`check ${names(later, quote)} again ${when === undefined ? "later" : `after ${quote(when)}`}: ${nothing}`]),
    ...(byHint.length === 0 ? [] : [`do what the hints above say to have ${names(byHint, quote)} checked: ${nothing}`]),
  ];
}

/** Why there was no usable answer, where the finding is about just that. */
function reasonOf(found: Finding): readonly string[] {
  if (!/^(?:location|file|listing|license)-(?:unreachable|malformed|unread|denied)$/.test(found.code)) return [];
  const reason = new Map(Object.entries<FindingArg>(found.args)).get("reason");
  return typeof reason === "string" ? [reason] : [];
}

function resolvedStep(report: Report, pieces: readonly PieceReport[], quote: Quote): string {
  const named = names(pieces, quote);
  if (report.depth === "probe") {
    return `run \`wholesource verify --depth full\` to have the bytes of ${named} read and compared`;
  }
  const ids = new Set(pieces.map(({ id }) => id));
  const warned = report.findings.some(({ piece = "", severity }) => ids.has(piece) && severity !== "note");
  const why = warned
    ? "the findings above say what was not declared or not compared"
    : "not everything about it was declared or compared";
  return `do not take ${named} for verified: ${why}`;
}

function names(pieces: readonly PieceReport[], quote: Quote): string {
  const all = pieces.map(({ id }) => quote(id));
  const shown = all.slice(0, NAMED_MAX);
  const left = all.length - shown.length;
  if (left > 0) return `${shown.join(", ")} and ${countText(left)} more ${left === 1 ? "piece" : "pieces"}`;
  const last = shown.pop() ?? "";
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}

/** The last moment at which a host asked us to come back. ISO 8601 in UTC sorts as text. */
function latestRetry(pieces: readonly PieceReport[]): string | undefined {
  return pieces
    .flatMap(({ locations }) => locations.flatMap(({ refusal }) => refusal?.retryAt ?? []))
    .sort()
    .at(-1);
}
