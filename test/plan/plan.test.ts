import { expect, test } from "vitest";
import type { Manifest, Piece } from "../../src/model/manifest.ts";
import { makePlan, type Plan } from "../../src/plan/plan.ts";

function piece(id: string, fields: Partial<Piece>): Piece {
  return { id, kind: "weights", availability: "open", locations: [{ uri: `./${id}` }], ...fields };
}

function planOf(...pieces: readonly Piece[]): Plan {
  const manifest: Manifest = { schemaVersion: "1", name: "tiny", version: "1", claims: [], pieces, lineage: [] };
  return makePlan(manifest, ({ uri }) => (uri.startsWith("./") ? { resolver: "file", pinned: true } : undefined));
}

const files = [
  { path: "a", size: 40 },
  { path: "b", size: 2 },
];

test("what is declared is added up", () => {
  expect(planOf(piece("a", { files }), piece("b", { size: 100 }))).toMatchObject({ bytes: 142, complete: true });
});

test("members of an archive are not read a second time", () => {
  const members = [...files, { path: "m", size: 5, containedIn: "a" }];
  expect(planOf(piece("a", { files: members })).bytes).toBe(42);
});

test("of what nobody reads not one byte comes", () => {
  const made = planOf(
    piece("a", { files, locations: [{ uri: "ftp://example.org/a" }] }),
    piece("b", { files, locations: [], availability: "withheld", availabilityReason: "privacy" }),
    piece("c", { size: 7, locations: [{ uri: "ftp://example.org/c" }, { uri: "./c" }] }),
  );
  expect(made).toMatchObject({ bytes: 7, complete: true });
  expect(made.pieces[1]).toMatchObject({ availability: "withheld", availabilityReason: "privacy", bytes: 42 });
});

test.each<[string, Partial<Piece>]>([
  ["a file without a size", { files: [...files, { path: "c" }] }],
  ["a listing", { listing: { uri: "l", format: "jsonl" } }],
  ["nothing declared", {}],
])("%s leaves the total open", (_name, fields) => {
  expect(planOf(piece("a", fields)).complete).toBe(false);
});
