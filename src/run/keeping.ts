import type { FileRole } from "../judge/file.ts";
import type { Evidence, Refusal, RemoteObject, Resolution } from "../model/evidence.ts";
import type { Location, Piece } from "../model/manifest.ts";
import { isThere, type Pair } from "./pair.ts";

/** One object of a location, as it was listed and as it was seen. */
export interface SeenObject {
  readonly piece: Piece;
  readonly location: number;
  readonly role: FileRole;
  /** What the location has under a name. */
  readonly object: RemoteObject | Refusal;
  /** What was looked at in its place: the file that a link stands for. */
  readonly meant?: RemoteObject | Refusal | undefined;
  /** The name that the manifest gives it, where it has one; else the object's own. */
  readonly path: string;
  /** Absent where nobody looked: it was not declared. */
  readonly evidence?: Evidence | undefined;
}

/** Who keeps what a run sees, so that it can be seen again without its hosts. Facts only; called in no fixed order. */
export interface Keeping {
  /** A location answered. */
  location(piece: Piece, index: number, location: Location, resolver: string, resolution: Resolution): void;
  object(seen: SeenObject): void;
  /** A listing had an entry that could not be told, or broke off. */
  unlisted(piece: Piece, location: number, refusal: Refusal): void;
  /** A piece's listing, as the local file that was read or the reason why there is none. */
  listing(
    piece: Piece,
    local: { readonly path: string } | { readonly reason: string; readonly detail: string },
  ): Promise<void>;
  /** A piece was judged: the location that its outcome rests on. */
  judged(piece: Piece, location: number | undefined, tried: readonly number[]): void;
}

/** Tells of a pair that was looked at, or that needed no look, and says what a report may tell of it. */
export type Keeper = (pair: Pair, evidence: Evidence | undefined) => Evidence | undefined;

/** Tells whoever keeps what one location has, where anybody does. */
export function keeperOf(keeping: Keeping | undefined, piece: Piece, location: number): Keeper {
  if (keeping === undefined) return (_pair, evidence) => evidence;
  return (pair, evidence) => {
    const { object, meant, declared, role } = pair;
    // One without an object has nothing to be kept.
    if (object !== undefined) {
      const path = declared?.entry.path ?? (isThere(object) ? object.path : "");
      keeping.object({ piece, location, role, object, meant, path, evidence });
    }
    return evidence === undefined ? undefined : asAsked(evidence, pair, piece);
  };
}

/** The evidence without what only an archive's manifests asked for: the report is the same with an archive and without. */
function asAsked(evidence: Evidence, { declared }: Pair, piece: Piece): Evidence {
  const { transfer, published } = evidence;
  const sides = [declared?.entry.digest, piece.digest, published?.digest];
  if (transfer?.digest.sha512 === undefined || sides.some((side) => side?.sha512 !== undefined)) return evidence;
  const { sha512: _extra, ...digest } = transfer.digest;
  return { ...evidence, transfer: { ...transfer, digest } };
}
