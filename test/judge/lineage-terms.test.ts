import { describe, expect, test } from "vitest";
import { compareTerms } from "../../src/judge/lineage-terms.ts";
import type { ParentRelation } from "../../src/model/lineage.ts";

const llama = "LicenseRef-HF-llama3.1";
const verdict = (child: string, parent: string, relation: ParentRelation = "finetune"): string => {
  const { verdict: told, dropped } = compareTerms(child, parent, relation);
  return [told, ...dropped].join(" ");
};

describe("a child of a parent", () => {
  test.each([
    ["MIT", "MIT", "kept"],
    ["MIT", "Apache-2.0", "kept"],
    ["LicenseRef-HF-gemma", "Apache-2.0", "kept"],
    ["CC-BY-NC-4.0", "CC-BY-4.0", "kept"],
    ["CC-BY-NC-4.0", "CC-BY-NC-4.0", "kept"],
    [llama, llama, "kept"],
    ["MIT", llama, "dropped use-policy user-cap naming"],
    ["Apache-2.0", "LicenseRef-HF-llama2", "dropped use-policy user-cap naming output-use"],
    ["Apache-2.0", "LicenseRef-HF-gemma", "dropped use-policy"],
    ["MIT", "CC-BY-NC-4.0", "dropped non-commercial"],
    ["CC-BY-4.0", "CC-BY-NC-SA-4.0", "dropped share-alike non-commercial"],
    ["MIT", "LicenseRef-HF-creativeml-openrail-m", "dropped field-of-use"],
    ["MIT", "AGPL-3.0-only", "dropped share-alike"],
    // Nothing may be made from it at all, under whatever licence.
    ["CC-BY-ND-4.0", "CC-BY-ND-4.0", "dropped no-derivatives"],
    ["LicenseRef-ours", "CC-BY-ND-4.0", "dropped no-derivatives"],
    // Whoever takes it may take the alternative that keeps nothing.
    [`MIT OR ${llama}`, llama, "dropped use-policy user-cap naming"],
    [`MIT AND ${llama}`, llama, "undetermined"],
    // The maker could take the parent by its free alternative.
    ["MIT", `MIT OR ${llama}`, "kept"],
    // The same kinds of terms in other words.
    ["LicenseRef-HF-llama3.1", "LicenseRef-HF-llama3.3", "undetermined"],
    ["CC-BY-SA-4.0", "GPL-3.0-only", "undetermined"],
    ["LicenseRef-HF-bigcode-openrail-m", "LicenseRef-HF-creativeml-openrail-m", "undetermined"],
    // What nobody knows here.
    ["MIT", "LicenseRef-theirs", "undetermined"],
    ["LicenseRef-ours", llama, "undetermined"],
    ["MIT", "other", "undetermined"],
    ["MIT", "bsd", "undetermined"],
    ["MIT", "mit, apache-2.0", "undetermined"],
    ["MIT", "NOASSERTION", "undetermined"],
    ["nonsense here", "MIT", "undetermined"],
  ])("%s of %s: %s", (child, parent, expected) => {
    expect(verdict(child, parent)).toBe(expected);
    for (const relation of ["adapter", "quantized", "merge", "made-from"] as const)
      expect(verdict(child, parent, relation)).toBe(expected);
  });
});

test("of data the terms of use count, and not a name or a number of users", () => {
  expect(verdict("MIT", "CC-BY-NC-4.0", "trained-on")).toBe("dropped non-commercial");
  expect(verdict("MIT", "ODbL-1.0", "trained-on")).toBe("dropped share-alike");
  expect(verdict("MIT", "LicenseRef-Qwen", "trained-on")).toBe("kept");
});

test("every verdict that is not clear says why", () => {
  expect(compareTerms("MIT", "bsd", "finetune").detail).toMatch(/BSD/);
  expect(compareTerms("MIT", "LicenseRef-theirs", "finetune").detail).toMatch(/LicenseRef-theirs/);
});
