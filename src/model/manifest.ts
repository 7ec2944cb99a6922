/**
 * The manifest: what a release claims, read and normalised. Everything here is the declared voice.
 * What a person writes is described by `manifest-schema.ts`; `manifest/` reads text into this shape.
 * Apart, because loading the schema library takes longer than most runs.
 */
import type { DigestSet } from "./digest.ts";
import type { Records } from "./records.ts";

/** The kinds of pieces, in the order of a release's making. */
export const pieceKinds = [
  "dataset",
  "evaluation-data",
  "data-preprocessing-code",
  "training-code",
  "inference-code",
  "evaluation-code",
  "model-architecture",
  "weights",
  "intermediate-weights",
  "tokenizer",
  "configuration",
  "model-metadata",
  "libraries",
  "model-card",
  "data-card",
  "technical-report",
  "research-paper",
  "evaluation-results",
  "sample-outputs",
  "license",
  "other",
] as const;
/** What part of the release a piece is. */
export type PieceKind = (typeof pieceKinds)[number];

/** From open to closed. */
export const availabilities = ["open", "gated", "on-request", "withheld"] as const;
/** Whether anybody can have the piece, as the release says. */
export type Availability = (typeof availabilities)[number];

/** Where something is. `revision` pins it; a location without a pin can change under us. */
export interface Location {
  readonly uri: string;
  /** A commit, a version, a digest: what the host's history can not move. */
  readonly revision?: string | undefined;
  /** A folder or file inside what the uri names. */
  readonly path?: string | undefined;
  /** The uri names an archive, and the piece's files are its members. */
  readonly unpack?: boolean | undefined;
}

/** One declared file of a piece. */
export interface FileEntry {
  /** Relative to the location, `/` separated, no `.` or `..`. */
  readonly path: string;
  /** Bytes. */
  readonly size?: number | undefined;
  readonly digest?: DigestSet | undefined;
  /** The declared file (an archive) that holds this one. */
  readonly containedIn?: string | undefined;
}

/** The forms in which a listing is written. */
export const listingFormats = ["sha256sums", "bagit", "jsonl", "croissant", "oms"] as const;
/** A file that lists a piece's files, streamed, for pieces with more files than a person would write down. */
export interface Listing {
  /** Relative to the manifest, or https. */
  readonly uri: string;
  readonly format: (typeof listingFormats)[number];
  readonly digest?: DigestSet | undefined;
}

/** One part of the release. */
export interface Piece {
  readonly id: string;
  readonly kind: PieceKind;
  readonly description?: string | undefined;
  /** SPDX expression, `NONE` or `NOASSERTION`. */
  readonly licenseDeclared?: string | undefined;
  readonly availability: Availability;
  readonly availabilityReason?: string | undefined;
  /** In order of preference. */
  readonly locations: readonly Location[];
  readonly files?: readonly FileEntry[] | undefined;
  readonly listing?: Listing | undefined;
  /** Present when the piece's files are lists of addresses, and the dataset is what is there. */
  readonly records?: Records | undefined;
  /** Of the whole: the bytes of a one-object location, or the tree below it. */
  readonly digest?: DigestSet | undefined;
  /** Bytes of a one-object location. */
  readonly size?: number | undefined;
  readonly builtFrom?: readonly string[] | undefined;
}

/** How a release came from another. */
export const lineageRelations = ["finetune", "adapter", "quantized", "merge", "distilled"] as const;
/** A release that this one was made from. */
export interface Lineage {
  readonly relation: (typeof lineageRelations)[number];
  readonly base: Location;
  readonly manifest?: Location | undefined;
}

/** A whole claim, read and normalised. */
export interface Manifest {
  readonly schemaVersion: "1";
  readonly name: string;
  readonly version: string;
  readonly description?: string | undefined;
  readonly homepage?: string | undefined;
  /** ISO 8601 date or date-time. */
  readonly released?: string | undefined;
  readonly publisher?: string | undefined;
  readonly claims: readonly string[];
  readonly pieces: readonly Piece[];
  readonly lineage: readonly Lineage[];
  /** Reserved: the recipe that rebuilds `builtFrom` pieces. */
  readonly reproduce?: { readonly [key: string]: unknown } | undefined;
  /** Reserved: findings that somebody accepted. */
  readonly waivers?: readonly unknown[] | undefined;
  /** Reserved: what must hold for the release to pass. */
  readonly policy?: { readonly [key: string]: unknown } | undefined;
}
