/** `wholesource locate` as a person at a shell meets it. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { entry, folder, sha256, write, writeManifest } from "../run/release.ts";
import { start } from "./program.ts";

async function run(...argv: readonly string[]) {
  const running = start(argv);
  return { code: await running.ended, ...running.told };
}

test("a release, its archive, and what is nowhere", async () => {
  const at = await folder();
  await write(at, "weights/w.bin", "one\n");
  const pieces = [{ id: "weights", locations: ["./weights"], files: [entry("w.bin", "one\n")] }];
  const manifest = await writeManifest(at, pieces);
  const archive = join(await folder(), "kept");
  expect((await run("archive", "--quiet", "--to", archive, manifest)).code).toBe(0);
  const found = await run("locate", "--no-remote", "--archive", archive, manifest);
  expect(found).toMatchObject({ code: 0, stderr: "" });
  expect(found.stdout).toContain("1 file looked for: 1 found, 0 nowhere, 0 could not be told\n");
  expect(found.stdout).toContain(`  archive: \`${archive}/data/weights/w.bin\`\n`);

  const json = await run(
    "locate",
    "--no-remote",
    "--archive",
    archive,
    "--format",
    "json",
    sha256("two\n"),
    sha256("one\n"),
  );
  expect(json.code).toBe(1);
  const { summary, files } = JSON.parse(json.stdout);
  expect(summary).toEqual({ found: 1, nowhere: 1, unknown: 0, exitCode: 1 });
  expect(files.map(({ status }: { status: string }) => status)).toEqual(["nowhere", "found"]);

  // Nobody listens there: that is no answer.
  const silent = ["--retries", "0", "--timeout", "2", "--endpoint", "swh=http://127.0.0.1:9/"];
  const untold = await run("locate", ...silent, "--archive", archive, sha256("two\n"));
  expect(untold.code).toBe(3);
  expect(untold.stdout).toContain("could not be told: sha256 ");
  expect(untold.stdout).toContain("0 nowhere");
  // What one place has is found, whatever another one does not say.
  expect((await run("locate", ...silent, "--archive", archive, sha256("one\n"))).code).toBe(0);
  const mixed = await run("locate", sha256("one\n"), manifest);
  expect(mixed.code).toBe(2);
  expect(mixed.stderr).toContain("a manifest stands alone");
});
