import { definitionIds } from "../judge/definitions.ts";
import type { Finding } from "../model/findings.ts";
import { parseLicense } from "../model/license.ts";
import { lint as lintManifest } from "../plan/lint.ts";
import { makePlan, type Plan, type Recognise } from "../plan/plan.ts";
import { findResolver, supportedKinds } from "../resolve/registry.ts";
import { loadManifest } from "./load.ts";
import type { ManifestSource } from "./source.ts";

/**
 * Everything that can be said of a manifest without asking anybody, in the order of its text.
 * Throws `manifest-invalid` with the findings when the manifest can not be used at all.
 */
export async function lint(source: ManifestSource): Promise<readonly Finding[]> {
  const { manifest, findings, positionOf } = await loadManifest(source);
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
  return makePlan((await loadManifest(source)).manifest, recognise);
}

const recognise: Recognise = (location) => {
  const found = findResolver(location);
  return found === undefined ? undefined : { resolver: found.resolver.id, pinned: found.resolver.isPinned(found.ref) };
};
