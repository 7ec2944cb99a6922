import { describe, expect, test } from "vitest";
import { decodeText } from "../../src/license/decode.ts";
import { recogniseLicense } from "../../src/license/recognise.ts";
import { spdxText } from "./spdx-texts.ts";

const mit = spdxText("MIT").replace("<year> <copyright holders>", "2024 Ada Example");
const bsd = spdxText("BSD-3-Clause").replace("<year> <owner>", "2024 Ada Example");

/** The words of a text in lines of another length. */
function wrapped(text: string, width: number, prefix = ""): string {
  const fold = (paragraph: string): string => {
    const lines = [""];
    for (const word of paragraph.split(/\s+/)) {
      const last = lines.at(-1) ?? "";
      if (last.length + word.length > width) lines.push(word);
      else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
    }
    return lines.map((line) => prefix + line).join("\n");
  };
  return text
    .split(/\n\s*\n/)
    .map(fold)
    .join(`\n${prefix.trimEnd()}\n`);
}

describe("a licence is exact however it is written down", () => {
  test.each([
    ["narrow lines", wrapped(mit, 40)],
    ["one line per paragraph", wrapped(mit, 100_000)],
    ["CRLF", mit.replaceAll("\n", "\r\n")],
    ["a comment", `/*\n${wrapped(mit, 70, " * ")}\n */`],
    ["a line comment", wrapped(mit, 70, "// ")],
    ["a quotation", wrapped(mit, 70, "> ")],
    ["no title", mit.replace("MIT License", "")],
    ["another title", mit.replace("MIT License", "# The MIT License (MIT)\n")],
    [
      "several notices",
      mit.replace(
        "2024 Ada Example",
        "2019-2024 Ada Example <ada@example.org>, and contributors\nCopyright © 2020 Foo GmbH. All rights reserved.",
      ),
    ],
    ["typographic quotes", mit.replaceAll('"', "”").replace("AS IS", "AS IS")],
    ["no notice", mit.replace(/Copyright[^\n]*\n/, "")],
    ["capitals", mit.toUpperCase()],
    [
      "the optional phrase",
      mit.replace("permission notice shall", "permission notice (including the next paragraph) shall"),
    ],
  ])("MIT in %s", (_name, text) => {
    expect(recogniseLicense(text)).toEqual({ verdict: "exact", expression: "MIT" });
  });

  test.each([
    ["bullets", bsd.replace(/^\d\. /gm, "* ")],
    ["no bullets", bsd.replace(/^\d\. /gm, "")],
    ["Markdown", `# BSD 3-Clause License\n\n${bsd.replace(/^(\d\.) (\w+)/gm, "$1 **$2**")}`],
    [
      "HTML",
      `<!DOCTYPE html>\n<html><head><title>BSD License</title></head><body><p>${bsd.replace(/\n\n/g, "</p>\n<p class='x'>").replaceAll('"', "&quot;")}</p></body></html>`,
    ],
    [
      "a named holder",
      bsd
        .replace("the copyright holder nor", "Example, Inc. nor")
        .replace("BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS", "BY EXAMPLE INC. AND CONTRIBUTORS"),
    ],
  ])("BSD-3-Clause in %s", (_name, text) => {
    expect(recogniseLicense(text)).toMatchObject({ verdict: "exact", expression: "BSD-3-Clause" });
  });

  test.each([
    ["UTF-8 with a mark", Buffer.from(`\ufeff${mit}`)],
    ["UTF-16", Buffer.from(`\ufeff${mit}`, "utf16le")],
    ["UTF-16, big end first", Buffer.from(`\ufeff${mit}`, "utf16le").swap16()],
    ["UTF-16 without a mark", Buffer.from(mit, "utf16le")],
    ["Latin-1", Buffer.from(mit.replace("Ada", "Adéle"), "latin1")],
  ])("MIT in %s", (_name, bytes) => {
    expect(recogniseLicense(decodeText(bytes))).toEqual({ verdict: "exact", expression: "MIT" });
  });

  const apache = spdxText("Apache-2.0");
  const gpl = spdxText("GPL-3.0-only");
  test.each([
    [
      "Apache-2.0 with its appendix filled in",
      apache.replace("[yyyy] [name of copyright owner]", "2024 Example, Inc."),
      "Apache-2.0",
    ],
    ["Apache-2.0 without its appendix", apache.slice(0, apache.indexOf("APPENDIX")), "Apache-2.0"],
    ["Apache-2.0 with https links", apache.replaceAll("http:", "https:"), "Apache-2.0"],
    ["GPL-3.0 without how to apply it", gpl.slice(0, gpl.indexOf("How to Apply")), "GPL-3.0-only"],
    ["CC0 with a notice of its own", spdxText("CC0-1.0").replace("Creative Commons Legal Code\n\n", ""), "CC0-1.0"],
  ])("%s", (_name, text, expression) => {
    expect(recogniseLicense(text)).toMatchObject({ verdict: "exact", expression });
  });
});

