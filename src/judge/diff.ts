/** Two looks at a release side by side: what differs, and what could not be compared. */
import type { Change, Diff, Untold } from "../model/diff.ts";
import { diffFindings } from "./diff-findings.ts";
import { diffPiece } from "./diff-piece.ts";
import { diffRelease } from "./diff-release.ts";
import type { DiffSide, SidePiece } from "./diff-side.ts";

/** Compares two sides; where one is a manifest, what is declared and nothing else. */
export function diffSides(before: DiffSide, after: DiffSide): Diff {
  const basis = before.report === undefined || after.report === undefined ? "declared" : "seen";
  const text = before.head.manifest.digest.sha256;
  const sameDeclared = text !== undefined && text === after.head.manifest.digest.sha256;
  const changes: Change[] = [...diffRelease(before, after)];
  const untold: Untold[] = [];
  const changed = new Set<string>();
  const unsure = new Set<string>();
  const first = new Map(before.pieces.map((piece) => [piece.id, piece]));
  const second = new Map(after.pieces.map((piece) => [piece.id, piece]));
  const notAsked = new Set<string>();

  if (basis === "seen") {
    for (const [side, { report }] of [["before", before] as const, ["after", after] as const]) {
      if (report?.partial === true) untold.push({ code: "run-partial", side });
    }
  }
  /** A piece that only one side has. */
  const onlyIn = (piece: SidePiece, lacks: DiffSide, side: "before" | "after"): void => {
    if (mayBeUnasked(piece.id, lacks)) {
      notAsked.add(piece.id);
      unsure.add(piece.id);
      untold.push({ code: "piece-not-asked", piece: piece.id, side });
      return;
    }
    changed.add(piece.id);
    const kind = side === "before" ? "piece-appeared" : "piece-vanished";
    const state = piece.outcome ?? "declared";
    const differences =
      side === "before"
        ? [{ voice: "declared", of: piece.kind, after: state } as const]
        : [{ voice: "declared", of: piece.kind, before: state } as const];
    changes.push({ kind, piece: piece.id, differences });
  };
  for (const piece of after.pieces) {
    const was = first.get(piece.id);
    if (was === undefined) {
      onlyIn(piece, before, "before");
      continue;
    }
    // The same text declares the same, however much of it a report shows.
    if (basis === "declared" && sameDeclared) continue;
    const compared = diffPiece(was, piece, basis, sameDeclared);
    changes.push(...compared.changes);
    untold.push(...compared.untold);
    if (compared.changes.length > 0) changed.add(piece.id);
    if (compared.untold.length > 0) unsure.add(piece.id);
  }
  for (const piece of before.pieces) if (!second.has(piece.id)) onlyIn(piece, after, "after");

  if (before.report !== undefined && after.report !== undefined) {
    const inconclusive = (pieces: readonly SidePiece[]): ReadonlySet<string> =>
      new Set(pieces.filter(({ outcome }) => outcome === "inconclusive").map(({ id }) => id));
    const found = diffFindings(before.report, after.report, {
      inconclusiveAfter: inconclusive(after.pieces),
      notAsked,
    });
    changes.push(...found.changes);
    untold.push(...found.untold);
    for (const { piece } of found.changes) if (piece !== undefined) changed.add(piece);
    for (const { piece } of found.untold) if (piece !== undefined) unsure.add(piece);
  }
  const same = after.pieces.filter(({ id }) => !changed.has(id) && !unsure.has(id));
  return {
    schemaVersion: "1",
    basis,
    before: before.head,
    after: after.head,
    changes: changes.map(written),
    untold,
    summary: {
      changes: changes.length,
      untold: untold.length,
      piecesChanged: changed.size,
      piecesSame: same.length,
      exitCode: changes.length > 0 ? 1 : untold.length > 0 ? 3 : 0,
    },
  };
}

/** Whether a report may lack this piece for the reason that it was not asked for. */
function mayBeUnasked(id: string, { report }: DiffSide): boolean {
  if (report === undefined || report.piecesDeclared <= report.pieces.length) return false;
  const unasked = report.openness?.unasked;
  return unasked === undefined || unasked.some((piece) => piece.id === id);
}

/** Without the keys that say nothing. */
function written(change: Change): Change {
  return {
    ...change,
    differences: change.differences.map(({ voice, of, before, after }) => ({
      voice,
      of,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    })),
  };
}
