/**
 * Every row of every definition, from the tables themselves so that none can be forgotten: a release that has everything
 * satisfies it, and one that lacks just what the row asks for does not.
 */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { Component, Requirement, Test } from "../../src/judge/definition.ts";
import { definitionIds } from "../../src/judge/definition-ids.ts";
import { definitionFamilies, judgeDefinitions } from "../../src/judge/definitions.ts";
import { judgeTest } from "../../src/judge/requirement.ts";
import type { PieceKind } from "../../src/model/manifest.ts";
import type { Holding } from "../../src/model/openness.ts";
import type { PieceReport } from "../../src/model/report.ts";
import { complete, declared, found, piece } from "./releases.ts";

const rows = definitionFamilies.flatMap(({ definitions }) =>
  definitions.flatMap((definition) =>
    definition.requirements.map((requirement) => ({
      name: `${definition.id} / ${requirement.id}`,
      definition,
      requirement,
    })),
  ),
);
const withPieces = rows.filter(({ requirement }) => componentsOf(requirement.test).length > 0);

function componentsOf(asked: Test): readonly Component[] {
  if ("component" in asked) return [asked.component];
  if ("all" in asked) return asked.all.flatMap(componentsOf);
  if ("any" in asked) return asked.any.flatMap(componentsOf);
  if ("passOn" in asked) return [];
  if ("absencesReasoned" in asked) return [asked.absencesReasoned];
  return asked.given === undefined ? [] : componentsOf(asked.given);
}

function kindsOf({ test: asked }: Requirement): ReadonlySet<PieceKind> {
  return new Set(componentsOf(asked).flatMap(({ kinds, within = [] }) => [...kinds, ...within]));
}

/** True where a person is asked however well all else is. */
function isForPerson(asked: Test): boolean {
  if ("person" in asked) return true;
  if ("all" in asked) return asked.all.some(isForPerson);
  return "any" in asked && asked.any.every(isForPerson);
}

/** The complete release with some pieces changed, or taken away. */
function changed(
  kinds: ReadonlySet<PieceKind>,
  change: (kind: PieceKind) => PieceReport | undefined,
): readonly PieceReport[] {
  return complete().flatMap((one) => (kinds.has(one.kind) ? (change(one.kind) ?? []) : [one]));
}

const holding = ({ test: asked }: Requirement, pieces: readonly PieceReport[]): Holding =>
  judgeTest(asked, { pieces }).holds;

test("the tables are the files of the folder", () => {
  const files = readdirSync(resolve(import.meta.dirname, "../../src/judge/definitions"));
  expect(definitionFamilies.map(({ id }) => `${id}.ts`).sort()).toEqual(files.sort());
});

test("what a manifest may claim are the tables' definitions, in their order", () => {
  expect(definitionIds).toEqual(definitionFamilies.flatMap(({ definitions }) => definitions.map(({ id }) => id)));
});

test("ids are unique, in the definitions and in their rows", () => {
  expect(new Set(definitionIds).size).toBe(definitionIds.length);
  for (const { definitions } of definitionFamilies) {
    for (const { requirements } of definitions) {
      expect(new Set(requirements.map(({ id }) => id)).size).toBe(requirements.length);
      expect(new Set(requirements.map(({ name }) => name)).size).toBe(requirements.length);
    }
  }
});

test.each(definitionFamilies)("$id names a text that can be read", ({ date, url }) => {
  expect(date).toMatch(/^\d{4}(?:-\d\d(?:-\d\d)?)?$/);
  expect(new URL(url).protocol).toBe("https:");
});

test("claims that manifests already make keep their ids", () => {
  expect(definitionIds).toEqual(
    expect.arrayContaining([
      "osaid-1.0",
      "g7-open-source-ai-open-data",
      "g7-open-source-ai",
      "g7-open-weights-ai",
      "g7-weights-available-ai",
      "mof-class-1",
      "mof-class-2",
      "mof-class-3",
      "owd-0.3",
    ]),
  );
});

describe("a release that has everything", () => {
  test.each(rows)("$name", ({ requirement }) => {
    expect(holding(requirement, complete())).toBe(isForPerson(requirement.test) ? "person" : "verified");
  });

  test("no definition is missed", () => {
    for (const { verdict, missing, untold } of judgeDefinitions({ pieces: complete() })) {
      expect({ missing, untold }).toEqual({ missing: [], untold: [] });
      expect(["satisfied-verified", "undetermined"]).toContain(verdict);
    }
  });
});

