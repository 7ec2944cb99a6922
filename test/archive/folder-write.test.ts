import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type WriteFolderOptions, writeFolder } from "../../src/archive/folder-write.ts";
import { writeTar } from "../../src/archive/tar-write.ts";
import { bagFaults, entriesIn, stream, tree, treeOf } from "./tar-release.ts";

const folder = mkdtempSync(join(tmpdir(), "wholesource-folder-write-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sources = join(folder, "sources");
mkdirSync(sources);
const entries = entriesIn(sources);
let count = 0;
const fresh = (): string => join(folder, `case-${count++}`, "archive");
const write = (target: string, options: WriteFolderOptions = {}) => writeFolder(stream(entries), target, options);
const beside = (target: string): readonly string[] =>
  existsSync(join(target, "..")) ? readdirSync(join(target, "..")) : [];

describe("a folder", () => {
  test.each([true, false])(
    "link %s: every byte is there, the bag is valid, and nothing else is beside it",
    async (link) => {
      const target = fresh();
      await write(target, { link });
      expect(treeOf(target)).toEqual(tree);
      expect(await bagFaults(target)).toEqual([]);
      expect(beside(target)).toEqual(["archive"]);
    },
  );

  test("linked files are the sources; copied ones are not, and are not for their owner alone", async () => {
    const [linked, copied] = [fresh(), fresh()];
    await write(linked, { link: true });
    await write(copied);
    const entry = entries.find(({ path }) => path.endsWith("model.bin"));
    const { ino } = statSync(entry !== undefined && "from" in entry.source ? entry.source.from : "");
    expect(statSync(join(linked, entry?.path ?? "")).ino).toBe(ino);
    const copy = statSync(join(copied, entry?.path ?? ""));
    expect(copy.ino).not.toBe(ino);
    expect(copy.mode & 0o777).toBe(0o666 & ~process.umask());
  });

  test("20,000 small files are linked in little more time than the system needs for their names", {
    timeout: 120_000,
  }, async () => {
    const from = join(sources, "small");
    writeFileSync(from, Buffer.alloc(65_536, 1));
    // One file has 65,000 names at most on common disks: the sources take turns.
    const many = Array.from({ length: 20_000 }, (_, at) => `data/p/${String(at % 100).padStart(3, "0")}/${at}`).sort();
    const raw = join(folder, "raw");
    for (let at = 0; at < 100; at++) mkdirSync(join(raw, "data/p", String(at).padStart(3, "0")), { recursive: true });
    const started = performance.now();
    for (const path of many) linkSync(from, join(raw, path));
    const rawMs = performance.now() - started;
    const target = fresh();
    await writeFolder(stream(many.map((path) => ({ path, size: 65_536, source: { from } }))), target, { link: true });
    const ms = performance.now() - started - rawMs;
    expect(Object.keys(readdirSync(target, { recursive: true })).length).toBeGreaterThan(20_000);
    expect(ms).toBeLessThan(5 * rawMs + 2_000);
  });

  test("a link to an empty folder means that folder", async () => {
    const target = fresh();
    const real = fresh();
    mkdirSync(real, { recursive: true });
    mkdirSync(join(target, ".."));
    symlinkSync(real, target);
    await write(target);
    expect(treeOf(real)).toEqual(tree);
  });

  test("many copied files are flushed at once, and are whole", { timeout: 60_000 }, async () => {
    const target = fresh();
    const from = join(sources, "one");
    writeFileSync(from, "one");
    const many = Array.from({ length: 600 }, (_, at) => ({ path: `data/${at}`, size: 3, source: { from } }));
    await writeFolder(stream(many), target);
    expect(
      new Set(readdirSync(join(target, "data")).map((name) => readFileSync(join(target, "data", name), "utf8"))),
    ).toEqual(new Set(["one"]));
  });
});

describe("a target that is there", () => {
  test("an empty folder is taken", async () => {
    const target = fresh();
    mkdirSync(target, { recursive: true });
    await write(target);
    expect(treeOf(target)).toEqual(tree);
  });

  test.each(["a folder with something in it", "a file"])("%s stays as it is", async (what) => {
    const target = fresh();
    mkdirSync(join(target, ".."), { recursive: true });
    if (what === "a file") writeFileSync(target, "mine");
    else {
      mkdirSync(target);
      writeFileSync(join(target, "mine"), "mine");
    }
    await expect(write(target)).rejects.toMatchObject({ code: "usage", hint: expect.any(String) });
    expect(readFileSync(what === "a file" ? target : join(target, "mine"), "utf8")).toBe("mine");
    expect(beside(target)).toEqual(["archive"]);
  });

  test("it is replaced when that is asked for", async () => {
    const target = fresh();
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "old"), "old");
    await write(target, { replace: true });
    expect(treeOf(target)).toEqual(tree);
    expect(beside(target)).toEqual(["archive"]);
  });

  test("one that fails to replace it leaves it", async () => {
    const target = fresh();
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "old"), "old");
    const missing = { path: "data/x", size: 1, source: { from: join(folder, "nowhere") } };
    await expect(writeFolder(stream([...entries, missing]), target, { replace: true })).rejects.toMatchObject({
      code: "input-unreadable",
    });
    expect(readdirSync(target)).toEqual(["old"]);
    expect(beside(target)).toEqual(["archive"]);
  });

  test("of two that write at once one wins, and the archive is whole", async () => {
    const target = fresh();
    const ends = await Promise.allSettled([write(target), write(target)]);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(treeOf(target)).toEqual(tree);
    expect(beside(target)).toEqual(["archive"]);
  });
});

