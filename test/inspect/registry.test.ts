import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { magicFormats } from "../../src/inspect/magic.ts";
import { promisedFormats } from "../../src/inspect/name-promise.ts";
import { formats } from "../../src/inspect/registry.ts";

const folder = join(import.meta.dirname, "../../src/inspect/formats");

test("every file of the folder is in the list, and the other way round", () => {
  const files = readdirSync(folder).map((name) => name.replace(/\.ts$/, ""));
  const ids = formats.map(({ id }) => (id === "git-lfs-pointer" ? "lfs-pointer" : id));
  expect(ids.sort()).toEqual(files.sort());
});

test("every format that a name promises is one that we recognise", () => {
  // ONNX is protobuf without a mark: nothing recognises it.
  const known = new Set([...formats, ...magicFormats].map(({ id }) => id).concat("onnx"));
  expect(promisedFormats.filter((id) => !known.has(id))).toEqual([]);
});
