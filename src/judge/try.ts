import { type DigestAlgorithm, type DigestSet, digestAlgorithms, subjectOf } from "../model/digest.ts";
import type { Depth, Resolution } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import { isHeldByDigests } from "../model/held.ts";
import type { Location, Piece } from "../model/manifest.ts";
import { redactLocation } from "../model/redact.ts";
import type { LocationReport, Outcome } from "../model/report.ts";
import { compareDigests, type DigestComparisons } from "./compare.ts";
import type { FoldedFiles } from "./fold.ts";
import { judgeLicense, type LicenseJudgement, type LicenseSearch } from "./license.ts";
import { judgePlaces, type LicenseLinkSeen, withoutSurroundings } from "./license-places.ts";
import { lowering } from "./outcome.ts";
import { locationRefused, type Place, refusalOutcome } from "./refusals.ts";
import { judgeSigns } from "./signs.ts";

/** What is known of a piece as a whole. */
export interface WholeSeen {
  readonly digest?: DigestSet | undefined;
  readonly published?: DigestSet | undefined;
  readonly size?: number | undefined;
}

/** What a run did with one location: facts only. */
export interface Try {
  readonly index: number;
  readonly location: Location;
  /** Undefined when no resolver reads such a location. */
  readonly resolver?: string | undefined;
  readonly resolution?: Resolution | undefined;
  readonly files?: FoldedFiles | undefined;
  /** The whole piece: the one object that the location names, or the tree below it. */
  readonly whole?: WholeSeen | undefined;
  /** Objects that the location turned out to have. */
  readonly objects?: number | undefined;
  readonly licenseSearch: LicenseSearch;
  /** Where cards say that their licences are, followed. */
  readonly licenseLinks?: readonly LicenseLinkSeen[] | undefined;
}

/** What every judgement of a run is told. */
export interface JudgeContext {
  /** The kinds of locations that are read, for messages. */
  readonly supported: string;
  readonly depth: Depth;
}

export interface TryJudgement {
  readonly outcome: Outcome;
  readonly onlyAbsent: boolean;
  readonly findings: readonly Finding[];
  readonly omitted: { readonly [code: string]: number };
  readonly report: LocationReport;
  readonly license: LicenseJudgement;
  readonly digest: DigestComparisons;
}

