/** Where the report goes when its reader goes away or its disk is full. */

import { spawnSync } from "node:child_process";
import { closeSync, existsSync, lstatSync, openSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { folded } from "../../src/cli/output.ts";
import { folder } from "../run/release.ts";
import { start } from "./program.ts";

const broken = "samples/findings/digest-mismatch";

test("a reader that goes away ends the run quietly", async () => {
  const run = start(["verify", broken, "--format", "json", "--quiet"], { reads: false });
  run.child.stdout?.destroy();
  expect(await run.ended).toBe(1);
  expect(run.told.stderr).toBe("");
});

test
  .skipIf(!existsSync("/dev/full"))
  .each([["verify", broken, "--quiet"], ["lint", broken], ["plan", broken], ["hash", "package.json"], ["explain"]])(
  "a full disk is told: %s",
  async (...args) => {
    const full = openSync("/dev/full", "w");
    onTestFinished(() => closeSync(full));
    const run = start(args, { stdio: ["ignore", full, "pipe"] });
    expect(await run.ended).toBe(4);
    expect(run.told.stderr).toMatch(
      /^wholesource: error: standard output can not be written: .*ENOSPC.*\nwholesource: hint: /,
    );
  },
);

test("an output that can not be written costs neither the report nor the other outputs", async () => {
  const at = await folder();
  const run = start([
    "verify",
    broken,
    "--quiet",
    ...["--output", `json=${join(at, "none/report.json")}`],
    ...["--output", `markdown=${join(at, "report.md")}`],
    ...["--evidence", join(at, "none/evidence.jsonl")],
  ]);
  expect(await run.ended).toBe(4);
  expect(run.told.stdout).toMatch(/^not whole: /);
  expect(run.told.stderr.match(/^wholesource: error: .*can not be written: there is no such folder$/gm)).toHaveLength(
    2,
  );
  expect(readFileSync(join(at, "report.md"), "utf8")).toMatch(/^# not whole: /);
});

test("an output follows a link and replaces nothing that is no file", async () => {
  const at = await folder();
  writeFileSync(join(at, "real.json"), "old");
  symlinkSync("real.json", join(at, "link.json"));
  const link = start(["verify", broken, "--quiet", "--output", `json=${join(at, "link.json")}`]);
  expect(await link.ended).toBe(1);
  expect(lstatSync(join(at, "link.json")).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readFileSync(join(at, "real.json"), "utf8"))).toMatchObject({ schemaVersion: "1" });

  const pipe = join(at, "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  const through = start(["verify", broken, "--quiet", "--output", `json=${pipe}`]);
  expect(JSON.parse(await readFile(pipe, "utf8"))).toMatchObject({ schemaVersion: "1" });
  expect(await through.ended).toBe(1);
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

test("hashing stops when nobody reads any more", async () => {
  const run = start(["hash", ...Array.from({ length: 20_000 }, () => "package.json")], { reads: false });
  run.child.stdout?.destroy();
  expect(await run.ended).toBe(0);
  expect(run.told.stderr).toBe("");
});

test("lines are folded between words, and only where a terminal has a width", () => {
  expect(folded("  hint: a b c d e f", 12)).toEqual(["  hint: a b", "      c d e", "      f"]);
  expect(folded("a b", 3)).toEqual(["a b"]);
  expect(folded(`a ${"b".repeat(200)} c`, undefined)).toHaveLength(1);
});
