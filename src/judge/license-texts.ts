/** Licence texts that are not the licence word for word: what each of them means for what was declared. */
import type { LicenseHunk, LicensePart, LicenseSighting } from "../model/evidence.ts";
import type { FindingArgs } from "../model/findings.ts";
import { compareLicenses } from "../model/license.ts";

type Code =
  | "license-modified"
  | "license-mismatch"
  | "license-extended"
  | "license-several"
  | "license-notice-only"
  | "license-unrecognized";

/** What one text means: the finding, and how far the outcome falls. */
export type TextMeaning = {
  readonly [Each in Code]: {
    readonly code: Each;
    readonly args: FindingArgs[Each];
    readonly outcome: "broken" | "resolved" | "inconclusive";
    readonly agreement: "mismatch" | "unmeasured";
  };
}[Code];

/** Characters of a change or an addition that a finding repeats. */
const toldLimit = 120;
/** Parts of a file that a finding names. */
const partLimit = 4;

/** Reads a text that is not exact; `parts` are the single licences of the declared expression. */
export function meaningOf(declared: string, parts: readonly string[], sighting: LicenseSighting): TextMeaning {
  const { verdict, path, resembles, expression, score, basis } = sighting;
  const unmeasured = { agreement: "unmeasured" } as const;
  const differs = (other: string): boolean =>
    [declared, ...parts].every((part) => compareLicenses(part, other) === "different");
  if (verdict === "exact-with-additions" && expression !== undefined) {
    if ([expression, ...(sighting.also ?? [])].every(differs))
      return {
        code: "license-mismatch",
        args: { declared, found: expression, path },
        outcome: "broken",
        agreement: "mismatch",
      };
    const added = told(sighting.additions?.[0]?.text ?? "");
    return {
      code: "license-extended",
      args: { declared, path, found: expression, added },
      outcome: "resolved",
      ...unmeasured,
    };
  }
  if ((verdict === "near" || verdict === "modified") && resembles !== undefined) {
    // Key phrases tell which licence it is, not whether every word of it is there.
    if (basis === "fingerprint")
      return {
        code: "license-mismatch",
        args: { declared, found: resembles, path },
        outcome: "broken",
        agreement: "mismatch",
      };
    const change = changeOf(sighting.difference);
    const args = { declared, path, resembles, score: percent(score), ...(change === undefined ? {} : { change }) };
    return { code: "license-modified", args, outcome: "broken", agreement: "mismatch" };
  }
  if (verdict === "several") {
    const found = listed(
      (sighting.parts ?? []).map(
        (part) => `${part.expression ?? part.resembles ?? "unknown"} (${part.verdict}, line ${part.line})`,
      ),
    );
    return { code: "license-several", args: { declared, path, found }, outcome: "resolved", ...unmeasured };
  }
  if (verdict === "notice-only") {
    const found = listed((sighting.parts ?? [sighting]).map((part) => part.expression ?? part.resembles ?? "unknown"));
    return { code: "license-notice-only", args: { declared, path, found }, outcome: "resolved", ...unmeasured };
  }
  return { code: "license-unrecognized", args: { declared, path }, outcome: "inconclusive", ...unmeasured };
}

/** True when a text has the key phrases of another licence than the one that is declared by its reference. */
export function contradicts(declared: string, { basis, resembles }: LicenseSighting): boolean {
  const known = /^LicenseRef-HF-[A-Za-z0-9.+-]+$/i;
  return (
    basis === "fingerprint" &&
    resembles !== undefined &&
    known.test(resembles) &&
    known.test(declared) &&
    resembles.toLowerCase() !== declared.toLowerCase()
  );
}

/** A file with several licences speaks for each of them when every one is there word for word. */
export function splitExact(sighting: LicenseSighting): readonly LicenseSighting[] {
  const { parts = [], source, path } = sighting;
  const isWhole = (part: LicensePart): boolean => part.verdict === "exact" && part.expression !== undefined;
  if (sighting.verdict !== "several" || parts.length === 0 || sighting.additions !== undefined || !parts.every(isWhole))
    return [sighting];
  return parts.map(({ lineEnd: _end, ...part }): LicenseSighting => ({ source, path, ...part }));
}

function changeOf(difference: readonly LicenseHunk[] | undefined): string | undefined {
  const hunk = difference?.find(({ material }) => material) ?? difference?.[0];
  if (hunk === undefined) return undefined;
  const sides = [
    ...(hunk.removed === "" ? [] : [`without "${told(hunk.removed)}"`]),
    ...(hunk.added === "" ? [] : [`with "${told(hunk.added)}"`]),
  ];
  return `line ${hunk.line}: ${sides.join(", ")}`;
}

function listed(names: readonly string[]): string {
  const left = names.length - partLimit;
  return `${names.slice(0, partLimit).join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
}

function told(text: string): string {
  return text.length <= toldLimit ? text : `${text.slice(0, toldLimit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** A share as it is shown; rounded down, so that nothing but the whole is 100 %. */
export function percent(score: number | undefined): string {
  return score === undefined ? "unknown" : `${Math.floor(score * 1000) / 10} %`;
}
