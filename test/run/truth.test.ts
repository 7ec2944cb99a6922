/** Ways in which a release once looked better or worse than it is; none may come back. */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { text } from "../../src/report/reporters/text.ts";
import { need } from "../services/need.ts";
import { startNginx } from "../services/nginx.ts";
import {
  apache,
  check,
  entry,
  folder,
  gist,
  type PieceText,
  safetensors,
  sha256,
  write,
  writeManifest,
} from "./release.ts";

const weights = safetensors();
const false256 = { sha256: sha256("something else") };

async function release(
  piece: Partial<PieceText>,
  files: { readonly [path: string]: string | Uint8Array } = {},
): Promise<string> {
  const at = await folder();
  await write(at, "weights/model.safetensors", weights);
  await write(at, "weights/LICENSE", apache);
  for (const [path, bytes] of Object.entries(files)) await write(at, path, bytes);
  return writeManifest(at, [{ id: "weights", locations: ["./weights"], ...piece }]);
}

describe("the digest and size of the whole are compared", () => {
  const one = { locations: ["./weights/model.safetensors"] };
  const files = [entry("model.safetensors", weights)];
  test.each<[string, Partial<PieceText>, string, string]>([
    ["one object, a false digest", { ...one, digest: false256 }, "broken", "error digest-mismatch"],
    [
      "one object with its file, a false digest",
      { ...one, files, digest: false256 },
      "broken",
      "error digest-mismatch",
    ],
    ["one object with its file, a false size", { ...one, files, size: 7 }, "broken", "error size-mismatch"],
    [
      "a folder of one declared file, a byte digest",
      { files, digest: false256 },
      "resolved",
      "warning digest-unmeasured",
    ],
    ["a folder, a size", { files, size: 7 }, "resolved", "warning digest-unmeasured"],
    ["a folder, a false tree", { files, digest: { gitTree: `${"0".repeat(39)}1` } }, "broken", "error digest-mismatch"],
  ])("%s", async (_, piece, outcome, code) => {
    const seen = gist(await check(await release(piece)));
    expect(seen.outcomes).toEqual([outcome]);
    expect(seen.codes).toContain(code);
    expect(seen.codes.filter((one) => one === code)).toHaveLength(1);
  });
});

test("a part of the release is never called the whole", async () => {
  const at = await folder();
  await write(at, "a/x.bin", "x");
  await write(at, "a/LICENSE", apache);
  const files = [entry("x.bin", "x")];
  const manifest = await writeManifest(at, [
    { id: "one", locations: ["./a"], files },
    { id: "two", locations: ["./b"], files },
  ]);
  const report = await check(manifest, { pieces: ["one"] });
  expect(report).toMatchObject({ piecesDeclared: 2, pieces: [{ id: "one", outcome: "verified" }] });
  const shown = text.render(report, { colour: false, full: true, manifestName: "wholesource.yaml" });
  expect(shown).toMatch(/^checked in part: /);
  expect(shown).not.toMatch(/\bwhole: |all 1|its one piece/);
});

describe("licences", () => {
  const mit = `MIT License

Copyright (c) 2026 somebody

Permission is hereby granted`;
  test("a tag or a package field does not make up for a text that was changed", async () => {
    const manifest = await release(
      { kind: "training-code", files: [entry("train.py", "# SPDX-License-Identifier: Apache-2.0\n")] },
      {
        "weights/LICENSE": apache.replace("royalty-free", "royalty-bearing"),
        "weights/train.py": "# SPDX-License-Identifier: Apache-2.0\n",
      },
    );
    const report = await check(manifest);
    expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(report.pieces[0]?.license.agreement).toBe("mismatch");
  });

  test("`NONE` is contradicted by a licence that is there", async () => {
    const manifest = await release({ licenseDeclared: "NONE", files: [entry("model.safetensors", weights)] });
    expect(gist(await check(manifest)).codes).toContain("error license-mismatch");
  });

  test("two licences declared, one of them found", async () => {
    const manifest = await release({
      licenseDeclared: "MIT OR Apache-2.0",
      files: [entry("model.safetensors", weights)],
    });
    const seen = gist(await check(manifest));
    expect(seen).toMatchObject({ outcomes: ["resolved"], exit: 0 });
    expect(seen.codes).toContain("warning license-partly-found");
  });

  test("a text that is no known licence overrules nothing and proves nothing", async () => {
    const manifest = await release({ files: [entry("model.safetensors", weights)] }, { "weights/LICENSE": mit });
    expect(gist(await check(manifest)).outcomes).not.toContain("verified");
  });
});

test("what nobody declared does not break a piece that declares something", async () => {
  const manifest = await release(
    { files: [entry("model.safetensors", weights)] },
    { "weights/.keep": "", "weights/extra.bin": "x" },
  );
  expect(gist(await check(manifest))).toMatchObject({ outcomes: ["verified"], exit: 0 });
});

test("an empty file in a piece that declares nothing is no placeholder", async () => {
  const manifest = await release({}, { "weights/.keep": "" });
  expect(gist(await check(manifest))).toMatchObject({ outcomes: ["resolved"], exit: 0 });
});

test("a revision that nobody can ask for is told", async () => {
  const manifest = await release({
    locations: [{ uri: "./weights", revision: "v1" }],
    files: [entry("model.safetensors", weights)],
  });
  expect(gist(await check(manifest))).toMatchObject({ outcomes: ["resolved"] });
  expect(gist(await check(manifest)).codes).toContain("warning location-revision-unchecked");
});

test("a file between others that can not be listed does not make them unknown", async () => {
  const manifest = await release({ files: [entry("model.safetensors", weights), entry("gone.bin", "x")] });
  execFileSync("mkfifo", [join(manifest, "../weights/pipe")]);
  const report = await check(manifest);
  expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
  expect(report.findings.map(({ code }) => code)).toContain("file-missing");
});

test("an interrupted run proves nothing and denies nothing", async () => {
  const manifest = await release({ files: [entry("model.safetensors", weights)] });
  const stop = new AbortController();
  stop.abort();
  const report = await check(manifest, { signal: stop.signal });
  expect(report.partial).toBe(true);
  expect(gist(report)).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
});

need("nginx")("members", () => {
  test("what a host publishes of an archive says nothing of its members", async () => {
    const nginx = await startNginx();
    onTestFinished(() => nginx.close());
    const at = await folder();
    await write(at, "in/model.safetensors", weights);
    await write(at, "in/LICENSE", apache);
    execFileSync("tar", ["-cf", join(at, "weights.tar"), "-C", join(at, "in"), "."]);
    execFileSync("python3", [
      "-m",
      "zipfile",
      "-c",
      join(at, "weights.zip"),
      join(at, "in/LICENSE"),
      join(at, "in/model.safetensors"),
    ]);
    for (const name of ["weights.tar", "weights.zip"]) await write(nginx.root, name, await readFile(join(at, name)));
    const files = [entry("model.safetensors", weights)];
    const pieces = ["weights.tar", "weights.zip"].map((name, index) => ({
      id: `p${index}`,
      locations: [{ uri: `${nginx.origin}/${name}`, unpack: true }],
      files,
    }));
    expect(gist(await check(await writeManifest(at, pieces)))).toMatchObject({
      outcomes: ["verified", "verified"],
      exit: 0,
    });
  });
});
