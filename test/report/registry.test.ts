import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { reporterById, reporters } from "../../src/report/registry.ts";
import * as samples from "./sample-reports.ts";

const folder = resolve(import.meta.dirname, "../../src/report/reporters");
const options = { colour: false, full: true, manifestName: "wholesource.yaml" };

test("the list and the folder hold the same reporters", () => {
  const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ""));
  expect(reporters.map(({ id }) => id).sort()).toEqual(files.sort());
});

test("an id names its reporter, and an unknown one none", () => {
  expect(reporterById("json")?.mediaType).toBe("application/json");
  expect(reporterById("toString")).toBeUndefined();
});

test.each(reporters)("$id ends in one newline and is the same text each time", ({ render }) => {
  for (const report of [samples.whole, samples.broken, samples.gated, samples.manyMissing, samples.hostile]) {
    const rendered = render(report, options);
    expect(rendered).toMatch(/[^\n]\n$/);
    expect(render(structuredClone(report), options)).toBe(rendered);
  }
});
