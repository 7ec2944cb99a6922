import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, nearest } from "../../src/model/nearest.ts";

const keys = ["id", "kind", "licenseDeclared", "locations", "files", "availability", "availabilityReason"];

test.each([
  ["kidn", "kind"],
  ["license_declared", "licenseDeclared"],
  ["licensedeclard", "licenseDeclared"],
  ["license", "licenseDeclared"],
  ["location", "locations"],
  ["file", "files"],
  ["avail", undefined],
  ["colour", undefined],
  ["", undefined],
  ["x".repeat(65), undefined],
])("%s is nearest to %s", (word, key) => {
  expect(nearest(word, keys)).toBe(key);
});

test("distance is symmetric, zero for the same, and no more than the longer word", () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (left, right) => {
      const distance = editDistance(left, right);
      expect(distance).toBe(editDistance(right, left));
      expect(distance === 0).toBe(left === right);
      expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
    }),
  );
});

test("neighbours that changed places are one edit", () => {
  expect(editDistance("sha265", "sha256")).toBe(1);
});
