/** A report or a manifest, as one of the two sides of a comparison. */
import type { DiffHead } from "../model/diff.ts";
import type { DigestSet } from "../model/digest.ts";
import type { FileEntry, Listing, Manifest, Piece } from "../model/manifest.ts";
import { redactLocation } from "../model/redact.ts";
import type { FileReport, LocationReport, PieceReport, Report } from "../model/report.ts";
import type { WrittenReport } from "../model/report-schema.ts";
import { compare, compareDigests } from "./compare.ts";

/** A piece as one side has it; what is absent was not looked at. */
export interface SidePiece extends Omit<PieceReport, "outcome" | "locations"> {
  readonly outcome?: PieceReport["outcome"];
  readonly locations: readonly SideLocation[];
  /** Known of manifests alone. */
  readonly listing?: Listing | undefined;
}

/** A location as one side has it. */
export interface SideLocation extends LocationReport {
  /** False where nothing but the address was written down: a location that was not tried. */
  readonly isWhole: boolean;
}

/** One of the two that are compared. */
export interface DiffSide {
  readonly head: DiffHead;
  readonly claims: readonly string[];
  readonly pieces: readonly SidePiece[];
  /** Absent for a manifest. */
  readonly report?: WrittenReport | undefined;
}

/** A report as one side. */
export function sideOfReport(report: WrittenReport | Report, uri: string): DiffSide {
  const { name, version, manifest, timeVerified, depth, verifier } = report;
  return {
    head: { form: "report", uri, name, version, manifest, timeVerified, depth, verifierVersion: verifier.version },
    claims: report.claims,
    pieces: report.pieces.map((piece) => ({
      ...piece,
      locations: piece.locations.map((one) => ({ ...one, isWhole: one.status !== "not-tried" })),
    })),
    report,
  };
}

/** A manifest as one side: nothing but the declared voice. */
export function sideOfManifest(
  manifest: Manifest,
  source: { readonly uri: string; readonly digest: DigestSet },
): DiffSide {
  const { name, version, claims, pieces } = manifest;
  return {
    head: { form: "manifest", uri: source.uri, name, version, manifest: source },
    claims,
    pieces: pieces.map(declaredPiece),
  };
}

function declaredPiece(piece: Piece): SidePiece {
  const { id, kind, availability, licenseDeclared, locations, files = [], listing } = piece;
  return {
    id,
    kind,
    availability,
    locations: locations.map(({ uri, revision, path }) => ({
      uri: redactLocation(uri),
      ...(revision === undefined ? {} : { declaredRevision: revision }),
      ...(path === undefined ? {} : { path }),
      status: "not-tried",
      isWhole: true,
    })),
    license: {
      declared: licenseDeclared,
      concluded: "NOASSERTION",
      agreement: "unmeasured",
      searched: "not-done",
      sightings: [],
    },
    digest: compareDigests(piece.digest, undefined, undefined),
    counts: { declared: files.length, present: 0, missing: 0, undeclared: 0, verified: 0, bytes: 0 },
    files: files.map(declaredFile),
    filesOmitted: 0,
    ...(listing === undefined ? {} : { listing }),
  };
}

function declaredFile({ path, size, digest, containedIn }: FileEntry): FileReport {
  return {
    path,
    ...(containedIn === undefined ? {} : { containedIn }),
    presence: "unknown",
    size: compare(size, undefined, undefined),
    digest: compareDigests(digest, undefined, undefined),
  };
}
