/** Questions that have a whole and a partial yes: what can be done, and how open one side of a release is. */
import type { Test } from "./definition.ts";
import { isMet, judgeTest, type Release } from "./requirement.ts";
import type { Fact } from "./standing.ts";

/** What a whole yes needs, and what is enough for a part. */
export interface Grade {
  readonly full: Test;
  readonly part?: Test;
}

export interface GradedResult {
  readonly grade: "full" | "part" | "none" | "undetermined";
  readonly basis: "verified" | "declared" | "none";
  readonly facts: readonly Fact[];
}

/** Judges both. Where the whole can not be told, nothing is promised; that a part is there is then among the facts. */
export function judgeGrade({ full, part }: Grade, release: Release): GradedResult {
  const whole = judgeTest(full, release);
  if (isMet(whole.holds)) return { grade: "full", basis: basisOf(whole.holds), facts: whole.facts };
  const some = part === undefined ? undefined : judgeTest(part, release);
  if (whole.holds !== "no") return { grade: "undetermined", basis: "none", facts: whole.facts };
  if (some === undefined || some.holds === "no") return { grade: "none", basis: "none", facts: whole.facts };
  if (!isMet(some.holds)) return { grade: "undetermined", basis: "none", facts: [...whole.facts, ...some.facts] };
  return { grade: "part", basis: basisOf(some.holds), facts: whole.facts };
}

function basisOf(holds: string): "verified" | "declared" {
  return holds === "verified" ? "verified" : "declared";
}
