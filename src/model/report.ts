/** What a verification says: the report, and the words that it judges with. */
import type { ArchiveReport } from "./archive-check.ts";
import type { DigestAlgorithm, DigestSet } from "./digest.ts";
import type { Exchange, LicenseSighting, Refusal } from "./evidence.ts";
import type { Finding } from "./findings.ts";
import type { LicenseDuty, LicenseFlags } from "./license-duties.ts";
import type { LineageReport } from "./lineage.ts";
import type { Availability, PieceKind } from "./manifest.ts";
import type { OpennessSummary } from "./openness.ts";
import type { RecordsReport } from "./records.ts";

/** Both sides of one question. Silence is never agreement. */
export interface Comparison<Value extends string | number = string> {
  readonly declared?: Value | undefined;
  readonly published?: Value | undefined;
  readonly measured?: Value | undefined;
  readonly agreement: "match" | "mismatch" | "undeclared" | "unmeasured";
}

export const outcomes = ["verified", "resolved", "gated", "broken", "inconclusive", "withheld"] as const;
/** What became of a piece; see `src/README.md`, "Words". */
export type Outcome = (typeof outcomes)[number];

export interface FileReport {
  readonly path: string;
  readonly containedIn?: string | undefined;
  /**
   * `missing`: declared and not there; `undeclared`: there and not declared; `container`: the archive whose members
   * are the piece's files; `unknown`: nobody could tell.
   */
  readonly presence: "present" | "missing" | "undeclared" | "container" | "unknown";
  readonly size: Comparison<number>;
  readonly digest: { readonly [Algorithm in DigestAlgorithm]?: Comparison };
  readonly format?: string | undefined;
}

/** One try of one location. */
export interface LocationReport {
  readonly uri: string;
  readonly path?: string | undefined;
  readonly declaredRevision?: string | undefined;
  /** Absent when no resolver reads such a location. */
  readonly resolver?: string | undefined;
  readonly status: "found" | "refused" | "unsupported" | "not-tried";
  readonly outcome?: Outcome | undefined;
  readonly refusal?: Refusal | undefined;
  readonly revision?: string | undefined;
  readonly pinned?: boolean | undefined;
  readonly gated?: string | undefined;
  readonly licensePublished?: string | undefined;
  readonly exchange?: Exchange | undefined;
}

export interface PieceReport {
  readonly id: string;
  readonly kind: PieceKind;
  readonly availability: Availability;
  /** As the manifest gives it. */
  readonly availabilityReason?: string | undefined;
  /** The pieces that it was made from, as the manifest says. */
  readonly builtFrom?: readonly string[] | undefined;
  readonly outcome: Outcome;
  /** The location that the outcome rests on: index into `locations`. */
  readonly location?: number | undefined;
  readonly locations: readonly LocationReport[];
  readonly license: LicenseReport;
  /** Of the whole piece. */
  readonly digest: { readonly [Algorithm in DigestAlgorithm]?: Comparison };
  readonly counts: FileCounts;
  /** The first files in declared order; `filesOmitted` more are only counted. */
  readonly files: readonly FileReport[];
  readonly filesOmitted: number;
  /** Present when the piece is a list of addresses whose rows were asked for. */
  readonly records?: RecordsReport | undefined;
}

export interface FileCounts {
  readonly declared: number;
  readonly present: number;
  readonly missing: number;
  readonly undeclared: number;
  /** Bytes read and every declared fact held. */
  readonly verified: number;
  /** Bytes of payload that were read. */
  readonly bytes: number;
}

export interface LicenseReport {
  readonly declared?: string | undefined;
  readonly published?: string | undefined;
  /** SPDX `licenseConcluded`: what the exact sightings support; `NOASSERTION` when nothing does. */
  readonly concluded: string;
  readonly agreement: "match" | "mismatch" | "undeclared" | "unmeasured";
  /** How far the place beside the piece was searched: silence is absence only where all of it was read. */
  readonly searched: "complete" | "incomplete" | "not-done";
  readonly sightings: readonly LicenseSighting[];
  /** What the licence asks and forbids; absent where no licence is known, and in reports of older versions. */
  readonly flags?: LicenseFlags | undefined;
  /** What passing the piece on needs; absent like `flags`. */
  readonly duties?: readonly LicenseDuty[] | undefined;
}

export interface ReportSummary {
  readonly outcomes: { readonly [O in Outcome]: number };
  readonly findings: { readonly error: number; readonly warning: number; readonly note: number };
  readonly files: number;
  readonly bytes: number;
  readonly exitCode: 0 | 1 | 3;
}

/** `sample` reads files as `full` does, and asks for a part of the rows of a list of addresses. */
export const depths = ["probe", "sample", "full"] as const;
/** How thoroughly a release was looked at. */
export type VerificationDepth = (typeof depths)[number];

export interface Report {
  readonly schemaVersion: "1";
  readonly verifier: { readonly id: "wholesource"; readonly version: string };
  /** ISO 8601 UTC. */
  readonly timeVerified: string;
  /** Seconds; with `timeVerified`, the only field that differs between two runs over the same release. */
  readonly durationSeconds: number;
  readonly manifest: { readonly uri: string; readonly digest: DigestSet };
  readonly name: string;
  readonly version: string;
  readonly claims: readonly string[];
  readonly depth: VerificationDepth;
  /** Pieces that the manifest has; fewer are reported when only some were asked for. */
  readonly piecesDeclared: number;
  /** True when the run was interrupted and pieces are unanswered for that reason. */
  readonly partial: boolean;
  readonly pieces: readonly PieceReport[];
  readonly findings: readonly Finding[];
  /** Findings beyond the cap, by code. */
  readonly findingsOmitted: { readonly [code: string]: number };
  /** What the release was made from; absent where neither the manifest nor a card names a parent. */
  readonly lineage?: LineageReport | undefined;
  /** What the release may be called; absent in reports of older versions. */
  readonly openness?: OpennessSummary | undefined;
  /** Present when an archive was verified and no host was asked. */
  readonly archive?: ArchiveReport | undefined;
  readonly summary: ReportSummary;
}

/** What the caller wants to fail on. */
export interface Policy {
  readonly failOn: "error" | "warning" | "never";
}
