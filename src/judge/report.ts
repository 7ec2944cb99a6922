import type { DigestSet } from "../model/digest.ts";
import type { Finding } from "../model/findings.ts";
import type { Manifest } from "../model/manifest.ts";
import type { OpennessFrame } from "../model/openness.ts";
import { redactLocation } from "../model/redact.ts";
import {
  type Outcome,
  outcomes,
  type PieceReport,
  type Policy,
  type Report,
  type VerificationDepth,
} from "../model/report.ts";
import { judgeClaims } from "./claims.ts";
import { type AskedSource, type DescribedSeen, informationOf, judgeSources } from "./data-information.ts";
import { exitCode } from "./exit-code.ts";
import { judgeAcross } from "./license-release.ts";
import { judgeLineage } from "./lineage.ts";
import type { LineageSeen } from "./lineage-seen.ts";
import { judgeOpenness, summarise } from "./openness.ts";
import type { PieceJudgement } from "./piece.ts";

/** What a report says beside its judgements. */
export interface ReportFrame {
  readonly manifest: Manifest;
  readonly source: { readonly uri: string; readonly digest: DigestSet };
  readonly version: string;
  readonly depth: VerificationDepth;
  readonly partial: boolean;
  readonly timeVerified: string;
  readonly durationSeconds: number;
  readonly policy: Policy;
  /** Findings on the manifest itself. */
  readonly findings: readonly Finding[];
  /** Says of a finding where in the manifest's text its entry stands. */
  readonly place?: (found: Finding) => Finding;
  /** What the release was made from, as far up as it was walked. */
  readonly lineage?: LineageSeen | undefined;
  /** What cards and other descriptions say, by piece. */
  readonly described?: readonly DescribedSeen[] | undefined;
  /** What became of the sources that they list. */
  readonly sources?: readonly AskedSource[] | undefined;
}

/** Puts the judgements of all pieces together, in manifest order. */
export function assembleReport(frame: ReportFrame, judged: readonly PieceJudgement[]): Report {
  const { manifest, place = (found) => found } = frame;
  const pieces = judgeAcross(judged, manifest, place);
  const reports = pieces.map(({ report }) => report);
  const information = informationOf(reports, frame.described ?? [], frame.sources ?? []);
  const around = {
    ...opennessFrame(manifest, reports),
    ...(information === undefined ? {} : { information }),
  };
  const lineage = judgeLineage(frame.lineage, reports, manifest);
  const openness = judgeOpenness(reports, around, lineage.report);
  const claims = judgeClaims(manifest.claims, openness.definitions, around).map(place);
  const findings = [
    ...frame.findings,
    ...claims,
    ...(information === undefined ? [] : judgeSources(information, manifest)).map(place),
    ...lineage.findings.map(place),
    ...pieces.flatMap((piece) => piece.findings),
  ];
  const counted: { [O in Outcome]: number } = {
    verified: 0,
    resolved: 0,
    gated: 0,
    broken: 0,
    inconclusive: 0,
    withheld: 0,
  };
  for (const { report } of pieces) counted[report.outcome] += 1;
  const omitted: { [code: string]: number } = {};
  for (const piece of pieces) {
    for (const [code, count] of Object.entries(piece.omitted)) omitted[code] = (omitted[code] ?? 0) + count;
  }
  const severities = { error: 0, warning: 0, note: 0 };
  for (const { severity } of findings) severities[severity] += 1;
  return {
    schemaVersion: "1",
    verifier: { id: "wholesource", version: frame.version },
    timeVerified: frame.timeVerified,
    durationSeconds: frame.durationSeconds,
    manifest: frame.source,
    name: manifest.name,
    version: manifest.version,
    claims: manifest.claims,
    depth: frame.depth,
    piecesDeclared: manifest.pieces.length,
    partial: frame.partial,
    pieces: reports,
    findings,
    findingsOmitted: omitted,
    ...(lineage.report === undefined ? {} : { lineage: lineage.report }),
    openness: summarise(openness, around),
    summary: {
      outcomes: counted,
      findings: severities,
      files: pieces.reduce((sum, { report }) => sum + report.counts.present + report.counts.undeclared, 0),
      bytes: pieces.reduce((sum, { report }) => sum + report.counts.bytes + (report.records?.bytes ?? 0), 0),
      exitCode: exitCode(
        outcomes.filter((outcome) => counted[outcome] > 0),
        findings,
        frame.policy,
      ),
    },
  };
}

/** What a judgement of the whole release needs to know beside the pieces that were asked for. */
function opennessFrame({ pieces, lineage }: Manifest, asked: readonly PieceReport[]): OpennessFrame {
  const reported = new Set(asked.map(({ id }) => id));
  const unasked = pieces
    .filter(({ id }) => !reported.has(id))
    .map(({ id, kind, availability }) => ({ id, kind, availability }));
  const bases = lineage.map(({ base }) => redactLocation(base.uri));
  return { ...(unasked.length === 0 ? {} : { unasked }), ...(bases.length === 0 ? {} : { bases }) };
}
