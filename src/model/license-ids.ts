/** The SPDX licence and exception lists as look-up tables, made on first use: most commands parse few expressions. */
import exceptions from "spdx-exceptions/index.json" with { type: "json" };
import parse from "spdx-expression-parse";
import deprecated from "spdx-license-ids/deprecated.json" with { type: "json" };
import current from "spdx-license-ids/index.json" with { type: "json" };

/** Identifiers by their lower-case spelling; the value is the spelling of the SPDX list. */
export interface SpdxIds {
  readonly licenses: ReadonlyMap<string, string>;
  readonly exceptions: ReadonlyMap<string, string>;
}

/** A syntax tree as `spdx-expression-parse` makes it. */
export type SpdxTree =
  | { readonly license: string; readonly plus?: true; readonly exception?: string }
  | { readonly left: SpdxTree; readonly conjunction: "and" | "or"; readonly right: SpdxTree };

/** Makes a value when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function byLowerCase(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}

/** The SPDX lists, deprecated identifiers included. */
export const spdxIds: () => SpdxIds = once(() => ({
  licenses: byLowerCase([...deprecated, ...current]),
  exceptions: byLowerCase(exceptions),
}));

/** The tree of an expression whose identifiers are already in the list's spelling, or undefined. */
export function parseTree(expression: string): SpdxTree | undefined {
  try {
    return parse(expression);
  } catch {
    // The library throws Error for a syntax error and TypeError where the input ends too early.
    return undefined;
  }
}

/** The listed name that differs least from `name`, when it is near enough to be what somebody meant. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