/** Judges one try of one location of a piece. */
export function judgeTry(
  piece: Piece,
  pointer: string,
  attempt: Try,
  { supported, depth }: JudgeContext,
): TryJudgement {
  const { location, index, resolution } = attempt;
  const piecePlace: Place = { piece: piece.id, location: index, pointer };
  const place: Place = { ...piecePlace, pointer: `${pointer}/locations/${index}` };
  const base = {
    uri: redactLocation(location.uri),
    ...(location.path === undefined ? {} : { path: location.path }),
    ...(location.revision === undefined ? {} : { declaredRevision: location.revision }),
    ...(attempt.resolver === undefined ? {} : { resolver: attempt.resolver }),
  };
  const unread = (outcome: Outcome, onlyAbsent: boolean, found: Finding, report: LocationReport): TryJudgement => ({
    outcome,
    onlyAbsent,
    findings: [found],
    omitted: {},
    report,
    license: judgeLicense(piecePlace, piece.licenseDeclared, undefined, [], { state: "not-done" }),
    digest: compareDigests(piece.digest, undefined, undefined),
  });

  if (resolution === undefined) {
    const found = finding("location-unsupported", { ...place, args: { uri: location.uri, known: supported } });
    return unread("inconclusive", false, found, { ...base, status: "unsupported", outcome: "inconclusive" });
  }
  if (resolution.status === "refused") {
    const outcome = refusalOutcome(resolution);
    const found = locationRefused(place, location.uri, resolution);
    const report: LocationReport = { ...base, status: "refused", outcome, refusal: resolution };
    return unread(outcome, resolution.kind === "absent", found, report);
  }

  const judged = lowering();
  const findings: Finding[] = [];
  const folded = attempt.files;
  const filesKept = folded?.findings.finish() ?? { findings: [], omitted: {} };
  if (folded !== undefined) judged.lower(folded.outcome);
  const digest = judgeWhole();
  judgeWholeSize();
  const declaresNothing = piece.files === undefined && piece.listing === undefined && piece.digest === undefined;
  if (declaresNothing && resolution.single !== true) {
    judged.lower("resolved");
    findings.push(
      finding("digest-undeclared", { ...piecePlace, args: { path: location.path ?? redactLocation(location.uri) } }),
    );
  }
  if (attempt.objects === 0) {
    judged.lower("broken");
    findings.push(
      finding("file-missing", { ...place, args: { path: location.path ?? ".", reason: "nothing is there" } }),
    );
  }
  if (resolution.gated !== undefined) {
    const { uri } = location;
    const { bytes = 0 } = folded?.counts ?? {};
    // Nobody passed the gate at depth `probe`, whatever the host lists.
    if (depth === "probe") judged.lower("gated");
    const { compared = 0, agreed = 0 } = folded?.hostWord ?? {};
    const args = { uri, gated: resolution.gated, bytesRead: bytes, ...(compared > 0 ? { compared, agreed } : {}) };
    findings.push(finding("location-gated", { ...place, args }));
  }
  findings.push(...judgeSigns(place, location.uri, resolution.signs));
  judgePin();
  const license = judgeLicense(
    piecePlace,
    piece.licenseDeclared,
    resolution.licensePublished,
    folded?.sightings ?? [],
    attempt.licenseSearch,
  );
  judged.lower(license.outcome);
  const onPlaces = judgePlaces(piecePlace, license.report, {
    piece,
    gated: resolution.gated,
    single: resolution.single === true,
    links: attempt.licenseLinks ?? [],
  });
  return {
    outcome: judged.current,
    onlyAbsent: (folded?.onlyAbsent ?? true) && !findings.some(({ code }) => code !== "file-missing" && isFalse(code)),
    findings: [...findings, ...filesKept.findings, ...license.findings, ...onPlaces],
    omitted: filesKept.omitted,
    report: {
      ...base,
      status: "found",
      outcome: judged.current,
      ...(resolution.revision === undefined ? {} : { revision: resolution.revision }),
      pinned: resolution.pinned,
      ...(resolution.gated === undefined ? {} : { gated: resolution.gated }),
      ...(resolution.licensePublished === undefined ? {} : { licensePublished: resolution.licensePublished }),
      ...(resolution.exchange === undefined ? {} : { exchange: resolution.exchange }),
    },
    license: resolution.single === true ? { ...license, report: withoutSurroundings(license.report) } : license,
    digest,
  };

  /** A one-object location without `files` was judged as that file; its digests are not told twice. */
  function judgeWhole(): DigestComparisons {
    const { whole } = attempt;
    const comparisons = compareDigests(piece.digest, whole?.published, whole?.digest);
    for (const algorithm of digestAlgorithms) {
      const { declared, measured } = comparisons[algorithm] ?? {};
      if (declared === undefined) continue;
      const at = { ...piecePlace, pointer: `${pointer}/digest/${algorithm}` };
      const path = location.path ?? ".";
      if (measured === undefined) judgeUnmeasured(at, path, algorithm, declared);
      else if (measured !== declared) {
        judged.lower("broken");
        tell(finding("digest-mismatch", { ...at, args: { path, algorithm, declared, measured } }));
      }
    }
    return comparisons;
  }

  function judgeUnmeasured(at: Place, path: string, algorithm: DigestAlgorithm, declared: string): void {
    judged.lower("resolved");
    if (attempt.objects === undefined || attempt.objects === 0 || depth === "probe") return;
    const isTree = subjectOf(algorithm, declared) === "tree";
    const reason = isTree ? "the tree was not read whole" : "the location is not one object";
    tell(finding("digest-unmeasured", { ...at, args: { path, algorithm, reason } }));
  }

  function judgeWholeSize(): void {
    const { size: declared } = piece;
    const measured = attempt.whole?.size;
    if (declared === undefined || attempt.objects === undefined || attempt.objects === 0) return;
    const at = { ...piecePlace, pointer: `${pointer}/size` };
    const path = location.path ?? ".";
    if (measured === undefined) {
      judged.lower("resolved");
      if (resolution?.status === "found" && resolution.single === true) return;
      const args = { path, algorithm: "size", reason: "the location is not one object" };
      tell(finding("digest-unmeasured", { ...at, args }));
    } else if (measured !== declared) {
      judged.lower("broken");
      tell(finding("size-mismatch", { ...at, args: { path, declared, measured } }));
    }
  }

  function tell(found: Finding): void {
    const known = filesKept.findings.some(({ code, pointer: where }) => code === found.code && where === found.pointer);
    if (!known) findings.push(found);
  }

  function judgePin(): void {
    if (resolution?.status !== "found") return;
    const { revision, pinned, revisionIsName: isName = false } = resolution;
    const { uri, revision: declared } = location;
    if (declared !== undefined && revision === undefined) {
      judged.lower("resolved");
      findings.push(finding("location-revision-unchecked", { ...place, args: { uri, declared } }));
    } else if (declared !== undefined && revision !== undefined && !isName && !sameRevision(declared, revision)) {
      judged.lower("broken");
      findings.push(
        finding("location-moved", { ...place, severity: "error", args: { uri, declared, published: revision } }),
      );
    }
    if (pinned) return;
    // What the digests hold fast can not change unnoticed, wherever it is read from.
    const isHeld = isHeldByDigests(piece);
    if (!isHeld) judged.lower("resolved");
    findings.push(finding("location-unpinned", { ...place, severity: isHeld ? "note" : "warning", args: { uri } }));
  }
}

function isFalse(code: Finding["code"]): boolean {
  return code === "digest-mismatch" || code === "size-mismatch" || code === "location-moved";
}

/** A commit may be written short. */
function sameRevision(declared: string, published: string): boolean {
  return declared === published || (/^[0-9a-f]{7,}$/i.test(declared) && published.startsWith(declared.toLowerCase()));
}
