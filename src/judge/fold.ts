import type { CardSeen } from "../model/described.ts";
import { algorithmInfo, type DigestAlgorithm, type DigestSet, digestAlgorithms } from "../model/digest.ts";
import type { Depth, Evidence, Hazard, LicenseSighting, LicenseSource } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import type { FileCounts, FileReport, Outcome } from "../model/report.ts";
import { type DeclaredFile, type FileJudgement, type FileRole, judgeFile } from "./file.ts";
import { FindingsKept } from "./findings-kept.ts";
import { lowering } from "./outcome.ts";
import type { Place } from "./refusals.ts";

/** Files that a report lists one by one; the others are only counted. */
export const FILES_LISTED_MAX = 1_000;
/** Places that speak of a licence that a report lists. */
export const SIGHTINGS_MAX = 50;
/** Cards and other descriptions of one try that are kept. */
const CARDS_MAX = 8;

/** What one try of one location came to, files only. */
export interface FoldedFiles {
  readonly outcome: Outcome;
  readonly onlyAbsent: boolean;
  readonly counts: FileCounts;
  readonly files: readonly FileReport[];
  readonly filesOmitted: number;
  readonly findings: FindingsKept;
  /** Of declared files whose bytes were not read: strong digests that the host speaks of, and those that it confirms. */
  readonly hostWord: { readonly compared: number; readonly agreed: number };
  readonly sightings: readonly LicenseSighting[];
  /** What cards and descriptions say, those at the top first. */
  readonly cards: readonly CardSeen[];
}

/** Takes (declared, evidence) pairs in any order and holds a bounded summary of them. */
export interface FilesFold {
  /** `index` is the place in declared order; undeclared files come after the declared ones. */
  add(index: number, declared: DeclaredFile | undefined, evidence: Evidence | undefined, role?: FileRole): void;
  /**
   * The same for the ordinary case, without an object for the evidence: `declared` was read, had `size` bytes and, of
   * this algorithm, the digest that stands in `digests` at `at`. False when it was not as declared or is to be listed:
   * then it is not counted yet.
   */
  addAsDeclared(
    index: number,
    declared: DeclaredFile,
    size: number,
    algorithm: DigestAlgorithm,
    digests: string,
    at: number,
  ): boolean;
  /** Takes a finding that concerns the files but no single evidence, and what it lowers the try to. */
  note(found: Finding, index: number, outcome: Outcome): void;
  finish(): FoldedFiles;
}

