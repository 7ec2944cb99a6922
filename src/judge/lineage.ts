/**
 * What a release was made from, held against its licence: every parent up the chain must find its lasting terms in the
 * licence of the release. A place that could not be seen has terms all the same: what is above it is undetermined.
 */
import type { Found, Refusal } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import { type LicenseFlag, licenseFlags, termsOfExpression } from "../model/license-terms.ts";
import type { LineageReport, ParentRelation, ParentReport, ParentVerdict } from "../model/lineage.ts";
import type { Manifest, PieceKind } from "../model/manifest.ts";
import { redactLocation } from "../model/redact.ts";
import type { PieceReport } from "../model/report.ts";
import { compareTerms, type TermsKept } from "./lineage-terms.ts";

/** One place that something was made from; asked for once, however often it is named. */
export interface LineageNode {
  readonly uri: string;
  readonly resolver?: string | undefined;
  /** Undefined when no resolver reads such a place. */
  readonly resolution?: Pick<Found, "status" | "revision" | "gated" | "licensePublished"> | Refusal | undefined;
  /** What the place's own manifest declares of its weights. */
  readonly declared?: string | undefined;
  /** Why what is above it was not looked at, where there is something. */
  readonly broken?: string | undefined;
}

/** One step up. */
export interface LineageEdge {
  /** A node, by its index, or the release itself: one piece of it, or all of its weights. */
  readonly from: { readonly node: number } | { readonly piece?: string | undefined; readonly pointer: string };
  readonly to: number;
  readonly relation: ParentRelation;
  readonly said: "manifest" | "card";
}

/** Everything that was walked: facts only. */
export interface LineageSeen {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  /** The release itself, where a parent turned out to be it. */
  readonly itself?: readonly number[] | undefined;
}

export interface LineageJudgement {
  readonly report?: LineageReport;
  readonly findings: readonly Finding[];
}

/** Pieces that are made from a parent model. */
export const madeKinds: ReadonlySet<PieceKind> = new Set(["weights", "intermediate-weights"]);

/** Judges what was walked; `pieces` are those that were asked for. */
export function judgeLineage(
  seen: LineageSeen | undefined,
  pieces: readonly PieceReport[],
  manifest: Pick<Manifest, "pieces">,
): LineageJudgement {
  const made = pieces.filter(({ kind }) => madeKinds.has(kind));
  const findings = ownData(made, pieces, manifest);
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

interface Ancestor {
  readonly node: LineageNode;
  readonly first: LineageEdge;
  readonly relation: ParentRelation;
  readonly pointer: string;
  readonly depth: number;
  /** The pieces below it; undefined for all that are made. */
  readonly children: ReadonlySet<string> | undefined;
  readonly isLoop: boolean;
}

/** Every node that the release reaches, nearest first, with the pieces that reach it. */
function inOrder({ nodes, edges, itself = [] }: LineageSeen): readonly Ancestor[] {
  const found = new Map<number, Ancestor>();
  let frontier = edges.flatMap((edge) => ("node" in edge.from ? [] : [{ edge, start: edge.from }]));
  const spread = new Map<number, Set<string> | "all">();
  for (let depth = 1; frontier.length > 0 && depth <= nodes.length + 1; depth++) {
    const next: typeof frontier = [];
    for (const { edge, start } of frontier) {
      const node = nodes[edge.to];
      if (node === undefined) continue;
      const before = spread.get(edge.to);
      const isNew = start.piece === undefined ? before !== "all" : before !== "all" && !before?.has(start.piece);
      if (!isNew) continue;
      const pieces = start.piece === undefined ? "all" : new Set([...(before ?? []), start.piece]);
      spread.set(edge.to, pieces);
      const known = found.get(edge.to);
      found.set(edge.to, {
        node,
        first: known?.first ?? edge,
        relation: known?.relation ?? edge.relation,
        pointer: known?.pointer ?? start.pointer,
        depth: known?.depth ?? depth,
        children: pieces === "all" ? undefined : pieces,
        isLoop: itself.includes(edge.to) || reaches(edge.to, edge.to, edges),
      });
      for (const above of edges)
        if ("node" in above.from && above.from.node === edge.to) next.push({ edge: above, start });
    }
    frontier = next;
  }
  return [...found.values()];
}

/** True when steps up from one node come to another. */
function reaches(from: number, to: number, edges: readonly LineageEdge[]): boolean {
  const seen = new Set<number>();
  const open = [from];
  for (let node = open.pop(); node !== undefined; node = open.pop())
    for (const edge of edges) {
      if (!("node" in edge.from) || edge.from.node !== node) continue;
      if (edge.to === to) return true;
      if (!seen.has(edge.to)) open.push(edge.to);
      seen.add(edge.to);
    }
  return false;
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

/** The licence that people get from a piece. */
function licenseOf({ license }: PieceReport): string | undefined {
  return license.flags?.license ?? license.published;
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

/** M9 inside the release: its weights against the datasets that they were built from, or all of them where it does not say. */
function ownData(
  made: readonly PieceReport[],
  pieces: readonly PieceReport[],
  manifest: Pick<Manifest, "pieces">,
): Finding[] {
  const datasets = pieces.filter(({ kind }) => kind === "dataset");
  return made.flatMap((piece) => {
    const license = licenseOf(piece);
    const index = manifest.pieces.findIndex(({ id }) => id === piece.id);
    const { builtFrom } = manifest.pieces[index] ?? {};
    if (license === undefined) return [];
    return datasets
      .filter(({ id }) => builtFrom === undefined || builtFrom.includes(id))
      .flatMap((data) => {
        const dataLicense = licenseOf(data);
        if (dataLicense === undefined) return [];
        const { verdict, dropped } = compareTerms(license, dataLicense, "trained-on");
        if (verdict !== "dropped") return [];
        const args = { license, dataset: data.id, dataLicense, flags: dropped.join(", ") };
        const pointer = `/pieces/${index}/licenseDeclared`;
        return [finding("license-data-forbids", { piece: piece.id, pointer, args })];
      });
  });
}
