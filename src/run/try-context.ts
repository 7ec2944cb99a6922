import type { Depth, Evidence } from "../model/evidence.ts";
import type { ResolveContext } from "../resolve/resolver.ts";
import type { OpenListing } from "./listing.ts";
import type { Looker } from "./look-context.ts";
import type { ProgressMeter } from "./progress.ts";

/** What trying a location needs. */
export interface TryContext {
  readonly depth: Depth;
  readonly resolveContext: ResolveContext;
  readonly looker: Looker;
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
  readonly keepsStore: boolean;
  readonly onEvidence: ((evidence: Evidence) => void) | undefined;
  readonly listing: OpenListing | undefined;
}
