import { describe, expect, test } from "vitest";
import { spreadFrom } from "../../src/digest/spread.ts";
import type { DigestAlgorithm } from "../../src/model/digest.ts";
import { planHashJobs } from "../../src/run/hash-plan.ts";

const both: readonly DigestAlgorithm[] = ["sha256", "sha512"];
const MB = 1e6;

/** `<file>:<algorithms>` of each job that reads one file, in the order in which they start. */
function planned(sizes: readonly number[], lanes: number, algorithms = both): readonly string[] {
  const items = sizes.map((size, index) => ({ path: `${index}`, size, algorithms }));
  return planHashJobs(items, lanes).map(({ job, items: [item], cost }) => {
    expect(cost).toBe(item === undefined ? 0 : sizes[item]);
    return `${job.paths.join()}:${job.algorithms.join("+")}`;
  });
}

describe("big files are read once where that keeps all lanes busy", () => {
  test.each([
    ["one alone", [1000], 2, ["0:sha512", "0:sha256"]],
    ["two", [1000, 1000], 2, ["0:sha256+sha512", "1:sha256+sha512"]],
    ["three", [1000, 1000, 1000], 2, ["2:sha256+sha512", "0:sha512", "1:sha512", "0:sha256", "1:sha256"]],
    ["four", [1000, 1000, 1000, 1000], 2, [0, 1, 2, 3].map((n) => `${n}:sha256+sha512`)],
    ["one that is most of it", [1000, 100], 2, ["0:sha512", "0:sha256", "1:sha256+sha512"]],
    ["one lane", [1000], 1, ["0:sha256+sha512"]],
    ["one algorithm", [1000], 2, ["0:sha256"]],
  ] as const)("%s", (_, sizes, lanes, jobs) => {
    const algorithms = jobs.every((job) => job.endsWith(":sha256")) ? both.slice(0, 1) : both;
    expect(
      planned(
        sizes.map((size) => size * MB),
        lanes,
        algorithms,
      ),
    ).toEqual(jobs);
  });
});

test("many big files are never shared out, and small ones go in groups", () => {
  const sizes = Array.from({ length: 40 }, (_, n) => spreadFrom + n);
  expect(planned(sizes, 2)).toHaveLength(40);
  const items = Array.from({ length: 1_000 }, (_, n) => ({ path: `${n}`, size: 10, algorithms: both }));
  const jobs = planHashJobs(items, 2);
  expect(jobs.map(({ items: indexes }) => indexes.length)).toEqual([256, 256, 256, 232]);
  expect(new Set(jobs.flatMap((job) => job.items)).size).toBe(1_000);
});
