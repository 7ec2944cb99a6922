import type { Hazard, HazardCode } from "../model/evidence.ts";
import { type Finding, finding, type Severity } from "../model/findings.ts";
import type { Outcome } from "../model/report.ts";
import type { Place } from "./refusals.ts";

interface Judgement {
  /** What the hazard makes of the file. */
  readonly outcome: Outcome;
  /** The same when a strong declared digest matches: then these are the bytes that the authors meant. */
  readonly whenDeclared: Outcome;
}

/**
 * A placeholder in the place of the data breaks a piece even when its digest was declared: whoever hashed a pointer
 * did not publish the weights. A look that merely surprises (a name that does not fit) yields to a matching digest.
 */
const judgements = {
  "lfs-pointer": { outcome: "broken", whenDeclared: "broken" },
  "html-page": { outcome: "broken", whenDeclared: "resolved" },
  "login-page": { outcome: "broken", whenDeclared: "resolved" },
  "error-body": { outcome: "broken", whenDeclared: "resolved" },
  "empty-file": { outcome: "broken", whenDeclared: "verified" },
  "format-unexpected": { outcome: "broken", whenDeclared: "resolved" },
  "file-truncated": { outcome: "broken", whenDeclared: "broken" },
  "file-corrupt": { outcome: "broken", whenDeclared: "broken" },
  "archive-truncated": { outcome: "broken", whenDeclared: "broken" },
  "archive-corrupt": { outcome: "broken", whenDeclared: "broken" },
  // Two readers may see two archives; where the members' own digests hold, both see the declared ones.
  "archive-ambiguous": { outcome: "inconclusive", whenDeclared: "resolved" },
  // Whoever unpacks it may be hurt, whatever its authors meant.
  "archive-unsafe": { outcome: "broken", whenDeclared: "broken" },
  "archive-trailing": { outcome: "broken", whenDeclared: "resolved" },
  "archive-limit": { outcome: "inconclusive", whenDeclared: "inconclusive" },
  "archive-encrypted": { outcome: "inconclusive", whenDeclared: "inconclusive" },
  "archive-unsupported": { outcome: "inconclusive", whenDeclared: "inconclusive" },
} as const satisfies Record<HazardCode, Judgement>;

/** What a hazard means for the file that has it, and the finding that says so; undefined when it means nothing. */
export function judgeHazard(
  place: Place,
  path: string,
  hazard: Hazard,
  declaredDigestHolds: boolean,
): { outcome: Outcome; finding: Finding } | undefined {
  const judgement = judgements[hazard.code];
  const outcome = declaredDigestHolds ? judgement.whenDeclared : judgement.outcome;
  if (outcome === "verified") return undefined;
  const severity: Severity = outcome === "broken" ? "error" : "warning";
  return { outcome, finding: hazardFinding({ ...place, severity }, path, hazard) };
}

function hazardFinding(
  place: Place & { severity: Severity },
  path: string,
  { code, at = "", detail }: Hazard,
): Finding {
  switch (code) {
    case "lfs-pointer":
      return finding("content-lfs-pointer", { ...place, args: { path, detail } });
    case "html-page":
      return finding("content-html", { ...place, args: { path, detail } });
    case "login-page":
      return finding("content-login-page", { ...place, args: { path, detail } });
    case "error-body":
      return finding("content-error-body", { ...place, args: { path, detail } });
    case "empty-file":
      return finding("content-empty", { ...place, args: { path } });
    case "format-unexpected":
      return finding("content-type-differs", { ...place, args: { path, detail } });
    case "file-truncated":
      return finding("content-truncated", { ...place, args: { path, detail } });
    case "file-corrupt":
      return finding("content-corrupt", { ...place, args: { path, detail } });
    case "archive-truncated":
      return finding("archive-truncated", { ...place, args: { path, detail } });
    case "archive-corrupt":
      return finding("archive-corrupt", { ...place, args: { path, detail } });
    case "archive-ambiguous":
      return finding("archive-ambiguous", { ...place, args: { path, at, detail } });
    case "archive-unsafe":
      return finding("archive-unsafe", { ...place, args: { path, at, detail } });
    case "archive-trailing":
      return finding("archive-trailing", { ...place, args: { path, detail } });
    case "archive-limit":
      return finding("archive-limit", { ...place, args: { path, detail } });
    case "archive-encrypted":
      return finding("archive-encrypted", { ...place, args: { path, at } });
    case "archive-unsupported":
      return finding("archive-unsupported", { ...place, args: { path, detail } });
  }
}
