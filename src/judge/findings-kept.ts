import type { Finding, FindingCode } from "../model/findings.ts";

/** Findings of one code that a report lists for one piece; the others are only counted. */
export const FINDINGS_OF_A_CODE_MAX = 100;

/**
 * Keeps the first findings of each code by declared order, whatever the order in which they arrive, and counts the
 * rest: ten million missing files make one long report, not a full memory.
 */
export class FindingsKept {
  readonly #byCode = new Map<FindingCode, { index: number; finding: Finding }[]>();
  readonly #counts = new Map<FindingCode, { total: number; errors: number }>();

  add(finding: Finding, index: number): void {
    const counted = this.#counts.get(finding.code) ?? { total: 0, errors: 0 };
    counted.total += 1;
    if (finding.severity === "error") counted.errors += 1;
    this.#counts.set(finding.code, counted);
    const kept = this.#byCode.get(finding.code) ?? [];
    this.#byCode.set(finding.code, kept);
    kept.push({ index, finding });
    // Sorting only when the list is twice too long keeps the cost of one finding constant on average.
    if (kept.length >= 2 * FINDINGS_OF_A_CODE_MAX) {
      kept.sort((first, second) => first.index - second.index);
      kept.length = FINDINGS_OF_A_CODE_MAX;
    }
  }

  /** Kept findings in declared order, and how many of each code were left out. */
  finish(): { readonly findings: readonly Finding[]; readonly omitted: { readonly [code: string]: number } } {
    const all: { index: number; finding: Finding }[] = [];
    const omitted: { [code: string]: number } = {};
    for (const [code, list] of this.#byCode) {
      list.sort((first, second) => first.index - second.index);
      const kept = list.slice(0, FINDINGS_OF_A_CODE_MAX);
      const left = (this.#counts.get(code)?.total ?? 0) - kept.length;
      if (left > 0) omitted[code] = left;
      all.push(...kept);
    }
    all.sort((first, second) => first.index - second.index);
    return { findings: all.map(({ finding }) => finding), omitted };
  }
}
