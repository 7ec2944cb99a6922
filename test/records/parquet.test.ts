/** Lists in parquet files that pyarrow wrote, sound and damaged. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Records } from "../../src/model/records.ts";
import { RecordsFault } from "../../src/records/fault.ts";
import { openParquet, type RangeSource } from "../../src/records/parquet.ts";
import type { PlacedRecord } from "../../src/records/record.ts";
import { rowCount, rows } from "./rows.ts";

const names = ["snappy", "zstd", "gzip", "brotli", "lz4", "none"] as const;
const bytesOf = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, "lists", `${name}.parquet`));
const declared: Records = { size: "size" };

interface Counted extends RangeSource {
  readonly read: () => number;
}

function source(bytes: Uint8Array): Counted {
  let read = 0;
  return {
    byteLength: bytes.length,
    slice: async (start, end) => {
      read += end - start;
      return Uint8Array.from(bytes.subarray(start, end)).buffer;
    },
    read: () => read,
  };
}

async function readAll(from: RangeSource, wanted?: readonly number[], records = declared): Promise<PlacedRecord[]> {
  const list = await openParquet(from, records);
  const all: PlacedRecord[] = [];
  for await (const chunk of list.read(wanted)) all.push(...chunk);
  return all;
}

describe.each(names)("%s", (name) => {
  test("every row is read as it was written", async () => {
    const from = source(bytesOf(name));
    expect((await openParquet(from, declared)).rows).toBe(rowCount);
    expect(await readAll(from)).toEqual(rows);
  });

  test("rows far apart are read alone", async () => {
    const wanted = [0, 3, 99, 299, 300, 998, 999];
    expect(await readAll(source(bytesOf(name)), wanted)).toEqual(wanted.map((at) => rows[at]));
  });
});

test("columns are guessed and said to be guessed", async () => {
  const { columns } = await openParquet(source(bytesOf("snappy")), {});
  expect(columns).toEqual({ url: "URL", digest: { sha256: "sha256", md5: "md5" }, guessed: true });
});

test("what is not asked for is not read", async () => {
  const bytes = bytesOf("snappy");
  const from = source(bytes);
  await readAll(from, [5], { url: "URL" });
  expect(from.read()).toBeLessThan(bytes.length / 3);
});

test.each<[string, Records, string]>([
  ["a column that is not there", { url: "address" }, "column-missing"],
  ["a digest that is not there", { url: "URL", digest: { md5: "hash" } }, "column-missing"],
  ["a column of lists", { url: "tags" }, "column-missing"],
  ["a number in place of a name", { url: 2 }, "column-missing"],
])("%s", async (_, records, reason) => {
  await expect(openParquet(source(bytesOf("snappy")), records)).rejects.toMatchObject({ reason });
});

test("a page that announces more values than there are rows is not believed", async () => {
  const bytes = Buffer.from(bytesOf("gzip"));
  // The first data page's header: its number of values, as a zigzag varint of two bytes, made the largest there is.
  const list = await openParquet(source(bytes), declared);
  expect(list.rows).toBe(rowCount);
  let refused = 0;
  for (let at = 4; at < 60; at++) {
    const hostile = Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]),
      bytes.subarray(at + 5),
    ]);
    await readAll(source(hostile), [1], { url: "TEXT" }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(RecordsFault);
      refused += 1;
    });
  }
  expect(refused).toBeGreaterThan(5);
});

test("whatever is damaged, the answer is rows or a fault", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.uint8Array({ minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (name, where, patch, cut) => {
        const bytes = Buffer.from(bytesOf(name));
        // Half of the damage goes to the last thousand bytes, where the file describes itself.
        const at = cut ? bytes.length - 1 - Math.floor(where * 1_000) : Math.floor(where * bytes.length);
        bytes.set(patch.subarray(0, bytes.length - at), at);
        await readAll(source(bytes)).catch((error: unknown) => expect(error).toBeInstanceOf(RecordsFault));
      },
    ),
    { numRuns: 400 },
  );
});

test.each([0, 3, 7, 11, 12, 500])("%i bytes of a file are no file", async (length) => {
  await expect(openParquet(source(bytesOf("none").subarray(0, length)), declared)).rejects.toBeInstanceOf(RecordsFault);
});

test("a file that can not be had is no fault of its own", async () => {
  const from: RangeSource = { byteLength: 5_000, slice: () => Promise.reject(new TypeError("the host is gone")) };
  await expect(openParquet(from, declared)).rejects.toThrow("the host is gone");
});
