import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { runCommand } from "../../src/cli/program.ts";
import { Diff } from "../../src/model/diff-schema.ts";

const samples = resolve(import.meta.dirname, "../../samples");
const desk = mkdtempSync(join(tmpdir(), "wholesource-diff-"));
afterAll(() => rmSync(desk, { recursive: true, force: true }));

/** Runs a command as a shell would, and says what it said. */
async function run(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const told = { out: "", err: "" };
  const take = (name: "out" | "err") => (text: unknown, done?: unknown) => {
    told[name] += String(text);
    if (typeof done === "function") done();
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation(take("out")),
    vi.spyOn(process.stderr, "write").mockImplementation(take("err")),
  ];
  try {
    return { code: await runCommand(argv), ...told };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** A release of one piece with one file, and its report. */
async function release(name: string, text: string): Promise<{ readonly folder: string; readonly report: string }> {
  const folder = join(desk, name);
  cpSync(join(samples, "findings/digest-mismatch"), folder, { recursive: true });
  writeFileSync(join(folder, "code/train.py"), text);
  const report = join(desk, `${name}.json`);
  expect(await run("verify", "--quiet", "--output", `json=${report}`, folder)).toMatchObject({ code: 1, err: "" });
  return { folder, report };
}

test("reports, archives and manifests, by what is in them", async () => {
  const before = await release("before", "one\n");
  const after = await release("after", "two\n");
  const same = await run("diff", before.report, before.report);
  expect(same).toMatchObject({ code: 0, err: "" });
  expect(same.out).toMatch(/^the same: no change\n/);

  const json = await run("diff", "--format", "json", before.report, after.report);
  expect(json.code).toBe(1);
  const diff = Diff.parse(JSON.parse(json.out));
  expect(diff.changes.map(({ kind, path }) => [kind, path])).toEqual([["file-changed", "train.py"]]);
  expect(diff.changes[0]?.differences.map(({ voice }) => voice)).toContain("measured");

  const archive = join(desk, "archive");
  mkdirSync(join(archive, "wholesource"), { recursive: true });
  cpSync(after.report, join(archive, "wholesource/report.json"));
  const text = await run("diff", before.report, archive);
  expect(text.code).toBe(1);
  expect(text.out).toMatch(/^changed: 1 change; 1 piece changed\n/);
  expect(text.out).toMatch(/file changed: `train\.py`: sha256 measured `[0-9a-f]{64}` before, `[0-9a-f]{64}` now/);

  // As declared, nothing has changed.
  expect(await run("diff", before.report, after.folder)).toMatchObject({ code: 0 });
  const edited = readFileSync(join(after.folder, "wholesource.yaml"), "utf8").replace("Apache-2.0", "MIT");
  writeFileSync(join(after.folder, "wholesource.yaml"), edited);
  const declared = await run("diff", "--format", "markdown", before.folder, after.folder);
  expect(declared.code).toBe(1);
  expect(declared.out).toContain("in what is declared");
  expect(declared.out).toContain("licence: declared `Apache-2.0` before, `MIT` now");
});

test.each([
  ["one argument", ["a"], 2],
  ["nothing there", [join(desk, "absent"), join(desk, "absent")], 2],
  ["standard input twice", ["-", "-"], 2],
])("%s is a usage error", async (_name, args, code) => {
  const said = await run("diff", ...args);
  expect(said.code).toBe(code);
  expect(said.err).toContain("hint:");
  expect(said.out).toBe("");
});

test("a report that is none is told so", async () => {
  const file = join(desk, "wrong.json");
  writeFileSync(file, '{"verifier": 1}');
  const said = await run("diff", file, file);
  expect(said).toMatchObject({ code: 2, out: "" });
  expect(said.err).toContain("is no report");
});
