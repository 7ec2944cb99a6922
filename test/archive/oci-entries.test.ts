import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { PayloadFile } from "../../src/archive/contents.ts";
import { ociEntries, remoteListPath } from "../../src/archive/oci-entries.ts";
import { tagOf } from "../../src/archive/oci-model.ts";
import { planLayers, RAW_LAYERS_MAX, RAW_MIN_BYTES, TAR_PIECES_MAX } from "../../src/archive/oci-plan.ts";
import { sha256Digest } from "../services/registry.ts";
import { files, large, layDown, layout, longName, release, scratch, tree } from "./oci-release.ts";

interface Layer {
  readonly mediaType: string;
  readonly digest: string;
  readonly annotations: { readonly [key: string]: string };
}

const json = (folder: string, path: string) => JSON.parse(readFileSync(join(folder, path), "utf8"));
const blobOf = (folder: string, digest: string) => join(folder, "blobs", digest.replace(":", "/"));

function read(folder: string) {
  const [named] = json(folder, "index.json").manifests;
  const manifest = JSON.parse(readFileSync(blobOf(folder, named.digest), "utf8"));
  const config = JSON.parse(readFileSync(blobOf(folder, manifest.config.digest), "utf8"));
  return { named, manifest, config, layers: manifest.layers as readonly Layer[] };
}

test("a layout with one ModelPack: large files and lone ones as they are, the others in a tar for each piece", async () => {
  const folder = await layout(release(scratch()));
  const { named, manifest, config, layers } = read(folder);
  expect(json(folder, "oci-layout")).toEqual({ imageLayoutVersion: "1.0.0" });
  expect(named.annotations).toEqual({ "org.opencontainers.image.ref.name": "1.0.0" });
  expect(manifest).toMatchObject({
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "application/vnd.cncf.model.manifest.v1+json",
    config: { mediaType: "application/vnd.cncf.model.config.v1+json" },
    annotations: {
      "org.opencontainers.image.created": "2025-03-04T05:06:07Z",
      "org.opencontainers.image.licenses": "Apache-2.0 AND CC-BY-4.0 AND (MIT OR Apache-2.0)",
    },
  });
  expect(config).toEqual({
    descriptor: {
      createdAt: "2025-03-04T05:06:07Z",
      vendor: "Example Lab",
      name: "tiny",
      version: "1.0.0",
      title: "tiny",
      description: "a release for tests",
      docURL: "https://example.org/tiny",
      sourceURL: "https://example.org/code.git",
      datasetsURL: ["https://example.org/data"],
      revision: "0123abcd",
      licenses: ["Apache-2.0", "CC-BY-4.0", "MIT OR Apache-2.0"],
    },
    config: {},
    modelfs: { type: "layers", diffIds: layers.map(({ digest }) => digest) },
  });
  const short = ({ mediaType, annotations }: Layer) =>
    `${mediaType.replace("application/vnd.cncf.model.", "")} ${annotations["org.cncf.model.filepath"]}`;
  expect(layers.map(short)).toEqual([
    "code.v1.tar data/code",
    "dataset.v1.raw data/data/rows.csv",
    "weight.v1.raw data/weights/copy/model.safetensors",
    "weight.v1.raw data/weights/model.safetensors",
    "weight.v1.tar data/weights",
    "doc.v1.raw wholesource/manifest.yaml",
    "doc.v1.raw wholesource/report.json",
  ]);
  expect(JSON.parse(layers[2]?.annotations["org.cncf.model.file.metadata+json"] ?? "")).toEqual({
    name: "model.safetensors",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: large.length,
    mtime: "2025-03-04T05:06:07Z",
    typeflag: 0,
  });
  // The same bytes twice are one blob.
  expect(layers[2]?.digest).toBe(layers[3]?.digest);
  expect(Object.entries(tree(folder)).every(([path, digest]) => !path.includes("/") || path.endsWith(digest))).toBe(
    true,
  );
});

