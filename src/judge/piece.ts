import { type Finding, finding } from "../model/findings.ts";
import type { Piece } from "../model/manifest.ts";
import { redactLocation } from "../model/redact.ts";
import type { LocationReport, Outcome, PieceReport, VerificationDepth } from "../model/report.ts";
import { compareDigests } from "./compare.ts";
import { judgeLicense } from "./license.ts";
import { chooseTry, worse } from "./outcome.ts";
import { judgeRecords, type RecordsLook } from "./records.ts";
import { type JudgeContext, judgeTry, type Try, type TryJudgement } from "./try.ts";

export interface PieceJudgement {
  readonly report: PieceReport;
  readonly findings: readonly Finding[];
  readonly omitted: { readonly [code: string]: number };
}

/** What is to be said of the file that lists a piece's files. */
export interface ListingJudgement {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}

const noFiles = { declared: 0, present: 0, missing: 0, undeclared: 0, verified: 0, bytes: 0 };

/** Judges a piece by the tries of its locations, in order of preference. */
export function judgePiece(
  piece: Piece,
  pointer: string,
  tries: readonly Try[],
  context: JudgeContext,
  listing: ListingJudgement = { outcome: "verified", findings: [] },
  asked: { readonly look?: RecordsLook | undefined; readonly depth: VerificationDepth } = { depth: context.depth },
): PieceJudgement {
  const records = asked.look === undefined ? undefined : judgeRecords(piece.id, pointer, asked.look, asked.depth);
  const judged = tries.map((attempt) => judgeTry(piece, pointer, attempt, context));
  const index = chooseTry(judged);
  const chosen = index === undefined ? undefined : judged[index];
  const chosenTry = index === undefined ? undefined : tries[index];
  const files = chosenTry?.files;
  const place = { piece: piece.id, pointer };
  const license = chosen?.license ?? judgeLicense(place, piece.licenseDeclared, undefined, [], { state: "not-done" });
  const { outcome: found, findings: onAvailability } = judgeAvailability(piece, pointer, chosen);
  const outcome = found === "withheld" ? found : worse(found, listing.outcome);
  const succeeded = outcome === "verified" || outcome === "resolved";

  const findings: Finding[] = [...listing.findings];
  if (index !== undefined && index > 0 && succeeded) {
    const failed = tries.slice(0, index).map(({ location }) => redactLocation(location.uri));
    findings.push(
      finding("location-fallback", {
        ...place,
        location: index,
        pointer: `${pointer}/locations/${index}`,
        args: { uri: chosenTry?.location.uri ?? "", failed: failed.join(", ") },
      }),
    );
  }
  for (const [at, one] of judged.entries()) {
    // Errors belong to broken pieces: what went wrong at a location that another one made up for is a warning.
    const demote = outcome !== "broken" || at !== index;
    for (const found of one.findings)
      findings.push(demote && found.severity === "error" ? soften(found, outcome) : found);
  }
  findings.push(...onAvailability, ...(records?.findings ?? []));

  return {
    report: {
      id: piece.id,
      kind: piece.kind,
      availability: piece.availability,
      ...(piece.availabilityReason === undefined ? {} : { availabilityReason: piece.availabilityReason }),
      ...(piece.builtFrom === undefined ? {} : { builtFrom: piece.builtFrom }),
      outcome: records === undefined || outcome === "withheld" ? outcome : worse(outcome, records.outcome),
      ...(index === undefined ? {} : { location: index }),
      locations: piece.locations.map((location, at): LocationReport => {
        const report = judged.find((_, order) => tries[order]?.index === at)?.report;
        return report ?? { uri: redactLocation(location.uri), status: "not-tried" };
      }),
      license: license.report,
      digest: chosen?.digest ?? compareDigests(piece.digest, undefined, undefined),
      counts: files?.counts ?? { ...noFiles, declared: piece.files?.length ?? 0 },
      files: files?.files ?? [],
      filesOmitted: files?.filesOmitted ?? 0,
      ...(records?.report === undefined ? {} : { records: records.report }),
    },
    findings: withoutRepeats(findings),
    omitted: chosen?.omitted ?? {},
  };
}

/** What was declared of the piece's availability against what was found. */
function judgeAvailability(
  piece: Piece,
  pointer: string,
  chosen: TryJudgement | undefined,
): { outcome: Outcome; findings: readonly Finding[] } {
  const place = { piece: piece.id, pointer: `${pointer}/availability` };
  const declared = piece.availability;
  const mismatch = (found: string, severity: "warning" | "note"): Finding =>
    finding("availability-mismatch", { ...place, severity, args: { declared, found } });
  const closed = declared === "withheld" || declared === "on-request";
  const unreasoned =
    closed && piece.availabilityReason === undefined
      ? [finding("availability-unreasoned", { ...place, args: { declared } })]
      : [];
  if (chosen === undefined) {
    if (closed) return { outcome: "withheld", findings: unreasoned };
    // A gate stands somewhere: a gated piece that nobody can go to is no better declared than an open one.
    return { outcome: "broken", findings: [finding("location-missing", { piece: piece.id, pointer, args: {} })] };
  }
  const { outcome, onlyAbsent } = chosen;
  // A host that asks who we are, or says no, does what the manifest told us to expect.
  const isClosed =
    outcome === "inconclusive" && closedReasons.some((reason) => reason === chosen.report.refusal?.reason);
  if (declared === "gated" && isClosed) return { outcome: "gated", findings: [] };
  const there = outcome === "verified" || outcome === "resolved";
  if (closed) {
    // Finding a withheld piece absent is no fault; finding it is worth a word.
    if (there) return { outcome, findings: [...unreasoned, mismatch("open", "note")] };
    if (outcome === "gated" || isClosed || (outcome === "broken" && onlyAbsent))
      return { outcome: "withheld", findings: unreasoned };
    return { outcome, findings: unreasoned };
  }
  if (declared === "open" && (outcome === "gated" || (there && chosen.report.gated !== undefined)))
    return { outcome, findings: [mismatch("gated", "warning")] };
  if (declared === "gated" && there && chosen.report.gated === undefined) {
    return { outcome, findings: [mismatch("open", "note")] };
  }
  return { outcome, findings: [] };
}

const closedReasons = ["authentication-required", "forbidden"] as const;

function soften(found: Finding, outcome: Outcome): Finding {
  return { ...found, severity: outcome === "withheld" ? "note" : "warning" };
}

/** Every try judges the declared licence anew; a reader wants to be told once. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, pointer, args }) => {
    if (!code.startsWith("license-")) return true;
    const key = JSON.stringify([code, pointer, args]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
