/** What is to be said of an archive as an archive, never about the release in it. */

/** Something about an archive as an archive; never about the release. */
export interface ArchiveFault {
  readonly severity: "error" | "warning";
  readonly code: ArchiveFaultCode;
  /** Inside the archive. Foreign text. */
  readonly path?: string | undefined;
  readonly detail: string;
}

export const archiveFaultCodes = [
  /** Declared in a manifest of the archive and not there. */
  "file-missing",
  /** There, and in no manifest of the archive. */
  "file-unexpected",
  /** Its bytes are not those that the archive's own manifest names. */
  "file-corrupt",
  /** A path that would leave the archive, or that no file system should be asked for. */
  "path-unsafe",
  /** A tag file or a manifest that breaks the rules of its form. */
  "form-invalid",
  /** The archive counts its payload wrongly. */
  "oxum-differs",
  /** It ends before its end, or can not be decompressed. */
  "archive-damaged",
  /** It asks for more than is given: too many members, too long a name, far too many bytes out of a few. */
  "archive-limit",
  /** Left remote, and not fetched. */
  "file-remote",
  /** Allowed, and unwise. */
  "form-discouraged",
] as const;
export type ArchiveFaultCode = (typeof archiveFaultCodes)[number];

/** What checking an archive by its own manifests found, without a word about the release in it. */
export interface ArchiveCheck {
  /** `bag`, `ro-crate`, `oci-layout`. */
  readonly form: string;
  readonly valid: boolean;
  readonly files: number;
  readonly bytes: number;
  /** The first ones, in the order of their paths; `faultsOmitted` more are only counted. */
  readonly faults: readonly ArchiveFault[];
  readonly faultsOmitted: number;
}

/** What a report says of the archive that it was made from. */
export interface ArchiveReport extends ArchiveCheck {
  /** When the archive was made, as it says itself: ISO 8601 UTC. */
  readonly timeArchived?: string | undefined;
  /** Files that were fetched into it before it was verified; absent where nothing was asked for. */
  readonly fetched?: number | undefined;
}
