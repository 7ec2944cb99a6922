import { type Finding, finding } from "../model/findings.ts";
import type { Piece } from "../model/manifest.ts";

/** Ids that a finding names; a longer circle is cut. */
const MAX_NAMED = 20;

/** Pieces that are built from themselves, by whatever detour. One finding for each entry that closes a circle. */
export function checkCycles(pieces: readonly Piece[]): readonly Finding[] {
  const findings: Finding[] = [];
  const indexOf = new Map(pieces.map(({ id }, index) => [id, index] as const));
  const done = new Set<number>();
  for (const start of pieces.keys()) {
    // The way from `start` to the piece at hand, each with the next of its sources to look at. No recursion: a chain
    // may have as many links as there are pieces.
    const way = done.has(start) ? [] : [{ index: start, next: 0 }];
    const onWay = new Set([start]);
    for (let step = way.at(-1); step !== undefined; step = way.at(-1)) {
      const at = step.next++;
      const sources = pieces[step.index]?.builtFrom ?? [];
      const source = sources[at];
      if (source === undefined) {
        done.add(step.index);
        onWay.delete(step.index);
        way.pop();
        continue;
      }
      const index = indexOf.get(source);
      if (index === undefined || done.has(index)) continue;
      if (onWay.has(index)) {
        const names = way
          .slice(way.findIndex((each) => each.index === index))
          .map((each) => pieces[each.index]?.id ?? "");
        const shown = names.length > MAX_NAMED ? [...names.slice(0, MAX_NAMED), "..."] : names;
        const args = { cycle: [...shown, source].join(" <- ") };
        findings.push(finding("piece-reference-cycle", { pointer: `/pieces/${step.index}/builtFrom/${at}`, args }));
      } else {
        onWay.add(index);
        way.push({ index, next: 0 });
      }
    }
  }
  return findings;
}