describe("what is not written", () => {
  const bad = (name: string, make: () => { path?: string; size?: number; from: string; sha256?: string }) =>
    [name, make] as const;
  const file = join(folder, "five");
  writeFileSync(file, "12345");
  test.each([
    bad("a source of another size", () => ({ size: 4, from: file })),
    bad("a source that is gone", () => ({ from: join(folder, "gone") })),
    bad("a source that is a link", () => {
      symlinkSync(file, join(folder, "link"));
      return { from: join(folder, "link") };
    }),
    bad("a source that is a folder", () => ({ from: sources })),
    bad("a source that rotted", () => ({ from: file, sha256: "0".repeat(64) })),
    bad("a path that leaves the archive", () => ({ path: "../out", from: file })),
    bad("two files of one name", () => ({ path: "bagit.txt", from: file })),
  ])("%s: nothing is left", async (name, make) => {
    const { path = "data/x", size = 5, from, sha256 } = make();
    for (const link of name.includes("rotted") ? [false] : [true, false]) {
      const target = fresh();
      const entry = { path, size, source: { from }, ...(sha256 === undefined ? {} : { sha256 }) };
      await expect(writeFolder(stream([...entries, entry]), target, { link })).rejects.toMatchObject({
        code: expect.stringMatching(/input-unreadable|output-failed/),
      });
      expect(beside(target)).toEqual([]);
      rmSync(join(folder, "link"), { force: true });
      if (name.includes("is a link")) symlinkSync(file, join(folder, "link"));
    }
  });

  test("a folder that may not be written to", async () => {
    const target = fresh();
    mkdirSync(join(target, ".."));
    chmodSync(join(target, ".."), 0o500);
    const root = process.geteuid?.() === 0;
    chmodSync(folder, 0o755);
    if (root) process.seteuid?.("nobody");
    try {
      await expect(write(target)).rejects.toMatchObject({
        code: "output-failed",
        hint: expect.stringContaining("permissions"),
      });
    } finally {
      if (root) process.seteuid?.(0);
    }
  });
});

