import type { Refusal } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import type { Outcome } from "../model/report.ts";

/** Where in the manifest a judgement points. */
export interface Place {
  readonly piece: string;
  readonly location?: number;
  readonly pointer: string;
}

/** What a refusal says about the thing that was asked for: only `absent` speaks about the thing itself. */
export function refusalOutcome(refusal: Refusal): Outcome {
  if (refusal.kind === "absent") return "broken";
  return refusal.reason === "gated" ? "gated" : "inconclusive";
}

/** A location that did not answer with something to look at. */
export function locationRefused(place: Place, uri: string, refusal: Refusal): Finding {
  const args = { uri, reason: refusal.reason, detail: refusal.message };
  if (refusal.reason === "gated")
    return finding("location-gated", { ...place, args: { uri, gated: refusal.message, bytesRead: 0 } });
  if (refusal.reason === "not-listable") return finding("location-unlisted", { ...place, args: { uri } });
  if (refusal.reason === "choice-needed" || refusal.reason === "revision-unclear")
    return finding("location-ambiguous", { ...place, args });
  switch (refusal.kind) {
    case "absent":
      return finding("location-absent", { ...place, args });
    case "denied":
      return finding("location-denied", { ...place, args });
    case "unreachable":
      return finding("location-unreachable", { ...place, args: { ...args, ...retryAt(refusal) } });
    case "malformed":
      return finding("location-malformed", { ...place, args });
  }
}

/** A declared file that did not answer, at a location that did. */
export function fileRefused(place: Place, path: string, refusal: Refusal): Finding {
  const args = { path, reason: refusal.reason, detail: refusal.message };
  switch (refusal.kind) {
    case "absent":
      return finding("file-missing", { ...place, args: { path, reason: refusal.reason } });
    case "denied":
      return finding("file-denied", { ...place, args });
    case "unreachable":
      return finding("file-unreachable", { ...place, args: { ...args, ...retryAt(refusal) } });
    case "malformed":
      return finding("file-malformed", { ...place, args });
  }
}

function retryAt(refusal: Refusal): { retryAt?: string } {
  return refusal.retryAt === undefined ? {} : { retryAt: refusal.retryAt };
}
