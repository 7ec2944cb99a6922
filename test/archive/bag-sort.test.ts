import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { createBagRecords } from "../../src/archive/bag-records.ts";
import { createLineSort } from "../../src/archive/bag-sort.ts";
import { newFolder } from "./bag-made.ts";

/** The same every time, and in no order. */
function* numbers(count: number): Generator<number> {
  for (let n = 0, x = 12_345; n < count; n++) {
    x = (x * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield x;
  }
}

const lines = [...numbers(5_000)].map((x) => `ü${x % 1_000}\u{1f600}${"z".repeat(x % 90)}`);

test.each([
  ["in memory", {}],
  ["a few at a time", { lines: 700 }],
  ["by characters", { chars: 9_000 }],
  ["more runs than are merged at once", { lines: 50, runs: 3 }],
  ["one line a run", { lines: 1, runs: 64 }],
])("sorts %s, and leaves nothing behind", (_, limits) => {
  const folder = newFolder();
  const sort = createLineSort(folder, "t", limits);
  for (const line of lines) sort.add(line);
  expect([...sort.sorted()]).toEqual([...lines].sort());
  expect(readdirSync(folder)).toEqual([]);
});

test("a reader that stops early leaves nothing behind", () => {
  const folder = newFolder();
  const sort = createLineSort(folder, "t", { lines: 100 });
  for (const line of lines) sort.add(line);
  for (const _ of sort.sorted()) break;
  expect(readdirSync(folder)).toEqual([]);
});

test("nothing sorted is nothing", () => {
  expect([...createLineSort(newFolder(), "t").sorted()]).toEqual([]);
});

test("all that is said of one path comes together, on disk as in memory", () => {
  const paths = ["data/a", "data/a%b", "data/line\nend", "data/zürich", "data/\u{1f600}", "data/\uffee"];
  const groups = [{}, { lines: 4, runs: 2 }].map((limits) => {
    const records = createBagRecords(newFolder(), limits);
    for (const path of paths) records.file({ path: path.normalize("NFD"), size: 7, isLink: path === "data/a" });
    for (const [index, path] of paths.entries()) {
      const written = path.replaceAll("%", "%25").replaceAll("\n", "%0a");
      records.listed(index % 3, written, "abc");
      records.fetched(written, undefined);
    }
    return [...records.groups()];
  });
  expect(groups[0]).toEqual(groups[1]);
  expect(groups[0]).toHaveLength(paths.length);
  for (const { files, listed, fetched } of groups[0] ?? []) {
    expect([files.length, listed.length, fetched.length]).toEqual([1, 1, 1]);
    expect(listed[0]?.path.normalize("NFD")).toBe(files[0]?.path);
    expect(files[0]?.isLink).toBe(files[0]?.path === "data/a");
  }
});

test("a path that is listed without end takes no more memory than one that is listed often", () => {
  const records = createBagRecords(newFolder());
  for (let n = 0; n < 5_000; n++) records.listed(0, "data/a", `${n}`);
  const [group, ...others] = records.groups();
  expect(others).toEqual([]);
  expect(group?.crowded).toBe(true);
  expect(group?.listed).toHaveLength(1_000);
});
