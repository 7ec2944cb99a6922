/** What is known of a release over several looks: a look that could not tell of a piece takes nothing away. */
import type { Diff } from "../model/diff.ts";
import type { WrittenReport } from "../model/report-schema.ts";
import { diffSides } from "./diff.ts";
import { sideOfReport } from "./diff-side.ts";

/** The later report, with the pieces that it could not tell of as they were last known. */
export function keepKnown(known: WrittenReport | undefined, later: WrittenReport): WrittenReport {
  if (known === undefined) return later;
  const unsure = inconclusive(later);
  const kept = new Map(known.pieces.flatMap((piece) => (unsure.has(piece.id) ? [[piece.id, piece] as const] : [])));
  if (kept.size === 0) return later;
  const isKept = (piece: string | undefined): boolean => piece !== undefined && kept.has(piece);
  return {
    ...later,
    pieces: later.pieces.map((piece) => kept.get(piece.id) ?? piece),
    findings: [
      ...later.findings.filter(({ piece }) => !isKept(piece)),
      ...known.findings.filter(({ piece }) => isKept(piece)),
    ],
  };
}

/**
 * What differs since the last look, and for pieces that the last look could not tell of, since the last one that could:
 * what changed while a host was silent is not lost.
 */
export function diffSinceKnown(
  last: WrittenReport,
  known: WrittenReport | undefined,
  now: WrittenReport,
  uri: string,
): Diff {
  const after = sideOfReport(now, uri);
  const diff = diffSides(sideOfReport(last, uri), after);
  const [unsure, stillUnsure] = [inconclusive(last), inconclusive(now)];
  if (known === undefined || unsure.size === 0) return diff;
  const since = diffSides(sideOfReport(known, uri), after);
  const isOpen = (piece: string | undefined): boolean =>
    piece !== undefined && unsure.has(piece) && !stillUnsure.has(piece);
  const untold = [
    // What the silent look left open was answered by the one before it.
    ...diff.untold.filter(({ piece }) => !isOpen(piece)),
    ...since.untold.filter(({ piece }) => isOpen(piece)),
  ];
  // That the piece is told of again is news; all else is new or not against what was known of it.
  const changes = [
    ...diff.changes.filter(({ piece, kind }) => !isOpen(piece) || kind === "outcome"),
    ...since.changes.filter(({ piece }) => isOpen(piece)),
  ];
  const exitCode = changes.length > 0 ? 1 : untold.length > 0 ? 3 : 0;
  const changed = new Set(changes.flatMap(({ piece }) => (piece === undefined ? [] : [piece])));
  const unsaid = new Set(untold.flatMap(({ piece }) => (piece === undefined ? [] : [piece])));
  return {
    ...diff,
    changes,
    untold,
    summary: {
      changes: changes.length,
      untold: untold.length,
      piecesChanged: changed.size,
      piecesSame: now.pieces.filter(({ id }) => !changed.has(id) && !unsaid.has(id)).length,
      exitCode,
    },
  };
}

function inconclusive(report: WrittenReport): ReadonlySet<string> {
  return new Set(report.pieces.flatMap(({ id, outcome }) => (outcome === "inconclusive" ? [id] : [])));
}
