/** Lists that are texts, cut into chunks at any place, and read by a reader that is not ours. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Records } from "../../src/model/records.ts";
import { csvFields, tsvFields } from "../../src/records/fields.ts";
import type { PlacedRecord } from "../../src/records/record.ts";
import { createRowScanner, ROW_MAX_BYTES } from "../../src/records/row-scanner.ts";
import { createTextReader, type TextFormat } from "../../src/records/text-reader.ts";
import { need } from "../services/need.ts";
import { rowCount, rows } from "./rows.ts";

function read(format: TextFormat, text: string, declared: Records = {}, chunk = 1_000): PlacedRecord[] {
  const taken: PlacedRecord[] = [];
  const reader = createTextReader(format, declared, {
    wants: () => true,
    take: (record, row) => taken.push({ row, record }),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
  reader.end();
  expect(reader.rows()).toBe(taken.length);
  return taken;
}

const cells = rows.map(({ row, record }) => ({
  text: `caption, "quoted" ${row}`,
  URL: record.url ?? "",
  md5: record.digest?.md5 ?? "",
  sha256: record.digest?.sha256 ?? (row % 100 === 99 ? "n/a" : ""),
  bytes: String(row),
}));
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const texts: { readonly [Format in TextFormat]: string } = {
  jsonl: cells.map((row) => `${JSON.stringify(row)}\n`).join(""),
  csv: ["text,URL,md5,sha256,bytes", ...cells.map((row) => Object.values(row).map(quoted).join(","))].join("\r\n"),
  tsv: ["text\tURL\tmd5\tsha256\tbytes", ...cells.map((row) => Object.values(row).join("\t"))].join("\n"),
};

describe.each(["jsonl", "csv", "tsv"] as const)("%s", (format) => {
  test.each([1, 7, 4_096, 10_000_000])("in chunks of %i bytes", (chunk) => {
    expect(read(format, texts[format], {}, chunk)).toEqual(rows);
  });

  test("rows that nobody wants are counted", () => {
    const taken: number[] = [];
    const reader = createTextReader(format, {}, { wants: (row) => row === 500, take: (_, row) => taken.push(row) });
    reader.write(Buffer.from(texts[format]));
    reader.end();
    expect([reader.rows(), taken]).toEqual([rowCount, [500]]);
  });
});

test.each<[string, TextFormat, string, Records, object]>([
  [
    "no header",
    "tsv",
    "a cat\thttps://a.example/1\na dog\thttps://a.example/2\n",
    { header: false, url: 2 },
    [{ url: "https://a.example/1" }, { url: "https://a.example/2" }],
  ],
  ["a byte order mark", "csv", "\ufeffurl\nhttps://a.example/1", {}, [{ url: "https://a.example/1" }]],
  ["empty lines", "jsonl", '\n{"url":"https://a.example/1"}\n\n\n', {}, [{ url: "https://a.example/1" }]],
  ["a line end in quotes", "csv", 'text,url\n"a\nb",https://a.example/1\n', {}, [{ url: "https://a.example/1" }]],
  ["a quote inside a field", "csv", 'text,url\n5" disk,https://a.example/1\n', {}, [{ url: "https://a.example/1" }]],
  [
    "a row that is no JSON",
    "jsonl",
    '{"url":"https://a.example/1"}\n{"url":\n[]\n',
    {},
    [{ url: "https://a.example/1" }, { problem: "row-malformed" }, { problem: "row-malformed" }],
  ],
  [
    "no address",
    "jsonl",
    '{"url":"https://a.example/1"}\n{"url":null}\n{"url":"images/1.jpg"}\n',
    {},
    [{ url: "https://a.example/1" }, { problem: "address-missing" }, { problem: "address-malformed" }],
  ],
  [
    "a digest in base64",
    "csv",
    "url,md5\nhttps://a.example/1,1B2M2Y8AsgTpgAmY7PhCfg==\n",
    {},
    [{ url: "https://a.example/1", digest: { md5: "d41d8cd98f00b204e9800998ecf8427e" } }],
  ],
  ["a digest that is none", "csv", "url,md5\nhttps://a.example/1,unknown\n", {}, [{ url: "https://a.example/1" }]],
  ["too few fields", "csv", "text,url\nonly\n", {}, [{ problem: "address-missing" }]],
])("%s", (_, format, text, declared, records) => {
  expect(read(format, text, declared).map(({ record }) => record)).toEqual(records);
});

test.each<[string, TextFormat, string, Records, string]>([
  ["nothing is called an address", "csv", "a,b\n1,2\n", {}, "columns-unknown"],
  ["nothing is called an address in JSON", "jsonl", '{"a":1}\n', {}, "columns-unknown"],
  ["no header and no number", "tsv", "a\tb\n", { header: false }, "columns-unknown"],
  ["a column that is not there", "csv", "a,b\n1,2\n", { url: "link" }, "column-missing"],
  ["a name where there is no header", "tsv", "a\tb\n", { header: false, url: "a" }, "column-missing"],
  ["a quote that nothing closes", "csv", `url\n"${"x".repeat(ROW_MAX_BYTES + 1)}`, {}, "malformed"],
])("%s", (_, format, text, declared, reason) => {
  expect(() => read(format, text, declared)).toThrow(expect.objectContaining({ reason }));
});

need("python3")("against Python's csv module", () => {
  test("rows and fields are the same", () => {
    const field = fc.string({ unit: fc.constantFrom(...'ab,"\n é'), maxLength: 8 });
    const tables = fc.sample(
      fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
      300,
    );
    const written = execFileSync("python3", ["-c", PYTHON], { input: JSON.stringify(tables), encoding: "utf8" });
    const listOfTexts: readonly string[] = JSON.parse(written);
    expect(listOfTexts.length).toBe(tables.length);
    for (const [index, text] of listOfTexts.entries()) {
      const seen: string[][] = [];
      const scanner = createRowScanner(true, (bytes) => seen.push(csvFields(Buffer.from(bytes).toString())));
      for (const byte of Buffer.from(text)) scanner.write(Uint8Array.of(byte));
      scanner.end();
      expect(seen).toEqual(tables[index]);
    }
  });
});

/** Writes each table as Python writes CSV. */
const PYTHON = `
import csv, io, json, sys
out = []
for table in json.load(sys.stdin):
    text = io.StringIO()
    csv.writer(text, lineterminator="\\n").writerows(table)
    out.append(text.getvalue())
json.dump(out, sys.stdout)
`;

test("tabs separate, and quotes go only when they are around a whole field", () => {
  expect(tsvFields('a\t"b ""c"""\t"d\te"')).toEqual(["a", 'b "c"', '"d', 'e"']);
});
