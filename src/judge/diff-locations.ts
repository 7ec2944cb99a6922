/** Where a piece is said to be, and what those places stand for, before and after. */
import type { Change, Difference } from "../model/diff.ts";
import type { SideLocation, SidePiece } from "./diff-side.ts";
import type { Basis } from "./diff-values.ts";

/** Compares the declared locations, what they stand for now, and which one gave what was judged. */
export function diffLocations(before: SidePiece, after: SidePiece, basis: Basis): readonly Change[] {
  const piece = after.id;
  const changes: Change[] = [];
  const first = byUri(before.locations);
  const second = byUri(after.locations);
  const declared: Difference[] = [];
  for (const [uri, was] of first) {
    const is = second.get(uri);
    if (is === undefined) declared.push({ voice: "declared", of: "location", before: told(was) });
    // Of a location that was not tried a report keeps the address alone.
    else if (was.isWhole && is.isWhole) declared.push(...differences(was, is));
  }
  for (const [uri, is] of second) {
    if (!first.has(uri)) declared.push({ voice: "declared", of: "location", after: told(is) });
  }
  const order = [before, after].map(({ locations }) => locations.map(({ uri }) => uri).join("\n"));
  if (declared.length === 0 && order[0] !== order[1]) {
    const [was, is] = [before, after].map(({ locations }) => locations.map(({ uri }) => uri).join(", "));
    declared.push({ voice: "declared", of: "order of locations", before: was, after: is });
  }
  if (declared.length > 0) changes.push({ kind: "location", piece, differences: declared });
  if (basis === "declared") return changes;

  for (const [uri, was] of first) {
    const now = second.get(uri);
    if (was.revision === undefined || now?.revision === undefined || was.revision === now.revision) continue;
    const revision: Difference = { voice: "published", of: uri, before: was.revision, after: now.revision };
    changes.push({ kind: "revision", piece, differences: [revision] });
  }
  const [used, usedNow] = [usedUri(before), usedUri(after)];
  // A location that is new or gone is told already.
  if (used !== undefined && usedNow !== undefined && used !== usedNow && second.has(used) && first.has(usedNow)) {
    const differences: Difference[] = [{ voice: "found", of: "location", before: used, after: usedNow }];
    changes.push({ kind: "location-used", piece, differences });
  }
  return changes;
}

function usedUri({ location, locations }: SidePiece): string | undefined {
  const used = location === undefined ? undefined : locations[location];
  return used?.status === "found" ? used.uri : undefined;
}

/** One address may stand there several times, with other paths: its place among them tells which. */
function byUri(locations: readonly SideLocation[]): ReadonlyMap<string, SideLocation> {
  const found = new Map<string, SideLocation>();
  for (const one of locations) {
    let key = one.uri;
    for (let n = 2; found.has(key); n++) key = `${one.uri} (${n})`;
    found.set(key, one);
  }
  return found;
}

function differences(was: SideLocation, is: SideLocation): readonly Difference[] {
  const revision: Difference = {
    voice: "declared",
    of: "revision",
    before: was.declaredRevision,
    after: is.declaredRevision,
  };
  const path: Difference = { voice: "declared", of: "path", before: was.path, after: is.path };
  return [revision, path].filter((one) => one.before !== one.after);
}

function told({ uri, declaredRevision, path }: SideLocation): string {
  return `${uri}${declaredRevision === undefined ? "" : `@${declaredRevision}`}${path === undefined ? "" : ` (${path})`}`;
}
