/** The locations of a piece, tried in order of preference until one has it. */
import { type JudgeContext, judgeTry, type Try } from "../judge/try.ts";
import type { Location, Piece } from "../model/manifest.ts";
import { findResolver, type Matched } from "../resolve/registry.ts";
import type { Run } from "./context.ts";
import type { OpenListing } from "./listing.ts";
import type { ProgressMeter } from "./progress.ts";
import { openRecordLists, type RecordLists } from "./record-lists.ts";
import { interrupted, tryLocation } from "./try-location.ts";

/** What trying them gave. */
export interface TriedPiece {
  /** As declared; with the archive that was asked behind its own locations, where one had to stand in. */
  readonly piece: Piece;
  readonly tries: readonly Try[];
  readonly listsOf: ReadonlyMap<Try, RecordLists>;
}

/** Tries a piece's locations, and where none of them has it the archived copies that stand ready. */
export async function tryInOrder(
  declared: Piece,
  pointer: string,
  listing: OpenListing | undefined,
  run: Run,
  meter: ProgressMeter,
  context: JudgeContext,
): Promise<TriedPiece> {
  const tries: Try[] = [];
  const listsOf = new Map<Try, RecordLists>();
  let piece = declared;
  for (const { location, matched } of candidates(declared, run)) {
    const at = tries.length;
    if (at >= declared.locations.length) piece = { ...piece, locations: [...piece.locations, location] };
    if (run.signal.aborted) {
      tries.push({ index: at, location, resolution: interrupted, licenseSearch: { state: "not-done" } });
      break;
    }
    const lists = piece.records === undefined ? undefined : await openRecordLists(piece, piece.records, run);
    const attempt = await tryLocation(piece, pointer, at, location, await matched(), {
      depth: run.depth,
      resolveContext: run.resolveContext,
      looker: run.looker(),
      meter,
      signal: run.signal,
      keepsStore: run.keepsStore,
      keeping: run.hooks.keeping,
      onEvidence: run.onEvidence,
      listing,
      lists,
    });
    tries.push(attempt);
    if (lists !== undefined) listsOf.set(attempt, lists);
    const { outcome } = judgeTry(piece, pointer, attempt, context);
    if (outcome === "verified" || outcome === "resolved" || run.signal.aborted) break;
  }
  return { piece, tries, listsOf };
}

interface Candidate {
  readonly location: Location;
  readonly matched: () => Promise<Matched | undefined>;
}

function* candidates(piece: Piece, { hooks }: Run): Generator<Candidate> {
  const { replay, fallback } = hooks;
  for (const [at, location] of piece.locations.entries()) {
    const matched = () => (replay === undefined ? findResolver(location) : replay.resolverOf(piece, at, location));
    yield { location, matched };
  }
  // A copy is of what was open: it does not undo what the manifest says of a piece that is not.
  if (piece.availability !== "open") return;
  for (const { location, matched } of fallback?.copiesOf(piece) ?? []) yield { location, matched: async () => matched };
}
