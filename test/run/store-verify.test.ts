import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openStore } from "../../src/io/store.ts";
import { storePaths } from "../../src/io/store-layout.ts";
import { listRoots } from "../../src/io/store-root.ts";
import { collectStore, forgetRelease, listStore } from "../../src/run/store.ts";
import { type StoreFault, type StoreVerifyOptions, verifyStore } from "../../src/run/store-verify.ts";
import { digestOf, flipBit, newFolder, put, putRelease } from "../io/store-shelf.ts";

async function faultsOf(folder: string, options: StoreVerifyOptions = {}): Promise<readonly StoreFault[]> {
  const faults: StoreFault[] = [];
  await verifyStore(folder, { concurrency: 1, ...options, onFault: (fault) => faults.push(fault) });
  return faults;
}

/** Two releases that share a blob, and one blob of nobody. */
async function shelf() {
  const folder = newFolder();
  const store = await openStore(folder);
  const [a = "", shared = ""] = await putRelease(store, "one", ["a".repeat(5000), "shared".repeat(100_000)]);
  const [, b = ""] = await putRelease(store, "two", ["shared".repeat(100_000), "b"]);
  const loose = await put(store, "loose");
  await store.close();
  return { folder, paths: storePaths(folder), a, b, shared, loose };
}

describe("reading a store again", () => {
  test("a whole one is whole", async () => {
    const { folder } = await shelf();
    expect(await verifyStore(folder, { concurrency: 1 })).toMatchObject({
      blobs: 4,
      bytes: 605_006,
      releases: 2,
      faults: { corrupt: 0, missing: 0, unreadable: 0, unexpected: 0, "list-damaged": 0 },
    });
  });

  test("one flipped bit in each of several blobs is found, and named with the releases that need it", async () => {
    const { folder, paths, a, shared, loose } = await shelf();
    for (const sha256 of [a, shared, loose]) flipBit(paths.blob(sha256));
    const measured = (sha256: string): string => digestOf(readFileSync(paths.blob(sha256)));
    const expected = [
      { kind: "corrupt", sha256: a, measured: measured(a), size: 5000, releases: ["one"] },
      { kind: "corrupt", sha256: shared, measured: measured(shared), size: 600_000, releases: ["one", "two"] },
      { kind: "corrupt", sha256: loose, measured: measured(loose), size: 5, releases: [] },
    ];
    expect(await faultsOf(folder)).toEqual(expected.sort((x, y) => (x.sha256 < y.sha256 ? -1 : 1)));
    // Looking changes nothing.
    expect((await faultsOf(folder)).length).toBe(3);
  });

  test("every single bit of a small blob counts", async () => {
    const { folder, paths, b } = await shelf();
    for (let bit = 0; bit < 8; bit += 1) {
      const path = paths.blob(b);
      chmodSync(path, 0o600);
      writeFileSync(path, Buffer.from([98 ^ (1 << bit)]));
      expect((await faultsOf(folder)).map(({ kind }) => kind)).toEqual(["corrupt"]);
    }
  });

  test("cut short, grown, gone, and replaced by what is no file", async () => {
    const { folder, paths, a, b, shared, loose } = await shelf();
    for (const sha256 of [a, b]) chmodSync(paths.blob(sha256), 0o600);
    truncateSync(paths.blob(a), 100);
    writeFileSync(paths.blob(b), "bb");
    rmSync(paths.blob(shared));
    rmSync(paths.blob(loose));
    symlinkSync("/etc/hostname", paths.blob(loose));
    const faults = await faultsOf(folder);
    expect(faults.filter(({ kind }) => kind === "corrupt").length).toBe(2);
    expect(faults).toContainEqual({ kind: "missing", sha256: shared, releases: ["one", "two"] });
    expect(faults).toContainEqual({ kind: "unexpected", path: join("blobs/sha256", loose.slice(0, 2), loose) });
    expect(faults.length).toBe(4);
  });

  test("a blob under another one's name or in a wrong folder, and what does not belong there", async () => {
    const { folder, paths, a, loose } = await shelf();
    renameSync(paths.blob(loose), paths.blob(a));
    mkdirSync(join(paths.blobs, "zz"));
    writeFileSync(join(paths.blobs, "zz", "f".repeat(64)), "");
    writeFileSync(join(paths.blobs, "notes.txt"), "");
    const faults = await faultsOf(folder);
    expect(faults).toContainEqual({ kind: "corrupt", sha256: a, measured: loose, size: 5, releases: ["one"] });
    const unexpected = faults.flatMap((fault) => (fault.kind === "unexpected" ? [fault.path] : []));
    expect(unexpected.sort()).toEqual([`blobs/sha256/notes.txt`, `blobs/sha256/zz/${"f".repeat(64)}`]);
  });

  test("a damaged list is told, and the others are still read", async () => {
    const { folder, paths, shared } = await shelf();
    const [root] = await listRoots(paths);
    flipBit(root?.path ?? "");
    rmSync(paths.blob(shared));
    const faults = await faultsOf(folder);
    expect(faults[0]).toMatchObject({ kind: "list-damaged", path: expect.stringMatching(/^roots\/one\./) });
    expect(faults.slice(1)).toEqual([{ kind: "missing", sha256: shared, releases: ["two"] }]);
  });
});

describe("repair", () => {
  test("sets apart what has rotted, with a word about it, and nothing else", async () => {
    const { folder, paths, a, b } = await shelf();
    flipBit(paths.blob(a));
    const rotten = digestOf(readFileSync(paths.blob(a)));
    const [fault] = await faultsOf(folder, { repair: true });
    expect(fault).toMatchObject({ sha256: a, quarantined: `quarantine/sha256/${rotten}` });
    expect(digestOf(readFileSync(paths.quarantine(rotten)))).toBe(rotten);
    expect(digestOf(readFileSync(paths.blob(b)))).toBe(b);
    expect(await faultsOf(folder)).toEqual([{ kind: "missing", sha256: a, releases: ["one"] }]);
    const store = await openStore(folder);
    await put(store, "a".repeat(5000));
    await store.close();
    expect(await faultsOf(folder)).toEqual([]);
  });
});

describe("a store by its folder", () => {
  test("is listed, forgets, and is collected", async () => {
    const { folder } = await shelf();
    const { releases, blobs, bytes } = await listStore(folder);
    expect([releases.map(({ name, blobs: count }) => [name, count]), blobs, bytes]).toEqual([
      [
        ["one", 2],
        ["two", 2],
      ],
      4,
      605_006,
    ]);
    await expect(forgetRelease(folder, "tow")).rejects.toMatchObject({
      code: "usage",
      hint: expect.stringContaining("two"),
    });
    await forgetRelease(folder, "two");
    expect((await listStore(folder)).releases.map(({ name }) => name)).toEqual(["one"]);
    expect(await collectStore(folder, { dryRun: true, graceMs: 0 })).toMatchObject({ blobs: 0, waiting: { blobs: 2 } });
  });

  test.each([
    ["nothing", () => undefined],
    ["an empty folder", (at: string) => void mkdirSync(at)],
    ["a file", (at: string) => writeFileSync(at, "")],
  ])("%s is no store, and is not made one", async (_name, make) => {
    const folder = join(newFolder(), "at");
    make(folder);
    await expect(verifyStore(folder)).rejects.toMatchObject({ code: "usage" });
    await expect(listStore(folder)).rejects.toMatchObject({ code: "usage" });
    await expect(collectStore(folder)).rejects.toMatchObject({ code: "usage" });
  });

  test("an interrupted reading says so", async () => {
    const { folder } = await shelf();
    await expect(verifyStore(folder, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "interrupted" });
  });
});
