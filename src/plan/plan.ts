import type { Manifest, Piece } from "../model/manifest.ts";
import { redactLocation } from "../model/redact.ts";

/** What is known of a location before anybody is asked. */
export interface PlannedLocation {
  readonly uri: string;
  readonly path?: string | undefined;
  /** Absent when no resolver reads such a location. */
  readonly resolver?: string | undefined;
  readonly pinned?: boolean | undefined;
}

/** What would be looked at for one piece. */
export interface PlannedPiece {
  readonly id: string;
  readonly kind: Piece["kind"];
  readonly availability: Piece["availability"];
  readonly availabilityReason?: string | undefined;
  /** In the order in which they would be tried. */
  readonly locations: readonly PlannedLocation[];
  /** Declared files; undefined when a listing or nothing declares them. */
  readonly files?: number | undefined;
  readonly listing?: string | undefined;
  /** True when the files are lists of addresses, and what is at the addresses is asked for as well. */
  readonly records?: true | undefined;
  /** Declared bytes, as far as sizes are declared. */
  readonly bytes: number;
  /** Files whose size nobody declared. */
  readonly sizesUnknown: number;
}

export interface Plan {
  readonly name: string;
  readonly version: string;
  readonly pieces: readonly PlannedPiece[];
  /** Declared bytes of the pieces that have a location which is read here. */
  readonly bytes: number;
  /** True when `bytes` is all that would be read at full depth, as far as the manifest tells. */
  readonly complete: boolean;
}

/** What a resolver would say of a location without asking anybody. */
export type Recognise = (
  location: Piece["locations"][number],
) => { readonly resolver: string; readonly pinned: boolean } | undefined;

/** The dry run: what would be asked and read, from the manifest alone. Pure. */
export function makePlan(manifest: Manifest, recognise: Recognise): Plan {
  const pieces = manifest.pieces.map((piece): PlannedPiece => {
    const files = piece.files ?? [];
    const sizes = files.filter(({ containedIn }) => containedIn === undefined).map(({ size }) => size);
    const whole = piece.size === undefined ? [] : [piece.size];
    return {
      id: piece.id,
      kind: piece.kind,
      availability: piece.availability,
      ...(piece.availabilityReason === undefined ? {} : { availabilityReason: piece.availabilityReason }),
      locations: piece.locations.map((location) => ({
        uri: redactLocation(location.uri),
        ...(location.path === undefined ? {} : { path: location.path }),
        ...recognise(location),
      })),
      ...(piece.files === undefined ? {} : { files: files.length }),
      ...(piece.listing === undefined ? {} : { listing: piece.listing.uri }),
      ...(piece.records === undefined ? {} : { records: true }),
      bytes: Math.max(sum(sizes), sum(whole)),
      sizesUnknown: piece.size === undefined ? sizes.filter((size) => size === undefined).length : 0,
    };
  });
  const readable = pieces.filter(isReadable);
  return {
    name: manifest.name,
    version: manifest.version,
    pieces,
    bytes: sum(readable.map(({ bytes }) => bytes)),
    complete: readable.every(
      ({ sizesUnknown, listing, records, bytes }) =>
        sizesUnknown === 0 && listing === undefined && records === undefined && bytes > 0,
    ),
  };
}

/** True when there is a location that somebody here reads: of any other piece not one byte will come. */
export function isReadable({ locations }: PlannedPiece): boolean {
  return locations.some(({ resolver }) => resolver !== undefined);
}

function sum(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, one) => total + (one ?? 0), 0);
}
