/**
 * What a release was made from, held against its licence: every parent up the chain must find its lasting terms in the
 * licence of the release. A place that could not be seen has terms all the same: what is above it is undetermined.
 */
import { type Finding, finding } from "../model/findings.ts";
import { type LicenseFlag, licenseFlags, termsOfExpression } from "../model/license-terms.ts";
import type { LineageReport, ParentRelation, ParentReport, ParentVerdict } from "../model/lineage.ts";
import type { Manifest } from "../model/manifest.ts";
import { redactLocation } from "../model/redact.ts";
import type { PieceReport } from "../model/report.ts";
import { judgeOwnData, licenseOf } from "./lineage-data.ts";
import { inOrder } from "./lineage-order.ts";
import { type LineageEdge, type LineageNode, type LineageSeen, madeKinds } from "./lineage-seen.ts";
import { compareTerms, type TermsKept } from "./lineage-terms.ts";

export interface LineageJudgement {
  readonly report?: LineageReport;
  readonly findings: readonly Finding[];
}

/** Judges what was walked; `pieces` are those that were asked for. */
export function judgeLineage(
  seen: LineageSeen | undefined,
  pieces: readonly PieceReport[],
  manifest: Pick<Manifest, "pieces">,
): LineageJudgement {
  const made = pieces.filter(({ kind }) => madeKinds.has(kind));
  const findings = judgeOwnData(made, pieces, manifest);
  if (seen === undefined || seen.nodes.length === 0) return { findings };
  const parents: ParentReport[] = [];
  for (const place of inOrder(seen)) {
    const { node, first, relation, pointer, children } = place;
    const told = judgeNode(node, relation, children === undefined ? made : made.filter(({ id }) => children.has(id)));
    const looped = place.isLoop ? undetermined("the chain leads back to where it came from") : undefined;
    const verdict = worst([told.kept, ...(looped === undefined ? [] : [looped]), ...brokenOf(node)]);
    findings.push(...findingsOf(node, relation, pointer, told, verdict));
    parents.push(parentReport(seen, node, first, relation, place.depth, verdict));
  }
  const verdicts = parents.filter(({ relation }) => relation !== "trained-on").map(({ verdict }) => verdict);
  const report = { verdict: worstVerdict(verdicts), parents };
  return { report, findings };
}

interface Told {
  readonly kept: TermsKept;
  /** The pieces that drop terms, with what each drops. */
  readonly dropping: readonly { readonly piece: PieceReport; readonly license: string; readonly kept: TermsKept }[];
}

function judgeNode(node: LineageNode, relation: ParentRelation, made: readonly PieceReport[]): Told {
  const nothing = (detail: string): Told => ({ kept: undetermined(detail), dropping: [] });
  const { resolution } = node;
  if (resolution === undefined) return nothing("no resolver reads such a location");
  const licenses = licensesOf(node);
  if (resolution.status === "refused" && licenses.length === 0) return nothing(resolution.message);
  if (licenses.length === 0) return nothing("no licence is published for it");
  if (made.length === 0) return nothing("no weights of the release were looked at");
  const compared = made.flatMap((piece) => {
    const license = licenseOf(piece);
    if (license === undefined)
      return [{ piece, license: "", kept: undetermined(`\`${piece.id}\` has no known licence`) }];
    return licenses.map((asked) => ({ piece, license, kept: compareTerms(license, asked, relation) }));
  });
  const dropping = compared.filter(({ kept }) => kept.verdict === "dropped");
  return { kept: worst(compared.map(({ kept }) => kept)), dropping };
}

/** What the host publishes and what the place's own manifest declares: both must be kept. */
function licensesOf({ resolution, declared }: LineageNode): readonly string[] {
  const published = resolution?.status === "found" ? resolution.licensePublished : undefined;
  return [...new Set([published, declared].filter((one) => one !== undefined))];
}

function undetermined(detail: string): TermsKept {
  return { verdict: "undetermined", dropped: [], detail };
}

function brokenOf({ broken }: LineageNode): readonly TermsKept[] {
  return broken === undefined ? [] : [undetermined(broken)];
}

const fromBestToWorst: readonly ParentVerdict[] = ["kept", "undetermined", "dropped"];

function worstVerdict(verdicts: readonly ParentVerdict[]): ParentVerdict {
  return fromBestToWorst[Math.max(0, ...verdicts.map((one) => fromBestToWorst.indexOf(one)))] ?? "kept";
}

function worst(all: readonly TermsKept[]): TermsKept {
  const verdict = worstVerdict(all.map((one) => one.verdict));
  const dropped = licenseFlags.filter((flag) => all.some((one) => one.dropped.includes(flag)));
  const detail = all.find((one) => one.detail !== undefined)?.detail;
  return { verdict, dropped, ...(detail === undefined ? {} : { detail }) };
}

function findingsOf(
  node: LineageNode,
  relation: ParentRelation,
  pointer: string,
  { dropping }: Told,
  { verdict, detail = "" }: TermsKept,
): readonly Finding[] {
  const uri = redactLocation(node.uri);
  const isData = relation === "trained-on";
  const { resolution } = node;
  const found = dropping.map(({ piece, license, kept }) => {
    const flags = kept.dropped.join(", ");
    const terms = licensesOf(node).join(" and ");
    const place = { piece: piece.id, pointer };
    if (isData)
      return finding("license-data-forbids", { ...place, args: { license, dataset: uri, dataLicense: terms, flags } });
    // Whether what a model says is made from the model is unsettled.
    const severity = relation === "distilled" ? "warning" : undefined;
    const args = { license, parent: uri, parentLicense: terms, flags, relation };
    return finding("license-parent-forbids", { ...place, severity, args });
  });
  const severity = isData ? "note" : undefined;
  if (resolution?.status === "refused") {
    const { reason, message } = resolution;
    return [...found, finding("lineage-unresolved", { pointer, severity, args: { uri, reason, detail: message } })];
  }
  if (verdict === "kept" || detail === "") return found;
  return [...found, finding("lineage-undetermined", { pointer, severity, args: { uri, detail } })];
}

function parentReport(
  { nodes }: LineageSeen,
  node: LineageNode,
  { from, said }: LineageEdge,
  relation: ParentRelation,
  depth: number,
  { verdict, dropped, detail }: TermsKept,
): ParentReport {
  const { resolution, resolver } = node;
  const found = resolution?.status === "found" ? resolution : undefined;
  const license = licensesOf(node).join(" and ");
  const child = "node" in from ? redactLocation(nodes[from.node]?.uri ?? "") : "release";
  return {
    uri: redactLocation(node.uri),
    ...(resolver === undefined ? {} : { resolver }),
    ...(found?.revision === undefined ? {} : { revision: found.revision }),
    relation,
    said,
    child,
    depth,
    status: resolution === undefined ? "unsupported" : resolution.status,
    ...(resolution?.status === "refused" ? { reason: resolution.reason } : {}),
    ...(found?.gated === undefined ? {} : { gated: found.gated }),
    ...(license === "" ? {} : { license, flags: lastingFlags(licensesOf(node)) }),
    verdict,
    ...(dropped.length === 0 ? {} : { dropped }),
    ...(detail === undefined ? {} : { detail }),
  };
}

function lastingFlags(licenses: readonly string[]): readonly LicenseFlag[] {
  const ways = licenses.map((one) => termsOfExpression(one) ?? []);
  return licenseFlags.filter((flag) =>
    ways.some((terms) => terms.length > 0 && terms.every(({ flags }) => flags.includes(flag))),
  );
}
