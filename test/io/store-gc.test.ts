import { existsSync, mkdirSync, readdirSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openStore } from "../../src/io/store.ts";
import { collectGarbage } from "../../src/io/store-gc.ts";
import { storePaths } from "../../src/io/store-layout.ts";
import { ownerName } from "../../src/io/store-owner.ts";
import { forgetRoot, listRoots } from "../../src/io/store-root.ts";
import { ageTo, blobsOf, flipBit, newFolder, put, putRelease } from "./store-shelf.ts";

const gone = (): string => [...ownerName().split("-").slice(0, 3), 2 ** 22 + 1, "1"].join("-");

describe("what is collected", () => {
  test("what no release names; a forgotten one's blobs go, those that others share stay", async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    const [a = "", shared = ""] = await putRelease(store, "one", ["a", "shared"]);
    const [, b = ""] = await putRelease(store, "two", ["shared", "b"]);
    const loose = await put(store, "loose");
    await store.close();
    for (const sha256 of [a, b, shared, loose]) ageTo(folder, sha256, 1);
    const paths = storePaths(folder);
    expect(await collectGarbage(paths, { dryRun: true })).toMatchObject({ blobs: 1, bytes: 5 });
    expect(blobsOf(folder).length).toBe(4);
    expect(await collectGarbage(paths)).toEqual({ blobs: 1, bytes: 5, partials: 0, waiting: { blobs: 0, bytes: 0 } });
    expect(blobsOf(folder)).toEqual([a, b, shared].sort());
    expect([await forgetRoot(paths, "one"), await forgetRoot(paths, "one")]).toEqual([true, false]);
    expect((await collectGarbage(paths)).blobs).toBe(1);
    expect(blobsOf(folder)).toEqual([b, shared].sort());
  });

  test("nothing young", async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    await put(store, "young");
    await store.close();
    expect(await collectGarbage(storePaths(folder))).toMatchObject({ blobs: 0, waiting: { blobs: 1, bytes: 5 } });
  });

  test("nothing that a running process was told it has, however old", async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    const [told, untold] = [await put(store, "told"), await put(store, "untold")];
    await store.close();
    for (const sha256 of [told, untold]) ageTo(folder, sha256, 1);
    const user = await openStore(folder);
    expect(await user.has(told)).toBeDefined();
    expect(await collectGarbage(storePaths(folder), { graceMs: 0 })).toMatchObject({ blobs: 1, waiting: { blobs: 1 } });
    expect(blobsOf(folder)).toEqual([told]);
    // Bytes that come again are told of as well.
    ageTo(folder, told, 1);
    await put(user, "told");
    expect((await collectGarbage(storePaths(folder), { graceMs: 0 })).blobs).toBe(0);
    await user.close();
    ageTo(folder, told, 1);
    expect((await collectGarbage(storePaths(folder), { graceMs: 0 })).blobs).toBe(1);
  });

  test("what a process was taking away when it ended comes back", async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    const kept = await put(store, "kept");
    await store.close();
    const { blob, leaving } = storePaths(folder);
    mkdirSync(join(leaving, `${gone()}.1`), { recursive: true });
    renameSync(blob(kept), join(leaving, `${gone()}.1`, kept));
    const again = await openStore(folder);
    expect(await again.has(kept)).toBe(blob(kept));
    expect(readdirSync(leaving)).toEqual([]);
    await again.close();
  });

  test("partials of ended processes, and of nobody else", async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    const busy = await store.aside({ url: "https://host.example/busy" });
    await busy.write(Buffer.alloc(5 * 1024 * 1024));
    const left = await store.aside({ url: "https://host.example/left" });
    await left.write(Buffer.alloc(5 * 1024 * 1024));
    await left.release();
    const { partial } = storePaths(folder);
    expect(readdirSync(partial).length).toBe(2);
    expect((await collectGarbage(storePaths(folder))).partials).toBe(0);
    expect((await collectGarbage(storePaths(folder), { graceMs: -5_000, dryRun: true })).partials).toBe(1);
    expect((await collectGarbage(storePaths(folder), { graceMs: -5_000 })).partials).toBe(1);
    expect(readdirSync(partial).length).toBe(1);
    await busy.discard();
    await store.close();
  });

  test.each([
    ["cut short", (path: string) => truncateSync(path, 65)],
    ["with a flipped bit", flipBit],
    ["emptied", (path: string) => truncateSync(path, 0)],
  ])("nothing at all while a release's list is %s", async (_name, damage) => {
    const folder = newFolder();
    const store = await openStore(folder);
    const digests = await putRelease(store, "one", ["a", "b", "c"]);
    await store.close();
    for (const sha256 of digests) ageTo(folder, sha256, 1);
    const [root] = await listRoots(storePaths(folder));
    damage(root?.path ?? "");
    await expect(collectGarbage(storePaths(folder))).rejects.toMatchObject({ code: "store-failed" });
    expect(blobsOf(folder).length).toBe(3);
  });
});

