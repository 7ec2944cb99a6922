import { algorithmInfo, type DigestAlgorithm, type DigestSet, digestAlgorithms } from "../model/digest.ts";
import type { Depth, Evidence, Refusal } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import type { FileEntry } from "../model/manifest.ts";
import type { FileReport, Outcome } from "../model/report.ts";
import { compare, compareDigests } from "./compare.ts";
import { judgeHazard } from "./hazards.ts";
import { lowering } from "./outcome.ts";
import { fileRefused, type Place, refusalOutcome } from "./refusals.ts";

export interface FileJudgement {
  readonly report: FileReport;
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
  /** Something that was there is false, or could not be told: more than mere absence. */
  readonly onlyAbsent: boolean;
}

/** The declared side of one file, with where it stands in the manifest. */
export interface DeclaredFile {
  readonly entry: FileEntry;
  readonly pointer: string;
  /** True when the digest of the folder or the archive around it speaks for its bytes; that one is judged with them. */
  readonly held?: boolean;
}

/**
 * A `container` is the archive whose members are the piece's files: read and compared, but no file of the piece. What
 * lies `beside` was only asked for in case it is a licence.
 */
export type FileRole = "file" | "container" | "beside";

/**
 * Judges one file by what was declared of it and what was seen of it. `isContent`: the piece names no files, so that
 * each one that its location has is part of it.
 */
export function judgeFile(
  place: Place,
  declared: DeclaredFile | undefined,
  evidence: Evidence | undefined,
  depth: Depth,
  role: FileRole = "file",
  isContent = false,
): FileJudgement {
  const path = declared?.entry.path ?? evidence?.path ?? "";
  const at = declared === undefined ? place : { ...place, pointer: declared.pointer };
  if (evidence === undefined || evidence.refusal !== undefined)
    return judgeUnread(at, path, declared, evidence, isContent);
  if (isOtherText(declared, evidence)) {
    const { published: _text, ...seen } = evidence;
    return judgeUnread(at, path, declared, { ...seen, refusal: linkUnfollowed }, isContent);
  }
  const findings: Finding[] = [];
  const judged = lowering();
  const lower = (to: Outcome): void => judged.lower(to);
  /** An entry of a listing is one line: it has no fields to point at. */
  const field = (name: string): Place =>
    declared === undefined || declared.pointer.endsWith("/listing") ? at : { ...at, pointer: `${at.pointer}/${name}` };

  const entry = declared?.entry;
  const measured = evidence.transfer;
  // A member of an archive that was only asked about has no evidence of its own.
  const wasSeen = measured !== undefined || evidence.probed !== undefined;
  const size = compare(entry?.size, evidence.published?.size, measured?.size ?? localSize(evidence));
  const digest = compareDigests(entry?.digest, evidence.published?.digest, measured?.digest);

  if (size.agreement === "mismatch") {
    lower("broken");
    findings.push(
      finding("size-mismatch", {
        ...field("size"),
        args: { path, declared: size.declared ?? 0, measured: size.measured ?? 0 },
      }),
    );
  } else if (
    depth === "probe" &&
    size.declared !== undefined &&
    size.published !== undefined &&
    size.declared !== size.published
  ) {
    lower("broken");
    findings.push(
      finding("size-mismatch", {
        ...field("size"),
        args: { path, declared: size.declared, published: size.published },
      }),
    );
  }

  let strongMatch = false;
  for (const algorithm of digestAlgorithms) {
    const comparison = digest[algorithm];
    if (comparison === undefined) continue;
    const { declared: wanted, published, measured: got } = comparison;
    if (wanted !== undefined && got !== undefined) {
      if (wanted === got) strongMatch ||= !algorithmInfo[algorithm].weak;
      else {
        lower("broken");
        findings.push(
          finding("digest-mismatch", {
            ...field(`digest/${algorithm}`),
            args: { path, algorithm, declared: wanted, measured: got },
          }),
        );
      }
    }
    if (wanted !== undefined && got === undefined) judgeUnmeasured(algorithm, wanted, published);
    if (published !== undefined && got !== undefined && published !== got) {
      // The host contradicts its own bytes. Where the manifest's word holds, or speaks of the members and not of their
      // archive, that is the host's trouble alone.
      const holds = wanted === undefined ? role === "container" : wanted === got;
      lower(holds ? "resolved" : "broken");
      findings.push(
        finding("digest-published-differs", {
          ...at,
          severity: holds ? "warning" : "error",
          args: { path, algorithm, published, measured: got },
        }),
      );
    }
  }

  if (size.published !== undefined && size.measured !== undefined && size.published !== size.measured) {
    lower("resolved");
    findings.push(
      finding("size-published-differs", {
        ...at,
        args: { path, published: size.published, measured: size.measured },
      }),
    );
  }
  judgeDeclaration();
  const allHolds = (strongMatch || declared?.held === true) && judged.current === "verified";
  for (const hazard of evidence.inspection?.hazards ?? []) {
    // Empty files are ordinary; in the place of a declared one they are a placeholder.
    if (hazard.code === "empty-file" && (entry === undefined || entry.size === 0 || allHolds)) continue;
    const verdict = judgeHazard(at, path, hazard, allHolds);
    if (verdict === undefined) continue;
    lower(verdict.outcome);
    findings.push(verdict.finding);
  }
  if (
    measured !== undefined &&
    !measured.lengthProven &&
    entry?.size === undefined &&
    !strongMatch &&
    declared?.held !== true
  ) {
    lower("resolved");
    findings.push(finding("file-length-unproven", { ...at, args: { path, size: measured.size } }));
  }
  // What nobody declared needs no reading; what was declared does.
  if (measured === undefined && declared !== undefined) lower("resolved");

  return {
    report: {
      path,
      ...(evidence.containedIn === undefined ? {} : { containedIn: evidence.containedIn }),
      presence: declared === undefined ? "undeclared" : wasSeen ? "present" : "unknown",
      size,
      digest,
      ...(evidence.inspection?.format === undefined ? {} : { format: evidence.inspection.format }),
    },
    outcome: judged.current,
    findings,
    onlyAbsent: false,
  };

  /** At depth `probe` nothing is measured, by the caller's wish; at full depth it is a fact that is missing. */
  function judgeUnmeasured(algorithm: DigestAlgorithm, wanted: string, published: string | undefined): void {
    lower("resolved");
    if (published !== undefined && published !== wanted && measured === undefined) {
      lower("broken");
      findings.push(finding("digest-mismatch", { ...at, args: { path, algorithm, declared: wanted, published } }));
    } else if (depth !== "probe") {
      const reason =
        measured === undefined ? "the bytes were not read" : "this digest could not be taken of these bytes";
      findings.push(
        finding("digest-unmeasured", { ...field(`digest/${algorithm}`), args: { path, algorithm, reason } }),
      );
    }
  }

  function judgeDeclaration(): void {
    if (declared === undefined) return;
    const algorithms = declaredAlgorithms(entry?.digest);
    if (declared.held === true) return;
    if (algorithms.length === 0) {
      lower("resolved");
      const strongest = digestAlgorithms.find((algorithm) => measured?.digest[algorithm] !== undefined);
      const seen = strongest === undefined ? {} : { measured: `${strongest}:${measured?.digest[strongest] ?? ""}` };
      findings.push(finding("digest-undeclared", { ...at, args: { path, ...seen } }));
    } else if (algorithms.every((algorithm) => algorithmInfo[algorithm].weak)) {
      lower("resolved");
      findings.push(finding("digest-weak", { ...field("digest"), args: { path, algorithms: algorithms.join(", ") } }));
    }
  }
}

