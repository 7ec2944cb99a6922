/** `wholesource watch` as a scheduler and a person meet it: silence, exit codes, Ctrl-C, and a kill at any moment. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Diff } from "../../src/model/diff-schema.ts";
import { Report } from "../../src/model/report-schema.ts";
import { readHistory } from "../../src/run/watch-history.ts";
import { entry, folder, write, writeManifest } from "../run/release.ts";
import { start } from "./program.ts";

/** A release of one file, and where its history goes. */
async function release() {
  const at = await folder();
  await write(at, "weights/w.bin", "one\n");
  const files = [entry("w.bin", "one\n")];
  const manifest = await writeManifest(at, [{ id: "weights", locations: ["./weights"], files }]);
  const history = await folder();
  const watch = async (...more: readonly string[]) => {
    const run = start(["watch", "--once", "--history", history, ...more, manifest]);
    return { code: await run.ended, ...run.told };
  };
  return { at, manifest, history, watch };
}

test("silence where nothing changed, and what changed where something did", async () => {
  const { at, watch, manifest, history } = await release();
  expect(await watch()).toEqual({
    code: 0,
    stdout: "",
    stderr: `wholesource: ${manifest}: first check; 1 piece: 1 resolved\n`,
  });
  expect(await watch("--quiet")).toEqual({ code: 0, stdout: "", stderr: "" });
  await writeFile(join(at, "weights/w.bin"), "two\n");
  const json = await watch("--quiet", "--format", "json");
  expect(json).toMatchObject({ code: 1, stderr: "" });
  expect(json.stdout.split("\n").length).toBe(2);
  const { diff, ...said } = JSON.parse(json.stdout);
  expect(said).toMatchObject({ schemaVersion: "1", manifest, worse: true, recovered: false, exitCode: 1 });
  expect(Diff.parse(diff).changes.map(({ kind }) => kind)).toContain("file-changed");
  expect(await watch("--quiet")).toEqual({ code: 1, stdout: "", stderr: "" });
  await writeFile(join(at, "weights/w.bin"), "one\n");
  const text = await watch("--quiet");
  expect(text).toMatchObject({ code: 0, stderr: "" });
  expect(text.stdout).toMatch(/^changed: /);
  expect(text.stdout).toContain("outcome: `broken` before, `resolved` now");
  await rm(manifest);
  const gone = await watch("--quiet", "--format", "markdown");
  expect(gone.code).toBe(3);
  expect(gone.stdout).toMatch(/^could not be checked: /);
  expect(await watch("--quiet", "--format", "markdown")).toMatchObject({ code: 3, stdout: "" });

  const shown = start(["watch", "--show", "--history", history]);
  expect(await shown.ended).toBe(0);
  expect(shown.told.stdout).toContain("  weights  rrXXr!!\n");
});

test.each([
  [["watch", "--history", "x"], "there is no release to watch"],
  [["watch", "--history", "x", "--once", "--every", "1h", "m"], "exclude each other"],
  [["watch", "--history", "x", "--every", "1 day", "m"], "`1 day` is no interval"],
  [["watch", "--history", "x", "--every", "0s", "m"], "`0s` is no interval"],
  [["watch", "m"], "--history"],
  [["locate"], "what"],
  [["locate", "sha256:12"], "`sha256:12` is no digest"],
])("%j is a mistake", async (argv, message) => {
  const run = start(argv);
  expect(await run.ended).toBe(2);
  expect(run.told.stderr).toContain(message);
  expect(run.told.stdout).toBe("");
});

test("it goes on by itself, and Ctrl-C ends the wait at once", async () => {
  const { at, manifest, history } = await release();
  const run = start(["watch", "--every", "1s", "--history", history, manifest]);
  await run.says("no change");
  await rm(join(at, "weights/w.bin"));
  await run.says("changed");
  await sleep(100);
  const began = Date.now();
  run.child.kill("SIGINT");
  expect(await run.ended).toBe(130);
  expect(Date.now() - began).toBeLessThan(900);
  expect(run.told.stdout).toContain("changed: ");
});

test("it ends where nobody reads any more, and the next one tells what that one could not", async () => {
  const { at, manifest, history, watch } = await release();
  const run = start(["watch", "--every", "1s", "--history", history, manifest]);
  await run.says("first check");
  run.child.stdout?.destroy();
  await rm(join(at, "weights/w.bin"));
  expect(await run.ended).toBe(1);
  expect((await watch("--quiet")).stdout).toContain("changed: ");
});

test("kill -9 at any moment: every line is whole or told, and the next run goes on", { timeout: 120_000 }, async () => {
  const at = await folder();
  const history = await folder();
  const names = Array.from({ length: 60 }, (_, index) => `release-${index}`);
  for (const name of names) {
    await write(at, `${name}/weights/w.bin`, "one\n");
    const files = [entry("w.bin", "one\n")];
    await writeManifest(join(at, name), [{ id: "weights", locations: ["./weights"], files }]);
  }
  await writeFile(join(at, "list"), names.join("\n"));
  const argv = ["watch", "--quiet", "--history", history, "--list", join(at, "list")];
  for (let kills = 0; kills < 12; kills += 1) {
    // Two of them at once, one of which is killed at some moment of its many writes.
    const [one, two] = [start([...argv, "--every", "1s"]), start([...argv, "--every", "1s"])];
    await sleep(700 + kills * 130);
    one.child.kill("SIGKILL");
    two.child.kill("SIGKILL");
    await Promise.all([one.ended, two.ended]);
    expect(one.told.stdout + two.told.stdout).toBe("");
  }
  const last = start([...argv, "--once"]);
  expect(await last.ended).toBe(0);
  expect(last.told.stdout).toBe("");
  const files = await readdir(history);
  let lines = 0;
  for (const name of files) {
    if (name.endsWith(".history.jsonl")) {
      const read = await readHistory(join(history, name), 10_000);
      expect(read.lines.every(({ pieces }) => pieces[0]?.outcome === "resolved")).toBe(true);
      expect(read.torn).toBeLessThanOrEqual(12);
      lines += read.lines.length;
    } else if (name.endsWith(".report.json") || name.endsWith(".known.json")) {
      expect(Report.safeParse(JSON.parse(await readFile(join(history, name), "utf8"))).success).toBe(true);
    } else expect(name).toMatch(/^\..*\.tmp$/);
  }
  expect(files.filter((name) => name.endsWith(".report.json")).length).toBe(60);
  // How many there are is up to the machine: enough to have been killed among them.
  expect(lines).toBeGreaterThan(60);
});
