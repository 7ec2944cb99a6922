/** Releases as the reports of their pieces, for the tests of what they may be called. */
import type { PieceKind } from "../../src/model/manifest.ts";
import { pieceKinds } from "../../src/model/manifest.ts";
import type { FileReport, LicenseReport, Outcome, PieceReport } from "../../src/model/report.ts";

/** A licence that is found word for word beside the piece. */
export function found(expression: string): LicenseReport {
  return {
    declared: expression,
    concluded: expression,
    agreement: "match",
    searched: "complete",
    sightings: [{ source: "text", path: "LICENSE", verdict: "exact", expression }],
  };
}

/** A licence that the manifest alone speaks of. */
export function declared(expression: string): LicenseReport {
  return {
    declared: expression,
    concluded: "NOASSERTION",
    agreement: "unmeasured",
    searched: "not-done",
    sightings: [],
  };
}

const noLicense: LicenseReport = {
  concluded: "NOASSERTION",
  agreement: "undeclared",
  searched: "complete",
  sightings: [],
};

function file(path: string, format?: string): FileReport {
  const agreement = "match" as const;
  return { path, presence: "present", size: { agreement }, digest: {}, ...(format === undefined ? {} : { format }) };
}

/** One piece as a verification reports it. */
export function piece(
  kind: PieceKind,
  outcome: Outcome,
  license: LicenseReport | undefined,
  fields: Partial<PieceReport> & { readonly gated?: string } = {},
): PieceReport {
  const { gated, ...more } = fields;
  const isThere = outcome === "verified" || outcome === "resolved";
  return {
    id: kind,
    kind,
    availability: outcome === "withheld" ? "withheld" : "open",
    outcome,
    location: 0,
    locations: [{ uri: `./${kind}`, status: "found", ...(gated === undefined ? {} : { gated }) }],
    license: license ?? noLicense,
    digest: {},
    counts: { declared: 1, present: 1, missing: 0, undeclared: 0, verified: 1, bytes: 1 },
    files: isThere ? filesOf(kind) : [],
    filesOmitted: 0,
    ...more,
  };
}

function filesOf(kind: PieceKind): readonly FileReport[] {
  if (kind === "weights") return [file("model.safetensors", "safetensors"), file("config.json")];
  return [file("README.md"), file("LICENSE")];
}

/** A release that has everything, all of it verified and under a licence that every definition allows. */
export function complete(): readonly PieceReport[] {
  return pieceKinds.map((kind) => piece(kind, "verified", found("Apache-2.0")));
}

/** Weights in these files instead. */
export function weightsIn(...files: readonly (readonly [path: string, format?: string])[]): PieceReport {
  return piece("weights", "verified", found("Apache-2.0"), {
    files: files.map(([path, format]) => file(path, format)),
  });
}
