/** What a licence asks and forbids, and what passing the piece on needs: flags and duties as a report has them. No advice. */
import type { LicenseFlag } from "./license-terms.ts";

/** What the flags of a piece rest on, from the best down. */
export const licenseBases = ["text", "stated", "declared"] as const;
/**
 * `text`: the licence's own text, word for word; `stated`: a field or a tag beside the piece; `declared`: the manifest
 * alone.
 */
export type LicenseBasis = (typeof licenseBases)[number];

/** Flags of the licence that a piece is under. */
export interface LicenseFlags {
  readonly license: string;
  readonly basis: LicenseBasis;
  /** False where nothing is known of the licence: then no flag means nothing. */
  readonly known: boolean;
  /** What holds whichever alternative is taken. */
  readonly flags: readonly LicenseFlag[];
  /** One entry for each alternative, where they differ. */
  readonly ways?: readonly (readonly LicenseFlag[])[] | undefined;
}

export const licenseDutyIds = ["license-text", "notices", "use-policy"] as const;
/** What has to travel with the piece when it is passed on. */
export type LicenseDutyId = (typeof licenseDutyIds)[number];

export const dutyStates = ["met", "elsewhere", "missing", "undetermined"] as const;
/** `elsewhere`: another piece of the release has it; `undetermined`: not everything beside the piece was read. */
export type DutyState = (typeof dutyStates)[number];

/** One duty, and whether what it needs is there. */
export interface LicenseDuty {
  readonly duty: LicenseDutyId;
  readonly state: DutyState;
  /** Where it is. */
  readonly path?: string | undefined;
  /** The piece that has it, when it is `elsewhere`. */
  readonly piece?: string | undefined;
}
