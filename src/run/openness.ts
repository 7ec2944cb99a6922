import { definitionIds } from "../judge/definition-ids.ts";
import { judgeOpenness } from "../judge/openness.ts";
import { WholesourceError } from "../model/error.ts";
import { nearest } from "../model/nearest.ts";
import type { Openness } from "../model/openness.ts";
import type { PieceReport, Report } from "../model/report.ts";

/** What a judgement is made from, whichever version of this program wrote it. */
export interface JudgedReport {
  readonly pieces: readonly PieceReport[];
  readonly openness?: Report["openness"];
  readonly lineage?: Report["lineage"];
}

/** The whole judgement on a release, from the report of a verification: why each verdict is what it is. */
export function opennessOf({ pieces, openness, lineage }: JudgedReport): Openness {
  const { unasked, bases, information } = openness ?? {};
  const frame = { unasked, bases, information };
  return judgeOpenness(pieces, frame, lineage);
}

/** Throws `usage` for a definition that is not known here. */
export function checkDefinitions(ids: readonly string[]): void {
  const unknown = ids.find((id) => !definitionIds.includes(id));
  if (unknown === undefined) return;
  const meant = nearest(unknown, definitionIds);
  throw new WholesourceError("usage", `there is no definition \`${unknown}\``, {
    hint: `${meant === undefined ? "" : `did you mean \`${meant}\`? `}the definitions are: ${definitionIds.join(", ")}`,
  });
}
