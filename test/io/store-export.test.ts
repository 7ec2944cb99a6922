import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defaultStore, openStore } from "../../src/io/store.ts";
import { storePaths } from "../../src/io/store-layout.ts";
import { newFolder, put } from "./store-shelf.ts";

test("a blob under another name shares its bytes where it can, and is read-only", async () => {
  const folder = newFolder();
  const store = await openStore(join(folder, "store"));
  const sha256 = await put(store, "bytes");
  const target = join(folder, "out");
  const how = await store.exportTo(sha256, target);
  expect(readFileSync(target, "utf8")).toBe("bytes");
  expect(statSync(target).mode & 0o777).toBe(0o444);
  const isSame = statSync(target).ino === statSync(storePaths(store.folder).blob(sha256)).ino;
  expect([how, isSame]).toEqual(how === "link" ? ["link", true] : ["clone", false]);
  await store.close();
});

test("thousands at once", async () => {
  const folder = newFolder();
  const store = await openStore(join(folder, "store"));
  const list: { sha256: string; target: string }[] = [];
  for (let at = 0; at < 20; at += 1)
    list.push({ sha256: await put(store, `b${at}`), target: join(folder, `out-${at}`) });
  const many = Array.from({ length: 3000 }, (_, at) => ({
    sha256: list[at % 20]?.sha256 ?? "",
    target: join(folder, `many-${at}`),
  }));
  const counts = store.linkOut(many);
  expect(counts.clone + counts.link + counts.copy).toBe(3000);
  expect(readFileSync(join(folder, "many-2021"), "utf8")).toBe("b1");
  await store.close();
});

test("on another file system it is a copy", async () => {
  const folder = newFolder();
  const other = "/dev/shm";
  if (!existsSync(other) || statSync(other).dev === statSync(folder).dev) {
    process.stderr.write("skipped: a copy: there is no second file system here\n");
    return;
  }
  const store = await openStore(folder);
  const sha256 = await put(store, "bytes");
  const { mkdtempSync, rmSync } = await import("node:fs");
  const away = mkdtempSync(join(other, "wholesource-export-"));
  try {
    expect(await store.exportTo(sha256, join(away, "a"))).toBe("copy");
    expect(store.linkOut([{ sha256, target: join(away, "b") }])).toEqual({ clone: 0, link: 0, copy: 1 });
    expect(readFileSync(join(away, "b"), "utf8")).toBe("bytes");
  } finally {
    rmSync(away, { recursive: true });
    await store.close();
  }
});

test("nothing is replaced, and what went wrong is told", async () => {
  const folder = newFolder();
  const store = await openStore(join(folder, "store"));
  const sha256 = await put(store, "bytes");
  writeFileSync(join(folder, "there"), "mine");
  mkdirSync(join(folder, "folder"));
  for (const act of [
    (target: string, hex = sha256) => store.exportTo(hex, target),
    async (target: string, hex = sha256) => store.linkOut([{ sha256: hex, target }]),
  ]) {
    await expect(act(join(folder, "there"))).rejects.toMatchObject({ code: "output-failed" });
    await expect(act(join(folder, "no", "such"))).rejects.toMatchObject({ code: "output-failed" });
    await expect(act(join(folder, "new"), "0".repeat(64))).rejects.toMatchObject({ code: "store-failed" });
  }
  expect(readFileSync(join(folder, "there"), "utf8")).toBe("mine");
  await store.close();
});

test.each([
  [{ WHOLESOURCE_STORE: "/a/b", XDG_DATA_HOME: "/data", HOME: "/home/u" }, "/a/b"],
  [{ XDG_DATA_HOME: "/data", HOME: "/home/u" }, "/data/wholesource/store"],
  [{ WHOLESOURCE_STORE: "", XDG_DATA_HOME: "relative", HOME: "/home/u" }, "/home/u/.local/share/wholesource/store"],
  [{ HOME: "/home/u" }, "/home/u/.local/share/wholesource/store"],
])("%j: the store is at %s", (env, expected) => {
  expect(defaultStore(env)).toBe(expected);
});
