import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { jsonSchemas } from "../../src/model/json-schema.ts";
import type { Report as ReportType } from "../../src/model/report.ts";
import { Report } from "../../src/model/report-schema.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "schema");
const schemas = jsonSchemas();
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), "utf8"));

test("schema/ holds what the source makes, and nothing else: npm run schema writes it", () => {
  expect(readdirSync(folder).toSorted()).toEqual(Object.keys(schemas).toSorted());
  for (const [file, schema] of Object.entries(schemas)) expect(read(file), file).toEqual(schema);
});

/** An independent reader of JSON Schema would be better; this one at least knows nothing of how the file was made. */
const manifestFile = z.fromJSONSchema(read("manifest.schema.json") as z.core.JSONSchema.JSONSchema);
const reportFile = z.fromJSONSchema(read("report.schema.json") as z.core.JSONSchema.JSONSchema);
const small = { schemaVersion: "1", name: "a", version: "1", pieces: [{ id: "a", kind: "dataset" }] };

describe("the manifest's schema file", () => {
  test("takes the sample", () => {
    const sample: unknown = parse(readFileSync(join(root, "samples/iris-softmax/wholesource.yaml"), "utf8"));
    expect(manifestFile.safeParse(sample).error).toBeUndefined();
  });

  test("takes keys of one's own in every map, and a name for itself", () => {
    const piece = {
      id: "a",
      kind: "dataset",
      "x-a": 1,
      files: [{ path: "b", "x-b": [] }],
      locations: [{ uri: "c", "x-c": null }],
    };
    expect(manifestFile.safeParse({ ...small, $schema: "x", "x-d": {}, pieces: [piece] }).success).toBe(true);
  });

  test.each([
    ["an unknown key", { ...small, licence: "MIT" }],
    ["an unknown kind", { ...small, pieces: [{ id: "a", kind: "datasets" }] }],
    ["a number as version", { ...small, version: 1 }],
    ["no piece", { ...small, pieces: [] }],
    ["another format version", { ...small, schemaVersion: "2" }],
    ["half a byte", { ...small, pieces: [{ id: "a", kind: "dataset", size: 0.5 }] }],
  ])("refuses %s", (_name, manifest) => {
    expect(manifestFile.safeParse(small).success).toBe(true);
    expect(manifestFile.safeParse(manifest).success).toBe(false);
  });
});

const report: ReportType = {
  schemaVersion: "1",
  verifier: { id: "wholesource", version: "0.1.0" },
  timeVerified: "2026-01-01T00:00:00Z",
  durationSeconds: 1.5,
  manifest: { uri: "wholesource.yaml", digest: { sha256: "00" } },
  name: "a",
  version: "1",
  claims: [],
  depth: "full",
  piecesDeclared: 1,
  partial: false,
  pieces: [
    {
      id: "a",
      kind: "dataset",
      availability: "open",
      outcome: "broken",
      location: 0,
      locations: [
        {
          uri: "./a",
          status: "refused",
          refusal: { status: "refused", kind: "absent", reason: "not-found", message: "no such file" },
        },
      ],
      license: { concluded: "NOASSERTION", agreement: "undeclared", searched: "not-done", sightings: [] },
      digest: { gitTree: { declared: "00", agreement: "unmeasured" } },
      counts: { declared: 1, present: 0, missing: 1, undeclared: 0, verified: 0, bytes: 0 },
      files: [{ path: "x", presence: "missing", size: { declared: 5, agreement: "unmeasured" }, digest: {} }],
      filesOmitted: 0,
    },
  ],
  findings: [
    { code: "file-missing", severity: "error", piece: "a", pointer: "/pieces/0", args: { path: "x", reason: "gone" } },
  ],
  findingsOmitted: { "file-missing": 2 },
  summary: {
    outcomes: { verified: 0, resolved: 0, gated: 0, broken: 1, inconclusive: 0, withheld: 0 },
    findings: { error: 1, warning: 0, note: 0 },
    files: 1,
    bytes: 0,
    exitCode: 1,
  },
};

describe.each([
  ["the schema", Report],
  ["the schema file", reportFile],
])("a report, by %s", (_name, schema) => {
  test("is read back", () => {
    expect(schema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  test.each([
    ["a key that nobody knows", { ...report, ok: true }],
    ["an outcome that is none", { ...report, pieces: [{ ...report.pieces[0], outcome: "fine" }] }],
    ["an exit code that means something else", { ...report, summary: { ...report.summary, exitCode: 2 } }],
    ["a code of another form", { ...report, findings: [{ ...report.findings[0], code: "Bad" }] }],
    ["no pieces", { ...report, pieces: undefined }],
  ])("is refused with %s", (_case, wrong) => {
    expect(schema.safeParse(JSON.parse(JSON.stringify(wrong))).success).toBe(false);
  });
});
