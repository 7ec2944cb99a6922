/** Where an archive may not lie: inside what it is made of, which it would change while it is read. */
import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { WholesourceError } from "../model/error.ts";
import type { Location, Manifest } from "../model/manifest.ts";

/** Throws `usage` where a place lies in a folder that a piece is made of. `folder` is the manifest's own. */
export function refuseInsidePieces(
  { pieces }: Manifest,
  folder: string | undefined,
  places: readonly { readonly what: string; readonly path: string }[],
): void {
  for (const { id, locations } of pieces) {
    for (const location of locations) {
      const local = localFolder(location, folder);
      const inside = local === undefined ? undefined : places.find(({ path }) => isInside(real(path), real(local)));
      if (inside === undefined) continue;
      throw new WholesourceError(
        "usage",
        `${inside.what} would lie inside the piece \`${id}\` and change it: \`${inside.path}\``,
        {
          hint: "name a place outside of the release's pieces",
        },
      );
    }
  }
}

function localFolder({ uri, path = "" }: Location, folder: string | undefined): string | undefined {
  if (/^file:\/\/\//i.test(uri)) return resolve(fileURLToPath(uri), path);
  if (/^[^/]*:/.test(uri)) return undefined;
  return folder === undefined ? undefined : resolve(folder, uri, path);
}

/** With every link followed, as far as it is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(real(parent), basename(path));
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
