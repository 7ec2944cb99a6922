/** What is said of the release as a whole, before and after. */
import type { Change, ChangeKind, Difference, DiffVoice } from "../model/diff.ts";
import type { ParentReport } from "../model/lineage.ts";
import type { WrittenReport } from "../model/report-schema.ts";
import type { DiffSide } from "./diff-side.ts";

/** Names, the manifest's text, claims, definitions and what the release was made from. */
export function diffRelease(before: DiffSide, after: DiffSide): readonly Change[] {
  const changes: Change[] = [];
  const add = (kind: ChangeKind, voice: DiffVoice, of: string, was?: string, is?: string): void => {
    if (was !== is) changes.push({ kind, differences: [{ voice, of, before: was, after: is }] });
  };
  add("release-name", "declared", "name", before.head.name, after.head.name);
  add("release-version", "declared", "version", before.head.version, after.head.version);
  const [was, is] = [before.head.manifest.digest.sha256, after.head.manifest.digest.sha256];
  if (was !== undefined && is !== undefined) add("manifest-text", "declared", "sha256", was, is);
  const said = ({ claims }: DiffSide): string => [...claims].sort().join(", ");
  add("claims", "declared", "claims", said(before), said(after));
  if (before.report === undefined || after.report === undefined) return changes;
  return [...changes, ...diffDefinitions(before.report, after.report), ...diffLineage(before.report, after.report)];
}

/** Definitions that both judged. */
function diffDefinitions(before: WrittenReport, after: WrittenReport): readonly Change[] {
  const first = new Map((before.openness?.definitions ?? []).map(({ id, verdict }) => [id, verdict]));
  return (after.openness?.definitions ?? []).flatMap(({ id, verdict }): readonly Change[] => {
    const was = first.get(id);
    if (was === undefined || was === verdict) return [];
    return [{ kind: "definition", differences: [{ voice: "verdict", of: id, before: was, after: verdict }] }];
  });
}

function diffLineage(before: WrittenReport, after: WrittenReport): readonly Change[] {
  const first = byPlace(before.lineage?.parents ?? []);
  const second = byPlace(after.lineage?.parents ?? []);
  const changes: Change[] = [];
  for (const [key, is] of second) {
    const was = first.get(key);
    const differences: Difference[] =
      was === undefined
        ? [{ voice: "found", of: "parent", after: is.relation }]
        : [
            ...said("verdict", "verdict", was, is),
            ...(isFound(was) && isFound(is) ? ofHost(was, is) : said("found", "status", was, is)),
          ];
    if (differences.length > 0) changes.push({ kind: "lineage", path: is.uri, differences });
  }
  for (const [key, was] of first) {
    if (second.has(key)) continue;
    changes.push({
      kind: "lineage",
      path: was.uri,
      differences: [{ voice: "found", of: "parent", before: was.relation }],
    });
  }
  return changes;
}

const isFound = ({ status }: ParentReport): boolean => status === "found";

function ofHost(was: ParentReport, is: ParentReport): readonly Difference[] {
  return (["license", "gated", "revision"] as const).flatMap((of) => said("published", of, was, is));
}

function said(
  voice: DiffVoice,
  of: "verdict" | "status" | "license" | "gated" | "revision",
  was: ParentReport,
  is: ParentReport,
): readonly Difference[] {
  return was[of] === is[of] ? [] : [{ voice, of, before: was[of], after: is[of] }];
}

function byPlace(parents: readonly ParentReport[]): ReadonlyMap<string, ParentReport> {
  return new Map(parents.map((parent) => [`${parent.child}\n${parent.uri}`, parent]));
}
