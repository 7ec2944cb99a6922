import { expect, test } from "vitest";
import type { HistoryLine } from "../../src/model/history.ts";
import { textWidth } from "../../src/model/printable.ts";
import type { Outcome } from "../../src/model/report.ts";
import { historyColumns, historyGrid, historySvg, historyText } from "../../src/report/history-grid.ts";

const line = (day: number, pieces: { readonly [id: string]: Outcome }, failure?: string): HistoryLine => ({
  schemaVersion: "1",
  time: `2026-01-${String(day).padStart(2, "0")}T00:00:00.000Z`,
  manifest: "release",
  depth: "full",
  ...(failure === undefined ? {} : { failure: { code: "manifest-unreadable", message: failure } }),
  pieces: Object.entries(pieces).map(([id, outcome]) => ({ id, outcome, license: { concluded: "MIT" } })),
});

const lines = [
  line(1, { weights: "verified", old: "resolved" }),
  line(2, { weights: "broken", data: "gated" }),
  line(3, {}, "it is <gone> & away"),
  line(4, { data: "withheld", weights: "inconclusive" }),
];

test("a row for each piece, a column for each check, a sign for each outcome", () => {
  const grid = historyGrid(lines, { last: 10 });
  expect(historyText(grid, "release")).toBe(
    [
      "release",
      "  4 checks, 2026-01-01T00:00:00.000Z to 2026-01-04T00:00:00.000Z",
      "  data     -g!w",
      "  weights  vX!?",
      "  old      r-!-",
      "  v verified · r resolved · g gated · X broken · ? inconclusive · w withheld",
      "  - not in this check · ! could not be checked",
      "",
    ].join("\n"),
  );
  const last = historyText(historyGrid(lines, { last: 2, earlier: 7 }), "release");
  expect(last).toContain("2 checks, 2026-01-03T00:00:00.000Z to 2026-01-04T00:00:00.000Z; 9 earlier not shown");
  expect(last).toContain("  weights  !?\n");
  expect(historyText(historyGrid([], { last: 5 }), "none")).toBe("none\n  no check\n");
});

test("no line is wider than the terminal, whatever a piece is called", () => {
  const names = [
    "一二三四五六七八九十一二三四五六七八九十",
    "e\u0301\u0301\u0301\u0301\u0301",
    "\u001b[2Jx",
    "x".repeat(300),
    "a\u202eb",
  ];
  const many = Array.from({ length: 300 }, (_, index) =>
    line((index % 28) + 1, Object.fromEntries(names.map((name) => [name, "verified"]))),
  );
  for (const columns of [80, 40]) {
    const grid = historyGrid(many, { last: historyColumns(many, columns) });
    expect(grid.columns.length).toBeGreaterThan(1);
    for (const text of historyText(grid, "\u001b]0;t\u0007".repeat(40), columns)
      .split("\n")
      .filter((one) => !one.includes("checks, "))) {
      expect(textWidth(text), text).toBeLessThanOrEqual(columns);
      expect(text).not.toMatch(/\p{Cc}|\u202e/u);
    }
  }
});

test("the picture in SVG says everything in words, and holds no markup of others", () => {
  const grid = historyGrid([...lines, line(5, { '"><script>&': "broken", weights: "verified" })], { last: 10 });
  const svg = historySvg(grid, "<b>&", 'a" b');
  expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="a--b-title a--b-desc"/);
  expect(svg).toContain('<title id="a--b-title">&lt;b&gt;&amp;</title>');
  expect(svg).toContain("weights: verified at last, 4 changes");
  expect(svg).toContain("<title>weights, 2026-01-02T00:00:00.000Z, full: broken</title>");
  expect(svg).toContain("could not be checked: it is &lt;gone&gt; &amp; away</title>");
  expect(svg).not.toContain("<script");
  // One sign of text in each cell, and one in each row of the legend.
  const cells = grid.rows.length * grid.columns.length;
  expect(svg.match(/<g><title>/g)?.length).toBe(cells);
  expect(svg.match(/text-anchor="middle"/g)?.length).toBe(cells + 8);
  const tags = [...svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)].filter(([, , , closed]) => closed === "");
  const open: string[] = [];
  for (const [, end, name = ""] of tags) {
    if (end === "") open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
});
