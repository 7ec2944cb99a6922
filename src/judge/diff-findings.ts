/** The findings that only one of two reports has. What a less thorough look does not say again is not called gone. */
import type { Change, DiffFinding, Untold } from "../model/diff.ts";
import type { WrittenFinding, WrittenReport } from "../model/report-schema.ts";
import type { Compared } from "./diff-files.ts";

/** Facts that differ from run to run without a difference in what is meant. */
const PASSING: ReadonlySet<string> = new Set(["detail", "retryAt", "attempts", "bytesRead", "measured", "score"]);
const THOROUGHNESS = { probe: 0, sample: 1, full: 2 } as const;

/** `uncertain`: pieces that the later one could not tell about, or that one of the two was not asked for. */
export function diffFindings(before: WrittenReport, after: WrittenReport, uncertain: Uncertain): Compared {
  const changes: Change[] = [];
  const cut = new Set([...Object.keys(before.findingsOmitted), ...Object.keys(after.findingsOmitted)]);
  const lessThorough = THOROUGHNESS[after.depth] < THOROUGHNESS[before.depth] || after.partial;
  const [first, second] = [tally(before.findings), tally(after.findings)];
  const notSought = new Map<string | undefined, number>();
  for (const [key, { finding, count }] of second) {
    const more = count - (first.get(key)?.count ?? 0);
    if (more <= 0 || cut.has(finding.code) || uncertain.notAsked.has(finding.piece ?? "")) continue;
    for (let n = 0; n < more; n++) changes.push(findingChange("finding-new", finding));
  }
  for (const [key, { finding, count }] of first) {
    const fewer = count - (second.get(key)?.count ?? 0);
    if (fewer <= 0 || cut.has(finding.code) || uncertain.notAsked.has(finding.piece ?? "")) continue;
    if (lessThorough || uncertain.inconclusiveAfter.has(finding.piece ?? "")) {
      notSought.set(finding.piece, (notSought.get(finding.piece) ?? 0) + fewer);
      continue;
    }
    for (let n = 0; n < fewer; n++) changes.push(findingChange("finding-gone", finding));
  }
  const untold: Untold[] = [...notSought].map(([piece, count]) => ({
    code: "findings-not-sought",
    ...(piece === undefined ? {} : { piece }),
    side: "after",
    count,
  }));
  for (const code of [...cut].sort()) {
    const [was, is] = [total(before, code), total(after, code)];
    if (was !== is) {
      const differences = [{ voice: "verdict", of: code, before: was, after: is }] as const;
      changes.push({ kind: "finding-count", differences });
    }
    const [a, b] = [Object.hasOwn(before.findingsOmitted, code), Object.hasOwn(after.findingsOmitted, code)];
    untold.push({
      code: "findings-cut",
      side: a && b ? "both" : a ? "before" : "after",
      finding: code,
      count: Math.max(was, is),
    });
  }
  return { changes, untold };
}

/** Pieces, by id, of which a side says nothing that a comparison could rest on. */
export interface Uncertain {
  readonly inconclusiveAfter: ReadonlySet<string>;
  readonly notAsked: ReadonlySet<string>;
}

interface Tallied {
  readonly finding: WrittenFinding;
  count: number;
}

function tally(findings: readonly WrittenFinding[]): ReadonlyMap<string, Tallied> {
  const counted = new Map<string, Tallied>();
  for (const finding of findings) {
    const { code, severity, piece, args } = finding;
    const lasting = Object.entries(args)
      .filter(([name]) => !PASSING.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([code, severity, piece ?? null, lasting]);
    const known = counted.get(key);
    if (known === undefined) counted.set(key, { finding, count: 1 });
    else known.count += 1;
  }
  return counted;
}

function total({ findings, findingsOmitted }: WrittenReport, code: string): number {
  return findings.filter((one) => one.code === code).length + (findingsOmitted[code] ?? 0);
}

function findingChange(kind: "finding-new" | "finding-gone", finding: WrittenFinding): Change {
  const { code, severity, args, piece } = finding;
  const told: DiffFinding = { code, severity, args };
  return { kind, ...(piece === undefined ? {} : { piece }), differences: [], finding: told };
}
