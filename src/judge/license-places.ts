/**
 * Places that speak of a licence, held against each other and against what surrounds them. How licences come to be told
 * wrongly, and the finding that says so:
 *
 *  M1  the manifest and the card or the host's metadata differ      license-published-differs, license-mismatch,
 *                                                                   license-places-disagree
 *  M2  the card and the licence text differ                         license-places-disagree, license-mismatch
 *  M3  the prose of a README and the licence differ                 license-prose-differs
 *  M4  the licence text was changed or added to                     license-modified, license-extended, license-several
 *  M5  declared, and no text anywhere                               license-absent (nothing speaks of a licence),
 *                                                                   license-text-absent (a field or tag alone does)
 *  M6  a card says `other` and leads nowhere                        license-link-absent, license-link-dead
 *  M7  a use policy beside an open licence                          license-use-policy-beside
 *  M8  more permissive than the model that it was made from         license-parent-forbids (see lineage.ts)
 *  M9  more permissive than the data that it was trained on         license-data-forbids (see lineage.ts)
 *  M10 a family, or a version left open                             license-ambiguous
 *  M11 a gate before what the licence gives to everybody            license-gate-contradicts
 *  M12 the licence covers a compilation, not what is in it          license-compilation-only
 *  M13 the text lies beside another piece of the release            license-inherited (see license-release.ts)
 */
import type { LicenseSighting } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import { compareLicenses, parseLicense } from "../model/license.ts";
import { restrictions, termsOfExpression } from "../model/license-terms.ts";
import type { Piece } from "../model/manifest.ts";
import type { LicenseReport } from "../model/report.ts";
import { governingLicense, owesText } from "./obligations.ts";
import type { Place } from "./refusals.ts";

/** A card's link to its licence, followed. */
export interface LicenseLinkSeen {
  readonly link: string;
  /** The card. */
  readonly path: string;
  readonly line?: number | undefined;
  /** Only `gone` says that nothing is there. */
  readonly state: "there" | "gone" | "unknown";
  readonly detail: string;
}

/** What surrounds the places. */
export interface Surroundings {
  readonly piece: Pick<Piece, "kind" | "availability" | "records">;
  readonly gated: string | undefined;
  /** True when the location names one file: nobody looks for a licence beside it. */
  readonly single: boolean;
  readonly links: readonly LicenseLinkSeen[];
}

/** Findings of one kind that one piece gets. */
const ONE_KIND_MAX = 5;

