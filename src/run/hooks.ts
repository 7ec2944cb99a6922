import type { Refusal } from "../model/evidence.ts";
import type { Location, Piece } from "../model/manifest.ts";
import type { Matched } from "../resolve/registry.ts";
import type { Fallback } from "./fallback.ts";
import type { Keeping } from "./keeping.ts";

/** Where an archive stands in for the hosts. */
export interface Replay {
  /** Who answers for a location: what it said when it was archived. */
  resolverOf(piece: Piece, index: number, location: Location): Promise<Matched | undefined>;
  /** A piece's listing, as it was kept. */
  listingOf(piece: Piece): { readonly path: string } | Refusal | undefined;
}

/** What a run does beside verifying; nothing of it changes what is told. */
export interface Hooks {
  readonly keeping?: Keeping | undefined;
  readonly replay?: Replay | undefined;
  readonly fallback?: Fallback | undefined;
}
