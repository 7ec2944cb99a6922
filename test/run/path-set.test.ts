import { expect, test } from "vitest";
import { PathSet } from "../../src/run/path-set.ts";

test("remembers what was added and nothing else, however many there are", () => {
  const set = new PathSet();
  const path = (n: number): string => `folder ${n % 97}/ün-${n}.bin`;
  for (let n = 0; n < 50_000; n++) expect(set.add(path(n))).toBe(true);
  for (let n = 0; n < 50_000; n++) {
    if (!set.has(path(n))) throw new Error(`${path(n)} was forgotten`);
  }
  for (let n = 50_000; n < 150_000; n++) {
    if (set.has(path(n))) throw new Error(`${path(n)} was never added`);
  }
  expect(set.add(path(7))).toBe(false);
});

test("paths that differ in one place, in length or in case are different", () => {
  const set = new PathSet();
  const paths = ["", "a", "b", "ab", "ba", "aa", "abc", "A", "a/b", "a\0", "\0a", "Ā", "\u{1f600}", "aaaa", "aaaaa"];
  for (const path of paths) expect(set.add(path)).toBe(true);
  for (const path of paths) expect(set.add(path)).toBe(false);
});