describe("all satisfied but one", () => {
  const isOptional = (requirement: Requirement): boolean =>
    componentsOf(requirement.test).every(({ ifUsed }) => ifUsed === true);

  test.each(withPieces)("$name: nothing of it is declared", ({ definition, requirement }) => {
    const pieces = changed(kindsOf(requirement), () => undefined);
    const optional = isOptional(requirement);
    expect(holding(requirement, pieces)).toBe(optional ? "person" : "no");
    const result = judgeDefinitions({ pieces }).find(({ id }) => id === definition.id);
    expect(result?.missing.includes(requirement.name)).toBe(!optional);
    if (!optional) expect(result?.verdict).toBe("not-satisfied");
    // Rows that ask for other pieces are as they were.
    const others = definition.requirements.filter((other) =>
      [...kindsOf(other)].every((kind) => !kindsOf(requirement).has(kind)),
    );
    for (const other of others) expect(holding(other, pieces)).toBe(holding(other, complete()));
  });

  test.each(withPieces)("$name: all of it is broken", ({ definition, requirement }) => {
    const pieces = changed(kindsOf(requirement), (kind) => piece(kind, "broken", found("Apache-2.0")));
    expect(holding(requirement, pieces)).toBe("no");
    expect(judgeDefinitions({ pieces }).find(({ id }) => id === definition.id)?.verdict).toBe("not-satisfied");
  });

  const licensed = withPieces.filter(({ requirement }) =>
    componentsOf(requirement.test).every(({ license }) => license !== undefined),
  );
  test.each(licensed)("$name: a licence that forbids", ({ definition, requirement }) => {
    const some = componentsOf(requirement.test).some(({ license }) => license === "granted");
    const pieces = changed(kindsOf(requirement), (kind) =>
      piece(kind, "verified", found(some ? "NONE" : "CC-BY-NC-ND-4.0")),
    );
    expect(holding(requirement, pieces)).toBe("no");
    expect(judgeDefinitions({ pieces }).find(({ id }) => id === definition.id)?.verdict).toBe("not-satisfied");
  });

  test.each(licensed)("$name: a licence of its maker's own is no open one", ({ requirement }) => {
    const pieces = changed(kindsOf(requirement), (kind) => piece(kind, "verified", found("LicenseRef-nobody-knows")));
    expect(["person", "no"]).toContain(holding(requirement, pieces));
  });
});

describe("what could not be told is never absent", () => {
  test.each(withPieces)("$name: no host answers", ({ definition, requirement }) => {
    const pieces = changed(kindsOf(requirement), (kind) => piece(kind, "inconclusive", declared("Apache-2.0")));
    expect(holding(requirement, pieces)).toBe("unknown");
    const result = judgeDefinitions({ pieces }).find(({ id }) => id === definition.id);
    expect(result?.verdict).toBe("undetermined");
    expect(result?.untold).toContain(requirement.name);
  });

  test.each(withPieces)("$name: nobody asked for it", ({ definition, requirement }) => {
    const kinds = kindsOf(requirement);
    const unasked = [...kinds].map((kind) => ({ id: kind, kind, availability: "open" as const }));
    const result = judgeDefinitions({ pieces: changed(kinds, () => undefined), unasked }).find(
      ({ id }) => id === definition.id,
    );
    expect(result?.verdict).toBe("undetermined");
    expect(result?.requirements.find(({ id }) => id === requirement.id)?.holds).toBe("unknown");
  });
});

describe("by somebody's word alone", () => {
  test.each(withPieces)("$name: the licence is declared, the piece is there", ({ definition, requirement }) => {
    const pieces = changed(kindsOf(requirement), (kind) => piece(kind, "resolved", declared("Apache-2.0")));
    expect(holding(requirement, pieces)).toBe(isForPerson(requirement.test) ? "person" : "declared");
    const result = judgeDefinitions({ pieces }).find(({ id }) => id === definition.id);
    expect(result?.verdict).not.toBe("satisfied-verified");
    expect(result?.missing).toEqual([]);
  });

  test("a licence found in a piece that was verified is what `verified` needs", () => {
    const pieces = changed(new Set<PieceKind>(["weights"]), (kind) => piece(kind, "verified", declared("Apache-2.0")));
    expect(judgeDefinitions({ pieces }).find(({ id }) => id === "owd-0.3")?.verdict).toBe("satisfied-declared");
  });
});

