import type { Depth, Evidence } from "../model/evidence.ts";
import type { ResolveContext } from "../resolve/resolver.ts";
import type { Keeping } from "./keeping.ts";
import type { OpenListing } from "./listing.ts";
import type { Looker } from "./look-context.ts";
import type { ProgressMeter } from "./progress.ts";
import type { RecordLists } from "./record-lists.ts";

/** What trying a location needs. */
export interface TryContext {
  readonly depth: Depth;
  readonly resolveContext: ResolveContext;
  readonly looker: Looker;
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
  readonly keepsStore: boolean;
  readonly keeping?: Keeping | undefined;
  readonly onEvidence: ((evidence: Evidence) => void) | undefined;
  readonly listing: OpenListing | undefined;
  /** Takes the files that are lists of addresses; absent where the piece has none. */
  readonly lists?: RecordLists | undefined;
}
