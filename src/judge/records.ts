/**
 * What the rows of a list of addresses make of the piece. A row is to a list what a file is to a folder: one that is
 * gone or changed makes the piece broken, one that could not be told makes it inconclusive, and a sample, however good,
 * never makes it verified.
 */
import { type Finding, type FindingArgs, finding } from "../model/findings.ts";
import type { RecordColumns, RecordShare, RecordState, RecordsReport } from "../model/records.ts";
import type { Outcome, VerificationDepth } from "../model/report.ts";
import { lowering } from "./outcome.ts";
import { type FoldedRecords, nameOf } from "./records-fold.ts";
import type { Place } from "./refusals.ts";
import { CONFIDENCE, shareOf } from "./shares.ts";

/**
 * Shares of the rows asked that a piece may lose before it is broken. Nothing, as with files; a policy may allow more
 * one day, and this is the place to tell it to.
 */
const TOLERATED: { readonly [State in "gone" | "changed" | "unusable"]: number } = { gone: 0, changed: 0, unusable: 0 };

/** What a run did with the lists of a piece: facts only. */
export type RecordsLook = RecordsAsked | RecordsUnread;

export interface RecordsAsked {
  readonly status: "asked";
  readonly rows: number;
  /** Absent when every row was asked. */
  readonly seed?: number;
  readonly lists: number;
  readonly columns: RecordColumns;
  readonly seen: FoldedRecords;
}

export interface RecordsUnread {
  readonly status: "unread";
  readonly list: string;
  readonly reason: string;
  readonly detail: string;
  /** `false`: the list is not what the manifest says. `unknown`: nobody could tell. `elsewhere`: told of the files already. */
  readonly means: "false" | "unknown" | "elsewhere";
}

/** What is to be said of a piece's records. */
export interface RecordsJudgement {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
  readonly report?: RecordsReport;
}

/** Judges the rows of a piece's lists. */
export function judgeRecords(
  piece: string,
  piecePointer: string,
  look: RecordsLook,
  depth: VerificationDepth,
): RecordsJudgement {
  const place: Place = { piece, pointer: `${piecePointer}/records` };
  return look.status === "unread" ? judgeUnread(place, look) : judgeAsked(place, look, depth);
}

function judgeUnread(place: Place, { list, reason, detail, means }: RecordsUnread): RecordsJudgement {
  const severity = means === "false" ? "error" : undefined;
  return {
    outcome: means === "false" ? "broken" : means === "unknown" ? "inconclusive" : "resolved",
    findings: [finding("records-unread", { ...place, severity, args: { list, reason, detail } })],
  };
}

function judgeAsked(place: Place, look: RecordsAsked, depth: VerificationDepth): RecordsJudgement {
  const { rows, seen } = look;
  const { counts, asked } = seen;
  const report = reportOf(look);
  const judged = lowering();
  const findings: Finding[] = [];
  const tell = (
    code: "records-gone" | "records-changed" | "records-unusable" | "records-inconclusive",
    state: RecordState,
  ): void => {
    const share = report[state];
    if (share === undefined || share.count === 0) return;
    findings.push(finding(code, { ...place, args: shareArgs(share, exampleOf(seen, state)) }));
  };
  const shareArgs = (share: RecordShare, example: string): FindingArgs["records-gone"] => ({
    ...share,
    asked,
    rows,
    example,
  });

  for (const state of ["gone", "changed", "unusable"] as const) {
    if (asked > 0 && counts[state] / asked > TOLERATED[state]) judged.lower("broken");
  }
  if (counts.inconclusive > 0) judged.lower("inconclusive");
  const isProven = depth !== "probe" && asked === rows && seen.compared === asked && seen.strong === asked;
  if (!isProven) judged.lower("resolved");
  if (rows === 0) judged.lower("broken");

  tell("records-gone", "gone");
  tell("records-changed", "changed");
  tell("records-unusable", "unusable");
  tell("records-inconclusive", "inconclusive");
  if (seen.suspicious > 0) {
    const share = shareOf(seen.suspicious, counts.inconclusive, { asked, rows });
    findings.push(finding("records-suspicious", { ...place, args: shareArgs(share, seen.suspiciousExample ?? "") }));
  }
  const weak = asked - counts.unusable - seen.strong;
  if (weak > 0) findings.push(finding("records-undeclared", { ...place, args: { count: weak, asked, rows } }));
  if (rows === 0) {
    const args = { list: place.piece, reason: "empty", detail: "the list has no rows" };
    findings.push(finding("records-unread", { ...place, severity: "error", args }));
  }
  return { outcome: judged.current, findings, report };
}

function reportOf({ rows, seed, lists, columns, seen }: RecordsAsked): RecordsReport {
  const { counts, asked, compared, suspicious, reasons, examples, bytes } = seen;
  const sample = { asked, rows };
  const { inconclusive } = counts;
  return {
    rows,
    asked,
    ...(seed === undefined ? {} : { seed }),
    lists,
    columns,
    confidence: CONFIDENCE,
    compared,
    suspicious,
    // What could not be told may be any of these, and is none of them until somebody can tell.
    resolves: shareOf(counts.resolves, inconclusive, sample),
    ...(compared === 0 && counts.changed === 0 ? {} : { changed: shareOf(counts.changed, inconclusive, sample) }),
    gone: shareOf(counts.gone, inconclusive, sample),
    unusable: shareOf(counts.unusable, 0, sample),
    inconclusive: shareOf(inconclusive, 0, sample),
    reasons,
    examples,
    bytes,
  };
}

function exampleOf({ examples }: FoldedRecords, wanted: RecordState): string {
  const first = examples.find(({ state, url }) => state === wanted && (wanted !== "unusable" || url === undefined));
  return first === undefined ? "" : nameOf(first);
}
