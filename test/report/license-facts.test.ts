import { expect, test } from "vitest";
import type { LicenseReport, PieceReport, Report } from "../../src/model/report.ts";
import { licenseRows, lineageHead, parentRows } from "../../src/report/license-facts.ts";

const quote = (text: string): string => `<${text}>`;
const foreign = { quote, safe: quote };

const piece = (id: string, license: Partial<LicenseReport>): PieceReport => ({
  id,
  kind: "weights",
  availability: "open",
  outcome: "verified",
  locations: [],
  license: { concluded: "NOASSERTION", agreement: "unmeasured", searched: "complete", sightings: [], ...license },
  digest: {},
  counts: { declared: 0, present: 0, missing: 0, undeclared: 0, verified: 0, bytes: 0 },
  files: [],
  filesOmitted: 0,
});

const llama = {
  flags: { license: "L", basis: "declared", known: true, flags: ["attribution", "use-policy", "naming"] },
  duties: [
    { duty: "license-text", state: "elsewhere", piece: "x", path: "LICENSE" },
    { duty: "notices", state: "missing" },
    { duty: "use-policy", state: "undetermined" },
  ],
} as const;

test("pieces under one licence in the same way share a row, and others have their own", () => {
  const mit = {
    flags: { license: "MIT", basis: "text", known: true, flags: ["attribution"] },
    duties: [{ duty: "license-text", state: "met", path: "LICENSE" }],
  } as const;
  const rows = licenseRows([piece("a", mit), piece("b", llama), piece("c", mit), piece("d", {})], quote);
  expect(rows).toEqual([
    { license: "MIT", text: "<a>, <c>: asks for attribution; licence text there" },
    {
      license: "L",
      text:
        "<b>: asks for attribution, naming, restricted by use-policy, as declared only; " +
        "licence text beside another piece; notices missing; use policy not looked for to the end",
    },
  ]);
});

test("what is not known is not called free, and a choice is called one", () => {
  const of = (flags: NonNullable<LicenseReport["flags"]>) =>
    licenseRows([piece("a", { flags, duties: [] })], quote)[0]?.text;
  expect(of({ license: "X", basis: "declared", known: false, flags: [] })).toMatch(/nothing is known/);
  expect(of({ license: "CC0-1.0", basis: "text", known: true, flags: [] })).toMatch(/asks for nothing$/);
  expect(of({ license: "A OR B", basis: "text", known: true, flags: [], ways: [[], ["naming"]] })).toMatch(
    /alternative/,
  );
});

test("a page does not grow with the release", () => {
  const many = Array.from({ length: 100 }, (_, n) => piece(`p${n}`, llama));
  expect(licenseRows(many, quote)[0]?.text).toMatch(/ and 94 more: /);
});

test("parents, with foreign text passed through", () => {
  const parent = { resolver: "r", said: "card", child: "release", depth: 1, status: "found" } as const;
  const lineage: Report["lineage"] = {
    verdict: "dropped",
    parents: [
      {
        ...parent,
        uri: "hf:a/b",
        relation: "quantized",
        license: "gemma",
        verdict: "dropped",
        dropped: ["use-policy"],
      },
      {
        ...parent,
        uri: "hf:c/d",
        relation: "merge",
        child: "hf:a/b",
        status: "refused",
        reason: "gone",
        verdict: "undetermined",
      },
      { ...parent, uri: "hf:e/f", relation: "trained-on", verdict: "undetermined", detail: "why" },
    ],
  };
  expect(lineageHead(lineage)).toMatch(/dropped/);
  expect(parentRows({ lineage }, foreign)).toEqual([
    { head: "dropped", text: "quantised from <hf:a/b> under <gemma>: use-policy" },
    { head: "undetermined", text: "merged from <hf:c/d>, by way of <hf:a/b>: gone" },
    { head: "undetermined", text: "trained on <hf:e/f>: <why>" },
  ]);
  const many = { ...lineage, parents: Array.from({ length: 60 }, () => lineage.parents[0] ?? never()) };
  expect(parentRows({ lineage: many }, foreign).at(-1)).toEqual({ head: "", text: "and 40 more" });
});

function never(): never {
  throw new Error("there is one");
}
