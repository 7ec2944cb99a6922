/** What a release was made from, as far up as it could be followed, and whether its licence keeps the terms of each parent. */
import type { LicenseFlag } from "./license-terms.ts";
import { lineageRelations } from "./manifest.ts";

/** How something became part of a release: `made-from` where a card does not say how, `trained-on` for data. */
export const parentRelations = [...lineageRelations, "made-from", "trained-on"] as const;
export type ParentRelation = (typeof parentRelations)[number];

export const parentVerdicts = ["kept", "undetermined", "dropped"] as const;
/**
 * `kept`: every kind of term that must be passed on is there; `dropped`: one is not; `undetermined`: it could not be
 * told. By kinds of terms, and no legal advice.
 */
export type ParentVerdict = (typeof parentVerdicts)[number];

/** One model or dataset that the release was made from, directly or by way of another. */
export interface ParentReport {
  readonly uri: string;
  /** Without a resolver nobody reads such a place. */
  readonly resolver?: string | undefined;
  readonly revision?: string | undefined;
  readonly relation: ParentRelation;
  /** Who names it: the manifest, the manifest of a parent, or the card of what was made from it. */
  readonly said: "manifest" | "card";
  /** What was made from it: the release or another parent's `uri`. */
  readonly child: string;
  /** 1 for what the release itself names. */
  readonly depth: number;
  readonly status: "found" | "refused" | "unsupported";
  /** Why it was refused. */
  readonly reason?: string | undefined;
  readonly gated?: string | undefined;
  /** As its host or its own manifest writes it. */
  readonly license?: string | undefined;
  readonly flags?: readonly LicenseFlag[] | undefined;
  readonly verdict: ParentVerdict;
  /** The terms that a licence of the release drops. */
  readonly dropped?: readonly LicenseFlag[] | undefined;
  /** Why it could not be told. */
  readonly detail?: string | undefined;
}

/** The lineage of a release. */
export interface LineageReport {
  /** The worst of its parents; of data nothing follows. A chain that breaks off is never `kept`. */
  readonly verdict: ParentVerdict;
  readonly parents: readonly ParentReport[];
}
