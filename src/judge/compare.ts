import { type DigestAlgorithm, type DigestSet, digestAlgorithms } from "../model/digest.ts";
import type { Comparison } from "../model/report.ts";

/** Lays the three voices side by side. Silence is never agreement. */
export function compare<Value extends string | number>(
  declared: Value | undefined,
  published: Value | undefined,
  measured: Value | undefined,
): Comparison<Value> {
  const sides = { declared, published, measured };
  if (declared === undefined) return { ...sides, agreement: "undeclared" };
  if (measured === undefined) return { ...sides, agreement: "unmeasured" };
  return { ...sides, agreement: declared === measured ? "match" : "mismatch" };
}

export type DigestComparisons = { readonly [Algorithm in DigestAlgorithm]?: Comparison };

/** One comparison for each algorithm that any voice names. */
export function compareDigests(
  declared: DigestSet | undefined,
  published: DigestSet | undefined,
  measured: DigestSet | undefined,
): DigestComparisons {
  const comparisons: { [Algorithm in DigestAlgorithm]?: Comparison } = {};
  for (const algorithm of digestAlgorithms) {
    const sides = [declared?.[algorithm], published?.[algorithm], measured?.[algorithm]] as const;
    if (sides.some((side) => side !== undefined)) comparisons[algorithm] = compare(...sides);
  }
  return comparisons;
}
