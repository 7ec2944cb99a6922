/** Pieces with more files than a person would write down: streamed, on several threads, in both directions. */
import { execFileSync, spawnSync } from "node:child_process";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import type { Report } from "../../src/model/report.ts";
import { apache, check, folder, gist, sha256, write, writeManifest } from "./release.ts";

const program = resolve(import.meta.dirname, "../../bin/wholesource.js");
const COUNT = 1_500;

interface Tree {
  readonly at: string;
  readonly manifest: string;
  readonly listing: string;
}

/** Files in folders, with a listing that `sha256sum` would have written. */
async function tree(): Promise<Tree> {
  const at = await folder();
  const lines: string[] = [];
  for (let index = 0; index < COUNT; index++) {
    const path = `d${index % 7}/${String(index).padStart(6, "0")} file.bin`;
    const bytes = Buffer.alloc(2_000 + index, index % 251);
    await write(at, `data/${path}`, bytes);
    lines.push(`${sha256(bytes)}  ${path}`);
  }
  await write(at, "data/LICENSE", apache);
  const listing = join(at, "data.sha256");
  await writeFile(listing, `${lines.join("\n")}\n`);
  return { at, listing, manifest: await declare(at, listing) };
}

async function declare(at: string, listing: string): Promise<string> {
  const digest = { sha256: sha256(await readFile(listing)) };
  const declared = { uri: "data.sha256", format: "sha256sums", digest };
  return writeManifest(at, [{ id: "data", kind: "dataset", locations: ["./data"], listing: declared }]);
}

function built(manifest: string, concurrency: number): Report {
  const args = [program, "verify", manifest, "--format", "json", "-q", "--concurrency", String(concurrency)];
  return JSON.parse(spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 2 ** 26 }).stdout);
}

test("one thread and several give the same report, which finds one flipped byte, one missing and one extra file", async () => {
  const { at, manifest } = await tree();
  expect(gist(await check(manifest))).toMatchObject({ outcomes: ["verified"], exit: 0 });
  const whole = built(manifest, 3);
  expect(gist(whole)).toMatchObject({ outcomes: ["verified"], exit: 0 });
  expect(whole.pieces[0]?.counts).toMatchObject({ declared: COUNT, verified: COUNT, missing: 0 });

  await write(at, "data/d3/000010 file.bin", Buffer.alloc(2_010, 11));
  await rm(join(at, "data/d0/001400 file.bin"));
  await write(at, "data/d0/new file.bin", "new");
  const [one, several] = [built(manifest, 1), built(manifest, 3)];
  const timeless = (report: Report): object => ({ ...report, timeVerified: "", durationSeconds: 0 });
  expect(timeless(several)).toEqual(timeless(one));
  expect(gist(several)).toMatchObject({ outcomes: ["broken"], exit: 1 });
  expect(several.findings.map(({ code, args }) => `${code} ${"path" in args ? args.path : ""}`)).toEqual([
    "digest-mismatch d3/000010 file.bin",
    "file-missing d0/001400 file.bin",
    "file-undeclared LICENSE",
    "file-undeclared d0/new file.bin",
  ]);
});

test("a listing that is not the declared one declares nothing", async () => {
  const { listing, manifest } = await tree();
  await appendFile(listing, `${"0".repeat(63)}1  another\n`);
  const report = await check(manifest);
  expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
  expect(report.findings[0]).toMatchObject({ code: "digest-mismatch", pointer: "/pieces/0/listing/digest/sha256" });
});

test("a path that a listing names twice is told", async () => {
  const { at, listing } = await tree();
  const [first = ""] = (await readFile(listing, "utf8")).split("\n");
  await appendFile(listing, `${first}\n`);
  const report = await check(await declare(at, listing));
  expect(gist(report)).toMatchObject({ outcomes: ["resolved"], exit: 0 });
  expect(gist(report).codes).toContain("warning path-duplicate");
});

test("at depth probe sizes are compared and nothing is read", async () => {
  const { at, manifest } = await tree();
  await rm(join(at, "data/d1/000001 file.bin"));
  const report = await check(manifest, { depth: "probe" });
  expect(report.summary.bytes).toBe(0);
  expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
  expect(report.pieces[0]?.counts).toMatchObject({ missing: 1, verified: 0 });
});

test("a link is followed inside the manifest's folder and nowhere else", async () => {
  const { at, listing } = await tree();
  const outside = await folder();
  await write(outside, "secret", "secret");
  execFileSync("ln", ["-s", join(outside, "secret"), join(at, "data/out")]);
  execFileSync("ln", ["-s", "d3/000010 file.bin", join(at, "data/in")]);
  const bytes = await readFile(join(at, "data/d3/000010 file.bin"));
  await writeFile(listing, `${sha256("secret")}  out\n${sha256(bytes)}  in\n`);
  const report = await check(await declare(at, listing));
  expect(gist(report)).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
  const blocked = report.findings.filter(({ code }) => code === "file-denied");
  expect(blocked).toMatchObject([{ args: { path: "out", reason: "outside-blocked" } }]);
});
