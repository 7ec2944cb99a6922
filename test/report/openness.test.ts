/** What a release may be called, as it is told. */
import { marked } from "marked";
import { describe, expect, test } from "vitest";
import { judgeOpenness, summarise } from "../../src/judge/openness.ts";
import type { OpennessFrame } from "../../src/model/openness.ts";
import { textWidth } from "../../src/model/printable.ts";
import type { Report } from "../../src/model/report.ts";
import { Report as ReportSchema } from "../../src/model/report-schema.ts";
import { claimPhrase, familyLines, verdictPhrase } from "../../src/report/openness-facts.ts";
import { renderOpenness } from "../../src/report/openness-page.ts";
import { reporters } from "../../src/report/registry.ts";
import { json } from "../../src/report/reporters/json.ts";
import { markdown } from "../../src/report/reporters/markdown.ts";
import { text } from "../../src/report/reporters/text.ts";
import { complete, declared, found, piece } from "../judge/releases.ts";
import { ACTED_UPON } from "./acted-upon.ts";
import * as samples from "./sample-reports.ts";

function judged(report: Report, frame: OpennessFrame = {}): Report {
  return { ...report, openness: summarise(judgeOpenness(report.pieces, frame), frame) };
}
const mixed = judged(
  samples.report(
    [
      piece("weights", "verified", found("CC-BY-NC-4.0")),
      piece("dataset", "withheld", undefined),
      piece("training-code", "inconclusive", declared("MIT")),
    ],
    [],
    { claims: ["owd-0.3", "osaid-9.9"] },
  ),
);
const shown = { colour: false, full: false, manifestName: "wholesource.yaml" };

test("at 80 columns", () => {
  const told = String(text.render(mixed, { ...shown, columns: 80 }));
  for (const line of told.split("\n")) expect(textWidth(line), line).toBeLessThanOrEqual(80);
  expect(told).toContain("claims owd-0.3 (not satisfied), osaid-9.9 (not known here)");
  const [, section = ""] = told.split("\n\nweights available");
  expect(`weights available${section}`).toMatchInlineSnapshot(`
    "weights available under restrictions (non-commercial); training data withheld;
      training code that could not be told
      OSAID 1.0         not satisfied: lacks data information, where the data can be
                        had, parameters
      G7 2026           Weights Available AI: undetermined, could not be told:
                        deployment code
      MOF (paper)       Class III, Open Model: not satisfied: lacks model
                        architecture, final model parameters, technical report and 3
                        more
      MOF (tool)        Class III, Open Model: not satisfied: lacks model
                        architecture, final model parameters, technical report and 3
                        more
      OWD 0.3           not satisfied: lacks open licence on the weights
      OSD, data too     not satisfied: lacks training data, weights
      FSF's position    not satisfied: lacks training data, parameters
      Debian ML-Policy  ToxicCandy Model: not satisfied: lacks freely licensed
                        weights
      Debian GR 2025-A  not satisfied: lacks freely licensed weights, accessible
                        training data
      EU AI Act 53(2)   not satisfied: lacks free and open-source licence
      in part           run it, fine-tune it, continue its pretraining, change its
                        architecture, change its vocabulary, pass it on, verify it
      you cannot        retrain it, audit its training data, look for test data in
                        its training data, remove data and retrain it
      \`wholesource openness\` says what each verdict rests on

    1 inconclusive, 1 withheld, 1 verified; 0 errors, 0 warnings, 0 notes; exit 3
    next: do what the hints above say to have \`training-code\` checked: nothing was
          proven for or against it
    next: count on doing without \`dataset\`, or ask the authors for it
    "
  `);
});

test.each([30, 40, 200])("at %i columns no line is too long", (columns) => {
  const told = String(text.render(mixed, { ...shown, columns }));
  const longest = Math.max(...told.split("\n").map(textWidth));
  expect(longest).toBeLessThanOrEqual(Math.max(columns, 40));
});

test("where only some pieces were asked for, nothing is judged", () => {
  const unasked = [{ id: "data", kind: "dataset", availability: "open" }] as const;
  const report = judged(samples.report([piece("weights", "verified", found("MIT"))], []), { unasked });
  for (const reporter of [text, markdown]) {
    const told = String(reporter.render(report, shown));
    expect(told).toContain("definitions are judged on whole releases");
    expect(told).not.toContain("OSAID");
  }
});