/** A fold over the evidence of one try: memory grows with findings up to a cap, never with the release. */
export function foldFiles(place: Place, depth: Depth, options: { readonly reportUndeclared: boolean }): FilesFold {
  const judged = lowering();
  const findings = new FindingsKept();
  const files: { index: number; report: FileReport }[] = [];
  const sightings = new Map<string, LicenseSighting>();
  const cards = new CardsKept();
  const counts = { declared: 0, present: 0, missing: 0, undeclared: 0, verified: 0, bytes: 0 };
  const hostWord = { compared: 0, agreed: 0 };
  let onlyAbsent = true;
  let total = 0;

  return {
    note(found, index, outcome) {
      findings.add(found, index);
      judged.lower(outcome);
    },
    addAsDeclared(index, { entry }, size, algorithm, digests, at) {
      if (index < FILES_LISTED_MAX || algorithmInfo[algorithm].weak) return false;
      if (entry.size !== undefined && entry.size !== size) return false;
      for (const other in entry.digest) if (other !== algorithm) return false;
      const wanted = entry.digest?.[algorithm];
      if (wanted?.length !== 2 * algorithmInfo[algorithm].length || !digests.startsWith(wanted, at)) return false;
      total += 1;
      counts.declared += 1;
      counts.bytes += size;
      counts.present += 1;
      counts.verified += 1;
      return true;
    },
    add(index, declared, evidence, role = "file") {
      if (role === "beside") {
        // Many hosts answer with a page of their own where nothing is.
        const isPage = evidence?.inspection?.format === "html" || evidence?.inspection?.hazards.some(isPlaceholder);
        if (isPage === true) return;
        for (const sighting of evidence?.licenses ?? []) keepSighting(sighting);
        cards.add(evidence?.card);
        return;
      }
      total += 1;
      if (declared !== undefined && role === "file") counts.declared += 1;
      if (evidence?.containedIn === undefined) counts.bytes += evidence?.transfer?.size ?? 0;
      for (const sighting of evidence?.licenses ?? []) keepSighting(sighting);
      cards.add(evidence?.card);
      if (declared !== undefined && index >= FILES_LISTED_MAX && plainlyVerified(declared, evidence)) {
        counts.present += 1;
        counts.verified += 1;
        return;
      }
      const isContent = role === "file" && !options.reportUndeclared;
      const one = judgeFile(place, declared, evidence, depth, role, isContent);
      if (role === "file") count(one, declared !== undefined);
      if (evidence?.transfer === undefined) countHostWord(declared?.entry.digest, evidence?.published?.digest);
      if (one.outcome === "broken" && !one.onlyAbsent) onlyAbsent = false;
      judged.lower(one.outcome);
      for (const found of one.findings) findings.add(found, index);
      if (role === "file" && one.report.presence === "undeclared" && options.reportUndeclared) {
        findings.add(finding("file-undeclared", { ...place, args: { path: one.report.path } }), index);
      }
      if (index < FILES_LISTED_MAX) {
        files.push({ index, report: role === "file" ? one.report : { ...one.report, presence: "container" } });
      }
    },
    finish() {
      files.sort((first, second) => first.index - second.index || compareText(first.report.path, second.report.path));
      const listed = files.slice(0, FILES_LISTED_MAX).map(({ report }) => report);
      return {
        outcome: judged.current,
        onlyAbsent,
        counts,
        files: listed,
        filesOmitted: total - listed.length,
        findings,
        hostWord,
        sightings: inOrder()
          .slice(0, SIGHTINGS_MAX)
          .map(([, sighting]) => sighting),
        cards: cards.all(),
      };
    },
  };

  function count(one: FileJudgement, isDeclared: boolean): void {
    if (one.report.presence === "missing") counts.missing += 1;
    if (one.report.presence === "present") counts.present += 1;
    if (one.report.presence === "undeclared") counts.undeclared += 1;
    if (isDeclared && one.outcome === "verified") counts.verified += 1;
  }

  function countHostWord(declared: DigestSet | undefined, published: DigestSet | undefined): void {
    if (declared === undefined || published === undefined) return;
    for (const algorithm of digestAlgorithms) {
      const [wanted, said] = [declared[algorithm], published[algorithm]];
      if (wanted === undefined || said === undefined || algorithmInfo[algorithm].weak) continue;
      hostWord.compared += 1;
      if (wanted === said) hostWord.agreed += 1;
    }
  }

  function keepSighting(sighting: LicenseSighting): void {
    // Ten thousand source files with the same tag are one voice: the first path stands for them. The key sorts by how
    // much a place weighs.
    const { source, path, expression = "", raw = "" } = sighting;
    const key = source === "tag" ? `${weightOf.tag} ${expression || raw}` : `${weightOf[source]} ${path} ${expression}`;
    const known = sightings.get(key);
    if (known !== undefined && compareText(known.path, sighting.path) <= 0) return;
    sightings.set(key, sighting);
    // Which ones are kept must not depend on the order of arrival.
    if (sightings.size >= 4 * SIGHTINGS_MAX)
      for (const [extra] of inOrder().slice(SIGHTINGS_MAX)) sightings.delete(extra);
  }

  function inOrder(): [string, LicenseSighting][] {
    return [...sightings].sort(([first], [second]) => compareText(first, second));
  }
}

/** Which cards are kept must not depend on the order of arrival. */
class CardsKept {
  #cards: readonly CardSeen[] = [];

  add(card: CardSeen | undefined): void {
    if (card === undefined) return;
    const depth = ({ path }: CardSeen): number => path.split("/").length;
    this.#cards = [...this.#cards, card]
      .sort((one, other) => depth(one) - depth(other) || compareText(one.path, other.path))
      .slice(0, CARDS_MAX);
  }

  all(): readonly CardSeen[] {
    return this.#cards;
  }
}

/** In which order places are kept: what states a licence before what only hints at it. */
const weightOf = { text: 1, metadata: 2, card: 2, policy: 2, notice: 2, tag: 3, prose: 4 } as const satisfies {
  readonly [Source in LicenseSource]: number;
};

function isPlaceholder({ code }: Hazard): boolean {
  return code === "html-page" || code === "login-page" || code === "error-body";
}

/** The ordinary case, decided without building a report: read, size and every declared digest as declared, one strong. */
function plainlyVerified({ entry }: DeclaredFile, evidence: Evidence | undefined): boolean {
  const transfer = evidence?.transfer;
  if (transfer === undefined || evidence?.refusal !== undefined || evidence?.published !== undefined) return false;
  if ((evidence?.inspection?.hazards.length ?? 0) > 0) return false;
  if (entry.size !== undefined && entry.size !== transfer.size) return false;
  return holds(entry.digest, transfer.digest);
}

function holds(declared: DigestSet | undefined, measured: DigestSet): boolean {
  if (declared === undefined) return false;
  let strong = false;
  for (const algorithm of digestAlgorithms) {
    const wanted = declared[algorithm];
    if (wanted === undefined) continue;
    if (measured[algorithm] !== wanted) return false;
    strong ||= !algorithmInfo[algorithm].weak;
  }
  return strong;
}

/** Byte-wise order would need encoding; code units are deterministic, and that is what reports need. */
export function compareText(first: string, second: string): number {
  return first < second ? -1 : first > second ? 1 : 0;
}
