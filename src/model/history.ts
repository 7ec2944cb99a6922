/** What became of a release at each check, as one line for each: the words. */
import type { DigestSet } from "./digest.ts";
import type { Outcome, VerificationDepth } from "./report.ts";

/** What one check found of one piece. */
export interface HistoryPiece {
  readonly id: string;
  readonly outcome: Outcome;
  /** Measured, of the whole piece. */
  readonly digest?: DigestSet | undefined;
  /** One sha256 over the measured digests of all its files, where every one was measured. */
  readonly measured?: string | undefined;
  readonly license: {
    readonly declared?: string | undefined;
    readonly published?: string | undefined;
    readonly concluded: string;
  };
  /** The location that the outcome rests on. Foreign text. */
  readonly location?: string | undefined;
  readonly revision?: string | undefined;
  readonly gated?: string | undefined;
}

/** One check of one release. */
export interface HistoryLine {
  readonly schemaVersion: "1";
  /** ISO 8601 UTC. */
  readonly time: string;
  readonly manifest: string;
  readonly depth: VerificationDepth;
  /** Absent where the check came to no report. */
  readonly report?: { readonly sha256: string } | undefined;
  /** Why it came to none. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
  readonly pieces: readonly HistoryPiece[];
}

/** What is read of a history. */
export interface History {
  readonly lines: readonly HistoryLine[];
  /** Lines that are none: of runs that were killed while they wrote. */
  readonly torn: number;
  /** Earlier lines that are only counted. */
  readonly omitted: number;
}
