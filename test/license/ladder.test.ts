import { describe, expect, test } from "vitest";
import { recogniseLicense } from "../../src/license/recognise.ts";
import { spdxText } from "./spdx-texts.ts";

const mit = spdxText("MIT").replace("<year> <copyright holders>", "2024 Ada Example");
const bsd = spdxText("BSD-3-Clause").replace("<year> <owner>", "2024 Ada Example");
const gpl = spdxText("GPL-3.0-only");

describe("exact with additions", () => {
  test.each([
    ["before", `Flowers, a model by Ada and friends.\n\n${mit}`, 1],
    ["after", `${mit}\n\nFlowers was drawn in Turin.\n`, mit.trimEnd().split("\n").length + 3],
    ["between", bsd.replace("\n\nTHIS SOFTWARE IS", "\n\nFlowers was drawn in Turin.\n\nTHIS SOFTWARE IS"), 11],
  ])("%s", (where, text, line) => {
    const { verdict, expression, additions } = recogniseLicense(text);
    expect({ verdict, known: expression !== undefined }).toEqual({ verdict: "exact-with-additions", known: true });
    expect(additions).toHaveLength(1);
    expect(additions?.[0]).toMatchObject({ where, text: expect.stringMatching(/^Flowers/) });
    if (where !== "between") expect(additions?.[0]?.line).toBeLessThanOrEqual(line);
  });

  test("a sentence that names the licence adds nothing", () => {
    expect(recogniseLicense(`Flowers is licensed under the MIT License.\n\n${mit}`)).toMatchObject({
      verdict: "exact-with-additions",
      expression: "MIT",
    });
  });

  test("a notice before the text says which reading is meant", () => {
    const notice = "Licensed under the GNU General Public License version 3 or any later version.";
    expect(recogniseLicense(`${notice}\n\n${gpl}`)).toMatchObject({
      verdict: "exact-with-additions",
      expression: "GPL-3.0-or-later",
    });
  });
});

describe("modified", () => {
  test.each([
    ["added", `${mit}\n\nNon-commercial use only.\n`, { removed: "", added: "Non-commercial use only." }],
    ["removed", spdxText("Zlib").replace(/2\. Altered source versions[^.]*\./, ""), { added: "" }],
    ["changed", mit.replace("without restriction", "with restriction"), { removed: "without", added: "with" }],
    ["a wildcard that hides a term", bsd.replace("the copyright holder nor", "Foo, whose users must pay, nor"), {}],
  ])("a clause %s", (_name, text, hunk) => {
    const { verdict, resembles, difference = [], expression } = recogniseLicense(text);
    expect({ verdict, expression }).toEqual({ verdict: "modified", expression: undefined });
    expect(["MIT", "BSD-3-Clause", "Zlib"]).toContain(resembles);
    expect(difference.some(({ material }) => material)).toBe(true);
    expect(difference).toContainEqual(expect.objectContaining(hunk));
  });

  test("what is shown is bounded, and what matters comes first", () => {
    const many = gpl.replace(/ the work /g, " the oeuvre ").replace("royalty-free", "royalty-bearing");
    const text = `${many}\n\n${"No user may ever sell this in any country. ".repeat(400)}`;
    const { verdict, difference = [] } = recogniseLicense(text);
    expect(verdict).toBe("modified");
    expect(difference.length).toBeLessThanOrEqual(8);
    expect(difference.every(({ added, removed }) => added.length <= 240 && removed.length <= 240)).toBe(true);
    expect(difference.filter(({ material }) => material).length).toBeGreaterThan(0);
  });

  test.each(["2.1", "3.0"])("Apache with the version number %s is not Apache-2.0", (version) => {
    expect(recogniseLicense(spdxText("Apache-2.0").replace("Version 2.0", `Version ${version}`)).verdict).not.toMatch(
      /^exact/,
    );
  });
});

describe("several", () => {
  test("each with its verdict and lines", () => {
    const changed = spdxText("Zlib").replace("including commercial applications", "excluding commercial applications");
    const text = `${mit.trimEnd()}\n\n---\n\n${bsd.trimEnd()}\n\n---\n\n${changed}`;
    const { verdict, parts = [], expression } = recogniseLicense(text);
    expect({ verdict, expression }).toEqual({ verdict: "several", expression: undefined });
    expect(parts.map((part) => [part.verdict, part.expression ?? part.resembles])).toEqual([
      ["exact", "MIT"],
      ["exact", "BSD-3-Clause"],
      ["modified", "Zlib"],
    ]);
    const lines = text.split("\n");
    for (const [index, { line, lineEnd }] of parts.entries()) {
      expect(lineEnd).toBeGreaterThan(line);
      expect(line).toBeGreaterThan(parts[index - 1]?.lineEnd ?? 0);
    }
    expect(lines[(parts[1]?.line ?? 0) - 1]).toMatch(/Redistribution and use|BSD|Copyright/);
  });

  test("a licence and the name of another one", () => {
    const { verdict, parts = [] } = recogniseLicense(`${mit}\n\nThe data is licensed under CC-BY-NC-4.0.\n`);
    expect(verdict).toBe("several");
    expect(parts.map((part) => [part.verdict, part.expression])).toEqual([
      ["exact", "MIT"],
      ["notice-only", "CC-BY-NC-4.0"],
    ]);
  });

  test("terms that belong to none of them are a part of their own", () => {
    const { verdict, parts = [] } = recogniseLicense(`${mit}\n\nNobody may sell the second part.\n\n${bsd}`);
    expect(verdict).toBe("several");
    expect(parts.map((part) => part.verdict)).toEqual(["exact", "unknown", "exact"]);
  });

  test("a licence that quotes another one is one", () => {
    expect(recogniseLicense(spdxText("OpenSSL"))).toMatchObject({ verdict: "exact", expression: "OpenSSL" });
    expect(recogniseLicense(spdxText("Sleepycat").replace("must either", "may either"))).toMatchObject({
      resembles: "Sleepycat",
    });
  });

  test("thousands are told by the first ones", () => {
    const { verdict, parts = [] } = recogniseLicense(`${mit}\n\n${bsd}\n\n`.repeat(120));
    expect(verdict).toBe("several");
    expect(parts.length).toBeLessThanOrEqual(40);
  });
});

