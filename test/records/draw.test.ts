/** Drawing rows by a seed: the published function, and a sample that is fair and the same for everybody. */
import { describe, expect, test } from "vitest";
import { createDraw, threefry } from "../../src/records/draw.ts";

/** The known answers that come with Random123 for threefry2x32 with 20 rounds. */
test.each([
  [0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x6b200159, 0x99ba4efe],
  [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
  [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
])("key %i %i, counter %i %i", (key0, key1, counter0, counter1, word0, word1) => {
  const words = new Uint32Array(2);
  threefry(key0, key1, counter0, counter1, words);
  expect([...words]).toEqual([word0, word1]);
});

function drawn(size: number, seed: number, places: readonly (readonly [list: number, row: number])[]): string[] {
  const draw = createDraw<string>(size, seed);
  for (const [list, row] of places) if (draw.wants(list, row)) draw.take(`${list}:${row}`);
  return draw.finish().map(({ value }) => value);
}

const places = Array.from({ length: 5_000 }, (_, row) => [row % 3, Math.floor(row / 3)] as const);

describe("a draw", () => {
  test("takes the same rows in whatever order they come", () => {
    const first = drawn(100, 7, places);
    expect(first).toHaveLength(100);
    expect(new Set(first).size).toBe(100);
    expect(drawn(100, 7, places.toReversed())).toEqual(first);
  });

  test("takes other rows for another seed, beyond 32 bits too", () => {
    const first = drawn(100, 7, places);
    expect(drawn(100, 8, places)).not.toEqual(first);
    expect(drawn(100, 7 + 2 ** 32, places)).not.toEqual(first);
  });

  test("of fewer rows takes all, in the order of the lists", () => {
    expect(
      drawn(100, 7, [
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
    ).toEqual(["0:0", "0:1", "1:0"]);
  });

  test("a larger draw holds the smaller one", () => {
    const larger = new Set(drawn(200, 7, places));
    expect(drawn(100, 7, places).every((one) => larger.has(one))).toBe(true);
  });

  test("gives every row the same chance", () => {
    const rows = Array.from({ length: 100 }, (_, row) => [0, row] as const);
    const times = new Map<string, number>();
    for (let seed = 0; seed < 2_000; seed++) {
      for (const one of drawn(10, seed, rows)) times.set(one, (times.get(one) ?? 0) + 1);
    }
    // 200 times each on average; chi-squared with 99 degrees of freedom, scaled for drawing without replacement.
    const squared = rows.reduce((sum, [, row]) => sum + ((times.get(`0:${row}`) ?? 0) - 200) ** 2 / (200 * 0.9), 0);
    expect(squared).toBeLessThan(148);
    expect(squared).toBeGreaterThan(61);
  });
});
