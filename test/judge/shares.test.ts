/** The intervals hold what they say, counted out exactly for every truth that a list can have. */
import { describe, expect, test } from "vitest";
import { CONFIDENCE, type Sample, shareOf } from "../../src/judge/shares.ts";

const logFactorials = [0];
for (let number = 1; number <= 20_001; number++)
  logFactorials.push((logFactorials[number - 1] ?? 0) + Math.log(number));
const logChoose = (of: number, take: number): number =>
  (logFactorials[of] ?? 0) - (logFactorials[take] ?? 0) - (logFactorials[of - take] ?? 0);

/** The chance that a sample's interval holds the share, when `marked` of the rows are marked: hypergeometric, exactly. */
function coverage({ asked, rows }: Sample, marked: number): number {
  let chance = 0;
  for (let count = Math.max(0, asked - (rows - marked)); count <= Math.min(asked, marked); count++) {
    const { low, high } = shareOf(count, 0, { asked, rows });
    if (marked / rows < low || marked / rows > high) continue;
    chance += Math.exp(logChoose(marked, count) + logChoose(rows - marked, asked - count) - logChoose(rows, asked));
  }
  return chance;
}

test.each<Sample>([
  { asked: 50, rows: 20_000 },
  { asked: 200, rows: 20_000 },
  { asked: 50, rows: 100 },
  { asked: 90, rows: 100 },
  { asked: 10, rows: 11 },
  { asked: 400, rows: 1_000 },
])("$asked of $rows rows: whatever the truth is, at least 95 of 100 samples hold it", (sample) => {
  const step = Math.max(1, Math.floor(sample.rows / 500));
  for (let marked = 0; marked <= sample.rows; marked += step) {
    expect(coverage(sample, marked)).toBeGreaterThanOrEqual(CONFIDENCE - 1e-9);
  }
});

describe("an interval", () => {
  test("is about as wide as it is said to be", () => {
    const { share, low, high } = shareOf(1_846, 0, { asked: 2_000, rows: 5_800_000 });
    expect(share).toBe(0.923);
    expect(low).toBeCloseTo(0.9102, 3);
    expect(high).toBeCloseTo(0.9342, 3);
  });

  test("is a point where every row was asked", () => {
    expect(shareOf(3, 0, { asked: 8, rows: 8 })).toEqual({ count: 3, share: 0.375, low: 0.375, high: 0.375 });
  });

  test("holds every truth that the untold rows may hide", () => {
    const { low, high } = shareOf(10, 5, { asked: 100, rows: 100 });
    expect([low, high]).toEqual([0.1, 0.15]);
    const of = shareOf(10, 5, { asked: 100, rows: 10_000 });
    expect(of.low).toBe(shareOf(10, 0, { asked: 100, rows: 10_000 }).low);
    expect(of.high).toBe(shareOf(15, 0, { asked: 100, rows: 10_000 }).high);
  });

  test("of nothing asked says nothing", () => {
    expect(shareOf(0, 0, { asked: 0, rows: 5 })).toMatchObject({ low: 0, high: 1 });
  });

  test("of none and of all is not told as certain", () => {
    const sample = { asked: 100, rows: 10_000 };
    expect(shareOf(0, 0, sample)).toMatchObject({ low: 0, share: 0 });
    expect(shareOf(0, 0, sample).high).toBeGreaterThan(0.03);
    expect(shareOf(100, 0, sample)).toMatchObject({ high: 1, share: 1 });
    expect(shareOf(100, 0, sample).low).toBeLessThan(0.97);
  });
});
