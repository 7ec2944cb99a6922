/** The sample is what its manifest says, and its weights are what its script makes of the published data. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { need } from "../services/need.ts";

interface Sample {
  readonly pieces: readonly {
    readonly id: string;
    readonly locations: readonly string[];
    readonly digest?: { readonly gitTree: string };
    readonly files: readonly {
      readonly path: string;
      readonly size: number;
      readonly digest: { readonly sha256: string };
    }[];
  }[];
}

const sample = resolve(import.meta.dirname, "../../samples/iris-softmax");
const { pieces }: Sample = parse(readFileSync(join(sample, "wholesource.yaml"), "utf8"));
const scratch = mkdtempSync(join(tmpdir(), "wholesource-sample-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: "utf8" }).trim();

function piece(id: string): Sample["pieces"][number] {
  const found = pieces.find((one) => one.id === id);
  if (found === undefined) throw new Error(`the sample has no piece ${id}`);
  return found;
}

/** What the manifest says of each file beside what is there. */
function expectDeclared(id: string, folder: string): void {
  for (const { path, size, digest } of piece(id).files) {
    const bytes = readFileSync(join(folder, path));
    expect({ path, size, sha256: digest.sha256 }).toEqual({
      path,
      size: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
  }
}

test.each(["training-code", "weights"])("%s: the declared files are there, and no others", (id) => {
  const folder = join(sample, piece(id).locations[0] ?? "");
  expectDeclared(id, folder);
  expect(readdirSync(folder).sort()).toEqual(
    piece(id)
      .files.map((file) => file.path)
      .sort(),
  );
});

need("git")("git", () => {
  test("makes the declared tree of the training code", () => {
    const copy = join(scratch, "tree");
    cpSync(join(sample, "train"), copy, { recursive: true });
    run("git", ["init", "-q"], copy);
    run("git", ["-c", "core.autocrlf=false", "add", "--all", "--force"], copy);
    expect(run("git", ["write-tree"], copy)).toBe(piece("training-code").digest?.gitTree);
  });
});

describe("with the published data", () => {
  const data = join(scratch, "package");
  beforeAll(() => {
    const name = (piece("training-data").locations[0] ?? "").replace(/^pkg:npm\//, "");
    run("tar", ["-xzf", run("npm", ["pack", "--silent", name], scratch)], scratch);
  }, 60_000);

  test("the declared files are those of the npm package", () => {
    expectDeclared("training-data", data);
  });

  test("the training script makes the same weights again, byte for byte", () => {
    const weights = join(scratch, "weights");
    run(
      "node",
      [join(sample, "train/train.mjs"), join(data, piece("training-data").files[0]?.path ?? ""), weights],
      scratch,
    );
    for (const file of ["model.safetensors", "config.json"]) {
      expect(readFileSync(join(weights, file)).equals(readFileSync(join(sample, "weights", file))), file).toBe(true);
    }
  });
});