test.each([
  ["a tag", { source: "tag", verdict: "exact", path: "train.py", expression: "Apache-2.0" }, "satisfied-declared"],
  [
    "a package file",
    { source: "metadata", verdict: "exact", path: "package.json", expression: "Apache-2.0" },
    "satisfied-declared",
  ],
  [
    "a text in a folder of others",
    { source: "text", verdict: "exact", path: "vendor/x/LICENSE", expression: "MIT" },
    "satisfied-declared",
  ],
  ["the text", { source: "text", verdict: "exact", path: "LICENSE", expression: "Apache-2.0" }, "satisfied-verified"],
  [
    "the text as a part of a file",
    {
      source: "text",
      verdict: "several",
      path: "LICENSE",
      parts: [{ verdict: "exact", expression: "Apache-2.0", line: 1, lineEnd: 200 }],
    },
    "satisfied-verified",
  ],
] as const)("a licence that %s speaks of", (_, sighting, verdict) => {
  const license = { ...found("Apache-2.0"), sightings: [sighting] };
  const pieces = changed(new Set<PieceKind>(["weights"]), (kind) => piece(kind, "verified", license));
  expect(judgeDefinitions({ pieces }).find(({ id }) => id === "owd-0.3")?.verdict).toBe(verdict);
});

test("what a release was made from went into its weights too", () => {
  const results = judgeDefinitions({ pieces: complete(), bases: ["hf:org/base"] });
  const open = results.find(({ id }) => id === "g7-open-source-ai-open-data");
  expect(open).toMatchObject({ verdict: "undetermined", judge: ["training code", "training data"] });
  expect(results.find(({ id }) => id === "owd-0.3")?.verdict).toBe("satisfied-verified");
});

test("one dataset of two that is not open is enough", () => {
  const pieces = [...complete(), piece("dataset", "verified", found("CC-BY-NC-4.0"), { id: "second" })];
  const result = judgeDefinitions({ pieces }).find(({ id }) => id === "osd-data-as-source");
  expect(result?.missing).toEqual(["training data"]);
  const row = result?.requirements.find(({ id }) => id === "data");
  expect(row).toMatchObject({
    holds: "no",
    pieces: ["second"],
    facts: ["`second` is under `CC-BY-NC-4.0` (found word for word), which is not an open licence"],
  });
});

test.each([
  ["auto", "satisfied-declared"],
  ["manual", "undetermined"],
  ["paid", "undetermined"],
] as const)("weights behind a gate of kind %s are available: %s", (gated, verdict) => {
  const pieces = changed(new Set<PieceKind>(["weights"]), (kind) =>
    piece(kind, "gated", found("Apache-2.0"), { gated }),
  );
  const results = judgeDefinitions({ pieces });
  expect(results.find(({ id }) => id === "g7-weights-available-ai")?.verdict).toBe(verdict);
  expect(results.find(({ id }) => id === "g7-open-weights-ai")?.verdict).toBe("not-satisfied");
});

test.each([
  ["a reason that is told is for a person", "patients' records", "undetermined"],
  ["no reason is no excuse", undefined, "not-satisfied"],
] as const)("withheld data: %s", (_, availabilityReason, verdict) => {
  const pieces = changed(new Set<PieceKind>(["dataset"]), (kind) =>
    piece(kind, "withheld", undefined, availabilityReason === undefined ? {} : { availabilityReason }),
  );
  expect(judgeDefinitions({ pieces }).find(({ id }) => id === "g7-open-source-ai")?.verdict).toBe(verdict);
});

test("weights that say what they were built from leave nothing to ask", () => {
  const kinds = new Set<PieceKind>(["data-preprocessing-code", "weights"]);
  const pieces = changed(kinds, (kind) =>
    kind === "weights"
      ? piece(kind, "verified", found("Apache-2.0"), { builtFrom: ["dataset", "training-code"] })
      : undefined,
  );
  const row = judgeDefinitions({ pieces })
    .find(({ id }) => id === "osd-data-as-source")
    ?.requirements.find(({ id }) => id === "processing-code");
  expect(row).toMatchObject({ holds: "declared", pieces: ["weights"] });
});
