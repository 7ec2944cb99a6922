import { type Finding, finding } from "../model/findings.ts";
import { isHeldByDigests } from "../model/held.ts";
import type { Location, Manifest, Piece } from "../model/manifest.ts";
import { lintFiles } from "./lint-files.ts";

/** What lint asks of others: it knows neither hosts nor licences. */
export interface LintOptions {
  /** Whether a location as written can not change its meaning; undefined when nobody reads such locations. */
  readonly isPinned: (location: Location) => boolean | undefined;
  /** The kinds of locations that are read, for the message. */
  readonly supported: string;
  /** What is wrong with a licence field, if anything. */
  readonly checkLicense: (text: string) => { readonly problem?: string; readonly detail?: string };
  readonly knownClaims: readonly string[];
}

/** Schemes whose bytes anybody on the way can change. */
const INSECURE = /^(?:http|ftp|git|git\+http):/i;

/** Everything that can be said of a sound manifest without asking anybody. Pure; in the manifest's order. */
export function lint(manifest: Manifest, options: LintOptions): readonly Finding[] {
  const claims = manifest.claims.flatMap((claim, index) =>
    options.knownClaims.includes(claim)
      ? []
      : [
          finding("claim-unknown", {
            pointer: `/claims/${index}`,
            args: { claim, known: options.knownClaims.join(", ") },
          }),
        ],
  );
  const pieces = manifest.pieces.flatMap((piece, index) => lintPiece(piece, `/pieces/${index}`, options));
  const lineage = manifest.lineage.flatMap(({ base }, index) =>
    options.isPinned(base) === false
      ? [finding("location-unpinned", { pointer: `/lineage/${index}/base`, args: { uri: base.uri } })]
      : [],
  );
  return [...claims, ...pieces, ...lineage];
}

function lintPiece(piece: Piece, pointer: string, options: LintOptions): readonly Finding[] {
  const { id, availability, availabilityReason, locations } = piece;
  const findings: Finding[] = [];
  if (availability !== "open" && availabilityReason === undefined) {
    const at = `${pointer}/availability`;
    findings.push(finding("availability-unreasoned", { piece: id, pointer: at, args: { declared: availability } }));
  }
  if (availability === "open" && locations.length === 0) {
    findings.push(finding("location-missing", { piece: id, pointer, args: {} }));
  }
  findings.push(...lintLicense(piece, pointer, options));
  const held = isHeldByDigests(piece);
  for (const [index, location] of locations.entries()) {
    findings.push(...lintLocation(location, index, held, id, `${pointer}/locations/${index}`, options));
  }
  // Of what nobody can have, nobody can check a byte.
  if (locations.length > 0 || availability === "open") findings.push(...lintFiles(piece, pointer));
  return findings;
}

function lintLicense(
  { id, licenseDeclared: declared, availability }: Piece,
  pointer: string,
  { checkLicense }: LintOptions,
): readonly Finding[] {
  if (declared === undefined) {
    return availability === "withheld" ? [] : [finding("license-undeclared", { piece: id, pointer, args: {} })];
  }
  const { problem, detail = "" } = checkLicense(declared);
  if (problem === undefined) return [];
  const code = problem === "ambiguous" ? "license-ambiguous" : "license-malformed";
  return [finding(code, { piece: id, pointer: `${pointer}/licenseDeclared`, args: { declared, detail } })];
}

function lintLocation(
  location: Location,
  index: number,
  held: boolean,
  piece: string,
  pointer: string,
  { isPinned, supported }: LintOptions,
): readonly Finding[] {
  const { uri } = location;
  const place = { piece, location: index, pointer };
  const findings: Finding[] = [];
  if (INSECURE.test(uri)) findings.push(finding("location-insecure", { ...place, args: { uri } }));
  const pinned = isPinned(location);
  if (pinned === undefined)
    findings.push(finding("location-unsupported", { ...place, args: { uri, known: supported } }));
  if (pinned === false) {
    // What digests hold can not change unnoticed.
    findings.push(finding("location-unpinned", { ...place, severity: held ? "note" : undefined, args: { uri } }));
  }
  return findings;
}
