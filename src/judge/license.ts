import type { LicenseSighting } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import { compareLicenses, parseLicense } from "../model/license.ts";
import { formatLicense, type LicenseTree } from "../model/license-parse.ts";
import type { LicenseReport, Outcome } from "../model/report.ts";
import { contradicts, meaningOf, splitExact } from "./license-texts.ts";
import { dutiesOf, flagsOf } from "./obligations.ts";
import { lowering } from "./outcome.ts";
import type { Place } from "./refusals.ts";

export interface LicenseJudgement {
  readonly report: LicenseReport;
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}

/** How far the place beside a piece was searched for licences. */
export type LicenseSearch =
  | { readonly state: "complete" | "not-done" }
  /** Something that may speak of a licence could not be read, so nothing can be called absent. */
  | { readonly state: "incomplete"; readonly path: string; readonly reason: string };

/**
 * Declared against published against found. Only an exact sighting supports a claim; a text that somebody changed is
 * never clean; where nothing speaks, that is said, and only where everything was read.
 */
export function judgeLicense(
  place: Place,
  declared: string | undefined,
  published: string | undefined,
  sightings: readonly LicenseSighting[],
  search: LicenseSearch,
): LicenseJudgement {
  const at = { ...place, pointer: `${place.pointer}/licenseDeclared` };
  const findings: Finding[] = [];
  const judged = lowering();
  const own = sightings.filter(({ path }) => !path.includes("/") || path.startsWith("LICENSES/"));
  const texts = own.filter(({ source }) => source === "text").flatMap(splitExact);
  // A text outranks what a package file says of itself, and that outranks tags in single files.
  const ranked = [
    texts,
    own.filter(({ source }) => source === "metadata" || source === "card"),
    sightings.filter(({ source }) => source === "tag"),
  ];
  const exact = (ranked.find((group) => group.some(isExact)) ?? []).filter(isExact);
  const done = (agreement: LicenseReport["agreement"]): LicenseJudgement => {
    const report = {
      ...(declared === undefined ? {} : { declared }),
      ...(published === undefined ? {} : { published }),
      concluded: conclude(exact),
      agreement,
      searched: search.state,
      sightings,
    };
    const flags = flagsOf(report);
    const terms = flags === undefined ? {} : { flags, duties: dutiesOf(report, flags) };
    return { report: { ...report, ...terms }, outcome: judged.current, findings };
  };

  if (declared === undefined) {
    judged.lower("resolved");
    findings.push(finding("license-undeclared", { ...place, args: {} }));
    return done("undeclared");
  }
  const parsed = parseLicense(declared);
  if (parsed.kind === "problem") {
    const isAmbiguous = parsed.problem === "ambiguous";
    judged.lower(isAmbiguous ? "resolved" : "broken");
    const code = isAmbiguous ? "license-ambiguous" : "license-malformed";
    findings.push(finding(code, { ...at, args: { declared, detail: parsed.detail } }));
    return done("unmeasured");
  }
  if (published !== undefined && compareLicenses(declared, published) === "different") {
    judged.lower("resolved");
    findings.push(finding("license-published-differs", { ...at, args: { declared, published } }));
  }
  if (parsed.kind === "noassertion") {
    judged.lower("resolved");
    findings.push(finding("license-undeclared", { ...at, args: {} }));
    return done("undeclared");
  }
  if (parsed.kind === "none") return done(judgeNone(declared));
  const unclear = judgeUnclearTexts(declared, partsOf(parsed.tree));
  if (exact.length > 0) return done(judgeFound(declared, parsed.tree, unclear));
  judged.lower("resolved");
  if (texts.length === 0) judgeSilence(declared);
  return done(unclear ?? "unmeasured");

  /** `NONE` says that there is no licence: one that is found contradicts it. */
  function judgeNone(wanted: string): LicenseReport["agreement"] {
    const [first] = exact;
    if (first !== undefined) {
      judged.lower("broken");
      const args = { declared: wanted, found: first.expression ?? "", ...placeOf(first) };
      findings.push(finding("license-mismatch", { ...at, args }));
      return "mismatch";
    }
    if (texts.length === 0 && search.state === "complete") return "match";
    judged.lower("resolved");
    return "unmeasured";
  }

  /** Texts that are no known licence, word for word. What is said of them overrules what other places state. */
  function judgeUnclearTexts(wanted: string, parts: readonly string[]): LicenseReport["agreement"] | undefined {
    const isCustom = /(^|[^A-Za-z])(LicenseRef|DocumentRef)-/.test(wanted);
    let agreement: LicenseReport["agreement"] | undefined;
    for (const sighting of texts.filter((one) => !isExact(one))) {
      if (isCustom && !contradicts(wanted, sighting)) {
        judged.lower("resolved");
        agreement ??= "unmeasured";
        continue;
      }
      const meaning = meaningOf(wanted, parts, sighting);
      judged.lower(meaning.outcome);
      agreement = meaning.agreement === "mismatch" ? "mismatch" : (agreement ?? "unmeasured");
      findings.push(finding(meaning.code, { ...at, args: meaning.args }));
    }
    return agreement;
  }

  function judgeSilence(wanted: string): void {
    if (search.state === "complete") {
      // A name that is not known here, or a mere sentence: no confirmation, and not nothing.
      const hint =
        own.find(({ source }) => source === "card" || source === "metadata") ??
        own.find(({ source }) => source === "prose");
      const said = hint?.raw === undefined ? {} : { said: hint.raw, ...placeOf(hint) };
      findings.push(finding("license-absent", { ...at, args: { declared: wanted, ...said } }));
    }
    if (search.state === "incomplete") {
      const { path, reason } = search;
      findings.push(finding("license-unread", { ...at, args: { declared: wanted, path, reason } }));
    }
  }

  function judgeFound(
    wanted: string,
    tree: LicenseTree,
    unclear: LicenseReport["agreement"] | undefined,
  ): LicenseReport["agreement"] {
    const parts = partsOf(tree);
    const speaks = (part: string): LicenseSighting | undefined =>
      exact.find((sighting) => agreementOf(part, sighting) === "same");
    const whole = speaks(wanted);
    const found = parts.map(speaks);
    const confirmed = whole ?? (found.every((one) => one !== undefined) ? found[0] : undefined);
    const strangers = own.filter(
      (sighting) =>
        isExact(sighting) && [wanted, ...parts].every((part) => agreementOf(part, sighting) === "different"),
    );
    const [stranger] = strangers;
    if (confirmed !== undefined) {
      if (stranger !== undefined) judgeDisagreement(confirmed, stranger);
      return unclear ?? "match";
    }
    const [partly] = found.filter((one) => one !== undefined);
    if (partly === undefined && stranger !== undefined && exact.includes(stranger)) {
      judged.lower("broken");
      const args = { declared: wanted, found: stranger.expression ?? "", ...placeOf(stranger) };
      findings.push(finding("license-mismatch", { ...at, args }));
      return "mismatch";
    }
    judged.lower("resolved");
    const seen = partly ?? exact[0];
    if (seen !== undefined) {
      const args = { declared: wanted, found: seen.expression ?? "", path: seen.path };
      findings.push(finding("license-partly-found", { ...at, args }));
    }
    return unclear ?? "unmeasured";
  }

  /** Places beside the piece that name different licences. */
  function judgeDisagreement(first: LicenseSighting, second: LicenseSighting): void {
    judged.lower("resolved");
    const args = {
      first: first.expression ?? "",
      firstPath: first.path,
      ...(first.line === undefined ? {} : { firstLine: first.line }),
      second: second.expression ?? "",
      secondPath: second.path,
      ...(second.line === undefined ? {} : { secondLine: second.line }),
    };
    findings.push(finding("license-places-disagree", { ...at, args }));
  }
}

/** The single licences of an expression: a release under `MIT OR Apache-2.0` carries both texts. */
function partsOf(tree: LicenseTree): readonly string[] {
  return "operator" in tree ? tree.operands.flatMap(partsOf) : [formatLicense(tree)];
}

function placeOf({ path, line }: LicenseSighting): { readonly path: string; readonly line?: number } {
  return { path, ...(line === undefined ? {} : { line }) };
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
