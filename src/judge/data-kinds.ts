/**
 * Which of the Open Source Initiative's four kinds of data a dataset is: open, public, obtainable or unshareable. What is
 * none of them, because it is withheld without a reason or is not where it should be, is undisclosed.
 */
import type { DataKind, DataResult } from "../model/openness.ts";
import type { PieceReport } from "../model/report.ts";
import { isMet, type Release } from "./requirement.ts";
import { type Fact, factText, quoted, standingOf } from "./standing.ts";

/** The kind of every dataset, in manifest order; of pieces that were not asked for, none can be told. */
export function judgeDataKinds({ pieces, unasked = [] }: Release): readonly DataResult[] {
  return [
    ...pieces.filter(({ kind }) => kind === "dataset").map(kindOf),
    ...unasked
      .filter(({ kind }) => kind === "dataset")
      .map(({ id }): DataResult => ({ piece: id, kind: "undetermined", facts: [`${quoted(id)} was not asked for`] })),
  ];
}

function kindOf(piece: PieceReport): DataResult {
  const { id, outcome, availability, availabilityReason: reason } = piece;
  const free = standingOf(piece, { kinds: ["dataset"] });
  const result = (kind: DataKind, facts: readonly Fact[]): DataResult => ({
    piece: id,
    kind,
    facts: facts.map(factText),
  });
  if (isMet(free.holds)) {
    const open = standingOf(piece, { kinds: ["dataset"], license: "open-content" });
    if (isMet(open.holds)) return result("open", open.facts);
    return result(open.holds === "no" ? "public" : "undetermined", open.facts);
  }
  if (outcome === "inconclusive") return result("undetermined", free.facts);
  if (outcome === "gated" || (outcome === "withheld" && availability === "on-request"))
    return result("obtainable", free.facts);
  if (outcome === "withheld" && reason !== undefined)
    return result("unshareable", [{ piece: id, says: `is withheld, because of ${quoted(reason)}` }]);
  return result("undisclosed", free.facts);
}
