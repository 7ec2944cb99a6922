import { describe, expect, test } from "vitest";
import { contradicts, meaningOf, splitExact } from "../../src/judge/license-texts.ts";
import type { LicensePart, LicenseSighting } from "../../src/model/evidence.ts";

const sighting = (more: Partial<LicenseSighting>): LicenseSighting => ({
  source: "text",
  path: "LICENSE",
  verdict: "unknown",
  ...more,
});
const part = (more: Partial<LicensePart>): LicensePart => ({ line: 1, lineEnd: 9, verdict: "exact", ...more });

describe("a text that is not exact supports nothing", () => {
  test.each<[string, Partial<LicenseSighting>, string, string]>([
    ["with additions", { verdict: "exact-with-additions", expression: "MIT" }, "license-extended", "resolved"],
    [
      "another one with additions",
      { verdict: "exact-with-additions", expression: "ISC" },
      "license-mismatch",
      "broken",
    ],
    ["modified", { verdict: "modified", resembles: "MIT", score: 0.99 }, "license-modified", "broken"],
    ["near", { verdict: "near", resembles: "MIT", score: 0.99 }, "license-modified", "broken"],
    [
      "by key phrases",
      { verdict: "near", resembles: "LicenseRef-HF-llama3.1", basis: "fingerprint" },
      "license-mismatch",
      "broken",
    ],
    ["several", { verdict: "several", parts: [part({ expression: "MIT" })] }, "license-several", "resolved"],
    ["a notice", { verdict: "notice-only", expression: "MIT", basis: "reference" }, "license-notice-only", "resolved"],
    ["unknown", { verdict: "unknown" }, "license-unrecognized", "inconclusive"],
  ])("%s", (_name, seen, code, outcome) => {
    const told = meaningOf("MIT", ["MIT"], sighting(seen));
    expect([told.code, told.outcome]).toEqual([code, outcome]);
    expect(told.args).toMatchObject({ declared: "MIT", path: "LICENSE" });
  });

  test("the change that matters is told, shortened", () => {
    const difference = [
      { line: 3, removed: "a", added: "the", material: false },
      { line: 9, removed: "", added: "x".repeat(500), material: true },
    ];
    const told = meaningOf(
      "MIT",
      ["MIT"],
      sighting({ verdict: "modified", resembles: "MIT", score: 0.98765, difference }),
    );
    expect(told.args).toMatchObject({ score: "98.7 %", change: expect.stringMatching(/^line 9: with "x{100,}…"$/) });
  });
});

describe("a file with several licences", () => {
  test("speaks for each of them when every one is there word for word", () => {
    const parts = [part({ expression: "MIT" }), part({ line: 20, lineEnd: 90, expression: "Apache-2.0" })];
    expect(
      splitExact(sighting({ verdict: "several", parts })).map(({ verdict, expression, line }) => [
        verdict,
        expression,
        line,
      ]),
    ).toEqual([
      ["exact", "MIT", 1],
      ["exact", "Apache-2.0", 20],
    ]);
  });

  test.each<[string, Partial<LicenseSighting>]>([
    [
      "a part that is changed",
      { parts: [part({ expression: "MIT" }), part({ verdict: "modified", resembles: "ISC" })] },
    ],
    ["a part that is unknown", { parts: [part({ expression: "MIT" }), part({ verdict: "unknown" })] }],
    [
      "an addition",
      {
        parts: [part({ expression: "MIT" }), part({ expression: "ISC" })],
        additions: [{ line: 3, where: "between", text: "x" }],
      },
    ],
    ["no parts", {}],
  ])("with %s speaks for none", (_name, more) => {
    const whole = sighting({ verdict: "several", ...more });
    expect(splitExact(whole)).toEqual([whole]);
  });
});

test("key phrases of another version contradict a reference", () => {
  const seen = sighting({ verdict: "near", resembles: "LicenseRef-HF-llama3.2", basis: "fingerprint" });
  expect(contradicts("LicenseRef-HF-llama3.1", seen)).toBe(true);
  expect(contradicts("LicenseRef-hf-llama3.2", seen)).toBe(false);
  expect(contradicts("LicenseRef-ours", seen)).toBe(false);
});
