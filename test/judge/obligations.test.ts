import { describe, expect, test } from "vitest";
import { dutiesOf, flagsOf } from "../../src/judge/obligations.ts";
import type { LicenseSighting } from "../../src/model/evidence.ts";
import type { LicenseReport } from "../../src/model/report.ts";

const text = (expression: string, path = "LICENSE"): LicenseSighting => ({
  source: "text",
  path,
  verdict: "exact",
  expression,
});
const beside = (source: LicenseSighting["source"], path: string): LicenseSighting => ({
  source,
  path,
  verdict: "unknown",
});

const report = (more: Partial<LicenseReport>): LicenseReport => ({
  concluded: "NOASSERTION",
  agreement: "unmeasured",
  searched: "complete",
  sightings: [],
  ...more,
});

describe("flags", () => {
  test.each<[string, Partial<LicenseReport>, object | undefined]>([
    ["nothing declared or found", {}, undefined],
    ["declared ambiguously", { declared: "cc" }, undefined],
    ["declared to be none", { declared: "NONE" }, undefined],
    ["declared only", { declared: "mit" }, { license: "MIT", basis: "declared", flags: ["attribution"], known: true }],
    [
      "found another than the declared one",
      {
        declared: "MIT",
        concluded: "CC-BY-NC-4.0",
        agreement: "mismatch",
        sightings: [text("CC-BY-NC-4.0")],
      },
      { license: "CC-BY-NC-4.0", basis: "text", flags: ["attribution", "non-commercial"] },
    ],
    [
      "stated in a field",
      {
        declared: "MIT",
        concluded: "MIT",
        agreement: "match",
        sightings: [{ source: "metadata", path: "package.json", verdict: "exact", expression: "MIT" }],
      },
      { license: "MIT", basis: "stated" },
    ],
    [
      "a text that agrees with more than it says",
      {
        declared: "GPL-3.0-or-later",
        concluded: "GPL-3.0-only",
        agreement: "match",
        sightings: [text("GPL-3.0-only")],
      },
      { license: "GPL-3.0-or-later", basis: "text", flags: ["attribution", "share-alike"] },
    ],
    [
      "a choice",
      { declared: "MIT OR LicenseRef-HF-llama3.1" },
      {
        flags: ["attribution"],
        ways: [["attribution"], ["attribution", "use-policy", "user-cap", "naming"]],
        known: true,
      },
    ],
    ["both at once", { declared: "MIT AND CC-BY-NC-4.0" }, { flags: ["attribution", "non-commercial"] }],
    ["a licence of its own", { declared: "LicenseRef-ours" }, { known: false, flags: [] }],
  ])("%s", (_name, given, expected) => {
    const flags = flagsOf(report(given));
    if (expected === undefined) expect(flags).toBeUndefined();
    else expect(flags).toMatchObject(expected);
  });
});

describe("duties", () => {
  const duties = (given: Partial<LicenseReport>): readonly string[] => {
    const whole = report(given);
    return dutiesOf(whole, flagsOf(whole)).map(({ duty, state, path }) => [duty, state, path].join(" ").trim());
  };

  test.each<[string, Partial<LicenseReport>, readonly string[]]>([
    ["a licence that asks for nothing", { declared: "CC0-1.0" }, []],
    ["a licence that is content with an address", { declared: "CC-BY-4.0" }, []],
    ["no text, and all was read", { declared: "MIT" }, ["license-text missing"]],
    ["no text, and not all was read", { declared: "MIT", searched: "incomplete" }, ["license-text undetermined"]],
    ["nobody looked", { declared: "MIT", searched: "not-done" }, ["license-text undetermined"]],
    ["the text", { declared: "MIT", sightings: [text("MIT")] }, ["license-text met LICENSE"]],
    [
      "a text that was changed",
      { declared: "MIT", sightings: [{ ...beside("text", "LICENSE"), verdict: "modified", resembles: "MIT" }] },
      ["license-text missing"],
    ],
    [
      "another one's text",
      { declared: "MIT", sightings: [{ ...beside("text", "LICENSE"), verdict: "near", resembles: "ISC" }] },
      ["license-text missing"],
    ],
    ["a text deeper down", { declared: "MIT", sightings: [text("MIT", "vendor/x/LICENSE")] }, ["license-text missing"]],
    ["a choice of one that asks for nothing", { declared: "MIT OR CC0-1.0" }, []],
    [
      "notices that are there are passed on",
      { declared: "Apache-2.0", sightings: [text("Apache-2.0"), beside("notice", "NOTICE")] },
      ["license-text met LICENSE", "notices met NOTICE"],
    ],
    ["no notices, no duty", { declared: "Apache-2.0", sightings: [text("Apache-2.0")] }, ["license-text met LICENSE"]],
    [
      "Llama's terms want a notice and a policy",
      { declared: "llama3.1" },
      ["license-text missing", "notices missing", "use-policy missing"],
    ],
    [
      "and have them",
      { declared: "llama3.1", sightings: [beside("policy", "USE_POLICY.md"), beside("notice", "NOTICE")] },
      ["license-text missing", "notices met NOTICE", "use-policy met USE_POLICY.md"],
    ],
  ])("%s", (_name, given, expected) => {
    expect(duties(given)).toEqual(expected);
  });
});
