import type { LineageReport } from "../model/lineage.ts";
import type { Holding } from "../model/openness.ts";
import type { PieceReport } from "../model/report.ts";
import { type Fact, quoted, type Standing, worstHolding } from "./standing.ts";

/** What has to travel with a piece besides its licence's text, which a component asks for itself. */
const lacks = {
  notices: "lacks the notices that its licence asks for",
  "use-policy": "lacks the use policy that its licence names",
} as const;

/**
 * Whether what licences ask of those who pass a release on is there, and whether the licences of what it was made from
 * allow the terms that it is passed on under.
 */
export function judgePassOn(pieces: readonly PieceReport[], lineage: LineageReport | undefined): Standing {
  const facts: Fact[] = [];
  const held: Holding[] = [];
  for (const { id, license } of pieces) {
    for (const { duty, state } of license.duties ?? []) {
      if (duty === "license-text") continue;
      if (state === "missing") {
        held.push("no");
        facts.push({ piece: id, says: lacks[duty] });
      } else if (state === "undetermined") {
        held.push("unknown");
        facts.push({ piece: id, says: "was not searched for what its licence asks to be passed on" });
      }
    }
  }
  for (const { uri, verdict, relation, dropped = [] } of lineage?.parents ?? []) {
    // Of data nothing follows: the law is unsettled.
    if (relation === "trained-on" || verdict === "kept") continue;
    held.push(verdict === "dropped" ? "no" : "person");
    const terms = dropped.length === 0 ? "" : ` (${dropped.join(", ")})`;
    facts.push({
      says:
        verdict === "dropped"
          ? `the terms of ${quoted(uri)}, which it was made from, are not passed on${terms}`
          : `a person must judge whether the terms of ${quoted(uri)}, which it was made from, are passed on`,
    });
  }
  const holds = worstHolding(held);
  return { holds, facts: facts.filter((_, at) => held[at] === holds) };
}
