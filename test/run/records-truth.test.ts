/**
 * A list of 100,000 addresses of which it is known what became of each: in at least 95 of 100 seeds every interval holds
 * the truth. The hundred seeds draw from the list and are judged as in a run, with the answers that the hosts would give;
 * for some of them the hosts really are asked, and must give just these.
 */
import { describe, expect, test } from "vitest";
import { judgeRecords } from "../../src/judge/records.ts";
import { foldRecords } from "../../src/judge/records-fold.ts";
import type { Evidence } from "../../src/model/evidence.ts";
import { type RecordState, type RecordsReport, recordStates } from "../../src/model/records.ts";
import { createDraw } from "../../src/records/draw.ts";
import { createTextReader } from "../../src/records/text-reader.ts";
import { digestOf, fateOf, listOf, startWorld, stateOf } from "./record-world.ts";
import { check, entry, folder, write, writeManifest } from "./release.ts";

const ROWS = 100_000;
const SEEDS = 100;
const SAMPLE = 400;

/** What is true of rows whose hosts do not tell: half of them are there. */
const trueStateOf = (row: number): RecordState => {
  const state = stateOf(row);
  return state === "inconclusive" ? (row % 2 === 0 ? "resolves" : "gone") : state;
};
const truth = new Map<RecordState, number>(recordStates.map((state) => [state, 0]));
for (let row = 0; row < ROWS; row++) truth.set(trueStateOf(row), (truth.get(trueStateOf(row)) ?? 0) + 1);

/** The evidence that the world's answers make. */
function answerTo(row: number): Partial<Evidence> {
  const refused = (reason: "not-found" | "gone" | "forbidden", kind: "absent" | "denied"): Partial<Evidence> => ({
    refusal: { status: "refused", kind, reason, message: "" },
  });
  const read = (of: number): Partial<Evidence> => ({
    transfer: { status: "read", size: 1, digest: { sha256: digestOf(of) }, lengthProven: true },
  });
  switch (fateOf(row)) {
    case "there":
      return read(row);
    case "replaced":
    case "page":
      return read(row + 1);
    case "not-found":
      return refused("not-found", "absent");
    case "gone":
      return refused("gone", "absent");
    case "denied":
      return refused("forbidden", "denied");
    case "blank":
      return {};
  }
}

/** Draws from the list and judges, as a run does. */
function judged(list: Buffer, seed: number): RecordsReport {
  const draw = createDraw<Evidence["record"]>(SAMPLE, seed);
  const reader = createTextReader(
    "jsonl",
    {},
    {
      wants: (row) => draw.wants(0, row),
      take: ({ digest, problem }, row) =>
        draw.take({ row, ...(digest === undefined ? {} : { digest }), ...(problem === undefined ? {} : { problem }) }),
    },
  );
  reader.write(list);
  reader.end();
  const fold = foldRecords();
  for (const { row, value } of draw.finish()) {
    if (value === undefined) continue;
    fold.add(0, { piece: "images", location: 0, path: "rows.jsonl", record: value, ...answerTo(row) });
  }
  const columns = reader.columns() ?? { url: "url", digest: {}, guessed: true };
  const look = { status: "asked", rows: reader.rows(), seed, lists: 1, columns, seen: fold.finish() } as const;
  const { report } = judgeRecords("images", "/pieces/0", look, "sample");
  if (report === undefined) throw new Error("no report");
  return report;
}

describe("100,000 rows of which all is known", () => {
  test("the world has something of everything", () => {
    expect(truth.get("inconclusive")).toBe(0);
    for (const state of ["resolves", "changed", "gone", "unusable"] as const)
      expect(truth.get(state)).toBeGreaterThan(400);
    expect((truth.get("resolves") ?? 0) / ROWS).toBeCloseTo(0.89, 2);
  });

  test("every interval holds the truth for at least 95 of 100 seeds", { timeout: 60_000 }, () => {
    const list = Buffer.from(
      listOf({ urlOf: (row) => (fateOf(row) === "blank" ? null : `https://a.example/${row}.jpg`) }, ROWS),
    );
    const held = new Map<RecordState, number>();
    const widths: number[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const report = judged(list, seed);
      expect(report).toMatchObject({ rows: ROWS, asked: SAMPLE, seed });
      widths.push(report.resolves.high - report.resolves.low);
      for (const state of ["resolves", "changed", "gone", "unusable"] as const) {
        const { low, high } = report[state] ?? { low: 1, high: 0 };
        const share = (truth.get(state) ?? 0) / ROWS;
        if (low <= share && share <= high) held.set(state, (held.get(state) ?? 0) + 1);
      }
    }
    for (const state of ["resolves", "changed", "gone", "unusable"] as const) {
      expect(held.get(state), state).toBeGreaterThanOrEqual(95);
    }
    // An interval from nothing to all would hold it too.
    expect(Math.max(...widths)).toBeLessThan(0.1);
  });

  test("real hosts give just these answers", { timeout: 60_000 }, async () => {
    const world = await startWorld();
    const text = listOf(world, ROWS);
    const at = await folder();
    await write(at, "lists/rows.jsonl", text);
    const piece = {
      id: "images",
      kind: "dataset",
      locations: ["./lists"],
      files: [entry("rows.jsonl", text)],
      records: {},
    };
    const manifest = await writeManifest(at, [piece]);
    for (const seed of [0, 7, 99]) {
      const report = await check(manifest, { depth: "sample", sample: SAMPLE, seed, timeouts: { headers: 10_000 } });
      const { bytes: _bytes, examples: _examples, reasons: _reasons, ...told } = report.pieces[0]?.records ?? {};
      const { bytes: _own, examples: _shown, reasons: _why, ...expected } = judged(Buffer.from(text), seed);
      expect(told).toEqual(expected);
    }
  });
});