test("tar reads the archives: every file with its bytes, one time, nobody's", async () => {
  const folder = await layout(release(scratch()));
  const [code] = read(folder).layers;
  const tar = blobOf(folder, code?.digest ?? "");
  const out = scratch();
  execFileSync("tar", ["xf", tar, "-C", out]);
  const own = Object.entries(files).filter(([path]) => path.startsWith("code/"));
  for (const [path, bytes] of own) expect(readFileSync(join(out, "data", path), "utf8")).toBe(bytes);
  const listed = execFileSync("tar", ["tvf", tar, "--full-time", "--utc"], { encoding: "utf8" }).trimEnd().split("\n");
  expect(listed).toHaveLength(own.length);
  for (const line of listed) expect(line).toMatch(/^-rw-r--r-- 0\/0 +\d+ 2025-03-04 05:06:07 data\/code\//);
  expect(listed.some((line) => line.endsWith(longName))).toBe(true);
});

test("the same release gives the same bytes, in the same order", async () => {
  const order = async () => {
    const paths: string[] = [];
    for await (const { path } of ociEntries(release(scratch()), { scratch: scratch() })) paths.push(path);
    return paths;
  };
  expect(await order()).toEqual(await order());
  expect((await order()).at(-1)).toBe("index.json");
  expect(tree(await layout(release(scratch())))).toEqual(tree(await layout(release(scratch()))));
  expect(tree(await layout(release(scratch(), { time: "2026-01-01T00:00:00Z" })))).not.toEqual(
    tree(await layout(release(scratch()))),
  );
});

test("files that were left remote are listed with their digests", async () => {
  async function* remote() {
    yield { piece: "data", path: "big.bin", url: "https://example.org/big.bin", size: 9, digest: { sha256: "ab" } };
  }
  const { layers } = read(await layout(release(scratch(), { remote })));
  const line = `${JSON.stringify({ piece: "data", path: "big.bin", url: "https://example.org/big.bin", size: 9, digest: { sha256: "ab" } })}\n`;
  const list = layers.find(({ annotations }) => annotations["org.cncf.model.filepath"] === remoteListPath);
  expect(list?.digest).toBe(sha256Digest(line));
});

test("a file that is not what was verified is never archived as good", async () => {
  const place = scratch();
  const contents = release(place);
  writeFileSync(join(place, "payload/code/train.py"), "print('TRAIN')\n");
  await expect(layout(contents)).rejects.toMatchObject({ code: "store-failed" });
  writeFileSync(join(place, "payload/code/train.py"), "longer than it was before\n");
  await expect(layout(contents)).rejects.toMatchObject({ code: "store-failed" });
});

test("a release without any file is none", async () => {
  await expect(layout(release(scratch(), { tags: [] }, {}))).rejects.toMatchObject({ code: "nothing-to-check" });
});

describe("never more layers than a manifest can name", () => {
  const made = (count: number, size: (index: number) => number, piece: (index: number) => string) =>
    async function* payload(): AsyncGenerator<PayloadFile> {
      for (let index = 0; index < count; index++) {
        yield {
          piece: piece(index),
          path: `${index}`,
          size: size(index),
          digest: { sha256: "", sha512: "" },
          from: "",
        };
      }
    };

  test.each([
    ["as many large files as layers", RAW_LAYERS_MAX, RAW_MIN_BYTES, RAW_MIN_BYTES],
    ["one more", RAW_LAYERS_MAX + 1, RAW_MIN_BYTES, Number.POSITIVE_INFINITY],
  ])("%s", async (_name, count, size, rawFromBytes) => {
    const payload = made(
      count,
      () => size,
      (index) => (index < 2 ? "a" : "b"),
    );
    expect(await planLayers(release(scratch(), { payload }))).toMatchObject({ rawFromBytes });
  });

  test("where there are too many, the largest are layers", async () => {
    const payload = made(
      10_000,
      (index) => RAW_MIN_BYTES * (index < 100 ? 64 : 1),
      () => "a",
    );
    expect(await planLayers(release(scratch(), { payload }))).toMatchObject({ rawFromBytes: RAW_MIN_BYTES * 64 });
  });

  test("many pieces share archives by what they hold, and the layers stay few", async () => {
    const own = Object.fromEntries(
      Array.from({ length: 2 * TAR_PIECES_MAX + 2 }, (_, index) => [`p${index >> 1}/f${index & 1}`, `${index}`]),
    );
    const folder = await layDown(ociEntries(release(scratch(), {}, own), { scratch: scratch() }), scratch());
    const { layers } = read(folder);
    expect(layers.map(({ annotations }) => annotations["org.cncf.model.filepath"])).toEqual([
      "data",
      "wholesource/manifest.yaml",
      "wholesource/report.json",
    ]);
    const listed = execFileSync("tar", ["tf", blobOf(folder, layers[0]?.digest ?? "")], { encoding: "utf8" });
    expect(listed.trimEnd().split("\n")).toHaveLength(2 * TAR_PIECES_MAX + 2);
  });

  test.each([
    ["1.0.0", "1.0.0"],
    ["1.0.0+build 7", "1.0.0_build_7"],
    ["-x", "_-x"],
    ["", "_"],
    ["v".repeat(300), "v".repeat(128)],
  ])("the tag of version %j", (version, tag) => {
    expect(tagOf(version)).toBe(tag);
  });
});
