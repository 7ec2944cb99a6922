import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openStore } from "../../src/io/store.ts";
import { prefixes, storePaths } from "../../src/io/store-layout.ts";
import { checkRoot, listRoots, partsOf, rootFile, rootHas } from "../../src/io/store-root.ts";
import { openRoot } from "../../src/io/store-root-write.ts";
import { blobsOf, digestOf, newFolder, put, putRelease, TIME } from "./store-shelf.ts";

test("a list is its digests, sorted and each once, and a line that says whose it is", async () => {
  const folder = newFolder();
  const store = await openStore(folder);
  const digests = await putRelease(store, "Iris Softmax 1.0.0", ["a", "bb", "a", "ccc"]);
  await store.close();
  const [root] = await listRoots(storePaths(folder));
  expect(root).toMatchObject({ name: "Iris Softmax 1.0.0", time: TIME, blobs: 3, bytes: 6 });
  const lines = readFileSync(root?.path ?? "", "utf8")
    .trimEnd()
    .split("\n");
  expect(lines.slice(0, -1)).toEqual([...new Set(digests)].sort());
  expect(lines.slice(0, -1)).toEqual(blobsOf(folder));
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ name: "Iris Softmax 1.0.0", blobs: 3 });
});

test("what is found in it is what is in it, whatever its length", async () => {
  const paths = storePaths(newFolder());
  const store = await openStore(paths.root);
  await store.close();
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(100_000), { maxLength: 40 }), fc.nat(100_000), async (numbers, other) => {
      const digests = numbers.map((each) => digestOf(String(each)));
      for (const sha256 of digests) await putNothing(paths.blob(sha256));
      const open = await openRoot(paths, { name: "any", time: TIME }, async () => true);
      for (const sha256 of digests) open.add(sha256);
      const root = await open.commit();
      await checkRoot(root);
      const found: string[] = [];
      const part = partsOf(root);
      for (const prefix of prefixes) found.push(...(await part(prefix)));
      expect(found).toEqual([...digests].sort());
      for (const sha256 of digests) expect(await rootHas(root, sha256)).toBe(true);
      expect(await rootHas(root, digestOf(String(other)))).toBe(numbers.includes(other));
    }),
    { numRuns: 40 },
  );
});

async function putNothing(path: string): Promise<void> {
  const { mkdir, writeFile } = await import("node:fs/promises");
  const { dirname } = await import("node:path");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "");
}

test("many digests wait on disk, not in memory", async () => {
  const paths = storePaths(newFolder());
  await (await openStore(paths.root)).close();
  const open = await openRoot(paths, { name: "many", time: TIME }, async () => true);
  const all = Array.from({ length: 2000 }, (_, at) => `ab${digestOf(String(at)).slice(2)}`);
  for (const sha256 of all) await putNothing(paths.blob(sha256));
  for (const sha256 of [...all, ...all]) open.add(sha256);
  const root = await open.commit();
  await checkRoot(root);
  expect(root.blobs).toBe(new Set(all).size);
});

test("a list of the same name is replaced at once, and one that fails changes nothing", async () => {
  const folder = newFolder();
  const store = await openStore(folder);
  await putRelease(store, "r", ["a"]);
  await putRelease(store, "r", ["b", "c"]);
  const failing = store.withRoot({ name: "r", time: TIME }, async (root) => {
    root.add(digestOf("a"));
    throw new RangeError("in the middle");
  });
  await expect(failing).rejects.toThrow("in the middle");
  const missing = store.withRoot({ name: "r", time: TIME }, async (root) => root.add(digestOf("not there")));
  await expect(missing).rejects.toMatchObject({
    code: "store-failed",
    message: expect.stringContaining("has no blob"),
  });
  expect((await listRoots(storePaths(folder))).map(({ name, blobs }) => [name, blobs])).toEqual([["r", 2]]);
  await store.close();
});

test("names become file names of their own, and nothing else", async () => {
  const names = ["a", "A", "../../etc/passwd", "a/b", "a b", "\0", "", "ä", `${"long ".repeat(200)}`];
  const files = names.map(rootFile);
  expect(new Set(files).size).toBe(names.length);
  for (const file of files) expect(file).toMatch(/^[a-z0-9][a-z0-9.-]*$|^\.[0-9a-f]{16}$/);
  const folder = newFolder();
  const store = await openStore(folder);
  await put(store, "a");
  for (const name of names) await store.withRoot({ name, time: TIME }, async (root) => root.add(digestOf("a")));
  expect((await listRoots(storePaths(folder))).map(({ name }) => name).sort()).toEqual([...names].sort());
  await store.close();
});