/** A file system of 1 MiB, where the machine lets us have one. */
const small = ((): string | undefined => {
  const place = mkdtempSync(join(tmpdir(), "wholesource-small-"));
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", place]).status === 0) return place;
  rmSync(place, { recursive: true });
  process.stderr.write("skipped: a full disk: no tmpfs can be mounted here\n");
  return undefined;
})();
describe.skipIf(small === undefined)("a full disk", () => {
  afterAll(() => {
    spawnSync("umount", [small ?? ""]);
    rmSync(small ?? "", { recursive: true });
  });

  test("is told as such, leaves nothing, and what fits afterwards is written", async () => {
    const target = join(small ?? "", "archive");
    const filler = join(small ?? "", "filler");
    writeFileSync(filler, Buffer.alloc(400_000));
    const noSpace = { code: "no-space", hint: expect.stringContaining("space") };
    await expect(write(target, { link: true })).rejects.toMatchObject(noSpace);
    expect(readdirSync(small ?? "")).toEqual(["filler"]);
    const options = { compression: "none", root: "r", time: "2024-01-01T00:00:00Z" } as const;
    await expect(writeTar(stream(entries), `${target}.tar`, options)).rejects.toMatchObject(noSpace);
    expect(readdirSync(small ?? "")).toEqual(["filler"]);
    const gzip = { ...options, compression: "gzip" } as const;
    const noise = Array.from({ length: 3 }, (_, at) => ({
      path: `${at}`,
      size: 700_001,
      source: sourceOf("model.bin"),
    }));
    writeFileSync(filler, Buffer.alloc(1_000_000));
    await expect(writeTar(stream(noise), `${target}.tar.gz`, gzip)).rejects.toMatchObject(noSpace);
    expect(readdirSync(small ?? "")).toEqual(["filler"]);
    rmSync(filler);
    // Without the larger files it fits.
    await writeFolder(stream(entries.filter(({ size }) => size < 1000)), target);
    expect(readdirSync(small ?? "")).toEqual(["archive"]);
  });
});

function sourceOf(name: string): { readonly from: string } | { readonly bytes: Uint8Array } {
  return entries.find(({ path }) => path.endsWith(name))?.source ?? { bytes: new Uint8Array() };
}

describe("kill -9", () => {
  const script = join(folder, "built");
  beforeAll(async () => {
    const build = await rolldown({
      input: join(import.meta.dirname, "folder-writer.ts"),
      platform: "node",
      external: ["@napi-rs/blake-hash"],
      logLevel: "silent",
    });
    await build.write({
      dir: script,
      format: "esm",
      entryFileNames: "writer.mjs",
      chunkFileNames: "[name]-[hash].mjs",
    });
    await build.close();
  }, 60_000);

  const kill = async (child: ChildProcess): Promise<void> => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };

  test("leaves nothing under the final name, and the next run clears what is left", { timeout: 60_000 }, async () => {
    const target = fresh();
    const from = join(sources, "killed");
    writeFileSync(from, "bytes");
    for (const pause of [0, 5, 30]) {
      const child = spawn(process.execPath, [join(script, "writer.mjs"), target, from], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, pause));
      // A second run while the first is at it leaves it alone.
      const during = beside(target);
      await kill(child);
      expect(existsSync(target)).toBe(false);
      expect(during).toHaveLength(1);
      expect(beside(target)).toEqual(during);
    }
    expect(beside(target)).toEqual([expect.stringMatching(/^archive\..*\.partial$/)]);
    await write(target);
    expect(treeOf(target)).toEqual(tree);
    expect(beside(target)).toEqual(["archive"]);
  });

  test("an archive that lost its name to a run that was killed has it again", async () => {
    const target = fresh();
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "old"), "old");
    // A process of an earlier boot: gone for certain.
    const { ownerName } = await import("../../src/io/store-owner.ts");
    const dead = ownerName().split("-").with(1, "00000000").join("-");
    const at = `${target}.${dead}.0011223344556677.replaced`;
    spawnSync("mv", [target, at]);
    const missing = { path: "data/x", size: 1, source: { from: join(folder, "nowhere") } };
    await expect(writeFolder(stream([missing]), target, { replace: true })).rejects.toMatchObject({});
    expect(readdirSync(target)).toEqual(["old"]);
    expect(beside(target)).toEqual(["archive"]);
  });
});
