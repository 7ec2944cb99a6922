/** The weights of a release against the datasets in it; see M9 in `license-places.ts`. */
import { type Finding, finding } from "../model/findings.ts";
import type { Manifest } from "../model/manifest.ts";
import type { PieceReport } from "../model/report.ts";
import { compareTerms } from "./lineage-terms.ts";

/** The licence that people get from a piece. */
export function licenseOf({ license }: PieceReport): string | undefined {
  return license.flags?.license ?? license.published;
}

/** The release's weights against the datasets that they were built from, or all of them where it does not say. */
export function judgeOwnData(
  made: readonly PieceReport[],
  pieces: readonly PieceReport[],
  manifest: Pick<Manifest, "pieces">,
): Finding[] {
  const datasets = pieces.filter(({ kind }) => kind === "dataset");
  return made.flatMap((piece) => {
    const license = licenseOf(piece);
    const index = manifest.pieces.findIndex(({ id }) => id === piece.id);
    const sources = sourcesOf(piece.id, manifest);
    if (license === undefined) return [];
    return datasets
      .filter(({ id }) => sources === undefined || sources.has(id))
      .flatMap((data) => {
        const dataLicense = licenseOf(data);
        if (dataLicense === undefined) return [];
        const { verdict, dropped } = compareTerms(license, dataLicense, "trained-on");
        if (verdict !== "dropped") return [];
        const args = { license, dataset: data.id, dataLicense, flags: dropped.join(", ") };
        const pointer = `/pieces/${index}/licenseDeclared`;
        return [finding("license-data-forbids", { piece: piece.id, pointer, args })];
      });
  });
}

/** What a piece was built from, directly or by way of others; undefined where it does not say. */
function sourcesOf(id: string, { pieces }: Pick<Manifest, "pieces">): ReadonlySet<string> | undefined {
  const builtFrom = new Map(pieces.map((piece) => [piece.id, piece.builtFrom]));
  if (builtFrom.get(id) === undefined) return undefined;
  const sources = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const source of builtFrom.get(next) ?? [])
      if (!sources.has(source)) {
        sources.add(source);
        open.push(source);
      }
  return sources;
}
