/** Which changes are for the worse: the opinions of whoever watches a release. */
import type { Change, Diff, Difference, Untold } from "../model/diff.ts";
import { algorithmInfo, digestAlgorithms } from "../model/digest.ts";
import { availabilities } from "../model/manifest.ts";
import { verdicts } from "../model/openness.ts";
import type { FileReport, Outcome, VerificationDepth } from "../model/report.ts";
import type { DiffSide, SidePiece } from "./diff-side.ts";

/** From best to worst. */
const RANKS: readonly Difference["after"][] = [
  "verified",
  "resolved",
  "withheld",
  "gated",
  "inconclusive",
  "broken",
] satisfies Outcome[];
const VERDICTS: readonly Difference["after"][] = verdicts;
const OPENNESS: readonly Difference["after"][] = availabilities;

/** Whether a change is for the worse. What may be either is: nobody is told that a changed licence is nothing. */
export function isWorse(change: Change, before: SidePiece | undefined, after: SidePiece | undefined): boolean {
  const { kind, differences, finding } = change;
  switch (kind) {
    case "outcome":
      return differences.some((one) => rankOf(one.after) > rankOf(one.before));
    case "gate":
      return differences.some((one) => String(one.after).startsWith("gated"));
    case "availability":
      return differences.some((one) => openness(one.after) > openness(one.before));
    case "piece-vanished":
    case "file-removed":
      return true;
    case "piece-bytes":
      return after === undefined || !holds(after);
    case "file-changed": {
      const file = after?.files.find((one) => one.path === change.path && one.containedIn === change.containedIn);
      return file === undefined || !holds(file);
    }
    case "revision":
    case "records":
      // Every declared fact holds, and the bytes were read: whatever was there before, this is what was promised.
      return after?.outcome !== "verified";
    case "license":
    case "license-place":
      return !(before?.license.agreement === "mismatch" && after?.license.agreement === "match");
    case "file-count":
      return differences.some((one) => grew(one, "missing files") || grew(one, "undeclared files") || shrank(one));
    case "finding-new":
      return finding?.severity !== "note";
    case "finding-count":
      return differences.some((one) => Number(one.after) > Number(one.before));
    case "definition":
      return differences.some((one) => verdictRank(one.after) > verdictRank(one.before));
    case "lineage":
      return differences.some((one) => one.before !== undefined);
    case "release-name":
    case "release-version":
    case "manifest-text":
    case "claims":
    case "piece-appeared":
    case "piece-kind":
    case "location":
    case "location-used":
    case "listing":
    case "file-added":
    case "finding-gone":
      return false;
  }
}

/** Whether these are the bytes that were promised: then it is what was there before that was false. */
function holds({ digest, size }: Pick<FileReport, "digest"> & Partial<Pick<FileReport, "size">>): boolean {
  const told = digestAlgorithms.map((name) => ({ agreement: digest[name]?.agreement, weak: algorithmInfo[name].weak }));
  const isFalse = size?.agreement === "mismatch" || told.some(({ agreement }) => agreement === "mismatch");
  return !isFalse && told.some(({ agreement, weak }) => agreement === "match" && !weak);
}

/** Whether anything in a diff is for the worse, against what was known of the release before. */
export function anyWorse(diff: Diff, before: DiffSide, after: DiffSide): boolean {
  const of = (side: DiffSide): ReadonlyMap<string, SidePiece> => new Map(side.pieces.map((piece) => [piece.id, piece]));
  const [first, second] = [of(before), of(after)];
  const verdict = new Map((before.report?.openness?.definitions ?? []).map((one) => [one.id, one.verdict]));
  // A verdict that could not be reached for a while is no worse when it is what it was.
  const sinceKnown = (change: Change): Change => ({
    ...change,
    differences: change.differences.map((one) => ({ ...one, before: verdict.get(one.of) ?? one.before })),
  });
  const changes = diff.changes.map((change) => (change.kind === "definition" ? sinceKnown(change) : change));
  return changes.some((change) => isWorse(change, first.get(change.piece ?? ""), second.get(change.piece ?? "")));
}

/** Silences that hide a change, whatever the depth is. */
const HIDING: ReadonlySet<Untold["code"]> = new Set(["run-partial", "piece-inconclusive", "findings-not-sought"]);
/** Silences that come with asking the hosts alone. */
const OF_PROBES: ReadonlySet<Untold["code"]> = new Set(["license-not-searched", "presence-not-told"]);

/**
 * Whether something that was not compared leaves it open what changed: the later look says less than the earlier one
 * did, or less than its depth promises. What neither of two like looks could ever tell does not.
 */
export function leavesOpen({ code, side }: Untold, depth: VerificationDepth): boolean {
  return HIDING.has(code) || side === "after" || (depth !== "probe" && OF_PROBES.has(code));
}

const rankOf = (outcome: Difference["after"]): number => RANKS.indexOf(outcome);
const verdictRank = (verdict: Difference["after"]): number => VERDICTS.indexOf(verdict);
const openness = (value: Difference["after"]): number => OPENNESS.indexOf(value);
const grew = ({ of, before = 0, after = 0 }: Difference, what: string): boolean =>
  of === what && Number(after) > Number(before);
const shrank = ({ of, before = 0, after = 0 }: Difference): boolean =>
  of === "present files" && Number(after) < Number(before);
