/** What the rows of a list of addresses came to: one state each, counted. */
import { algorithmInfo, type DigestSet, digestAlgorithms } from "../model/digest.ts";
import type { Evidence } from "../model/evidence.ts";
import { type RecordExample, type RecordState, recordStates } from "../model/records.ts";

/** Rows that a report shows of one state. */
export const EXAMPLES_OF_A_STATE_MAX = 5;

/** A bounded summary of rows, whatever the order in which they came. */
export interface FoldedRecords {
  readonly counts: { readonly [State in RecordState]: number };
  readonly asked: number;
  readonly compared: number;
  /** Rows that declare a digest that can not be forged. */
  readonly strong: number;
  readonly suspicious: number;
  readonly suspiciousExample: string | undefined;
  readonly reasons: { readonly [reason: string]: number };
  readonly examples: readonly RecordExample[];
  readonly bytes: number;
}

/** Takes the evidence of rows. */
export interface RecordsFold {
  /** `list` is the list's place among the lists. */
  add(list: number, evidence: Evidence): void;
  finish(): FoldedRecords;
}

interface Placed {
  readonly list: number;
  readonly example: RecordExample;
}

/** A fold over the evidence of rows: memory does not grow with them. */
export function foldRecords(): RecordsFold {
  const counts = { resolves: 0, changed: 0, gone: 0, unusable: 0, inconclusive: 0 };
  const totals = { asked: 0, compared: 0, strong: 0, suspicious: 0, bytes: 0 };
  const reasons = new Map<string, number>();
  const examples = new Map<RecordState | "suspicious", Placed[]>();

  const keep = (kind: RecordState | "suspicious", placed: Placed): void => {
    const kept = examples.get(kind) ?? [];
    examples.set(kind, kept);
    kept.push(placed);
    if (kept.length >= 4 * EXAMPLES_OF_A_STATE_MAX) cut(kept);
  };

  return {
    add(list, evidence) {
      const { state, reason, compared = false, suspicious = false } = stateOf(evidence);
      const { row = 0, url, digest } = evidence.record ?? {};
      counts[state] += 1;
      totals.asked += 1;
      totals.bytes += evidence.transfer?.size ?? 0;
      if (compared) totals.compared += 1;
      if (isStrong(digest)) totals.strong += 1;
      if (state === "resolves" && !suspicious) return;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      const example = { state, list: evidence.path, row, ...(url === undefined ? {} : { url }), reason };
      if (suspicious) totals.suspicious += 1;
      keep(suspicious ? "suspicious" : state, { list, example });
    },
    finish() {
      const shown = [...recordStates, "suspicious" as const].flatMap((kind) => cut(examples.get(kind) ?? []));
      const suspicious = cut(examples.get("suspicious") ?? [])[0];
      return {
        ...totals,
        counts,
        reasons: Object.fromEntries([...reasons].sort(([a], [b]) => (a < b ? -1 : 1))),
        examples: shown.map(({ example }) => example),
        suspiciousExample: suspicious === undefined ? undefined : nameOf(suspicious.example),
      };
    },
  };
}

/** How a row is called in a sentence. */
export function nameOf({ url, list, row }: RecordExample): string {
  return url ?? `row ${row} of ${list}`;
}

function cut(kept: Placed[]): readonly Placed[] {
  kept.sort((a, b) => a.list - b.list || a.example.row - b.example.row);
  kept.length = Math.min(kept.length, EXAMPLES_OF_A_STATE_MAX);
  return kept;
}

interface Stated {
  readonly state: RecordState;
  readonly reason: string;
  readonly compared?: boolean;
  readonly suspicious?: boolean;
}

/** Only a host that says so makes a row gone, and only bytes that were read to a proven end make it changed. */
function stateOf({ record, refusal, transfer, inspection }: Evidence): Stated {
  if (record?.problem !== undefined) return { state: "unusable", reason: record.problem };
  if (refusal !== undefined) {
    return { state: refusal.kind === "absent" ? "gone" : "inconclusive", reason: refusal.reason };
  }
  const placeholder = inspection?.hazards.find(({ code }) => placeholders.has(code))?.code;
  const { digest: declared, size } = record ?? {};
  if (transfer !== undefined && (declared !== undefined || size !== undefined)) {
    const compared = declared !== undefined;
    const differs =
      size !== undefined && size !== transfer.size ? "size-mismatch" : digestFault(declared, transfer.digest);
    if (differs === undefined) return { state: "resolves", reason: "as-declared", compared };
    if (!transfer.lengthProven) return { state: "inconclusive", reason: "length-unproven" };
    return { state: "changed", reason: placeholder ?? differs, compared: true };
  }
  return placeholder === undefined
    ? { state: "resolves", reason: "there" }
    : { state: "resolves", reason: placeholder, suspicious: true };
}

const placeholders: ReadonlySet<string> = new Set(["html-page", "login-page", "error-body", "empty-file"]);

function digestFault(declared: DigestSet | undefined, measured: DigestSet): string | undefined {
  const differs = digestAlgorithms.some((one) => declared?.[one] !== undefined && declared[one] !== measured[one]);
  return differs ? "digest-mismatch" : undefined;
}

function isStrong(digest: DigestSet | undefined): boolean {
  return digestAlgorithms.some((one) => digest?.[one] !== undefined && !algorithmInfo[one].weak);
}
