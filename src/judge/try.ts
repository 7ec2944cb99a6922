import { algorithmInfo, type DigestSet, digestAlgorithms } from "../model/digest.ts";
import type { Resolution } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import type { Location, Piece } from "../model/manifest.ts";
import type { LocationReport, Outcome } from "../model/report.ts";
import { compareDigests, type DigestComparisons } from "./compare.ts";
import type { FoldedFiles } from "./fold.ts";
import { judgeLicense, type LicenseJudgement } from "./license.ts";
import { lowering } from "./outcome.ts";
import { locationRefused, type Place, refusalOutcome } from "./refusals.ts";

/** What a run did with one location: facts only. */
export interface Try {
  readonly index: number;
  readonly location: Location;
  /** Undefined when no resolver reads such a location. */
  readonly resolver?: string | undefined;
  readonly resolution?: Resolution | undefined;
  readonly files?: FoldedFiles | undefined;
  /** Digests of the whole piece as measured: of the one object, or of the tree. */
  readonly whole?: DigestSet | undefined;
  readonly wholePublished?: DigestSet | undefined;
  /** Objects that the location turned out to have. */
  readonly objects?: number | undefined;
  /** True when the place beside the piece was searched for licences. */
  readonly licenseLooked: boolean;
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
export function judgeTry(piece: Piece, pointer: string, attempt: Try, supported: string): TryJudgement {
  const { location, index, resolution } = attempt;
  const piecePlace: Place = { piece: piece.id, location: index, pointer };
  const place: Place = { ...piecePlace, pointer: `${pointer}/locations/${index}` };
  const base = {
    uri: location.uri,
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
    license: judgeLicense(piecePlace, piece.licenseDeclared, undefined, [], false),
    digest: compareDigests(piece.digest, undefined, undefined),
  });

  if (resolution === undefined) {
    const found = finding("location-unsupported", { ...place, args: { uri: location.uri, known: supported } });
    return unread("inconclusive", false, found, { ...base, status: "unsupported", outcome: "inconclusive" });
  }
  if (resolution.status === "refused") {
    const outcome = refusalOutcome(resolution);
    const found =
      resolution.reason === "gated"
        ? finding("location-gated", { ...place, args: { uri: location.uri, gated: resolution.message } })
        : locationRefused(place, location.uri, resolution);
    const report: LocationReport = { ...base, status: "refused", outcome, refusal: resolution };
    return unread(outcome, resolution.kind === "absent", found, report);
  }

  const judged = lowering();
  const findings: Finding[] = [];
  const folded = attempt.files;
  const filesKept = folded?.findings.finish() ?? { findings: [], omitted: {} };
  if (folded !== undefined) judged.lower(folded.outcome);
  const digest = judgeWhole();
  const declaresNothing = piece.files === undefined && piece.listing === undefined && piece.digest === undefined;
  if (declaresNothing) {
    judged.lower("resolved");
    findings.push(finding("digest-undeclared", { ...piecePlace, args: { path: location.path ?? location.uri } }));
  }
  if (attempt.objects === 0) {
    judged.lower("broken");
    findings.push(
      finding("file-missing", { ...place, args: { path: location.path ?? ".", reason: "nothing is there" } }),
    );
  }
  if (resolution.gated !== undefined) {
    findings.push(
      finding("location-gated", { ...place, severity: "note", args: { uri: location.uri, gated: resolution.gated } }),
    );
  }
  judgePin();
  const license = judgeLicense(
    piecePlace,
    piece.licenseDeclared,
    resolution.licensePublished,
    folded?.sightings ?? [],
    attempt.licenseLooked,
  );
  judged.lower(license.outcome);
  return {
    outcome: judged.current,
    onlyAbsent: (folded?.onlyAbsent ?? true) && !findings.some(({ code }) => code !== "file-missing" && isFalse(code)),
    findings: [...findings, ...filesKept.findings, ...license.findings],
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
    license,
    digest,
  };

  /** Tree digests are judged here; byte digests of a one-object location were judged with the object itself. */
  function judgeWhole(): DigestComparisons {
    const comparisons = compareDigests(piece.digest, attempt.wholePublished, attempt.whole);
    for (const algorithm of digestAlgorithms) {
      const { declared, measured } = comparisons[algorithm] ?? {};
      if (declared === undefined) continue;
      if (measured === undefined) {
        judged.lower("resolved");
        if (attempt.objects === undefined || attempt.objects === 0) continue;
        const reason =
          algorithmInfo[algorithm].subject === "tree"
            ? "the tree was not read whole"
            : "the location is not one object";
        findings.push(
          finding("digest-unmeasured", { ...piecePlace, args: { path: location.path ?? ".", algorithm, reason } }),
        );
      } else if (measured !== declared && isTree(algorithm, declared)) {
        judged.lower("broken");
        findings.push(
          finding("digest-mismatch", {
            ...piecePlace,
            pointer: `${pointer}/digest/${algorithm}`,
            args: { path: location.path ?? ".", algorithm, declared, measured },
          }),
        );
      }
    }
    return comparisons;
  }

  function judgePin(): void {
    if (resolution?.status !== "found") return;
    const { revision } = resolution;
    if (location.revision !== undefined && revision !== undefined && !sameRevision(location.revision, revision)) {
      judged.lower("broken");
      findings.push(
        finding("location-moved", {
          ...place,
          severity: "error",
          args: { uri: location.uri, declared: location.revision, published: revision },
        }),
      );
    }
    if (resolution.pinned) return;
    // What the digests hold fast can not change unnoticed, wherever it is read from.
    const heldByDigest = judged.current === "verified";
    if (!heldByDigest) judged.lower("resolved");
    findings.push(
      finding("location-unpinned", {
        ...place,
        severity: heldByDigest ? "note" : "warning",
        args: { uri: location.uri },
      }),
    );
  }
}

function isTree(algorithm: keyof typeof algorithmInfo, value: string): boolean {
  return algorithmInfo[algorithm].subject === "tree" || value.startsWith("swh:1:dir:");
}

function isFalse(code: Finding["code"]): boolean {
  return code === "digest-mismatch" || code === "location-moved";
}

/** A commit may be written short. */
function sameRevision(declared: string, published: string): boolean {
  return declared === published || (/^[0-9a-f]{7,}$/i.test(declared) && published.startsWith(declared.toLowerCase()));
}
