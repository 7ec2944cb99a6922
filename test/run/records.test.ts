/** Datasets that are lists of addresses: what is asked, and what is said of the answers. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import type { RecordsReport } from "../../src/model/records.ts";
import type { Report } from "../../src/model/report.ts";
import { json } from "../../src/report/reporters/json.ts";
import { need } from "../services/need.ts";
import { startNginx } from "../services/nginx.ts";
import { digestOf, fateOf, listOf, startWorld, stateOf, type World } from "./record-world.ts";
import { apache, check, entry, folder, gist, write, writeManifest } from "./release.ts";

const fast = {
  timeouts: { connect: 5_000, headers: 5_000, idle: 5_000, backoffBase: 10, backoffCap: 50, retryAfterCap: 2_000 },
};

async function release(name: string, bytes: string | Uint8Array, piece: object = {}): Promise<string> {
  const at = await folder();
  await write(at, `lists/${name}`, bytes);
  await write(at, "lists/LICENSE", apache);
  return writeManifest(at, [
    {
      id: "images",
      kind: "dataset",
      licenseDeclared: "Apache-2.0",
      locations: ["./lists"],
      files: [entry(name, bytes)],
      records: {},
      ...piece,
    },
  ]);
}

function recordsOf(report: Report): RecordsReport {
  const records = report.pieces[0]?.records;
  if (records === undefined) throw new Error(JSON.stringify(report.findings, null, 2));
  return records;
}

const truth = (rows: number): { [state: string]: number } => {
  const counts: { [state: string]: number } = { resolves: 0, changed: 0, gone: 0, unusable: 0, inconclusive: 0 };
  for (let row = 0; row < rows; row++) counts[stateOf(row)] = (counts[stateOf(row)] ?? 0) + 1;
  return counts;
};

const seen = ({ resolves, changed, gone, unusable, inconclusive }: RecordsReport): object => ({
  resolves: resolves.count,
  changed: changed?.count ?? 0,
  gone: gone.count,
  unusable: unusable.count,
  inconclusive: inconclusive.count,
});

const urls = (world: World, from: readonly number[]): string =>
  from.map((row) => `${JSON.stringify({ url: world.urlOf(row), sha256: digestOf(row) })}\n`).join("");
const there = (count: number): number[] =>
  Array.from({ length: 10_000 }, (_, row) => row)
    .filter((row) => fateOf(row) === "there")
    .slice(0, count);

describe("every row", () => {
  test("is counted as what became of it, and the shares are exact", async () => {
    const world = await startWorld();
    const report = await check(await release("rows.jsonl", listOf(world, 600)), fast);
    const records = recordsOf(report);
    expect(seen(records)).toEqual(truth(600));
    expect(records).toMatchObject({
      rows: 600,
      asked: 600,
      lists: 1,
      columns: { url: "url", digest: { sha256: "sha256" }, guessed: true },
    });
    expect(records.seed).toBeUndefined();
    expect(records.gone.low).toBeCloseTo(records.gone.count / 600, 5);
    // What could not be told may be gone too.
    expect(records.gone.high).toBeCloseTo((records.gone.count + records.inconclusive.count) / 600, 5);
    expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(gist(report).codes).toEqual(
      expect.arrayContaining([
        "error records-gone",
        "error records-changed",
        "error records-unusable",
        "warning records-inconclusive",
      ]),
    );
  });

  test("that is as declared makes the piece verified", async () => {
    const world = await startWorld();
    const report = await check(await release("rows.jsonl", urls(world, there(50))), fast);
    const codes = ["note file-undeclared", "note license-compilation-only"];
    expect(gist(report)).toMatchObject({ outcomes: ["verified"], codes, exit: 0 });
    expect(recordsOf(report)).toMatchObject({
      asked: 50,
      compared: 50,
      resolves: { count: 50, share: 1, low: 1, high: 1 },
    });
  });

  test("that has only a weak digest, or none, does not", async () => {
    const world = await startWorld();
    const rows = there(20);
    const lines = (fields: (row: number) => object): string =>
      rows.map((row) => `${JSON.stringify({ url: world.urlOf(row), ...fields(row) })}\n`).join("");
    for (const text of [lines((row) => ({ md5: digestOf(row, "md5") })), lines(() => ({}))]) {
      const report = await check(await release("rows.jsonl", text), fast);
      expect(gist(report)).toMatchObject({ outcomes: ["resolved"], exit: 0 });
      expect(gist(report).codes).toContain("warning records-undeclared");
    }
  });
});

describe("a sample", () => {
  test("never makes a piece verified, and tells its seed", async () => {
    const world = await startWorld();
    const report = await check(await release("rows.jsonl", urls(world, there(50))), {
      ...fast,
      depth: "sample",
      sample: 20,
    });
    expect(gist(report)).toMatchObject({ outcomes: ["resolved"], exit: 0 });
    const records = recordsOf(report);
    expect(records).toMatchObject({ rows: 50, asked: 20, resolves: { count: 20, share: 1 } });
    expect(records.resolves.low).toBeLessThan(1);
    expect(records.seed).toBeTypeOf("number");
    expect(report.depth).toBe("sample");
  });

  test("is the same for the same seed, whatever the answers' order: the same report but for its times", async () => {
    const world = await startWorld();
    const manifest = await release("rows.jsonl", listOf(world, 2_000));
    const told = async (seed: number): Promise<string> => {
      const report = await check(manifest, { ...fast, depth: "sample", sample: 100, seed });
      const text = json.render(
        { ...report, timeVerified: "", durationSeconds: 0 },
        { colour: false, full: true, manifestName: "" },
      );
      return String(text);
    };
    const first = await told(42);
    const asked = world.asked.splice(0).toSorted();
    expect(await told(42)).toBe(first);
    expect(world.asked.splice(0).toSorted()).toEqual(asked);
    expect(await told(43)).not.toBe(first);
  });

  test("at depth probe asks for no byte, and says nothing of changes", async () => {
    const world = await startWorld();
    const report = await check(await release("rows.jsonl", listOf(world, 500)), {
      ...fast,
      depth: "probe",
      sample: 200,
      seed: 1,
    });
    const records = recordsOf(report);
    expect(records.changed).toBeUndefined();
    expect(records).toMatchObject({ compared: 0, bytes: 0, asked: 200 });
    expect(world.asked.filter((question) => question.startsWith("HEAD")).length).toBeGreaterThan(150);
    expect(records.gone.count).toBeGreaterThan(3);
  });
});

describe("a host", () => {
  test("that sends a long page with its 404 has nothing", async () => {
    const world = await startWorld((_, response) => {
      response.writeHead(404).end("x".repeat(1_000_000));
      return true;
    });
    const bare = there(5)
      .map((row) => `${JSON.stringify({ url: world.urlOf(row) })}\n`)
      .join("");
    for (const depth of ["probe", "full"] as const) {
      const report = await check(await release("rows.jsonl", bare), { ...fast, depth });
      expect(seen(recordsOf(report))).toMatchObject({ gone: 5, resolves: 0 });
    }
  });

  test.each([
    ["with its length", (bytes: Buffer) => ({ "content-length": String(bytes.length) })],
    ["in chunks", () => ({})],
  ])("that gives no parts, and a long file %s, has it", async (_, headersOf) => {
    const world = await startWorld((_, response) => {
      const bytes = Buffer.alloc(1_000_000, "x");
      response.writeHead(200, headersOf(bytes)).end(bytes);
      return true;
    });
    const bare = there(5)
      .map((row) => `${JSON.stringify({ url: world.urlOf(row) })}\n`)
      .join("");
    const report = await check(await release("rows.jsonl", bare), fast);
    expect(seen(recordsOf(report))).toMatchObject({ gone: 0, resolves: 5 });
  });

  test("that says 404 to HEAD alone is believed when it is asked with GET", async () => {
    const world = await startWorld((_, response) => {
      response.writeHead(response.req.method === "HEAD" ? 404 : 200).end("there");
      return true;
    });
    const report = await check(await release("rows.jsonl", urls(world, there(5))), { ...fast, depth: "probe" });
    expect(seen(recordsOf(report))).toMatchObject({ resolves: 5, gone: 0 });
  });

  test("that asks to be left alone is, and its rows count as neither there nor gone", async () => {
    const world = await startWorld((_, response) => {
      response.writeHead(429, { "retry-after": "3600" }).end();
      return true;
    });
    const report = await check(await release("rows.jsonl", urls(world, there(200))), fast);
    expect(seen(recordsOf(report))).toMatchObject({ resolves: 0, gone: 0, inconclusive: 200 });
    expect(recordsOf(report).gone).toMatchObject({ low: 0, high: 1 });
    expect(world.asked.length).toBeLessThan(20);
    expect(gist(report)).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
  });

  test("that never answers makes nothing gone and holds up no other", async () => {
    const world = await startWorld();
    const silent = await startWorld(() => true);
    const sound = there(40);
    const text = urls(silent, there(100)).replaceAll("127.0.0.1", "localhost") + urls(world, sound);
    const started = Date.now();
    const answered: number[] = [];
    const report = await check(await release("rows.jsonl", text), {
      retries: 0,
      timeouts: { ...fast.timeouts, headers: 700 },
      onEvidence: ({ transfer, record }) => {
        if (record !== undefined && transfer !== undefined) answered.push(Date.now() - started);
      },
    });
    expect(seen(recordsOf(report))).toMatchObject({ resolves: 40, gone: 0, inconclusive: 100 });
    expect(answered).toHaveLength(40);
    expect(Math.max(...answered)).toBeLessThan(600);
    // After sixteen questions without an answer the rest of that host's rows are not asked.
    expect(silent.asked.length).toBeLessThan(40);
  });
});

describe("what answers in place of the record", () => {
  test("is a change where a digest is declared, and suspicious where none is", async () => {
    const world = await startWorld();
    const pages = Array.from({ length: 10_000 }, (_, row) => row)
      .filter((row) => fateOf(row) === "page")
      .slice(0, 6);
    const declared = await check(await release("rows.jsonl", urls(world, pages)), fast);
    expect(recordsOf(declared)).toMatchObject({ changed: { count: 6 }, reasons: { "html-page": 6 } });
    const bare = pages.map((row) => `${JSON.stringify({ url: world.urlOf(row) })}\n`).join("");
    const undeclared = await check(await release("rows.jsonl", bare), fast);
    expect(recordsOf(undeclared)).toMatchObject({ suspicious: 6, resolves: { count: 6 } });
    expect(gist(undeclared).codes).toContain("warning records-suspicious");
  });
});

test.each<[string, string, string]>([
  ["file:///etc/passwd", "inconclusive", "scheme-blocked"],
  ["ftp://127.0.0.1/x", "inconclusive", "scheme-blocked"],
  ["nowhere", "unusable", "address-malformed"],
  ["", "unusable", "address-missing"],
])("an address `%s` is %s", async (url, state, reason) => {
  const report = await check(await release("rows.jsonl", `${JSON.stringify({ url })}\n`), fast);
  expect(recordsOf(report)).toMatchObject({ [state]: { count: 1 }, reasons: { [reason]: 1 } });
});

test("an address of a private network is not asked unless the operator says so", async () => {
  const world = await startWorld();
  const report = await check(await release("rows.jsonl", urls(world, there(3))), { ...fast, allowPrivate: false });
  expect(recordsOf(report)).toMatchObject({ inconclusive: { count: 3 }, reasons: { "address-blocked": 3 } });
  expect(world.asked).toEqual([]);
});

describe("lists", () => {
  test("in several files are one dataset, gzip'd or not", async () => {
    const world = await startWorld();
    const parts = [there(30).slice(0, 10), there(30).slice(10, 20), there(30).slice(20)];
    const csv = (rows: readonly number[]): string =>
      ["url,sha256", ...rows.map((row) => `${world.urlOf(row)},${digestOf(row)}`)].join("\r\n");
    const tsv = (rows: readonly number[]): string => csv(rows).replaceAll(",", "\t");
    const files: readonly (readonly [string, string | Uint8Array])[] = [
      ["part-0.jsonl.gz", gzipSync(urls(world, parts[0] ?? []))],
      ["part-1.csv", csv(parts[1] ?? [])],
      ["part-2.tsv.gz", gzipSync(tsv(parts[2] ?? []))],
    ];
    const at = await folder();
    for (const [name, bytes] of files) await write(at, `lists/${name}`, bytes);
    await write(at, "lists/LICENSE", apache);
    const entries = files.map(([name, bytes]) => entry(name, bytes));
    const piece = {
      id: "images",
      kind: "dataset",
      licenseDeclared: "Apache-2.0",
      locations: ["./lists"],
      files: entries,
      records: {},
    };
    const report = await check(await writeManifest(at, [piece]), fast);
    expect(recordsOf(report)).toMatchObject({ rows: 30, lists: 3, resolves: { count: 30 } });
    expect(gist(report)).toMatchObject({ outcomes: ["verified"], exit: 0 });
  });

  test.each<[string, string, string | Uint8Array, object, string, string]>([
    [
      "a column that is not there",
      "rows.csv",
      "link\nhttps://a.example/\n",
      { url: "URL" },
      "column-missing",
      "broken",
    ],
    ["columns that say nothing", "rows.csv", "a,b\n1,2\n", {}, "columns-unknown", "inconclusive"],
    ["bytes that do not unpack", "rows.csv.gz", "url\nhttps://a.example/\n", {}, "malformed", "broken"],
    ["bytes that are no parquet", "rows.parquet", "PAR1 and so on, PAR1", {}, "limit", "inconclusive"],
    ["no list at all", "rows.bin", "url\n", {}, "list-missing", "broken"],
    ["no rows", "rows.csv", "url\n", {}, "empty", "broken"],
  ])("%s", async (_, name, bytes, records, reason, outcome) => {
    const report = await check(await release(name, bytes, { records }), fast);
    expect(gist(report).outcomes).toEqual([outcome]);
    expect(report.findings.find(({ code }) => code === "records-unread")?.args).toMatchObject({ reason });
  });

  test("of other bytes than declared are not asked", async () => {
    const world = await startWorld();
    const report = await check(
      await release("rows.jsonl", urls(world, there(3)), { files: [entry("rows.jsonl", "other")] }),
      fast,
    );
    expect(gist(report).outcomes).toEqual(["broken"]);
    expect(gist(report).codes).toContain("warning records-unread");
    expect(world.asked).toEqual([]);
  });
});

/** A list that lies on a host, as a piece of one file there. */
async function remote(at: string, name: string, bytes: Uint8Array | string, more: object = {}): Promise<string> {
  return writeManifest(await folder(), [
    {
      id: "images",
      kind: "dataset",
      licenseDeclared: "Apache-2.0",
      locations: [at],
      files: [entry(name, bytes)],
      records: {},
      ...more,
    },
  ]);
}