test("a report without a judgement is told as before", () => {
  for (const reporter of reporters) expect(String(reporter.render(samples.whole, shown))).not.toMatch(/OSAID|openness/);
});

test("a report is read back as it was written", () => {
  for (const report of [
    mixed,
    judged(mixed, { bases: ["hf:a/b"], unasked: [{ id: "x", kind: "dataset", availability: "open" }] }),
  ]) {
    expect(ReportSchema.parse(JSON.parse(String(json.render(report, shown))))).toEqual(
      JSON.parse(JSON.stringify(report)),
    );
  }
});

describe("foreign text", () => {
  const hostile = samples.HOSTILE;
  const pieces = [
    piece("weights", "verified", found(hostile), { id: hostile }),
    piece("dataset", "withheld", undefined, { availabilityReason: hostile }),
    piece("training-code", "resolved", { ...declared("MIT"), published: hostile }, { builtFrom: [hostile] }),
  ];
  const page = {
    name: hostile,
    version: hostile,
    manifest: { uri: hostile, digest: {} },
    timeVerified: "2026-03-01T12:00:00Z",
    openness: judgeOpenness(pieces, { bases: [hostile] }),
  };

  test.each(["text", "markdown"] as const)("draws nothing of its own as %s", (format) => {
    const told = renderOpenness(page, format, shown);
    expect(told).not.toMatch(ACTED_UPON);
    if (format === "text") return;
    const html = marked.parse(told, { async: false, gfm: true });
    const elements = new Set([...html.matchAll(/<\/?([a-z0-9]+)/g)].map(([, element]) => element));
    expect([...elements].sort()).toEqual(["code", "h1", "h2", "li", "ul"]);
  });

  test("is text in JSON", () => {
    expect(JSON.parse(renderOpenness(page, "json", shown))).toMatchObject({ name: hostile });
  });
});

test("one definition alone", () => {
  const page = {
    name: "a",
    version: "1",
    manifest: { uri: "w", digest: {} },
    timeVerified: "",
    openness: judgeOpenness(complete()),
    only: ["mof-class-2"],
  };
  const told = renderOpenness(page, "text", shown);
  expect(told).toContain("mof-class-2: Class II, Open Tooling Model: satisfied, verified");
  expect(told).not.toContain("mof-class-1");
  expect(Object.keys(JSON.parse(renderOpenness(page, "json", shown)))).not.toContain("capabilities");
});

describe("phrases", () => {
  const none = { missing: [], judge: [], untold: [] };

  test.each([
    [{ ...none, verdict: "satisfied-verified" }, "satisfied, verified"],
    [{ ...none, verdict: "satisfied-declared" }, "satisfied, as declared only"],
    [{ ...none, verdict: "not-satisfied", missing: ["a", "b", "c", "d"] }, "not satisfied: lacks a, b, c, d"],
    [
      { ...none, verdict: "not-satisfied", missing: ["a", "b", "c", "d", "e"] },
      "not satisfied: lacks a, b, c and 2 more",
    ],
    [
      { ...none, verdict: "undetermined", judge: ["a"], untold: ["b"] },
      "undetermined, for a person: a, could not be told: b",
    ],
  ] as const)("%j", (verdict, phrase) => {
    expect(verdictPhrase(verdict)).toBe(phrase);
  });

  test("of a ladder, the best rung and the next above it", () => {
    const rung = (id: string, verdict: "satisfied-verified" | "not-satisfied" | "undetermined") => ({
      ...none,
      id,
      name: id,
      family: "F",
      verdict,
    });
    const told = (...verdicts: readonly Parameters<typeof rung>[1][]): readonly string[] =>
      familyLines(verdicts.map((verdict, index) => rung(String(index), verdict))).flatMap((line) =>
        line.told.map(({ id }) => id),
      );
    expect(told("satisfied-verified", "satisfied-verified")).toEqual(["0"]);
    expect(told("not-satisfied", "not-satisfied", "satisfied-verified")).toEqual(["2", "1"]);
    expect(told("undetermined", "not-satisfied", "satisfied-verified")).toEqual(["2", "0"]);
    expect(told("not-satisfied", "not-satisfied")).toEqual(["1"]);
    expect(told("undetermined", "undetermined")).toEqual(["0"]);
  });

  test("a claim in a report that was not judged", () => {
    expect(claimPhrase("osaid-1.0", undefined)).toBe("not judged");
  });
});
