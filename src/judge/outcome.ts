import type { Outcome } from "../model/report.ts";

/** From best to worst, for one try of one location: the worst file decides what the try is. */
export const fromBestToWorst = [
  "verified",
  "resolved",
  "withheld",
  "gated",
  "inconclusive",
  "broken",
] as const satisfies readonly Outcome[];

/** The worse of two outcomes: a piece is no better than its worst part. */
export function worse(first: Outcome, second: Outcome): Outcome {
  return fromBestToWorst.indexOf(first) >= fromBestToWorst.indexOf(second) ? first : second;
}

/** An outcome that can only get worse. */
export interface Lowering {
  current: Outcome;
  lower(to: Outcome): void;
}

/** Starts at `verified`: every reason for doubt lowers it. */
export function lowering(): Lowering {
  return {
    current: "verified",
    lower(to) {
      this.current = worse(this.current, to);
    },
  };
}

/** What a try came to, with what the choice between tries needs to know. */
export interface TryOutcome {
  readonly outcome: Outcome;
  /** Nothing that was there was false: the location, or files of it, were merely not there. */
  readonly onlyAbsent: boolean;
}

/**
 * Which try a piece rests on. The first that has the piece wins. Without one: false bytes anywhere make it broken;
 * otherwise a gate says that it is there; otherwise somebody who did not answer may still have it; absent comes last.
 */
export function chooseTry(tries: readonly TryOutcome[]): number | undefined {
  const rank = ({ outcome, onlyAbsent }: TryOutcome): number => {
    if (outcome === "verified" || outcome === "resolved") return 0;
    if (outcome === "broken") return onlyAbsent ? 4 : 1;
    if (outcome === "gated" || outcome === "withheld") return 2;
    return 3;
  };
  let chosen: number | undefined;
  for (const [index, one] of tries.entries()) {
    const current = chosen === undefined ? undefined : tries[chosen];
    if (current === undefined || rank(one) < rank(current)) chosen = index;
  }
  return chosen;
}
