import { expect, test } from "vitest";
import { GROUP_BYTES, Grouping } from "../../src/run/grouping.ts";

const lengths = (groups: readonly (readonly unknown[])[]): number[] => groups.map(({ length }) => length);
const items = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

test("known sizes are gathered up to a limit of files and of bytes, in order", () => {
  const grouping = new Grouping(10);
  const groups = grouping.cut(items(25), () => 1);
  expect(lengths(groups)).toEqual([10, 10, 5]);
  expect(groups.flat()).toEqual(items(25));
  expect(lengths(grouping.cut(items(4), () => GROUP_BYTES / 2))).toEqual([2, 2]);
  expect(lengths(grouping.cut(items(3), () => 2 * GROUP_BYTES))).toEqual([1, 1, 1]);
});

test("a few files of unknown size spread, many come in ever longer groups", () => {
  expect(lengths(new Grouping(100).cut(items(8), () => undefined))).toEqual([1, 1, 1, 1, 2, 2]);
  const many = lengths(new Grouping(100).cut(items(5_000), () => undefined));
  expect(many.slice(0, 9)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 4]);
  expect(Math.max(...many)).toBe(100);
});

test("what the first files had tells how many go together", () => {
  const small = new Grouping(100);
  small.learn(10, 10 * 1_000);
  expect(lengths(small.cut(items(250), () => undefined))).toEqual([100, 100, 50]);
  const large = new Grouping(100);
  large.learn(10, 10 * GROUP_BYTES);
  expect(lengths(large.cut(items(3), () => undefined))).toEqual([1, 1, 1]);
});

test("nothing makes no group", () => {
  expect(new Grouping(3).cut([], () => 1)).toEqual([]);
});
