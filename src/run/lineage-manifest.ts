import { madeKinds } from "../judge/lineage-seen.ts";
import { WholesourceError } from "../model/error.ts";
import type { Lineage, Location } from "../model/manifest.ts";
import type { Run } from "./context.ts";
import { loadManifest } from "./load.ts";
import { openManifest } from "./source.ts";

/** What a parent says of itself in its own manifest. */
export interface ParentManifest {
  /** What it declares of its weights, all of it together. */
  readonly license?: string;
  readonly lineage: readonly Lineage[];
  /** Why it tells nothing. */
  readonly broken?: string;
}

/** Reads the manifest that a lineage names, beside ours or over https. A parent's own manifest is its word, no measurement. */
export async function parentManifest(location: Location, run: Run): Promise<ParentManifest> {
  try {
    const isRemote = /^https?:\/\//i.test(location.uri);
    const local = isRemote ? undefined : run.localFile(location.uri);
    if (local !== undefined && "status" in local) return unread(local.message);
    const source = await openManifest(local?.path ?? location.uri, {
      cwd: "/",
      stdin: (async function* () {})(),
      http: async () => run.resolveContext.http,
      signal: run.signal,
    });
    const { manifest } = await loadManifest(source);
    const licenses = manifest.pieces
      .filter(({ kind, licenseDeclared }) => madeKinds.has(kind) && licenseDeclared !== undefined)
      .map(({ licenseDeclared = "" }) => licenseDeclared);
    const [first, ...others] = [...new Set(licenses)];
    const license = others.length === 0 ? first : [first, ...others].map((one) => `(${one})`).join(" AND ");
    // Paths of another manifest are not ours to follow.
    const lineage = manifest.lineage.filter(({ base }) => /^[a-z][a-z0-9+.-]*:/i.test(base.uri));
    const broken = lineage.length < manifest.lineage.length ? "its manifest names a parent by a path" : undefined;
    return { ...(license === undefined ? {} : { license }), lineage, ...(broken === undefined ? {} : { broken }) };
  } catch (error) {
    if (error instanceof WholesourceError) return unread(error.message);
    throw error;
  }
}

function unread(why: string): ParentManifest {
  return { lineage: [], broken: `its manifest tells nothing: ${why}` };
}
