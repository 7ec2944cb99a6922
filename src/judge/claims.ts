/** The definitions that a release says it satisfies, against the verdicts. */
import { type Finding, finding } from "../model/findings.ts";
import type { DefinitionResult, OpennessFrame } from "../model/openness.ts";

/** One finding for each claim that does not hold, or of which nobody can tell that it does. */
export function judgeClaims(
  claims: readonly string[],
  definitions: readonly DefinitionResult[],
  { unasked = [] }: OpennessFrame,
): readonly Finding[] {
  return claims.flatMap((claim, index) => {
    const found = definitions.find(({ id }) => id === claim);
    if (found === undefined) return [];
    const { verdict, missing, judge, untold } = found;
    const pointer = `/claims/${index}`;
    if (verdict === "not-satisfied")
      return [finding("claim-false", { pointer, args: { claim, missing: missing.join(", ") } })];
    if (verdict !== "undetermined") return [];
    // Who asks for one piece alone does not ask about the whole release.
    const severity = unasked.length > 0 ? "note" : undefined;
    const args = {
      claim,
      ...(judge.length === 0 ? {} : { judge: judge.join(", ") }),
      ...(untold.length === 0 ? {} : { untold: untold.join(", ") }),
    };
    return [finding("claim-undetermined", { pointer, severity, args })];
  });
}