need("nginx")("a list on a host", () => {
  test("is fetched once, and the rows are those of the bytes that were measured", async () => {
    const world = await startWorld();
    const text = gzipSync(urls(world, there(30)));
    const lists = await startWorld((path, response) => {
      if (path !== "/rows.jsonl.gz") return false;
      response.writeHead(200).end(text);
      return true;
    });
    const store = await folder();
    for (const options of [{}, { store }, { store }]) {
      lists.asked.length = 0;
      const report = await check(await remote(`${lists.origin}/rows.jsonl.gz`, "rows.jsonl.gz", text), {
        ...fast,
        ...options,
      });
      expect(recordsOf(report)).toMatchObject({ rows: 30, resolves: { count: 30 } });
      expect(report.pieces[0]?.files[0]?.digest.sha256?.agreement).toBe("match");
      expect(lists.asked.filter((question) => question === "GET /rows.jsonl.gz").length).toBeLessThan(2);
    }
  });

  test.each(["zstd.parquet", "gzip.parquet"])(
    "in %s is read in parts at depth probe, or whole where there are no parts",
    async (name) => {
      const bytes = await readFile(join(import.meta.dirname, "../records/lists", name));
      const nginx = await startNginx();
      onTestFinished(() => nginx.close());
      await write(nginx.root, `lists/${name}`, bytes);
      const seeds = { ...fast, depth: "probe", sample: 20, seed: 3, retries: 0 } as const;
      const inParts = await check(await remote(`${nginx.origin}/lists/${name}`, name, bytes), seeds);
      const plain = await startWorld((path, response) => {
        if (path !== `/${name}`) return false;
        response.writeHead(200).end(bytes);
        return true;
      });
      const whole = await check(await remote(`${plain.origin}/${name}`, name, bytes), seeds);
      expect(recordsOf(inParts)).toMatchObject({ rows: 1_000, asked: 20, columns: { url: "URL" } });
      expect(recordsOf(whole)).toEqual(recordsOf(inParts));
    },
  );

  test("that is not there leaves its rows unasked", async () => {
    const world = await startWorld();
    const report = await check(await remote(`${world.origin}/lists/rows.csv`, "rows.csv", "url\n"), fast);
    expect(gist(report)).toMatchObject({ outcomes: ["broken"] });
    expect(report.pieces[0]?.records).toBeUndefined();
  });
});
