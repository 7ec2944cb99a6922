import { describe, expect, test } from "vitest";
import type { Fingerprint } from "../../src/license/fingerprint-type.ts";
import { fingerprints } from "../../src/license/fingerprints.ts";
import { recogniseLicense } from "../../src/license/recognise.ts";
import { parseLicense } from "../../src/model/license.ts";
import { spdxText } from "./spdx-texts.ts";

/** Words of no licence, as many as a text of terms has. */
const filler = "Whoever sails by night watches the lamp above the door of the old mill. ".repeat(20);

/** A text of our own with the title and the marks, in an order that nobody wrote. */
function textOf({ titles, marks, written }: Fingerprint, title = titles[0] ?? ""): string {
  const plus = written === undefined ? "" : "RAIL++\n";
  return [title.toUpperCase(), plus, filler, ...marks.map((mark) => `${mark.split("|")[0]}.\n${filler}`)].join("\n\n");
}

describe.each(fingerprints.filter(({ base }) => base === undefined))("$id", (fingerprint) => {
  test("is told by its title and marks, and never exact", () => {
    for (const title of fingerprint.titles)
      expect(recogniseLicense(textOf(fingerprint, title))).toEqual({
        verdict: "near",
        resembles: fingerprint.id,
        basis: "fingerprint",
      });
  });

  test("is not told without one of its marks", () => {
    const whole = textOf(fingerprint);
    for (const mark of fingerprint.marks) {
      const words = mark.split("|")[0] ?? "";
      const without = whole.replaceAll(words, "").replaceAll(words.toUpperCase(), "");
      // A mark that the title has too is still there for another reading of it.
      if (fingerprint.titles.some((title) => title.includes(words)) || mark.includes("|")) continue;
      expect([mark, recogniseLicense(without).resembles]).not.toContain(fingerprint.id);
    }
  });

  test("is not told by its marks without the title", () => {
    expect(recogniseLicense(textOf(fingerprint, "Terms of the lamp")).resembles).not.toBe(fingerprint.id);
  });

  test("is an identifier that can stand in an expression", () => {
    expect(parseLicense(fingerprint.id)).toMatchObject({ kind: "expression", expression: fingerprint.id });
  });
});

describe("another version is not called by the name of this one", () => {
  const byId = (id: string): Fingerprint => fingerprints.find((one) => one.id === id) ?? { id, titles: [], marks: [] };
  test.each([
    ["a version that is not known", "llama3.1", /LLAMA 3\.1/g, "LLAMA 3.7"],
    ["another version's title", "llama3.1", /LLAMA 3\.1/g, "LLAMA 3.2"],
    ["another date", "llama3.1", /july 23 2024/g, "July 24, 2024"],
    ["another date of the same form", "creativeml-openrail-m", /august 22 2022/g, "August 18, 2022"],
    ["another number", "openmdw-1.1", /1\.1/g, "1.3"],
  ])("%s", (_name, id, from, to) => {
    const text = textOf(byId(`LicenseRef-HF-${id}`)).replace(from, to);
    const told = recogniseLicense(text);
    expect(told.verdict).toMatch(/^(?:unknown|notice-only)$/);
    expect(told.resembles).toBeUndefined();
  });

  test("OpenMDW-1.0 with another version number is not exact", () => {
    expect(recogniseLicense(spdxText("OpenMDW-1.0").replaceAll("1.0", "1.1")).verdict).not.toMatch(/^exact/);
  });
});

test("a modified MIT licence with a name of its own keeps its difference", () => {
  const text = spdxText("MIT")
    .replace("MIT License", "Modified MIT License")
    .concat(
      "\n\nWhoever has more than 100 million monthly active users, or more than 20 million US dollars in a month, shows Kimi K2 in the window.\n",
    );
  const { verdict, resembles, basis, difference } = recogniseLicense(text);
  expect({ verdict, resembles, basis }).toEqual({
    verdict: "modified",
    resembles: "LicenseRef-Kimi-modified-MIT",
    basis: "fingerprint",
  });
  expect(difference?.some(({ material, added }) => material && added.includes("Kimi K2"))).toBe(true);
});

test("several rows of one licence are its kinds; all others have an id of their own", () => {
  const ids = fingerprints.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([
    "LicenseRef-AI2-ImpACT",
    "LicenseRef-AI2-ImpACT",
  ]);
});