const linkUnfollowed: Refusal = {
  status: "refused",
  kind: "malformed",
  reason: "link-unfollowed",
  message: "it is a link there, which is not followed at this kind of place, and what was declared is not its text",
};

/** The text of a link that was read in place of the file that was declared: it says nothing of that file. */
function isOtherText(declared: DeclaredFile | undefined, { transfer }: Evidence): boolean {
  if (declared === undefined || transfer?.mode !== "120000") return false;
  const { size, digest = {} } = declared.entry;
  if (size !== undefined && size !== transfer.size) return true;
  return digestAlgorithms.some((one) => {
    const [wanted, got] = [digest[one], transfer.digest[one]];
    return wanted !== undefined && got !== undefined && wanted !== got;
  });
}

function judgeUnread(
  place: Place,
  path: string,
  declared: DeclaredFile | undefined,
  evidence: Evidence | undefined,
  isContent: boolean,
): FileJudgement {
  const refusal = evidence?.refusal;
  const missing = refusal === undefined || refusal.kind === "absent";
  const differs = hostContradicts(place, path, declared?.entry, evidence);
  const outcome = refusal === undefined || differs.length > 0 ? "broken" : refusalOutcome(refusal);
  // The gate is told once, of the location.
  const own =
    refusal === undefined
      ? [finding("file-missing", { ...place, args: { path, reason: "not in the location's listing" } })]
      : refusal.reason === "gated"
        ? []
        : [fileRefused(place, path, refusal)];
  const found = [...own, ...differs];
  return {
    report: {
      path,
      ...(declared?.entry.containedIn === undefined ? {} : { containedIn: declared.entry.containedIn }),
      presence: missing ? "missing" : "unknown",
      size: compare(declared?.entry.size, evidence?.published?.size, undefined),
      digest: compareDigests(declared?.entry.digest, evidence?.published?.digest, undefined),
    },
    // A file that nobody declared and that can not be read says nothing about a claim that names others. Where none is
    // named the claim is all that the host lists.
    outcome: declared === undefined && !isContent ? "verified" : outcome,
    findings: declared === undefined && !isContent ? [] : found,
    onlyAbsent: missing && differs.length === 0,
  };
}

/** What the host says of a file that it did not give, where that is not what was declared. */
function hostContradicts(
  place: Place,
  path: string,
  entry: FileEntry | undefined,
  evidence: Evidence | undefined,
): Finding[] {
  const said = evidence?.published;
  if (entry === undefined || said === undefined) return [];
  const findings: Finding[] = [];
  if (entry.size !== undefined && said.size !== undefined && entry.size !== said.size) {
    findings.push(finding("size-mismatch", { ...place, args: { path, declared: entry.size, published: said.size } }));
  }
  for (const algorithm of digestAlgorithms) {
    const [declared, published] = [entry.digest?.[algorithm], said.digest?.[algorithm]];
    if (declared === undefined || published === undefined || declared === published) continue;
    findings.push(finding("digest-mismatch", { ...place, args: { path, algorithm, declared, published } }));
  }
  return findings;
}

function declaredAlgorithms(digest: DigestSet | undefined): DigestAlgorithm[] {
  return digestAlgorithms.filter((algorithm) => digest?.[algorithm] !== undefined);
}

/** A local file's size is our own measurement even when its bytes were not read. */
function localSize(evidence: Evidence): number | undefined {
  return evidence.probed?.exchange === undefined ? evidence.probed?.size : undefined;
}
