import { describe, expect, test } from "vitest";
import { decodeCorpus, loadCorpus } from "../../src/license/corpus.ts";
import { buildCorpus } from "../../src/license/corpus-build.ts";
import { recogniseWith } from "../../src/license/recognise.ts";
import { spdxText } from "./spdx-texts.ts";

const listed = (id: string, text = spdxText(id)) => ({ id, name: id, text, deprecated: false });
/** The excerpts of the overlay come from these. */
const bases = ["Apache-2.0", "GPL-2.0-only", "GPL-3.0-only", "AGPL-3.0-only", "LGPL-2.1-only"].map((id) => listed(id));
const own =
  "Take this thing and do with it what you like, but tell us what you did with it before the moon is full again.";

describe("the corpus", () => {
  test("is the same bytes for the same licences, and reads back", () => {
    const bytes = buildCorpus([...bases, listed("LicenseRef-Moon", own)]);
    expect(Buffer.compare(bytes, buildCorpus([...bases, listed("LicenseRef-Moon", own)]))).toBe(0);
    // An odd offset, as a slice of a larger buffer has.
    const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
    const corpus = decodeCorpus(shifted);
    expect(recogniseWith(corpus, own.toUpperCase())).toEqual({ verdict: "exact", expression: "LicenseRef-Moon" });
    expect(recogniseWith(corpus, own.replace("moon", "sun"))).toMatchObject({
      verdict: "near",
      resembles: "LicenseRef-Moon",
    });
    expect(recogniseWith(corpus, spdxText("ISC"))).toEqual({ verdict: "unknown" });
  });

  test("of another version is refused", () => {
    const bytes = Buffer.from(buildCorpus(bases));
    bytes.writeUInt32LE(999, 0);
    expect(() => decodeCorpus(bytes)).toThrow(/another version/);
  });

  test("a licence too short to be told from a sentence is left out", () => {
    const corpus = decodeCorpus(buildCorpus([...bases, listed("LicenseRef-Short", "Do what you like.")]));
    expect(recogniseWith(corpus, "Do what you like.")).toEqual({ verdict: "unknown" });
  });

  test("holds the whole list, as numbers and not as text", () => {
    const corpus = loadCorpus();
    const names = new Set(corpus.templates.flatMap(({ expression, also }) => [expression, ...also]));
    for (const id of ["MIT", "OpenMDW-1.0", "CDLA-Permissive-2.0", "GPL-3.0-or-later"]) expect(names).toContain(id);
    expect(names.size).toBeGreaterThan(680);
  });
});
