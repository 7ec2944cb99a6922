/** `archive` killed at any point, without room, and beside another one: nothing half-written, and the next run is whole. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { drawn, filesBelow, seedOfRun } from "../run/archive-small.ts";
import { apache, entry, folder, write, writeManifest } from "../run/release.ts";

const program = resolve(import.meta.dirname, "../../bin/wholesource.js");
/** Runs that are killed; all 200 take some minutes. */
const KILLS = Number(process.env.WHOLESOURCE_KILLS ?? 40);
const BIG_BYTES = 20 * 1024 * 1024;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Runs the built program, by a shell's words before it where there are some; `killAfter` ends it, in milliseconds. */
async function wholesource(args: readonly string[], more: { killAfter?: number; shell?: string } = {}): Promise<Ended> {
  const line = [process.execPath, program, ...args];
  const [command = "", ...rest] =
    more.shell === undefined ? line : ["sh", "-c", `${more.shell}; exec "$@"`, "sh", ...line];
  const child = spawn(command, rest, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((done) => {
    child.once("close", (code, signal) => done({ code, signal, stderr }));
  });
  if (more.killAfter === undefined) return ended;
  const timer = setTimeout(() => child.kill("SIGKILL"), more.killAfter);
  return ended.finally(() => clearTimeout(timer));
}

async function release(at: string, files = 300): Promise<string> {
  const small = Array.from({ length: files }, (_, n) => [`${n % 9}/${n}.txt`, `the file ${n}\n`.repeat(20)] as const);
  for (const [path, bytes] of small) await write(at, `small/${path}`, bytes);
  const big = Buffer.alloc(BIG_BYTES);
  for (let place = 0; place < big.length; place += 4_096) big.writeUInt32LE(place, place);
  await write(at, "big/model.bin", big);
  await write(at, "big/LICENSE", apache);
  return writeManifest(at, [
    { id: "small", kind: "dataset", locations: ["./small"], files: small.map(([path, bytes]) => entry(path, bytes)) },
    { id: "big", locations: ["./big"], files: [entry("model.bin", big)] },
  ]);
}

const archiveOf = (manifest: string, to: string, ...more: readonly string[]): string[] => [
  "archive",
  manifest,
  "--to",
  to,
  "-q",
  ...more,
];

/** Blobs whose bytes are not what their names say, by a look of the test's own. */
async function rottenBlobs(store: string): Promise<string[]> {
  const rotten: string[] = [];
  const blobs = join(store, "blobs");
  if (!existsSync(blobs)) return [];
  for (const one of readdirSync(blobs, { recursive: true, withFileTypes: true })) {
    if (!one.isFile()) continue;
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(join(one.parentPath, one.name))) hash.update(chunk);
    const name = join(one.parentPath, one.name).replace(/[^0-9a-f]/g, "");
    if (!name.endsWith(hash.digest("hex"))) rotten.push(join(one.parentPath, one.name));
  }
  return rotten;
}

test(`${KILLS} runs are killed, and each time the next one is whole`, { timeout: 1_200_000 }, async () => {
  const at = await folder();
  const manifest = await release(join(at, "release"));
  const draw = drawn(seedOfRun());
  const out = join(at, "out");
  const timed = performance.now();
  expect(await wholesource(archiveOf(manifest, join(at, "first/bag")))).toMatchObject({ code: 0 });
  const usual = performance.now() - timed;
  let killed = 0;
  const forms = ["bag", "release.tar", "release.tar.zst"];
  for (let run = 0; run < KILLS; run++) {
    // Half of them begin without anything, and half with what the ones before have left.
    if (run % 2 === 0) rmSync(out, { recursive: true, force: true });
    const target = join(out, forms[run % forms.length] ?? "bag");
    const ended = await wholesource(archiveOf(manifest, target), { killAfter: 1 + draw(Math.ceil(usual * 1.1)) });
    if (ended.signal === "SIGKILL") killed += 1;
    else expect(ended, ended.stderr).toMatchObject({ code: 0 });
    const store = join(out, ".wholesource-store");
    expect(await rottenBlobs(store)).toEqual([]);
    if (existsSync(store)) {
      const checked = await wholesource(["store", "verify", "--store", store]);
      expect(checked.code, checked.stderr).toBe(0);
    }
    // What is there under its name is whole, however the run ended.
    if (existsSync(target)) expect(await wholesource(["verify", target])).toMatchObject({ code: 0 });
    const again = await wholesource(archiveOf(manifest, target, "--replace"));
    expect(again.code, again.stderr).toBe(0);
    expect(await wholesource(["verify", target])).toMatchObject({ code: 0 });
    const left = readdirSync(out).filter((name) => /\.(?:partial|replaced)$/.test(name));
    expect(left.filter((name) => name.startsWith(`${target.slice(out.length + 1)}.`))).toEqual([]);
    rmSync(target, { recursive: true });
  }
  process.stderr.write(`killed ${killed} of ${KILLS} runs of ${Math.round(usual)} ms\n`);
  expect(killed).toBeGreaterThan(KILLS / 2);
});

