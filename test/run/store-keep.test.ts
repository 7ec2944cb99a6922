import { appendFileSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createDigestLane } from "../../src/digest/local.ts";
import { openStore } from "../../src/io/store.ts";
import { storePaths } from "../../src/io/store-layout.ts";
import { keepLocal } from "../../src/run/store-keep.ts";
import { blobsOf, digestOf, newFolder } from "../io/store-shelf.ts";

const sizes = [0, 1, 65_536, 65_537, 1_048_576, 3_000_000, 20_000_000];

test.each(sizes)("a file of %i bytes is kept as it was measured, and stays what it was", async (size) => {
  const folder = newFolder();
  const path = join(folder, "file");
  const bytes = Buffer.alloc(size, "some bytes that repeat ");
  writeFileSync(path, bytes);
  const store = await openStore(join(folder, "store"));
  const lane = await createDigestLane(["sha256", "sha512"]);
  const sha256 = digestOf(bytes);
  const kept = await keepLocal(store, { path, size }, lane);
  expect(kept).toMatchObject({ status: "read", size, storedAs: sha256, digest: { sha256 } });
  await store.settled();
  const blob = storePaths(store.folder).blob(sha256);
  expect(digestOf(readFileSync(blob))).toBe(sha256);
  expect([statSync(blob).mode & 0o777, statSync(path).mode & 0o200]).toEqual([0o444, 0o200]);
  expect(statSync(blob).ino).not.toBe(statSync(path).ino);
  await store.close();
});

test("many at once; the same bytes once", async () => {
  const folder = newFolder();
  const store = await openStore(join(folder, "store"));
  const lane = await createDigestLane(["sha256"]);
  const paths = Array.from({ length: 500 }, (_, at) => join(folder, `file-${at}`));
  for (const [at, path] of paths.entries()) writeFileSync(path, `bytes ${at % 100}`);
  await Promise.all(paths.map((path) => keepLocal(store, { path, size: 8 }, lane)));
  await store.settled();
  expect(blobsOf(store.folder)).toEqual(Array.from({ length: 100 }, (_, at) => digestOf(`bytes ${at}`)).sort());
  await store.close();
});

test("what can not be read is refused, and nothing of it is kept", async () => {
  const folder = newFolder();
  const store = await openStore(join(folder, "store"));
  const lane = await createDigestLane(["sha256"]);
  symlinkSync(join(folder, "nowhere"), join(folder, "link"));
  for (const path of [join(folder, "none"), join(folder, "link"), folder]) {
    expect(await keepLocal(store, { path, size: 5_000_000 }, lane)).toMatchObject({ status: "refused" });
  }
  expect(blobsOf(store.folder)).toEqual([]);
  await store.close();
});

test("a file that grows while it is read is refused", async () => {
  const folder = newFolder();
  const path = join(folder, "log");
  writeFileSync(path, Buffer.alloc(40_000_000, "x"));
  const store = await openStore(join(folder, "store"));
  const lane = await createDigestLane(["sha256"]);
  let grown = false;
  const kept = await keepLocal(store, { path }, lane, {
    onBytes: () => {
      if (!grown) appendFileSync(path, "more");
      grown = true;
    },
  });
  expect(kept).toMatchObject({ status: "refused", reason: "changed-during-read" });
  await store.settled();
  expect(blobsOf(store.folder)).toEqual([]);
  await store.close();
});
