/** The licence of one piece before and after, in each voice. Silence is no change, and no agreement either. */
import type { Change, Difference, Untold } from "../model/diff.ts";
import type { LicenseSighting } from "../model/evidence.ts";
import { compareLicenses } from "../model/license.ts";
import type { Compared } from "./diff-files.ts";
import type { SidePiece } from "./diff-side.ts";
import type { Basis } from "./diff-values.ts";

/** SPDX: nobody says anything. */
const SILENCE = "NOASSERTION";

/** Compares what is declared, published and concluded, and what each place says. */
export function diffLicense(before: SidePiece, after: SidePiece, basis: Basis): Compared {
  const piece = after.id;
  const [was, is] = [before.license, after.license];
  const differences: Difference[] = [];
  const untold: Untold[] = [];
  if (!isSame(was.declared, is.declared)) {
    differences.push({ voice: "declared", of: "license", before: was.declared, after: is.declared });
  }
  if (basis === "declared") return { changes: changed(piece, differences), untold };

  if (!isSame(was.published, is.published)) {
    const silent = (side: SidePiece): boolean =>
      side.license.published === undefined && side.locations[side.location ?? 0]?.status !== "found";
    if (!silent(before) && !silent(after)) {
      differences.push({ voice: "published", of: "license", before: was.published, after: is.published });
    } else untold.push({ code: "license-not-published", piece, side: silent(before) ? "before" : "after" });
  }

  const [searched, searchedNow] = [was.searched === "complete", is.searched === "complete"];
  const lost = is.concluded === SILENCE && !searchedNow;
  const unsought = was.concluded === SILENCE && !searched;
  if (!isSame(was.concluded, is.concluded) && !lost && !unsought) {
    differences.push({ voice: "concluded", of: "license", before: was.concluded, after: is.concluded });
  }
  const places = diffPlaces(piece, was.sightings, is.sightings);
  // Where no text was looked for, it may say anything.
  if (!(searched && searchedNow) && (lost || unsought)) {
    const side = lost && unsought ? "both" : lost ? "after" : "before";
    // Neither was ever looked at: that is how such a release is, and told by its own report.
    if (side !== "both" || was.searched !== "not-done" || is.searched !== "not-done" || was.sightings.length > 0) {
      untold.push({ code: "license-not-searched", piece, side });
    }
  }
  return { changes: [...changed(piece, differences), ...places], untold };
}

function changed(piece: string, differences: readonly Difference[]): readonly Change[] {
  return differences.length === 0 ? [] : [{ kind: "license", piece, differences }];
}

/** `MIT OR Apache-2.0` and `Apache-2.0 OR MIT` are one statement. */
function isSame(before: string | undefined, after: string | undefined): boolean {
  if (before === after) return true;
  if (before === undefined || after === undefined) return false;
  return compareLicenses(before, after) === "same";
}

/** Places that both sides read, and that say another thing now. */
function diffPlaces(
  piece: string,
  before: readonly LicenseSighting[],
  after: readonly LicenseSighting[],
): readonly Change[] {
  const first = byPlace(before);
  const changes: Change[] = [];
  for (const [place, said] of byPlace(after)) {
    const was = first.get(place);
    if (was === undefined || was.text === said.text) continue;
    changes.push({
      kind: "license-place",
      piece,
      path: said.path,
      differences: [{ voice: "measured", of: "license", before: was.text, after: said.text }],
    });
  }
  return changes;
}

function byPlace(sightings: readonly LicenseSighting[]): ReadonlyMap<string, { readonly path: string; text: string }> {
  const places = new Map<string, { readonly path: string; text: string }>();
  for (const sighting of sightings) {
    const { source, path } = sighting;
    const place = `${source} ${path}`;
    const known = places.get(place);
    if (known === undefined) places.set(place, { path, text: saying(sighting) });
    else known.text += `; ${saying(sighting)}`;
  }
  return places;
}

/** What one place says, in a few words: `exact MIT`, `modified, resembles MIT`. */
function saying({ verdict, expression, resembles, raw, parts }: LicenseSighting): string {
  const name = expression ?? (resembles === undefined ? undefined : `resembles ${resembles}`) ?? raw;
  const inside = (parts ?? []).map((part) => `${part.verdict} ${part.expression ?? part.resembles ?? ""}`.trim());
  return [name === undefined ? verdict : `${verdict} ${name}`, ...inside].join(", ");
}
