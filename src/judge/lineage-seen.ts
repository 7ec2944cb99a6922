/** What a walk up the lineage saw: facts only, for judging. */
import type { Found, Refusal } from "../model/evidence.ts";
import type { ParentRelation } from "../model/lineage.ts";
import type { PieceKind } from "../model/manifest.ts";

/** Pieces that are made from a parent model. */
export const madeKinds: ReadonlySet<PieceKind> = new Set(["weights", "intermediate-weights"]);

/** One place that something was made from; asked for once, however often it is named. */
export interface LineageNode {
  readonly uri: string;
  readonly resolver?: string | undefined;
  /** Undefined when no resolver reads such a place. */
  readonly resolution?: Pick<Found, "status" | "revision" | "gated" | "licensePublished"> | Refusal | undefined;
  /** What the place's own manifest declares of its weights. */
  readonly declared?: string | undefined;
  /** Why what is above it was not looked at, where there is something. */
  readonly broken?: string | undefined;
}

/** One step up. */
export interface LineageEdge {
  /** A node, by its index, or the release itself: one piece of it, or all of its weights. */
  readonly from: { readonly node: number } | { readonly piece?: string | undefined; readonly pointer: string };
  readonly to: number;
  readonly relation: ParentRelation;
  readonly said: "manifest" | "card";
}

/** Everything that was walked: facts only. */
export interface LineageSeen {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  /** The release itself, where a parent turned out to be it. */
  readonly itself?: readonly number[] | undefined;
}
