import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Found, Refusal, RemoteObject } from "../../src/model/evidence.ts";
import type { Pair, Waiting } from "../../src/run/pair.ts";
import { createHeapOf, heaps } from "../../src/run/spill.ts";
import { ListingJoin } from "../../src/run/spilled-pairs.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wholesource-spill-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (index: number): string => `caf\u00e9/${index % 7}/line\n${index}.bin`;
const waiting = (from: number, count: number): Waiting[] =>
  Array.from({ length: count }, (_, at) => ({
    index: from + at,
    file: { entry: { path: path(from + at), size: from + at }, pointer: "/pieces/0/listing" },
  }));

async function joined(max: number, declared: number, listed: (RemoteObject | Refusal)[]): Promise<Pair[]> {
  const pairing = new ListingJoin(async () => folder, max);
  for (let from = 0; from < declared; from += 100) await pairing.add(waiting(from, Math.min(100, declared - from)));
  const names = new Set(Array.from({ length: declared }, (_, at) => path(at)));
  const found: Found = {
    status: "found",
    pinned: true,
    objects: (async function* () {
      yield* listed;
    })(),
  };
  const pairs: Pair[] = [];
  for await (const chunk of pairing.pairs(found, (one) => names.has(one))) pairs.push(...chunk);
  return pairs;
}

const object = (index: number): RemoteObject => ({ path: path(index), url: `https://h/${index}`, size: index });
const inOrder = (pairs: readonly Pair[]) => [...pairs].sort((first, second) => first.index - second.index);
const broke: Refusal = { status: "refused", kind: "unreachable", reason: "stalled", message: "in the middle" };

test.each([
  ["in memory", 10_000],
  ["on disk", 50],
])("a listing is paired with what a host lists, %s", async (_where, max) => {
  // 0 to 899 are declared; 100 to 949 are there, in another order.
  const listed = Array.from({ length: 850 }, (_, at) => object(949 - at));
  const pairs = inOrder(await joined(max, 900, listed));
  expect(pairs).toHaveLength(950);
  expect(pairs.slice(0, 100).every(({ object: none, declared }) => none === undefined && declared !== undefined)).toBe(
    true,
  );
  for (const { declared, object: there } of pairs.slice(100, 900)) {
    expect(there).toEqual(object(declared?.entry.size ?? -1));
    expect(declared?.pointer).toBe("/pieces/0/listing");
  }
  const extra = pairs.slice(900);
  expect(extra.every(({ declared }) => declared === undefined)).toBe(true);
  expect(new Set(extra.map(({ index }) => index)).size).toBe(50);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([10_000, 50])("where the host's listing broke off, nothing is called missing (%i)", async (max) => {
  const pairs = inOrder(await joined(max, 300, [object(1), broke, object(2)]));
  expect(pairs).toHaveLength(300);
  const without = pairs.filter(({ index }) => index !== 1 && index !== 2);
  expect(without).toHaveLength(298);
  for (const { object: said } of without) expect(said).toEqual(broke);
});

test("the heaps are about even, whatever the keys look like", () => {
  const heapOf = createHeapOf();
  const counts = heaps.map(() => 0);
  for (let index = 0; index < 128_000; index++) {
    const heap = heapOf(`shards/train-${String(index).padStart(8, "0")}.tar`);
    counts[heap] = (counts[heap] ?? 0) + 1;
  }
  expect(Math.max(...counts)).toBeLessThan(1500);
  expect(Math.min(...counts)).toBeGreaterThan(600);
});