describe("a notice alone", () => {
  test.each([
    ["Licensed under the Apache License, Version 2.0", "Apache-2.0"],
    ["This model is released under the MIT License. See LICENSE.", "MIT"],
    [
      "This work is licensed under a Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International License.",
      "CC-BY-NC-SA-4.0",
    ],
    ["Licensed under https://creativecommons.org/licenses/by-nd/3.0/", "CC-BY-ND-3.0"],
    ["SPDX-License-Identifier: BSD-3-Clause-Clear", "BSD-3-Clause-Clear"],
    [
      "This is free software under the GNU Lesser General Public License, version 2.1 or any later version",
      "LGPL-2.1-or-later",
    ],
    ["Under the terms of version 2 of the License of the GNU GPL", undefined],
    ["Distributed under the GNU Affero General Public License v3.0+", "AGPL-3.0-or-later"],
    ["Use is governed by the Llama 3.1 Community License.", "LicenseRef-HF-llama3.1"],
    ["The weights are subject to the Gemma Terms of Use.", "LicenseRef-HF-gemma"],
  ])("%s", (text, expression) => {
    const told = recogniseLicense(text);
    expect(told.expression).toBe(expression);
    expect(told.verdict).toBe(expression === undefined ? "unknown" : "notice-only");
  });

  test("a name without a settled version leaves both open", () => {
    expect(recogniseLicense("Released under GPL 3.")).toMatchObject({
      expression: "GPL-3.0-only",
      also: ["GPL-3.0-or-later"],
    });
  });

  test("two names are two parts, and nothing is chosen", () => {
    const { verdict, expression, parts } = recogniseLicense(
      "Licensed under either of the MIT License or the Apache License, Version 2.0.",
    );
    expect({ verdict, expression }).toEqual({ verdict: "notice-only", expression: undefined });
    expect(parts?.map((part) => part.expression)).toEqual(["MIT", "Apache-2.0"]);
  });

  test.each([
    "This is not licensed under the MIT License.",
    "A licence that is compatible with the Apache License, Version 2.0.",
    "We were inspired by everything. There is no licence here.",
  ])("%s", (text) => {
    expect(recogniseLicense(text).verdict).toBe("unknown");
  });

  test("with a restriction it names nothing", () => {
    const told = recogniseLicense("Licensed under the MIT License for non-commercial research.");
    expect(told).toEqual({ verdict: "notice-only", basis: "reference", resembles: "MIT" });
  });
});

describe("RTF", () => {
  const rtf = (text: string): string =>
    `{\\rtf1\\ansi{\\fonttbl{\\f0 Helvetica;}}{\\*\\generator Word;}\\f0\\fs24 ${text.replaceAll("\n", "\\par\n").replaceAll('"', "\\'94")}}`;
  test("the words count, the control words do not", () => {
    expect(recogniseLicense(rtf(mit))).toEqual({ verdict: "exact", expression: "MIT" });
    expect(recogniseLicense(rtf(mit.replace("Ada", "\\u268?da")))).toEqual({ verdict: "exact", expression: "MIT" });
  });
  test.each([
    ["a changed word", rtf(mit.replace("without restriction", "{\\b with} restriction"))],
    ["struck-out words", rtf(mit.replace("without restriction", "{\\strike without restriction}"))],
    ["hidden words", rtf(mit.replace("without restriction", "without restriction {\\v but for hobbyists}"))],
  ])("%s is not exact", (_name, text) => {
    expect(recogniseLicense(text).verdict).not.toMatch(/^exact/);
  });
  test.each([
    ["braces", `{\\rtf1 ${"{".repeat(300_000)}`],
    ["control words", `{\\rtf1 ${"\\par".repeat(200_000)}`],
    ["escapes", `{\\rtf1 ${"\\'41".repeat(200_000)}`],
  ])("hostile %s take linear time", (_name, text) => {
    const start = performance.now();
    recogniseLicense(text);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
