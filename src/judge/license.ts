import type { LicenseSighting } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import { compareLicenses, parseLicense } from "../model/license.ts";
import type { LicenseReport, Outcome } from "../model/report.ts";
import { lowering } from "./outcome.ts";
import type { Place } from "./refusals.ts";

export interface LicenseJudgement {
  readonly report: LicenseReport;
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}

/**
 * Declared against published against found. Only an exact sighting supports a claim; a text that somebody changed is
 * never clean; where nothing speaks, that is said.
 */
export function judgeLicense(
  place: Place,
  declared: string | undefined,
  published: string | undefined,
  sightings: readonly LicenseSighting[],
  looked: boolean,
): LicenseJudgement {
  const at = { ...place, pointer: `${place.pointer}/licenseDeclared` };
  const findings: Finding[] = [];
  const judged = lowering();
  const own = sightings.filter(({ path }) => !path.includes("/") || path.startsWith("LICENSES/"));
  const texts = own.filter(({ source }) => source === "text");
  // A text outranks what a package file says of itself, and that outranks tags in single files.
  const ranked = [
    texts,
    own.filter(({ source }) => source === "metadata"),
    sightings.filter(({ source }) => source === "tag"),
  ];
  const exact = (ranked.find((group) => group.some(isExact)) ?? []).filter(isExact);
  const concluded = conclude(exact);
  const report = (agreement: LicenseReport["agreement"]): LicenseReport => ({
    ...(declared === undefined ? {} : { declared }),
    ...(published === undefined ? {} : { published }),
    concluded,
    agreement,
    sightings,
  });
  const done = (agreement: LicenseReport["agreement"]): LicenseJudgement => ({
    report: report(agreement),
    outcome: judged.current,
    findings,
  });

  judgePlaces(exact, own, at, findings);
  if (declared === undefined) {
    judged.lower("resolved");
    findings.push(finding("license-undeclared", { ...place, args: {} }));
    return done("undeclared");
  }
  const parsed = parseLicense(declared);
  if (parsed.kind === "problem") {
    judged.lower("resolved");
    const code = parsed.problem === "ambiguous" ? "license-ambiguous" : "license-malformed";
    findings.push(finding(code, { ...at, args: { declared, detail: parsed.detail } }));
    if (parsed.problem !== "ambiguous") judged.lower("broken");
    return done("unmeasured");
  }
  if (published !== undefined && compareLicenses(declared, published) === "different") {
    judged.lower("resolved");
    findings.push(finding("license-published-differs", { ...at, args: { declared, published } }));
  }
  if (parsed.kind === "none" || parsed.kind === "noassertion") {
    judged.lower("resolved");
    return done("unmeasured");
  }
  const custom = /(^|[^A-Za-z])(LicenseRef|DocumentRef)-/.test(declared);
  for (const text of texts.filter((sighting) => !isExact(sighting))) {
    if (custom) {
      judged.lower("resolved");
    } else if (text.verdict === "near" && text.resembles !== undefined) {
      judged.lower("broken");
      findings.push(
        finding("license-modified", {
          ...at,
          args: { declared, path: text.path, resembles: text.resembles, score: percent(text.score) },
        }),
      );
    } else {
      judged.lower("inconclusive");
      findings.push(finding("license-unrecognized", { ...at, args: { declared, path: text.path } }));
    }
  }
  if (exact.length === 0) {
    judged.lower("resolved");
    if (looked && texts.length === 0) findings.push(finding("license-absent", { ...at, args: { declared } }));
    return done("unmeasured");
  }
  return judgeFound(exact, declared);

  function judgeFound(found: readonly LicenseSighting[], wanted: string): LicenseJudgement {
    const answers = found.map((sighting) => ({ sighting, answer: agreementOf(wanted, sighting) }));
    if (answers.some(({ answer }) => answer === "same") || compareLicenses(wanted, concluded) === "same") {
      return done("match");
    }
    const first = answers.find(({ answer }) => answer === "different");
    if (first !== undefined && answers.every(({ answer }) => answer === "different")) {
      judged.lower("broken");
      findings.push(
        finding("license-mismatch", {
          ...at,
          args: { declared: wanted, found: first.sighting.expression ?? "", path: first.sighting.path },
        }),
      );
      return done("mismatch");
    }
    judged.lower("resolved");
    findings.push(finding("license-absent", { ...at, args: { declared: wanted } }));
    return done("unmeasured");
  }
}

/** Places beside the piece that name different licences. */
function judgePlaces(
  exact: readonly LicenseSighting[],
  own: readonly LicenseSighting[],
  at: Place,
  findings: Finding[],
): void {
  const first = exact[0];
  if (first?.expression === undefined) return;
  for (const other of own) {
    if (other === first || other.source === first.source || !isExact(other) || other.expression === undefined) continue;
    if (exact.some((one) => agreementOf(other.expression ?? "", one) !== "different")) continue;
    findings.push(
      finding("license-places-disagree", {
        ...at,
        args: { first: first.expression, firstPath: first.path, second: other.expression, secondPath: other.path },
      }),
    );
  }
}

function isExact(sighting: LicenseSighting): boolean {
  return sighting.verdict === "exact" && sighting.expression !== undefined;
}

/** A bare GPL text supports -only and -or-later alike: any of the readings that the text allows will do. */
function agreementOf(declared: string, { expression, also = [] }: LicenseSighting): ReturnType<typeof compareLicenses> {
  const readings = [...(expression === undefined ? [] : [expression]), ...also].map((reading) =>
    compareLicenses(declared, reading),
  );
  return (
    readings.find((reading) => reading === "same") ??
    readings.find((reading) => reading === "undetermined") ??
    "different"
  );
}

/** SPDX `licenseConcluded`: several texts side by side may all apply, so they are joined with AND. */
function conclude(exact: readonly LicenseSighting[]): string {
  const expressions = [...new Set(exact.map(({ expression }) => expression ?? ""))].sort();
  const [first] = expressions;
  if (first === undefined) return "NOASSERTION";
  return expressions.length === 1
    ? first
    : expressions.map((one) => (one.includes(" ") ? `(${one})` : one)).join(" AND ");
}

function percent(score: number | undefined): string {
  return score === undefined ? "unknown" : `${Math.floor(score * 1000) / 10} %`;
}