describe("a store below a size", () => {
  const kB = "x".repeat(996);
  const content = (at: number): string => `${String(at).padStart(4, "0")}${kB}`;

  test("the oldest that nobody needs go first; releases and what is in use stay", async () => {
    const folder = newFolder();
    const before = await openStore(folder);
    const loose: string[] = [];
    for (let at = 0; at < 10; at += 1) loose.push(await put(before, content(at)));
    const [kept = ""] = await putRelease(before, "kept", [content(100)]);
    await before.close();
    for (const [at, sha256] of [kept, ...loose].entries()) ageTo(folder, sha256, 1000 + at);
    const store = await openStore(folder, { maxBytes: 12_000 });
    await put(store, content(200));
    expect(blobsOf(folder).length).toBe(12);
    await put(store, content(201));
    expect(blobsOf(folder)).not.toContain(loose[0]);
    for (const sha256 of [kept, ...loose.slice(2)]) expect(blobsOf(folder)).toContain(sha256);
    for (let at = 202; at < 211; at += 1) await put(store, content(at));
    expect(blobsOf(folder)).toContain(kept);
    // All that is left is a release's, or this process's own.
    await expect(put(store, content(211))).rejects.toMatchObject({
      code: "no-space",
      hint: expect.stringContaining("store list"),
    });
    expect(blobsOf(folder).length).toBe(12);
    await store.close();
    for (const sha256 of blobsOf(folder)) ageTo(folder, sha256, 1000);
    const later = await openStore(folder, { maxBytes: 12_000 });
    await put(later, content(211));
    expect(blobsOf(folder)).toContain(kept);
    await later.close();
  });

  test("what comes twice takes room once, and what is bigger than all of it is told at once", async () => {
    const folder = newFolder();
    const store = await openStore(folder, { maxBytes: 2500 });
    for (let at = 0; at < 10; at += 1) await put(store, content(1));
    await put(store, content(2));
    await expect(put(store, content(3))).rejects.toMatchObject({ code: "no-space" });
    await expect(put(store, "y".repeat(3000))).rejects.toMatchObject({ code: "no-space" });
    await store.close();
  });

  test("two users of the same store count together", async () => {
    const folder = newFolder();
    const big = "z".repeat(1_500_000);
    const [one, two] = [
      await openStore(folder, { maxBytes: 4_000_000 }),
      await openStore(folder, { maxBytes: 4_000_000 }),
    ];
    await put(one, `1${big}`);
    await put(two, `2${big}`);
    await expect(put(one, `3${big}`)).rejects.toMatchObject({ code: "no-space" });
    await expect(put(two, `4${big}`)).rejects.toMatchObject({ code: "no-space" });
    await Promise.all([one.close(), two.close()]);
  });

  test("a big one that finds no room is left for a later run", async () => {
    const folder = newFolder();
    const key = { url: "https://host.example/big" };
    const bytes = Buffer.alloc(5 * 1024 * 1024, "abc");
    const store = await openStore(folder, { maxBytes: 1_000_000 });
    const aside = await store.aside(key);
    await aside.write(bytes);
    const { createHash } = await import("node:crypto");
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await expect(aside.commit(sha256)).rejects.toMatchObject({ code: "no-space" });
    await store.close();
    const more = await openStore(folder);
    const again = await more.aside(key);
    expect(again.earlier?.size).toBe(bytes.length);
    const path = await again.commit(sha256);
    expect(statSync(path).size).toBe(bytes.length);
    await more.close();
  });
});

test("sessions of ended processes are forgotten", async () => {
  const folder = newFolder();
  const { sessions } = storePaths(folder);
  mkdirSync(sessions, { recursive: true });
  writeFileSync(join(sessions, `${gone()}.1000.x`), "");
  const store = await openStore(folder);
  expect(existsSync(join(sessions, `${gone()}.1000.x`))).toBe(false);
  await store.close();
  expect(readdirSync(sessions)).toEqual([]);
});
