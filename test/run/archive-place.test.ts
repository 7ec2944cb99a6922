/** Where an archive may not go, nothing is read for it. */
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { archived, smallRelease } from "./archive-small.ts";
import { folder, write } from "./release.ts";

test.each([
  ["a folder that holds something else", "bag", "taken/file"],
  ["a file", "tar", "taken"],
  ["a file in the place of a folder", "bag", "taken"],
] as const)("%s", async (_name, form, path) => {
  const at = await folder();
  const manifest = await smallRelease(join(at, "release"));
  await write(at, path, "somebody's");
  let seen = 0;
  const onEvidence = (): void => void seen++;
  await expect(archived(manifest, join(at, "taken"), { form, onEvidence })).rejects.toMatchObject({ code: "usage" });
  expect(seen).toBe(0);
});

test.each([
  ["in a piece's folder", "release/weights/kept", {}],
  ["in a folder below one", "release/data/a/b/kept", {}],
  ["by way of a link", "link/kept", {}],
  ["with its store there", "kept", { store: "release/weights/store" }],
] as const)("an archive %s would change what it is made of, and nothing is made there", async (_name, to, more) => {
  const at = await folder();
  const manifest = await smallRelease(join(at, "release"));
  symlinkSync(join(at, "release/weights"), join(at, "link"));
  const store = "store" in more ? { store: join(at, more.store) } : {};
  await expect(archived(manifest, join(at, to), store)).rejects.toMatchObject({ code: "usage" });
  for (const name of ["weights/.wholesource-store", "weights/store", "data/a/b"]) {
    expect(existsSync(join(at, "release", name))).toBe(false);
  }
});

test("beside the pieces, in the release's own folder, is no harm", async () => {
  const at = await folder();
  const manifest = await smallRelease(join(at, "release"));
  const { report } = await archived(manifest, join(at, "release/kept"));
  expect(report.summary.exitCode).toBe(0);
  expect((await archived(manifest, join(at, "release/kept.tar"), { form: "tar" })).report.summary.exitCode).toBe(0);
});