describe("licences with the same words", () => {
  test("a bare GPL text is of both kinds", () => {
    expect(recogniseLicense(spdxText("GPL-3.0-or-later"))).toEqual({
      verdict: "exact",
      expression: "GPL-3.0-only",
      also: ["GPL-3.0-or-later"],
    });
  });

  test("a text of the GFDL leaves open what its notice says of invariant sections", () => {
    const { verdict, expression, also } = recogniseLicense(spdxText("GFDL-1.3-no-invariants-or-later"));
    expect([verdict, expression]).toEqual(["exact", "GFDL-1.3-only"]);
    expect(also).toEqual(
      expect.arrayContaining(["GFDL-1.3-or-later", "GFDL-1.3-invariants-only", "GFDL-1.3-no-invariants-or-later"]),
    );
  });

  test("a licence with the condition left out is the one without it", () => {
    const isc = spdxText("ISC");
    const without = isc.replace(/, provided that the above copyright notice[^.]*copies/, "");
    expect(recogniseLicense(without.replace("ISC License", ""))).toEqual({ verdict: "exact", expression: "0BSD" });
    // A title that contradicts the text is not passed over.
    expect(recogniseLicense(without).verdict).not.toMatch(/^exact/);
  });

  test("of two licences that a changed text resembles, the better known one is named", () => {
    const changed = spdxText("Apache-2.0").replace("perpetual, worldwide", "worldwide");
    expect(recogniseLicense(changed)).toMatchObject({ verdict: "modified", resembles: "Apache-2.0" });
  });

  test("the notice in a file says which", () => {
    const gpl = spdxText("GPL-3.0-only");
    const from = gpl.indexOf("This program is free software");
    const notice = gpl.slice(from, gpl.indexOf("Also add information", from));
    const only = notice.replace("either version", "version").replace(", or (at your option) any later version", "");
    expect(recogniseLicense(notice)).toEqual({ verdict: "notice-only", expression: "GPL-3.0-or-later" });
    expect(recogniseLicense(only)).toEqual({ verdict: "notice-only", expression: "GPL-3.0-only" });
    expect(recogniseLicense(`${notice}\n\n${gpl}`)).toMatchObject({
      verdict: "exact-with-additions",
      expression: "GPL-3.0-or-later",
    });
  });

  test.each([
    ["Apache-2.0", "Pixar"],
    ["BSD-3-Clause", "BSD-3-Clause-HP"],
    ["ISC", "0BSD"],
    ["MIT", "MIT-0"],
    ["MIT", "X11"],
    ["HPND", "X11"],
    ["HPND", "NTP"],
    ["GFDL-1.3-only", "GFDL-1.2-only"],
    ["OFL-1.1", "OFL-1.0"],
    ["CC-BY-4.0", "CC-BY-NC-4.0"],
    ["MPL-2.0", "MPL-1.1"],
  ])("%s is not %s", (one, other) => {
    for (const [id, not] of [
      [one, other],
      [other, one],
    ] as const) {
      const { verdict, expression, also = [] } = recogniseLicense(spdxText(id));
      expect([verdict, expression]).toEqual(["exact", id]);
      expect(also).not.toContain(not);
    }
  });
});

describe("a text that is no licence of the list", () => {
  test("modified, with the licence, the score and the place", () => {
    expect(recogniseLicense(mit.replace("sell", "give away"))).toEqual({
      verdict: "modified",
      resembles: "MIT",
      score: expect.closeTo(0.99, 1),
      difference: [{ line: 7, removed: "sell", added: "give away", material: true }],
    });
  });

  test("near, where the words that differ limit nothing", () => {
    expect(recogniseLicense(mit.replace("deal in the Software", "deal in the Stuff"))).toMatchObject({
      verdict: "near",
      resembles: "MIT",
      difference: [{ removed: "software", added: "stuff", material: false }],
    });
  });

  test("the same words in another order are no licence, and never 1", () => {
    const paragraphs = bsd.split("\n\n");
    const turned = [...paragraphs.slice(-1), ...paragraphs.slice(0, -1)].join("\n\n");
    const { verdict, score } = recogniseLicense(turned);
    expect(verdict).toBe("modified");
    expect(score).toBeLessThan(1);
  });

  test.each([
    ["nothing", ""],
    ["blanks", " \n\t\r\n"],
    ["prose", "This model was trained by us. You may look at it. ".repeat(20)],
    ["a notice alone", "Copyright (c) 2024 Ada Example. All rights reserved."],
  ])("%s is unknown", (_name, text) => {
    expect(recogniseLicense(text)).toEqual({ verdict: "unknown" });
  });
});

/** A mebibyte of each; the limit is far above what a linear reading takes on a slow machine. */
describe("hostile texts take linear time", () => {
  const size = 1024 * 1024;
  const repeat = (unit: string): string => unit.repeat(Math.ceil(size / unit.length));
  test.each([
    ["words", repeat("a ")],
    ["title words", repeat("MIT license ")],
    ["notices", repeat("Copyright (c) 2024 Foo\n")],
    ["one long notice", `Copyright (c) 2024 ${repeat("Foo ")}`],
    ["open tags", repeat("<b ")],
    ["open styles", repeat("<style>")],
    ["a page of attributes", `<html>${repeat("<p x")}`],
    ["open links", repeat("](http://a")],
    ["references", repeat("section 1(a)(b) and (c) ")],
    ["closed references", repeat("1(1)")],
    ["decoration", repeat("* ")],
    ["one line of dashes", repeat("-")],
    ["licences", repeat(mit)],
    ["beginnings of a licence", repeat(mit.slice(0, 700))],
    ["entities", repeat("&amp;")],
    ["letters that grow", "\ufdfa".repeat(size / 3)],
    ["quotes", repeat("''")],
  ])("%s", (_name, text) => {
    const start = performance.now();
    expect(recogniseLicense(text).verdict).toBe("unknown");
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
