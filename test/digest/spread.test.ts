import fc from "fast-check";
import { expect, test } from "vitest";
import { spreadAlgorithms } from "../../src/digest/spread.ts";
import { digestAlgorithms } from "../../src/model/digest.ts";

test("every algorithm over bytes is in exactly one share, no share is empty, and both git spellings are together", () => {
  fc.assert(
    fc.property(
      fc.subarray([...digestAlgorithms], { minLength: 2 }),
      fc.integer({ min: 1, max: 8 }),
      (algorithms, lanes) => {
        const shares = spreadAlgorithms(algorithms, lanes);
        expect(shares.flat().sort()).toEqual(algorithms.filter((algorithm) => algorithm !== "gitTree").sort());
        expect(shares.length).toBeLessThanOrEqual(lanes);
        expect(shares.every((share) => share.length > 0)).toBe(true);
        const git = shares.filter((share) => share.includes("gitBlob") || share.includes("swhid"));
        expect(git.length).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test("the dearest are apart", () => {
  expect(spreadAlgorithms(["sha256", "sha1", "md5", "sha3_256"], 2)).toEqual([["sha3_256"], ["md5", "sha1", "sha256"]]);
});
