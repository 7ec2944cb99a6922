import type { Finding } from "../model/findings.ts";
import type { Outcome, Policy } from "../model/report.ts";

/** 0 nothing broken or inconclusive · 1 something is broken or the policy fails · 3 something could not be told. */
export function exitCode(outcomes: readonly Outcome[], findings: readonly Finding[], { failOn }: Policy): 0 | 1 | 3 {
  if (failOn === "never") return 0;
  if (outcomes.includes("broken")) return 1;
  if (findings.some(({ severity }) => severity === "error" || (failOn === "warning" && severity === "warning")))
    return 1;
  return outcomes.includes("inconclusive") ? 3 : 0;
}