/** Everything that the places say against each other and against what surrounds them. None of it changes the bytes' verdict. */
export function judgePlaces(place: Place, report: LicenseReport, around: Surroundings): readonly Finding[] {
  const at = { ...place, pointer: `${place.pointer}/licenseDeclared` };
  const { sightings, searched, agreement } = report;
  const own = sightings.filter(({ path }) => !path.includes("/") || path.startsWith("LICENSES/"));
  const inForce = governingLicense(report);
  const terms = inForce === undefined ? undefined : termsOfExpression(inForce.license);
  const isFree = terms?.some(({ flags, osi, fsf, openData, openModel }) => {
    return (osi || fsf || openData || openModel) && !flags.some((flag) => restrictions.has(flag));
  });
  return [
    ...prose().slice(0, ONE_KIND_MAX),
    ...ambiguous().slice(0, ONE_KIND_MAX),
    ...cards().slice(0, ONE_KIND_MAX),
    ...links().slice(0, ONE_KIND_MAX),
    ...policies().slice(0, 1),
    ...gate(),
    ...compilation(),
    ...textAbsent(),
  ];

  /** M3. Prose that names one of the licences that hold is no news. */
  function prose(): Finding[] {
    if (inForce === undefined) return [];
    const { license } = inForce;
    return own
      .filter(({ source, expression }) => source === "prose" && expression !== undefined)
      .filter(({ expression = "" }) => compareLicenses(license, expression) === "different")
      .map(({ path, line, expression = "" }) =>
        finding("license-prose-differs", { ...at, args: { license, found: expression, path, ...lineOf(line) } }),
      );
  }

  /** M10, where a card or a package file speaks. `other` is no family: M6 is about it. */
  function ambiguous(): Finding[] {
    return own.flatMap(({ source, path, line, raw = "" }) => {
      if (source !== "card" && source !== "metadata") return [];
      const parsed = parseLicense(raw);
      if (parsed.kind !== "problem" || parsed.problem !== "ambiguous" || isNameless(raw)) return [];
      const args = { declared: raw, detail: parsed.detail, path, ...lineOf(line) };
      return [finding("license-ambiguous", { ...at, severity: "note", args })];
    });
  }

  /** M6: a name that nobody knows, and no way to what it means. */
  function cards(): Finding[] {
    if (searched !== "complete" || own.some(({ source }) => source === "text")) return [];
    return own
      .filter((sighting) => isUnexplained(sighting) && sighting.link === undefined)
      .map(({ path, line, raw = "" }) =>
        finding("license-link-absent", { ...at, args: { license: raw, path, ...lineOf(line) } }),
      );
  }

  function links(): Finding[] {
    return around.links
      .filter(({ state }) => state === "gone")
      .map(({ link, path, line, detail }) =>
        finding("license-link-dead", { ...at, args: { link, path, ...lineOf(line), detail } }),
      );
  }

  /** M7. A licence that knows of its policy wants it there. */
  function policies(): Finding[] {
    if (isFree !== true || inForce === undefined) return [];
    const { license } = inForce;
    return own
      .filter(({ source }) => source === "policy")
      .map(({ path }) => finding("license-use-policy-beside", { ...at, args: { license, path } }));
  }

  /** M11. Where the manifest says `open`, the gate is a surprise; where it says `gated`, it is worth a word. */
  function gate(): Finding[] {
    if (around.gated === undefined || isFree !== true || inForce === undefined) return [];
    const severity = around.piece.availability === "open" ? "warning" : "note";
    const args = { license: inForce.license, gated: around.gated };
    return [finding("license-gate-contradicts", { ...at, severity, args })];
  }

  /** M12. Some licences are written for a database and leave its contents out; a list of addresses contains nothing. */
  function compilation(): Finding[] {
    const { kind, records } = around.piece;
    if (inForce === undefined || (kind !== "dataset" && kind !== "evaluation-data")) return [];
    const { license } = inForce;
    const covers = records !== undefined ? "list" : forDatabases.test(license) ? "database" : undefined;
    return covers === undefined ? [] : [finding("license-compilation-only", { ...at, args: { license, covers } })];
  }

  /** M5, where something states a licence and its text is nowhere. */
  function textAbsent(): Finding[] {
    if (around.single || searched !== "complete" || inForce === undefined || agreement !== "match") return [];
    if (report.flags === undefined || !owesText(report.flags)) return [];
    if (own.some(({ source }) => source === "text")) return [];
    const stated = sightings.find(({ source, verdict }) => verdict === "exact" && source !== "prose");
    if (stated === undefined) return [];
    const args = { license: inForce.license, path: stated.path, ...lineOf(stated.line) };
    return [finding("license-text-absent", { ...at, args })];
  }
}

/** Written for databases, with their contents left out in so many words. */
const forDatabases = /(?:^|[^A-Za-z0-9.-])(?:ODC-By-1\.0|ODbL-1\.0)(?:$|[^A-Za-z0-9.-])/;

/** True for a card's licence that means nothing by itself. */
export function isUnexplained({ source, verdict, raw = "" }: LicenseSighting): boolean {
  if (source !== "card" || verdict !== "unknown" || raw.includes(",")) return false;
  const parsed = parseLicense(raw);
  return isNameless(raw) || (parsed.kind === "problem" && parsed.problem !== "ambiguous");
}

function isNameless(raw: string): boolean {
  return /^(?:other|unknown|custom)$/i.test(raw.trim());
}

function lineOf(line: number | undefined): { line?: number } {
  return line === undefined ? {} : { line };
}

/** Beside one file nobody looked: what is not in it may be there. */
export function withoutSurroundings(report: LicenseReport): LicenseReport {
  const { duties } = report;
  if (duties === undefined) return report;
  const told = duties.map((duty) => (duty.state === "missing" ? { ...duty, state: "undetermined" as const } : duty));
  return { ...report, duties: told };
}
