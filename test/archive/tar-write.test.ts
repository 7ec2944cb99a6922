import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { tarEnd, tarFileBlocks } from "../../src/archive/tar-header.ts";
import { readSeal, sealBytes } from "../../src/archive/tar-seal.ts";
import { type Packing, type WriteTarOptions, writeTar } from "../../src/archive/tar-write.ts";
import { need } from "../services/need.ts";
import { entriesIn, stream, tree, treeOf } from "./tar-release.ts";

const folder = mkdtempSync(join(tmpdir(), "wholesource-tar-write-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sources = join(folder, "sources");
mkdirSync(sources);
const entries = entriesIn(sources);
const signal = new AbortController().signal;
const root = "iris-1.0";
const options = (compression: Packing): WriteTarOptions => ({
  compression,
  root,
  time: "2024-02-03T04:05:06Z",
  signal,
});
const suffixes: { readonly [P in Packing]: string } = { none: ".tar", gzip: ".tar.gz", zstd: ".tar.zst" };
const packings: readonly Packing[] = ["none", "gzip", "zstd"];

async function written(compression: Packing, name = "a", more: Partial<WriteTarOptions> = {}): Promise<string> {
  const path = join(folder, `${name}${suffixes[compression]}`);
  await writeTar(stream(entries), path, { ...options(compression), replace: true, ...more });
  return path;
}

need(
  "tar",
  "zstd",
  "gunzip",
  "python3",
)("programs of others", () => {
  test.each(packings)("GNU tar unpacks %s, and compares it without a difference", async (packing) => {
    const path = await written(packing);
    const into = mkdtempSync(join(folder, "into-"));
    const said = execFileSync("tar", ["-xf", path, "-C", into], { encoding: "utf8", stdio: "pipe" });
    expect(said).toBe("");
    expect(readdirSync(into)).toEqual([root]);
    expect(treeOf(join(into, root))).toEqual(tree);
    // Owners are root's, which the unpacked files need not be.
    const differs = execFileSync("sh", ["-c", `tar -df "$1" -C "$2" 2>&1 || true`, "", path, into], {
      encoding: "utf8",
    });
    expect(differs.split("\n").filter((line) => line !== "" && !/[UG]id differs$/.test(line))).toEqual([]);
  });

  test.each(packings)("Python reads %s: modes, owners and times are plain", async (packing) => {
    const path = await written(packing);
    const plain = join(folder, "plain.tar");
    if (packing === "zstd") execFileSync("zstd", ["-dqf", path, "-o", plain]);
    else if (packing === "gzip") writeFileSync(plain, execFileSync("gunzip", ["-c", path], { maxBuffer: 2 ** 26 }));
    else writeFileSync(plain, readFileSync(path));
    const code =
      "import tarfile,sys,json;print(json.dumps([[m.name,m.size,m.mode,m.uid,m.gid,m.mtime,m.uname,m.type.decode()] for m in tarfile.open(sys.argv[1])]))";
    const members: unknown = JSON.parse(execFileSync("python3", ["-c", code, plain], { encoding: "utf8" }));
    const mtime = Date.parse("2024-02-03T04:05:06Z") / 1000;
    expect(members).toEqual(entries.map(({ path: at, size }) => [`${root}/${at}`, size, 0o644, 0, 0, mtime, "", "0"]));
  });

  test("zstd and gzip find nothing to say of the whole file", async () => {
    execFileSync("zstd", ["-tq", await written("zstd")]);
    execFileSync("gunzip", ["-t", await written("gzip")]);
  });

  test("a size beyond 8 GiB is read by GNU tar and by Python", () => {
    const size = 9 * 2 ** 30 + 5;
    const path = join(folder, "huge.tar");
    const file = openSync(path, "w");
    const head = tarFileBlocks("huge/file", size, 0);
    writeSync(file, head);
    // A hole: no disk has to hold it.
    const end = head.length + Math.ceil(size / 512) * 512;
    writeSync(file, tarEnd, 0, tarEnd.length, end);
    ftruncateSync(file, end + tarEnd.length);
    closeSync(file);
    expect(execFileSync("tar", ["-tvf", path], { encoding: "utf8" })).toContain(` ${size} `);
    const code = "import tarfile,sys;print([(m.name,m.size) for m in tarfile.open(sys.argv[1])])";
    expect(execFileSync("python3", ["-c", code, path], { encoding: "utf8" }).trim()).toBe(`[('huge/file', ${size})]`);
    rmSync(path);
  });
});

describe("the same release, the same bytes", () => {
  test.each(packings)("%s, twice", async (packing) => {
    expect(readFileSync(await written(packing, "b")).equals(readFileSync(await written(packing, "c")))).toBe(true);
  });

  test("another time makes other bytes", async () => {
    const other = await written("none", "later", { time: "2025-01-01T00:00:00Z" });
    expect(readFileSync(other).equals(readFileSync(await written("none")))).toBe(false);
  });
});

describe("the seal", () => {
  test.each(packings)("%s: every flipped bit in it is seen as damage or as another sum", (packing) => {
    const seal = sealBytes(packing, 0x12345678);
    expect(readSeal(packing, seal)).toBe(0x12345678);
    for (let at = 0; at < seal.length * 8; at++) {
      const bytes = Buffer.from(seal);
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
      expect(["damaged", expect.any(Number)]).toContainEqual(readSeal(packing, bytes));
      expect(readSeal(packing, bytes)).not.toBe(0x12345678);
    }
  });

  test.each(packings)("%s: what others write has none", (packing) => {
    expect(readSeal(packing, Buffer.alloc(sealBytes(packing, 0).length))).toBe("none");
  });
});

describe("what is not archived", () => {
  test.each(packings)("%s: a source of another size", async (packing) => {
    const from = join(folder, "grew");
    writeFileSync(from, "12345");
    const target = join(folder, `grew${suffixes[packing]}`);
    const entry = { path: "data/grew", size: 4, source: { from } };
    await expect(writeTar(stream([entry]), target, options(packing))).rejects.toMatchObject({
      code: "input-unreadable",
    });
    expect(readdirSync(folder).filter((name) => name.startsWith("grew."))).toEqual([]);
  });

  test.each([
    ["small", 1000],
    ["larger than the buffer", 3_000_000],
  ])("a source that rotted: %s", async (_name, size) => {
    const from = join(folder, "rotten");
    writeFileSync(from, Buffer.alloc(size, 1));
    const entry = { path: "data/rotten", size, source: { from }, sha256: "0".repeat(64) };
    const target = join(folder, "rotten.tar");
    await expect(writeTar(stream([entry]), target, options("none"))).rejects.toMatchObject({
      code: "input-unreadable",
      message: expect.stringContaining("is not what it was"),
    });
    expect(existsSync(target)).toBe(false);
  });

  test("a path that leaves the archive", async () => {
    const entry = { path: "../x", size: 0, source: { bytes: new Uint8Array() } };
    await expect(writeTar(stream([entry]), join(folder, "out.tar"), options("none"))).rejects.toThrow("can not be in");
  });

  test("a target that is there stays as it was, unless it is to be replaced", async () => {
    const target = join(folder, "there.tar");
    writeFileSync(target, "mine");
    await expect(writeTar(stream(entries), target, options("none"))).rejects.toMatchObject({ code: "usage" });
    expect(readFileSync(target, "utf8")).toBe("mine");
    await writeTar(stream(entries), target, { ...options("none"), replace: true });
    expect(readFileSync(target).length).toBeGreaterThan(1_000_000);
  });

  test("a run that was stopped leaves nothing", async () => {
    const stop = new AbortController();
    const stopping = (async function* () {
      for (const entry of entries) {
        yield entry;
        if (entry.path.includes("model.bin")) stop.abort();
      }
    })();
    const target = join(folder, "stopped.tar.zst");
    await expect(writeTar(stopping, target, { ...options("zstd"), signal: stop.signal })).rejects.toMatchObject({
      code: "interrupted",
    });
    expect(readdirSync(folder).filter((name) => name.startsWith("stopped"))).toEqual([]);
  });
});
