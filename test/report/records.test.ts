/** The rows of a list of addresses as people read them. */
import { marked } from "marked";
import { describe, expect, test } from "vitest";
import { textWidth } from "../../src/model/printable.ts";
import { highEnd, lowEnd, percentText } from "../../src/model/quantity.ts";
import type { RecordsReport } from "../../src/model/records.ts";
import { Report } from "../../src/model/report-schema.ts";
import { nextSteps } from "../../src/report/next-steps.ts";
import { json } from "../../src/report/reporters/json.ts";
import { markdown } from "../../src/report/reporters/markdown.ts";
import { text } from "../../src/report/reporters/text.ts";
import { piece, report } from "./sample-reports.ts";

const drawn: RecordsReport = {
  rows: 5_800_000,
  asked: 2_000,
  seed: 42,
  lists: 12,
  columns: { url: "URL", digest: { md5: "MD5 | `x`\u001b[31m" }, guessed: true },
  confidence: 0.95,
  compared: 1_900,
  suspicious: 3,
  resolves: { count: 1_846, share: 0.923, low: 0.910266, high: 0.937 },
  changed: { count: 82, share: 0.041, low: 0.0329, high: 0.0531 },
  gone: { count: 60, share: 0.03, low: 0.0231, high: 0.0412 },
  unusable: { count: 0, share: 0, low: 0, high: 0.0024 },
  inconclusive: { count: 12, share: 0.006, low: 0.0032, high: 0.0108 },
  reasons: { "not-found": 60 },
  examples: [{ state: "gone", list: "part-0.parquet", row: 7, url: "https://a.example/\u202e1", reason: "not-found" }],
  bytes: 1_000_000,
};
const all: RecordsReport = {
  ...drawn,
  rows: 2,
  asked: 2,
  seed: undefined,
  lists: 1,
  resolves: { count: 2, share: 1, low: 1, high: 1 },
  changed: undefined,
  gone: { count: 0, share: 0, low: 0, high: 0 },
  inconclusive: { count: 0, share: 0, low: 0, high: 0 },
};
const of = (records: RecordsReport) => report([piece("images", "resolved", { records })], []);
const plain = { colour: false, full: false, manifestName: "wholesource.yaml" };

test("each share stands with its range, in columns that a usual terminal has", () => {
  const shown = String(text.render(of(drawn), { ...plain, columns: 80 }));
  expect(shown).toContain("records of `images`: 2,000 of 5,800,000 rows asked (12 lists, seed 42)\n");
  expect(shown).toContain("  resolve            92.3 %  91.0 to 93.7 %\n");
  expect(shown).toContain("  could not be told   0.6 %    0.3 to 1.1 %\n");
  expect(shown).not.toContain("\u001b");
});

test.each([30, 50, 80, 200])("no line is wider than %i columns", (columns) => {
  const lines = String(text.render(of(drawn), { ...plain, columns })).split("\n");
  for (const line of lines.filter((one) => !one.includes("wholesource.yaml")))
    expect(textWidth(line)).toBeLessThanOrEqual(columns);
});

test("exact shares have no range, and nothing is said of what was not compared", () => {
  const shown = String(text.render(of(all), plain));
  expect(shown).toContain("records of `images`: all 2 rows asked\n  resolve  100.0 %\n  gone       0.0 %\n");
  expect(shown).not.toMatch(/changed +\d|each range/);
});

test("markdown has the same in a table, and foreign names do nothing", () => {
  const page = String(markdown.render(of(drawn), plain));
  expect(page).toContain("| changed | 82 | 4.1 % | 3.2 to 5.4 % |");
  const html = String(marked.parse(page));
  expect(html).toContain("<td>82</td>");
  expect(html).not.toContain("<a ");
});

test("the report is read back as it was written", () => {
  const written = String(json.render(of(drawn), plain));
  const read = Report.parse(JSON.parse(written));
  expect(String(json.render(of(drawn), plain))).toBe(written);
  expect(read.pieces[0]?.records).toEqual(JSON.parse(JSON.stringify(drawn)));
});

test("of a sample the reader is told how to have every row asked", () => {
  const quote = (name: string): string => `\`${name}\``;
  expect(nextSteps(of(drawn), quote).join("\n")).toContain("`--sample all`");
  expect(nextSteps(of(all), quote).join("\n")).not.toContain("--sample");
});

describe("per cent", () => {
  test.each([
    [0, "0.0 %"],
    [0.0001, "under 0.1 %"],
    [0.5, "50.0 %"],
    [0.99999, "over 99.9 %"],
    [1, "100.0 %"],
  ])("%d is %s", (share, said) => expect(percentText(share)).toBe(said));

  test.each([0.0123, 0.1, 0.923, 0.07, 0.999999])("no rounding makes the range around %d smaller", (share) => {
    expect(Number(lowEnd(share)) / 100).toBeLessThanOrEqual(share + 1e-9);
    expect(Number(highEnd(share)) / 100).toBeGreaterThanOrEqual(share - 1e-9);
  });
});
