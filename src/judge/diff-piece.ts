/** One piece before and after. */
import type { Change, ChangeKind, DiffVoice, Untold } from "../model/diff.ts";
import { algorithmsOf, isWeak } from "../model/digest.ts";
import type { Listing } from "../model/manifest.ts";
import { type Compared, diffFiles } from "./diff-files.ts";
import { diffLicense } from "./diff-license.ts";
import { diffLocations } from "./diff-locations.ts";
import { diffRecords } from "./diff-records.ts";
import type { SidePiece } from "./diff-side.ts";
import type { Basis } from "./diff-values.ts";

/** Compares what two sides have of one piece. */
export function diffPiece(before: SidePiece, after: SidePiece, basis: Basis, sameDeclared: boolean): Compared {
  const piece = after.id;
  const changes: Change[] = [];
  const add = (kind: ChangeKind, voice: DiffVoice, of: string, was?: string, is?: string): void => {
    if (was !== is) changes.push({ kind, piece, differences: [{ voice, of, before: was, after: is }] });
  };
  add("piece-kind", "declared", "kind", before.kind, after.kind);
  add("availability", "declared", "availability", before.availability, after.availability);
  if (before.outcome !== undefined && after.outcome !== undefined) {
    add("outcome", "verdict", "outcome", before.outcome, after.outcome);
    const [was, is] = [gateOf(before), gateOf(after)];
    if (was !== undefined && is !== undefined) add("gate", "published", "gate", was, is);
  }
  changes.push(...diffLocations(before, after, basis));
  const license = diffLicense(before, after, basis);
  const records = diffRecords(before, after);
  const listing = diffListing(before, after, basis, sameDeclared);
  const files = listing.isAnswer ? none : diffFiles(before, after, basis, sameDeclared);
  changes.push(...license.changes, ...listing.changes, ...files.changes, ...records.changes);

  const [first, second] = [before, after].map(({ outcome }) => outcome === "inconclusive");
  if (first === true || second === true) {
    const side = first === second ? "both" : first ? "before" : "after";
    return { changes, untold: [{ code: "piece-inconclusive", piece, side }] };
  }
  return { changes, untold: [...license.untold, ...listing.untold, ...files.untold, ...records.untold] };
}

const none: Compared = { changes: [], untold: [] };

/** `open`, or what stands before it; undefined where nobody told. */
function gateOf(piece: SidePiece): string | undefined {
  const location = piece.locations[piece.location ?? 0];
  if (location?.gated !== undefined) return `gated (${location.gated})`;
  if (piece.outcome === "gated") return "gated";
  return location?.status === "found" ? "open" : undefined;
}

interface ListingCompared extends Compared {
  /** The listing says all that can be said of the files. */
  readonly isAnswer: boolean;
}

/** A manifest names its listing, a report shows what stood in it. */
function diffListing(before: SidePiece, after: SidePiece, basis: Basis, sameDeclared: boolean): ListingCompared {
  const [was, is] = [before.listing, after.listing];
  if (basis === "seen" || (was === undefined && is === undefined)) return { ...none, isAnswer: false };
  const piece = after.id;
  const unread: Untold = { code: "listing-not-read", piece, side: "both" };
  if (was === undefined || is === undefined)
    return { changes: [], untold: sameDeclared ? [] : [unread], isAnswer: true };
  const names = [...new Set([...algorithmsOf(was.digest ?? {}), ...algorithmsOf(is.digest ?? {})])];
  const differences = [
    { voice: "declared", of: "listing", before: textOf(was), after: textOf(is) } as const,
    ...names.map((of) => ({ voice: "declared", of, before: was.digest?.[of], after: is.digest?.[of] }) as const),
  ].filter((one) => one.before !== one.after);
  // The same strong digest is the same listing, wherever it lies now.
  const held = was.digest !== undefined && !isWeak(was.digest) && differences.every(({ of }) => of === "listing");
  return {
    changes: differences.length === 0 ? [] : [{ kind: "listing", piece, differences }],
    untold: held && names.length > 0 ? [] : [unread],
    isAnswer: true,
  };
}

const textOf = ({ uri, format }: Listing): string => `${uri} (${format})`;
