import spdx from "spdx-license-list";
import { expect, test } from "vitest";
import { fingerprints } from "../../src/license/fingerprints.ts";
import { fsfLibre, openData, osiApproved } from "../../src/model/license-lists.ts";
import { termsOfExpression, termsOfLicense } from "../../src/model/license-terms.ts";

test("the list of approved licences is the one that SPDX has", () => {
  const approved = Object.entries(spdx).flatMap(([id, { osiApproved: is }]) => (is ? [id] : []));
  expect([...osiApproved].sort()).toEqual(approved.sort());
});

test("the other lists hold SPDX identifiers only", () => {
  for (const id of [...fsfLibre, ...openData]) expect(Object.keys(spdx)).toContain(id);
});

test.each([
  ["MIT", { osi: true, fsf: true, flags: ["attribution"] }],
  ["0BSD", { osi: true, flags: [] }],
  ["CC0-1.0", { osi: false, fsf: true, openData: true, flags: [] }],
  ["CC-BY-4.0", { osi: false, openData: true, flags: ["attribution"] }],
  ["CC-BY-NC-SA-4.0", { openData: false, flags: ["attribution", "share-alike", "non-commercial"] }],
  ["CC-BY-NC-ND-3.0-IGO", { flags: ["attribution", "non-commercial", "no-derivatives"] }],
  ["GPL-3.0-or-later", { osi: true, flags: ["attribution", "share-alike"] }],
  ["OpenMDW-1.0", { osi: false, openModel: true, flags: [], known: true }],
  ["LicenseRef-HF-openmdw-1.1", { openModel: true, known: true }],
  ["LicenseRef-HF-llama3.1", { known: true, flags: ["attribution", "use-policy", "user-cap", "naming"] }],
  ["LicenseRef-our-own", { known: false, flags: [], osi: false }],
  ["LicenseRef-constructor", { known: false }],
])("%s", (id, terms) => {
  expect(termsOfLicense(id)).toMatchObject(terms);
});

test("what holds together is restricted where one is, and either may be taken of two", () => {
  expect(termsOfExpression("MIT AND CC-BY-NC-4.0")).toEqual([
    {
      osi: false,
      fsf: false,
      openData: false,
      openModel: false,
      flags: ["attribution", "non-commercial"],
      known: true,
    },
  ]);
  expect(termsOfExpression("MIT OR CC-BY-NC-4.0")?.map(({ osi }) => osi)).toEqual([true, false]);
  expect(termsOfExpression("(MIT OR ISC) AND (0BSD OR Zlib)")).toHaveLength(4);
  expect(termsOfExpression("apache-2.0")?.[0]).toMatchObject({ osi: true });
  expect(termsOfExpression("gpl")).toBeUndefined();
  expect(termsOfExpression("NONE")).toBeUndefined();
  expect(termsOfExpression(Array.from({ length: 12 }, () => "(MIT OR ISC)").join(" AND "))).toBeUndefined();
});

test("every licence that is recognised by its marks has terms", () => {
  const unknown = fingerprints.map(({ id }) => id).filter((id) => !termsOfLicense(id).known);
  expect(unknown).toEqual([]);
});

test.each([
  ["LicenseRef-Commons-Clause-1.0", ["attribution", "field-of-use", "no-hosting"]],
  ["LicenseRef-Yi-Community", ["attribution", "non-commercial", "field-of-use"]],
  ["LicenseRef-Baichuan2-Community", ["attribution", "non-commercial", "field-of-use", "user-cap"]],
  ["LicenseRef-ChatGLM", ["attribution", "non-commercial", "field-of-use"]],
  ["LicenseRef-LFM-1.0", ["attribution", "user-cap"]],
  ["O-UDA-1.0", ["attribution"]],
])("%s", (id, flags) => {
  expect(termsOfLicense(id)).toMatchObject({ known: true, osi: false, flags });
});