describe("no room", () => {
  /** A limit on the size of one file is a full disk that every machine can have. `ulimit -f` counts 512 bytes. */
  const shell = `trap '' XFSZ; ulimit -f ${(BIG_BYTES / 512 / 2).toFixed(0)}`;

  test.each(["bag", "release.tar", "release.tar.zst"])(
    "%s: told, nothing under the name, and then room",
    async (name) => {
      const at = await folder();
      const manifest = await release(join(at, "release"), 10);
      const target = join(at, "out", name);
      const full = await wholesource(archiveOf(manifest, target), { shell });
      expect(full.code, full.stderr).toBe(4);
      expect(full.stderr).toContain("wholesource: error: no space left");
      expect(full.stderr).toContain("wholesource: hint: free ");
      expect(existsSync(target)).toBe(false);
      const store = join(at, "out/.wholesource-store");
      expect(await rottenBlobs(store)).toEqual([]);
      const again = await wholesource(archiveOf(manifest, target));
      expect(again.code, again.stderr).toBe(0);
      expect(await wholesource(["verify", target])).toMatchObject({ code: 0 });
      expect(readdirSync(join(at, "out")).sort()).toEqual([".wholesource-store", name].sort());
    },
  );
});

describe("two at once", () => {
  test("into two places with one store: both are whole, and the bytes are there once", {
    timeout: 120_000,
  }, async () => {
    const at = await folder();
    const manifest = await release(join(at, "release"), 50);
    const targets = ["one", "two"].map((name) => join(at, "out", name));
    const ended = await Promise.all(targets.map((target) => wholesource(archiveOf(manifest, target))));
    for (const { code, stderr } of ended) expect(code, stderr).toBe(0);
    for (const target of targets) expect(await wholesource(["verify", target])).toMatchObject({ code: 0 });
    const inodes = await Promise.all(
      targets.map(async (target) => (await stat(join(target, "data/big/model.bin"))).ino),
    );
    expect(new Set(inodes).size).toBe(1);
    const blobs = [...filesBelow(join(at, "out/.wholesource-store/blobs")).values()];
    expect(blobs.filter(({ length }) => length === BIG_BYTES)).toHaveLength(1);
    expect(readdirSync(join(at, "out")).filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("into one place: it is whole, and whoever came too late is told so", { timeout: 120_000 }, async () => {
    const at = await folder();
    const manifest = await release(join(at, "release"), 50);
    const target = join(at, "out/bag");
    const first = wholesource(archiveOf(manifest, target));
    await sleep(50);
    const ended = await Promise.all([first, wholesource(archiveOf(manifest, target))]);
    expect(ended.map(({ code }) => code)).toContain(0);
    for (const { code, stderr } of ended) {
      if (code === 0) continue;
      expect(code).toBe(2);
      expect(stderr).toContain("is there already");
    }
    expect(await wholesource(["verify", target])).toMatchObject({ code: 0 });
    expect(readdirSync(join(at, "out")).sort()).toEqual([".wholesource-store", "bag"]);
  });
});
