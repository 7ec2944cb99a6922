import fc from "fast-check";
import { expect, test } from "vitest";
import { align } from "../../src/license/align.ts";

/** What the gaps leave is the same in both: that is what makes them the differences. */
function common(
  a: readonly number[],
  b: readonly number[],
): readonly [left: readonly number[], right: readonly number[]] {
  const { gaps, from, to } = align(Uint16Array.from(a), Uint16Array.from(b));
  const left: number[] = [];
  const right: number[] = [];
  let [atA, atB] = [0, from];
  for (const { aStart, aEnd, bStart, bEnd } of gaps) {
    expect(aStart).toBeGreaterThanOrEqual(atA);
    expect(bStart).toBeGreaterThanOrEqual(atB);
    left.push(...a.slice(atA, aStart));
    right.push(...b.slice(atB, bStart));
    [atA, atB] = [aEnd, bEnd];
  }
  return [
    [...left, ...a.slice(atA)],
    [...right, ...b.slice(atB, to)],
  ];
}

const words = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 80 });

test("what lies outside the gaps is the same in both", () => {
  fc.assert(
    fc.property(words, words, (a, b) => {
      const [left, right] = common(a, b);
      expect(right).toEqual(left);
    }),
    { numRuns: 500 },
  );
});

test("words that were put in are the one gap", () => {
  const a = Array.from({ length: 200 }, (_, index) => index + 1);
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 195 }), fc.integer({ min: 1, max: 300 }), (at, count) => {
      const b = [...a.slice(0, at), ...Array.from({ length: count }, () => 0), ...a.slice(at)];
      expect(align(Uint16Array.from(a), Uint16Array.from(b)).gaps).toEqual([
        { aStart: at, aEnd: at, bStart: at, bEnd: at + count },
      ]);
    }),
    { numRuns: 50 },
  );
});

test("what stands before and after is no difference", () => {
  const a = Array.from({ length: 50 }, (_, index) => index + 1);
  const b = [...Array.from({ length: 500 }, () => 0), ...a, ...Array.from({ length: 500 }, () => 0)];
  expect(align(Uint16Array.from(a), Uint16Array.from(b))).toEqual({ gaps: [], from: 500, to: 550 });
});

test("a long text with nothing in common takes linear time", () => {
  const a = Uint16Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 3000);
  const b = Uint16Array.from({ length: 120_000 }, (_, index) => (index * 104_729) % 3001);
  const start = performance.now();
  align(a, b);
  expect(performance.now() - start).toBeLessThan(3000);
});
