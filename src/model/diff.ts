/** What differs between two looks at a release, and what could not be compared: the words, without opinions. */
import type { DigestSet } from "./digest.ts";
import type { Severity } from "./findings.ts";
import type { VerificationDepth } from "./report.ts";

/**
 * Whose word differs: the manifest's, the host's, our own reading, what the licences that were found support, whether
 * something is there, or what the verification made of it all.
 */
export const diffVoices = ["declared", "published", "measured", "concluded", "found", "verdict"] as const;
export type DiffVoice = (typeof diffVoices)[number];

export const changeKinds = [
  "release-name",
  "release-version",
  "manifest-text",
  "claims",
  "definition",
  "lineage",
  "piece-appeared",
  "piece-vanished",
  "piece-kind",
  "availability",
  "outcome",
  /** It became gated, or free. */
  "gate",
  /** Where it is said to be. */
  "location",
  /** What a location stands for. */
  "revision",
  /** Another of the declared locations gave what was judged. */
  "location-used",
  "license",
  /** One place that speaks about the licence says something else. */
  "license-place",
  "listing",
  /** The digest of a whole piece. */
  "piece-bytes",
  "file-count",
  "file-added",
  "file-removed",
  "file-changed",
  "records",
  "finding-new",
  "finding-gone",
  /** Of findings that reports only count. */
  "finding-count",
] as const;
/** What kind of change it is; never renamed or reused. */
export type ChangeKind = (typeof changeKinds)[number];

/** What one voice said before and says now; a side is absent where it said nothing. */
export interface Difference {
  readonly voice: DiffVoice;
  /** `sha256`, `size`, `license`, ... */
  readonly of: string;
  readonly before?: string | number | undefined;
  readonly after?: string | number | undefined;
}

/** A finding that only one of the two has. */
export interface DiffFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly args: { readonly [name: string]: string | number };
}

/** Something that differs. Strings may be foreign text. */
export interface Change {
  readonly kind: ChangeKind;
  readonly piece?: string | undefined;
  readonly path?: string | undefined;
  /** The archive that holds the file. */
  readonly containedIn?: string | undefined;
  readonly differences: readonly Difference[];
  readonly finding?: DiffFinding | undefined;
}

export const untoldCodes = [
  /** The run was stopped before its end. */
  "run-partial",
  /** The run was asked for other pieces only. */
  "piece-not-asked",
  /** What is there now could not be told. */
  "piece-inconclusive",
  /** A report lists the first files and counts the rest. */
  "files-cut",
  /** Files of both of whose bytes nobody says anything that could be compared. */
  "bytes-not-compared",
  /** Files of which one side does not tell whether they are there. */
  "presence-not-told",
  /** The files are in a listing, which is no part of a manifest. */
  "listing-not-read",
  "license-not-searched",
  "license-not-published",
  /** Rows were drawn, or drawn by another seed. */
  "records-not-compared",
  /** A report lists the first findings of a code and counts the rest. */
  "findings-cut",
  /** The later look was less thorough, so what it does not say again need not be gone. */
  "findings-not-sought",
] as const;
export type UntoldCode = (typeof untoldCodes)[number];

/** Something of which no change is known, and none is denied. */
export interface Untold {
  readonly code: UntoldCode;
  readonly piece?: string | undefined;
  /** Whose silence it is. */
  readonly side: "before" | "after" | "both";
  /** Files, findings or rows that it is about. */
  readonly count?: number | undefined;
  /** The code of the findings. */
  readonly finding?: string | undefined;
}

/** One of the two that are compared. */
export interface DiffHead {
  readonly form: "report" | "manifest";
  /** As the user named it. */
  readonly uri: string;
  readonly name: string;
  readonly version: string;
  readonly manifest: { readonly uri: string; readonly digest: DigestSet };
  /** Of reports. */
  readonly timeVerified?: string | undefined;
  readonly depth?: VerificationDepth | undefined;
  /** The program's version that wrote it. */
  readonly verifierVersion?: string | undefined;
}

/** Two looks at a release side by side. */
export interface Diff {
  readonly schemaVersion: "1";
  /** `declared` where one of the two is a manifest: then nothing else is compared. */
  readonly basis: "seen" | "declared";
  readonly before: DiffHead;
  readonly after: DiffHead;
  /** The release first, then the pieces in the order of the later one. */
  readonly changes: readonly Change[];
  readonly untold: readonly Untold[];
  readonly summary: {
    readonly changes: number;
    readonly untold: number;
    readonly piecesChanged: number;
    readonly piecesSame: number;
    /** 0 nothing differs · 1 something does · 3 nothing is known to differ, but not everything could be compared. */
    readonly exitCode: 0 | 1 | 3;
  };
}
