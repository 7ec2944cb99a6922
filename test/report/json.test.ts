import { expect, test } from "vitest";
import { json } from "../../src/report/reporters/json.ts";
import { ACTED_UPON } from "./acted-upon.ts";
import * as samples from "./sample-reports.ts";

const options = { colour: true, full: false, columns: 40, manifestName: "wholesource.yaml" };
const render = (report: typeof samples.whole): string => String(json.render(report, options));

/** The same value with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

test("holds the report as it is", () => {
  for (const report of [samples.whole, samples.broken, samples.hostile]) {
    expect(JSON.parse(render(report))).toEqual(JSON.parse(JSON.stringify(report)));
  }
});

test("does not depend on the order in which objects were built", () => {
  const other = reversed(samples.manyMissing) as typeof samples.manyMissing;
  expect(render(other)).toBe(render(samples.manyMissing));
});

test("begins with what a reader looks for first", () => {
  const keys = Object.keys(JSON.parse(render(samples.whole)) as object);
  expect(keys.slice(0, 5)).toEqual(["schemaVersion", "verifier", "name", "version", "summary"]);
});

test("holds nothing that a terminal acts upon, and loses nothing by that", () => {
  const text = render(samples.hostile);
  expect(text).not.toMatch(ACTED_UPON);
  expect((JSON.parse(text) as typeof samples.hostile).name).toBe(samples.HOSTILE);
});
