/**
 * What an archive is made of, whatever its form: a folder, one file, or an OCI layout. Writers take these as streams
 * that can be opened again, so that a release of ten million files needs no more memory than one of ten.
 *
 * The bag, which is the logical form of every other one:
 *
 *     bagit.txt bag-info.txt manifest-sha256.txt manifest-sha512.txt fetch.txt tagmanifest-*.txt
 *     data/ro-crate-metadata.json      the crate, whose root is data/
 *     data/<piece>/<path>              the bytes, as the piece names them
 *     wholesource/                     tag files: what was declared, published and measured
 *       manifest.yaml                  as given, byte for byte (.json when it was JSON)
 *       report.json                    the verification's report
 *       evidence.jsonl                 every piece of evidence
 *       resolutions.jsonl              what each location answered, and every object that it listed
 *       licenses.jsonl                 the sightings of licences
 *       exchanges.warc.gz              the HTTP exchanges, when asked for
 */
import type { PieceKind } from "../model/manifest.ts";

/** Both digests that a bag's manifests need, in hex. */
export interface BagDigests {
  readonly sha256: string;
  readonly sha512: string;
}

/** One file of the payload whose bytes are on this machine. */
export interface PayloadFile {
  /** The piece's id. */
  readonly piece: string;
  /** Relative to the piece's folder, `/` separated; sound by `pathFault`. */
  readonly path: string;
  readonly size: number;
  readonly digest: BagDigests;
  /** Where the bytes lie now: a path of this machine. Not changed, and never removed by a writer. */
  readonly from: string;
  /** From where they came; redacted. */
  readonly url?: string | undefined;
  readonly mediaType?: string | undefined;
}

/** One file that is left where it is, by choice: only its address and digests are kept. */
export interface RemoteFile {
  readonly piece: string;
  readonly path: string;
  readonly url: string;
  readonly size?: number | undefined;
  readonly digest: Partial<BagDigests>;
}

/** Where the bytes of one entry are. */
export type EntrySource = { readonly from: string } | { readonly bytes: Uint8Array };

/** One file of the archive as it will lie there. */
export interface ArchiveEntry {
  /** Relative to the archive's root, `/` separated. */
  readonly path: string;
  readonly size: number;
  readonly source: EntrySource;
  /** In a folder: `100755` may be run; `120000` is a link to where its bytes say, where that is inside the folder. Links come last. */
  readonly mode?: "100755" | "120000" | undefined;
  /** Of its bytes, in hex, when known: a writer that reads them looks whether they still are what they were. */
  readonly sha256?: string | undefined;
}

/** A tag file: something that is kept about the release and is no part of it. */
export interface TagFile {
  /** Relative to the archive's root. */
  readonly path: string;
  readonly size: number;
  readonly digest: BagDigests;
  readonly source: EntrySource;
}

/** What is known of one piece, for the descriptions that an archive carries. */
export interface ArchivedPiece {
  readonly id: string;
  readonly kind: PieceKind;
  readonly outcome: string;
  /** SPDX expression or LicenseRef, as declared. */
  readonly licenseDeclared?: string | undefined;
  /** What the texts support; `NOASSERTION` when nothing does. */
  readonly licenseConcluded: string;
  /** Where the bytes came from: the location that the outcome rests on, redacted. */
  readonly uri?: string | undefined;
  readonly revision?: string | undefined;
  readonly files: number;
  readonly bytes: number;
}

/** A release on its way into an archive. Every stream may be opened as often as a writer likes. */
export interface ReleaseContents {
  readonly name: string;
  readonly version: string;
  readonly publisher?: string | undefined;
  readonly description?: string | undefined;
  readonly homepage?: string | undefined;
  /** ISO 8601 UTC. The one clock of everything that is written: SOURCE_DATE_EPOCH, the release's date, or the run's. */
  readonly time: string;
  /** The program and its version. */
  readonly agent: string;
  readonly pieces: readonly ArchivedPiece[];
  /** In the order of their paths as bytes of UTF-8, `<piece>/<path>`. */
  readonly payload: () => AsyncIterable<PayloadFile>;
  /** Files left remote, in the same order. */
  readonly remote: () => AsyncIterable<RemoteFile>;
  /** In the order of their paths. */
  readonly tags: readonly TagFile[];
}

export * from "../model/archive-check.ts";
