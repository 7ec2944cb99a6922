/** Where an archive may not go, nothing is read for it. */
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
