/** Findings in the order and the portions in which people read them. */
import type { DigestAlgorithm } from "../model/digest.ts";
import { type Finding, type FindingArg, type FindingCode, findingHint, type Severity } from "../model/findings.ts";
import { printable } from "../model/printable.ts";
import { plural } from "../model/quantity.ts";

/** Findings of one code, one severity and one piece that ask for the same next step. */
export interface FindingGroup {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Safe to print. */
  readonly hint: string;
  readonly findings: readonly Finding[];
  /** How many more there are that the report only counts. */
  readonly omitted: number;
}

/** One piece's findings; `piece` is absent for what concerns the whole manifest. */
export interface FindingSection {
  readonly piece?: string;
  readonly groups: readonly FindingGroup[];
}

/** What one voice says in a disagreement. */
export interface Side {
  readonly voice: "declared" | "published" | "measured" | "found";
  /** Stands before the value: the digest's algorithm. Never foreign. */
  readonly algorithm?: DigestAlgorithm;
  /** Foreign text. */
  readonly value: string;
}

const VOICES = ["declared", "published", "measured", "found"] as const satisfies readonly Side["voice"][];
const GRAVEST_FIRST = ["error", "warning", "note"] as const satisfies readonly Severity[];

/** The whole manifest first, then each piece in order; within one, the gravest first and equal codes together. */
export function findingSections(
  findings: readonly Finding[],
  findingsOmitted: { readonly [code: string]: number } = {},
): readonly FindingSection[] {
  const sections = new Map<string | undefined, Map<string, Omit<FindingGroup, "omitted"> & { findings: Finding[] }>>();
  if (findings.some(({ piece }) => piece === undefined)) sections.set(undefined, new Map());
  for (const found of findings) {
    const groups = sections.get(found.piece) ?? new Map();
    sections.set(found.piece, groups);
    const { code, severity } = found;
    const hint = findingHint(found, printable);
    const key = `${severity} ${code} ${hint}`;
    const group = groups.get(key) ?? { code, severity, hint, findings: [] };
    groups.set(key, group);
    group.findings.push(found);
  }
  const counted = new Map(Object.entries(findingsOmitted));
  const groupsOf = new Map<FindingCode, number>();
  for (const groups of sections.values()) {
    for (const { code } of groups.values()) groupsOf.set(code, (groupsOf.get(code) ?? 0) + 1);
  }
  // A report counts what it leaves out by code alone: only where one group has the code is it known whose they are.
  const omittedOf = (code: FindingCode): number => (groupsOf.get(code) === 1 ? (counted.get(code) ?? 0) : 0);
  return [...sections].map(([piece, groups]) => ({
    ...(piece === undefined ? {} : { piece }),
    groups: GRAVEST_FIRST.flatMap((severity) =>
      [...groups.values()]
        .filter((group) => group.severity === severity)
        .map((group) => ({ ...group, omitted: omittedOf(group.code) })),
    ),
  }));
}

/** The sides of a disagreement, or none where the finding is not one. */
export function sidesOf(found: Finding): readonly Side[] {
  const args = new Map(Object.entries<FindingArg>(found.args));
  const algorithm =
    found.code === "digest-mismatch" || found.code === "digest-published-differs" ? found.args.algorithm : undefined;
  const sides = VOICES.flatMap((voice): Side[] => {
    const value = args.get(voice);
    if (value === undefined) return [];
    const shown = typeof value === "number" ? plural(value, "byte") : value;
    return [{ voice, ...(algorithm === undefined ? {} : { algorithm }), value: shown }];
  });
  return sides.length < 2 ? [] : sides;
}

/** What the finding is about: a path or an address, or nothing. Foreign text. */
export function subjectOf(found: Finding): string | undefined {
  if ("path" in found.args) return found.args.path;
  return "uri" in found.args ? found.args.uri : undefined;
}

/** `wholesource.yaml:31:9`, or the pointer where the text's position is not known. */
export function positionText(found: Finding, manifestName: string): string {
  if (found.line === undefined) return found.pointer === "" ? manifestName : `${manifestName}#${found.pointer}`;
  return [manifestName, found.line, ...(found.column === undefined ? [] : [found.column])].join(":");
}
