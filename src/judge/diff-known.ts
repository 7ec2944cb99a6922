/**
 * What is known of a release over several looks. A look at nothing takes nothing away: of a piece that was gone, behind a
 * gate or could not be told of, what was last seen is what it is compared with when it can be seen again.
 */
import type { Diff } from "../model/diff.ts";
import type { WrittenReport } from "../model/report-schema.ts";
import { diffSides } from "./diff.ts";
import { sideOfReport } from "./diff-side.ts";

/** The later report, with the pieces that it did not see as they were last seen. */
export function keepKnown(known: WrittenReport | undefined, later: WrittenReport): WrittenReport {
  if (known === undefined) return later;
  const unseen = unseenIn(later);
  const kept = new Map(known.pieces.flatMap((piece) => (unseen.has(piece.id) ? [[piece.id, piece] as const] : [])));
  if (kept.size === 0) return later;
  const isKept = (piece: string | undefined): boolean => piece !== undefined && kept.has(piece);
  return {
    ...later,
    // What the release may be called was judged with all of it in sight.
    ...(known.openness === undefined ? {} : { openness: known.openness }),
    pieces: later.pieces.map((piece) => kept.get(piece.id) ?? piece),
    findings: [
      ...later.findings.filter(({ piece }) => !isKept(piece)),
      ...known.findings.filter(({ piece }) => isKept(piece)),
    ],
  };
}

/**
 * What differs since the last look, and for pieces that the last look did not see, since the last one that did: what
 * changed while a host was silent is not lost.
 */
export function diffSinceKnown(
  last: WrittenReport,
  known: WrittenReport | undefined,
  now: WrittenReport,
  uri: string,
): Diff {
  const after = sideOfReport(now, uri);
  const diff = diffSides(sideOfReport(last, uri), after);
  const [unseen, stillUnseen] = [unseenIn(last), unseenIn(now)];
  if (known === undefined || unseen.size === 0) return diff;
  const since = diffSides(sideOfReport(known, uri), after);
  const isOpen = (piece: string | undefined): boolean =>
    piece !== undefined && unseen.has(piece) && !stillUnseen.has(piece);
  const untold = [
    // What the silent look left open was answered by the one before it.
    ...diff.untold.filter(({ piece }) => !isOpen(piece)),
    ...since.untold.filter(({ piece }) => isOpen(piece)),
  ];
  // That the piece can be seen again is news; all else is new or not against what was known of it.
  const told = diff.changes.filter(({ piece, kind }) => !isOpen(piece) || kind === "outcome" || kind === "gate");
  const written = new Set(told.map((change) => JSON.stringify(change)));
  const missed = since.changes.filter((change) => isOpen(change.piece) && !written.has(JSON.stringify(change)));
  const changes = [...told, ...missed];
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

/** Pieces of which a report says how the look went and nothing of what is there. */
function unseenIn(report: WrittenReport): ReadonlySet<string> {
  const isUnseen = ({ outcome, location, locations }: WrittenReport["pieces"][number]): boolean =>
    outcome === "inconclusive" || outcome === "gated" || locations[location ?? 0]?.status !== "found";
  return new Set(report.pieces.flatMap((piece) => (isUnseen(piece) ? [piece.id] : [])));
}
