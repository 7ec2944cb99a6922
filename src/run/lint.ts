import { definitionIds } from "../judge/definition-ids.ts";
import type { Finding } from "../model/findings.ts";
import { parseLicense } from "../model/license.ts";
import type { Location, Manifest } from "../model/manifest.ts";
import { lint as lintManifest } from "../plan/lint.ts";
import { makePlan, type Plan, type Recognise } from "../plan/plan.ts";
import { findResolvers, supportedKinds } from "../resolve/registry.ts";
import { loadManifest } from "./load.ts";
import type { ManifestSource } from "./source.ts";

/**
 * Everything that can be said of a manifest without asking anybody, in the order of its text.
 * Throws `manifest-invalid` with the findings when the manifest can not be used at all.
 */
export async function lint(source: ManifestSource): Promise<readonly Finding[]> {
  const { manifest, findings, positionOf } = await loadManifest(source);
  const recognise = await recogniserOf(manifest);
  const more = lintManifest(manifest, {
    isPinned: (location) => recognise(location)?.pinned,
    supported: supportedKinds(),
    checkLicense: (text) => {
      const parsed = parseLicense(text);
      return parsed.kind === "problem" ? { problem: parsed.problem, detail: parsed.detail } : {};
    },
    knownClaims: definitionIds,
  }).map((found) => (found.line === undefined ? { ...found, ...positionOf(found.pointer) } : found));
  return [...findings, ...more].sort(
    (first, second) => (first.line ?? 0) - (second.line ?? 0) || (first.column ?? 0) - (second.column ?? 0),
  );
}

/** What a verification would ask and read, from the manifest alone. */
export async function plan(source: ManifestSource): Promise<Plan> {
  const { manifest } = await loadManifest(source);
  return makePlan(manifest, await recogniserOf(manifest));
}

async function recogniserOf({ pieces, lineage }: Manifest): Promise<Recognise> {
  const named: readonly Location[] = [
    ...pieces.flatMap(({ locations }) => locations),
    ...lineage.map(({ base }) => base),
  ];
  const find = await findResolvers(named);
  return (location) => {
    const { resolver, ref } = find(location) ?? {};
    return resolver === undefined || ref === undefined
      ? undefined
      : { resolver: resolver.id, pinned: resolver.isPinned(ref) };
  };
}
