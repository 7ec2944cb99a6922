/** What cards, datasheets and READMEs say of data: headings, sources and parents, in the forms that people write them in. */
import { describe, expect, test } from "vitest";
import { describedIn, namedDataset } from "../../src/license/card-described.ts";

const told = (text: string) => describedIn("README.md", text);
const headingsOf = (text: string) => told(text)?.headings.map(({ text: said, line, filled }) => [said, line, filled]);
const sourcesOf = (text: string) => told(text)?.sources.map(({ uri, line, by }) => [uri, line, by]);

describe("headings", () => {
  test("of a template that nobody filled in are empty", () => {
    const text = [
      "---",
      "license: mit",
      "---",
      "# Dataset Card",
      "",
      "<!-- Say what it is. -->",
      "## Dataset Creation",
      "### Curation Rationale",
      "[More Information Needed]",
      "#### Annotation process [optional]",
      "- **Curated by:** [More Information Needed]",
      "## Source Data",
      "Pages of the web.",
    ].join("\n");
    expect(headingsOf(text)).toEqual([
      ["Dataset Card", 4, true],
      ["Dataset Creation", 7, false],
      ["Curation Rationale", 8, false],
      ["Annotation process [optional]", 10, false],
      ["Source Data", 12, true],
    ]);
  });

  test.each([
    ["underlined", "Composition\n-----------\ntext\n", "Composition", 1],
    ["in tags", '<h2 align="center">Composition</h2>\ntext\n', "Composition", 1],
    ["in bold letters", "a\n\n**Composition:**\n\ntext\n", "Composition", 3],
    ["closed by marks", "## Composition ##\r\ntext\r\n", "Composition", 1],
  ])("%s", (_, text, said, line) => {
    expect(headingsOf(text)).toEqual([[said, line, true]]);
  });

  test("code, comments, tables and rules are none", () => {
    expect(told("```\n# no heading\n```\n<!--\n# nor this\n-->\na | b\n---|---\n\n---\n")).toBeUndefined();
  });

  test("what is in a comment is not below a heading", () => {
    expect(headingsOf("# A\n<!-- words\nof a template -->\n")).toEqual([["A", 1, false]]);
  });
});

describe("sources", () => {
  test("of the front matter, without the hub's words for none", () => {
    const front =
      "---\nsource_datasets:\n- original\n- extended|squad\n- extended|other-thing\n- org/data\ndatasets: [org/more]\n---\n";
    expect(sourcesOf(front)).toEqual([
      ["hf:datasets/org/more", 7, "datasets"],
      ["hf:datasets/squad", 2, "source_datasets"],
      ["hf:datasets/org/data", 2, "source_datasets"],
    ]);
  });

  test("below a heading that speaks of them, and nowhere else", () => {
    const text = [
      "# Data",
      "see https://example.org/elsewhere",
      "## Source Data",
      "- [crawl](https://example.org/crawl/), <https://example.org/b>, doi:10.1000/182.",
      "### From books",
      "(https://en.example.org/wiki/Book_(paper)) and https://example.org/a\\_b&amp;c=1.",
      "![badge](https://example.org/badge.svg)",
      "## Dataset Sources",
      "- Repository: https://example.org/own",
      "## Source code",
      "https://example.org/code",
    ].join("\n");
    expect(sourcesOf(text)?.map(([uri]) => uri)).toEqual([
      "https://example.org/crawl/",
      "https://example.org/b",
      "doi:10.1000/182",
      "https://en.example.org/wiki/Book_(paper)",
      "https://example.org/a_b&c=1",
    ]);
  });

  test("a name that is no name of the hub is none", () => {
    for (const name of ["../../etc/passwd", "https://example.org/x", "a/b/c", "original"])
      expect(namedDataset(name)).toEqual([]);
  });
});

test("parents in the words of the front matter", () => {
  const front = "---\nbase_model:\n- org/a\n- org/b\nbase_model_relation: merge\n---\n# Model\n";
  expect(told(front)?.origin).toEqual({ base_model: ["org/a", "org/b"], base_model_relation: ["merge"] });
});

test("hostile texts take no time and are cut", () => {
  const many = told("# a\n".repeat(50_000));
  expect([many?.headings.length, many?.cut]).toEqual([300, true]);
  const links = told(`# Sources\n${Array.from({ length: 999 }, (_, n) => `https://example.org/${n}`).join("\n")}`);
  expect([links?.sources.length, links?.cut]).toEqual([200, true]);
  const before = performance.now();
  for (const unit of ["<!--", "**", "](", "![", "https://", "((((", "<h1 ", "\n---"])
    told(`# Sources\n${unit.repeat(200_000)}`);
  expect(performance.now() - before).toBeLessThan(5_000);
});
