/** What a sample says of the whole: intervals that hold whatever the part is that could not be told. */
import type { RecordShare } from "../model/records.ts";

/** How sure an interval is: of a hundred seeds at least ninety-five give one that holds the truth. */
export const CONFIDENCE = 0.95;
/** The normal distribution's point that leaves half of the doubt on either side. */
const Z = 1.959963984540054;
/** Half a row: what makes a formula for measures right for counts. */
const HALF = 0.5;
/** Shares are told to a millionth, low ends rounded down and high ends up. */
const MILLION = 1_000_000;

/** A sample without replacement. */
export interface Sample {
  /** Rows asked. */
  readonly asked: number;
  /** Rows that there are. */
  readonly rows: number;
}

/**
 * The share of all rows that `count` rows of the sample stand for. `open`: rows of the sample of which nobody knows
 * whether they belong to it: none of them may, or all, and the interval holds either way. Wilson's score interval with
 * continuity correction, for a sample that is part of a finite list: it is a point where every row was asked.
 */
export function shareOf(count: number, open: number, sample: Sample): RecordShare {
  const { asked } = sample;
  if (asked === 0) return { count, share: 0, low: 0, high: sample.rows === 0 ? 0 : 1 };
  return {
    count,
    share: Math.round((count / asked) * MILLION) / MILLION,
    low: Math.floor(lowEnd(count, sample) * MILLION) / MILLION,
    high: Math.ceil(highEnd(count + open, sample) * MILLION) / MILLION,
  };
}

function lowEnd(count: number, { asked, rows }: Sample): number {
  if (asked >= rows) return count / asked;
  return count === 0 ? 0 : Math.max(0, wilson((count - HALF) / asked, weight({ asked, rows }), -1));
}

function highEnd(count: number, { asked, rows }: Sample): number {
  if (asked >= rows) return count / asked;
  return count === asked ? 1 : Math.min(1, wilson((count + HALF) / asked, weight({ asked, rows }), 1));
}

/** How many rows of an endless list would tell as much. */
const weight = ({ asked, rows }: Sample): number => (asked * (rows - 1)) / (rows - asked);

function wilson(share: number, rows: number, side: 1 | -1): number {
  const spread = Z * Math.sqrt((share * (1 - share)) / rows + (Z * Z) / (4 * rows * rows));
  return (share + (Z * Z) / (2 * rows) + side * spread) / (1 + (Z * Z) / rows);
}
