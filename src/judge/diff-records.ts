/** The rows of a piece's lists of addresses, before and after. */
import type { Difference } from "../model/diff.ts";
import type { RecordsReport } from "../model/records.ts";
import type { Compared } from "./diff-files.ts";
import type { SidePiece } from "./diff-side.ts";

const STATES = ["resolves", "changed", "gone", "unusable"] as const;

/** Counts are compared where the same rows were asked: all of them, or those that one seed draws of as many. */
export function diffRecords(before: SidePiece, after: SidePiece): Compared {
  const [was, is] = [before.records, after.records];
  if (was === undefined && is === undefined) return { changes: [], untold: [] };
  const piece = after.id;
  if (was === undefined || is === undefined) {
    return {
      changes: [],
      untold: [{ code: "records-not-compared", piece, side: was === undefined ? "before" : "after" }],
    };
  }
  const differences: Difference[] = [];
  if (was.rows !== is.rows) differences.push({ voice: "measured", of: "rows", before: was.rows, after: is.rows });
  const sameDraw = was.rows === is.rows && was.asked === is.asked && was.seed === is.seed;
  if (sameDraw || (isAll(was) && isAll(is))) {
    for (const state of STATES) {
      const [count, now] = [was[state]?.count ?? 0, is[state]?.count ?? 0];
      if (count !== now) differences.push({ voice: "found", of: `rows: ${state}`, before: count, after: now });
    }
  }
  const silent = was.inconclusive.count > 0 || is.inconclusive.count > 0;
  // Equal counts are no proof for rows that were not asked, or did not answer.
  const proven = isAll(was) && isAll(is) && !silent;
  return {
    changes: differences.length === 0 ? [] : [{ kind: "records", piece, differences }],
    untold: proven ? [] : [{ code: "records-not-compared", piece, side: "both", count: Math.max(was.rows, is.rows) }],
  };
}

const isAll = ({ rows, asked }: RecordsReport): boolean => rows === asked;
