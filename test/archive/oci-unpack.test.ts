import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ociEntries } from "../../src/archive/oci-entries.ts";
import { unpackOci } from "../../src/archive/oci-read.ts";
import { need } from "../services/need.ts";
import { files, LayoutByHand, layDown, layout, release, scratch, tree } from "./oci-release.ts";

const modelType = (kind: string, form: string) => `application/vnd.cncf.model.${kind}.v1.${form}`;
const at = (path: string) => ({ annotations: { "org.cncf.model.filepath": path } });
const artifactType = "application/vnd.cncf.model.manifest.v1+json";

/** A tar that GNU tar wrote of these files. */
function tarOf(own: { readonly [path: string]: string }, ...options: string[]): Buffer {
  const folder = scratch();
  for (const [path, text] of Object.entries(own)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return execFileSync("tar", ["c", ...options, "-C", folder, ...Object.keys(own)]);
}

const unpacked = async (folder: string, options = {}) => {
  const to = join(scratch(), "unpacked");
  const result = await unpackOci(folder, to, options);
  const faults = result.faults.map(({ severity, code, path }) => `${severity} ${code} ${path}`);
  return { ...result, faults, to, tree: existsSync(to) ? Object.keys(tree(to)) : [] };
};

describe("ours", () => {
  test("comes back whole: every file of every piece, and the records", async () => {
    const place = scratch();
    const folder = await layout(release(place));
    const { to, ...result } = await unpacked(folder);
    expect(result).toMatchObject({ kind: "modelpack", ours: true, valid: true, faults: [], faultsOmitted: 0 });
    expect(result.files).toBe(Object.keys(files).length + 2);
    expect(tree(join(to, "data"))).toEqual(tree(join(place, "payload")));
    expect(readFileSync(join(to, "wholesource/manifest.yaml"), "utf8")).toBe("name: tiny\n");
    const blob = lstatSync(join(to, "data/weights/model.safetensors"));
    expect(blob.nlink).toBeGreaterThan(1);
    const copy = await unpacked(folder, { link: false });
    expect(lstatSync(join(copy.to, "data/weights/model.safetensors")).nlink).toBe(1);
    expect(tree(copy.to)).toEqual(tree(to));
  });

  test("paths that are deeper than other readers take", async () => {
    const deep = `code/${"d/".repeat(200)}`;
    const own = { [`${deep}x`]: "x", [`${deep}y`]: "y" };
    const folder = await layDown(ociEntries(release(scratch(), {}, own), { scratch: scratch() }), scratch());
    expect((await unpacked(folder)).tree).toEqual(
      expect.arrayContaining(Object.keys(own).map((path) => `data/${path}`)),
    );
  });

  test("a blob that is gone, cut short, or a link", async () => {
    const folder = await layout(release(scratch()));
    const { manifests } = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
    const blob = (digest: string) => `blobs/${digest.replace(":", "/")}`;
    const { layers } = JSON.parse(readFileSync(join(folder, blob(manifests[0].digest)), "utf8"));
    const [tar, rows, weights] = layers.map(({ digest }: { digest: string }) => blob(digest));
    writeFileSync(join(folder, tar), readFileSync(join(folder, tar)).subarray(0, 700));
    unlinkSync(join(folder, rows));
    unlinkSync(join(folder, weights));
    symlinkSync("/etc/passwd", join(folder, weights));
    const { valid, faults, tree: names } = await unpacked(folder);
    expect(valid).toBe(false);
    expect(faults.sort()).toEqual(
      [
        `error file-corrupt ${tar}`,
        `error file-missing ${rows}`,
        `error path-unsafe ${weights}`,
        `error path-unsafe ${weights}`,
      ].sort(),
    );
    expect(names).toEqual(["data/weights/config.json", "wholesource/manifest.yaml", "wholesource/report.json"]);
  });
});

describe("others'", () => {
  test("a ModelPack of files and archives, plain and gzip", async () => {
    const made = new LayoutByHand();
    const folder = made.index(
      made.manifest({
        artifactType,
        layers: [
          { ...made.blob("weights", modelType("weight", "raw")), ...at("model.safetensors") },
          { ...made.blob("{}", modelType("weight.config", "raw")), ...at("sub/config.json") },
          { ...made.blob(tarOf({ "src/a.py": "a", "src/b/c.py": "c" }), modelType("code", "tar")), ...at("src") },
          made.blob(gzipSync(tarOf({ "README.md": "# hi" })), modelType("doc", "tar+gzip")),
        ],
      }),
    );
    const { to, ...result } = await unpacked(folder);
    expect(result).toMatchObject({ kind: "modelpack", ours: false, valid: true, faults: [], files: 5 });
    expect(result.tree).toEqual([
      "data/artifact/README.md",
      "data/artifact/model.safetensors",
      "data/artifact/src/a.py",
      "data/artifact/src/b/c.py",
      "data/artifact/sub/config.json",
    ]);
    expect(readFileSync(join(to, "data/artifact/src/b/c.py"), "utf8")).toBe("c");
  });

  test("a ModelKit: archives whose paths start at its own folder", async () => {
    const made = new LayoutByHand();
    const layer = made.blob(
      gzipSync(tarOf({ "models/m.gguf": "gguf" })),
      "application/vnd.kitops.modelkit.model.v1.tar+gzip",
    );
    const own = { manifestVersion: "1.0.0", model: { path: "models/m.gguf", digest: layer.digest } };
    const config = made.blob(own, "application/vnd.kitops.modelkit.config.v1+json");
    const { kind, valid, tree: names } = await unpacked(made.index(made.manifest({ config, layers: [layer] })));
    expect({ kind, valid, names }).toEqual({ kind: "kitops", valid: true, names: ["data/artifact/models/m.gguf"] });
  });

  test("a ModelKit that does not tell its paths is not guessed at", async () => {
    const made = new LayoutByHand();
    const layer = made.blob(gzipSync(tarOf({ "m.gguf": "gguf" })), "application/vnd.kitops.modelkit.model.v1.tar+gzip");
    const own = { manifestVersion: "1.0.0", model: { path: "models/m.gguf" } };
    const config = made.blob(own, "application/vnd.kitops.modelkit.config.v1+json");
    const { valid, files: count } = await unpacked(made.index(made.manifest({ config, layers: [layer] })));
    expect({ valid, count }).toEqual({ valid: false, count: 0 });
  });

  test("an image of a container is none of ours to lay out", async () => {
    const made = new LayoutByHand();
    const config = made.blob("{}", "application/vnd.oci.image.config.v1+json");
    const layers = [made.blob(tarOf({ "etc/x": "x" }), "application/vnd.oci.image.layer.v1.tar")];
    const { kind, faults, files: count } = await unpacked(made.index(made.manifest({ config, layers })));
    expect({ kind, count }).toEqual({ kind: "image", count: 0 });
    expect(faults[0]).toMatch(/^warning form-discouraged /);
  });

  test("one of several artifacts, by its name or digest", async () => {
    const made = new LayoutByHand();
    const [one, two] = ["one", "two"].map((name) => {
      const layers = [{ ...made.blob(name, modelType("weight", "raw")), ...at(name) }];
      return { ...made.manifest({ artifactType, layers }), annotations: { "org.opencontainers.image.ref.name": name } };
    });
    const folder = made.index(one ?? {}, two ?? {});
    expect((await unpacked(folder)).faults).toEqual(["warning form-discouraged index.json"]);
    expect((await unpacked(folder, { ref: "two" })).tree).toEqual(["data/artifact/two"]);
    expect((await unpacked(folder, { ref: one?.digest })).tree).toEqual(["data/artifact/one"]);
    expect((await unpacked(folder, { ref: "three" })).faults).toEqual(["error form-invalid index.json"]);
  });
});

describe("nothing leaves the folder", () => {
  test.each(["../out", "/out", "a/../../out", "a//b", "a/./b", "a\\..\\..\\out", "C:/out", "a\0b", ""])(
    "a file at %j",
    async (path) => {
      const made = new LayoutByHand();
      const layers = [
        { ...made.blob("bad", modelType("weight", "raw")), ...at(path) },
        { ...made.blob("good", modelType("weight", "raw")), ...at("good") },
      ];
      const { valid, tree: names } = await unpacked(made.index(made.manifest({ artifactType, layers })));
      expect({ valid, names }).toEqual({ valid: false, names: ["data/artifact/good"] });
    },
  );

  test.each([
    ["a member above", "s,^sub,..,"],
    ["an absolute member", "s,^,/,"],
  ])("%s", async (_name, renamed) => {
    const tar = tarOf({ "sub/x": "x" }, `--transform=${renamed}`, "-P");
    const made = new LayoutByHand();
    const { valid, tree: names } = await unpacked(
      made.index(made.manifest({ artifactType, layers: [made.blob(tar, modelType("code", "tar"))] })),
    );
    expect({ valid, names }).toEqual({ valid: false, names: [] });
  });

  test("links and special files are not laid out, and nothing is written through them", async () => {
    const folder = scratch();
    symlinkSync("..", join(folder, "up"));
    writeFileSync(join(folder, "file"), "f");
    execFileSync("ln", [join(folder, "file"), join(folder, "hard")]);
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const links = execFileSync("tar", ["c", "-C", folder, "up", "file", "hard", "pipe"]);
    const made = new LayoutByHand();
    const layers = [
      made.blob(links, modelType("code", "tar")),
      { ...made.blob("through", modelType("code", "raw")), ...at("up/through") },
    ];
    const { valid, faults, tree: names } = await unpacked(made.index(made.manifest({ artifactType, layers })));
    expect(valid).toBe(false);
    expect(faults).toEqual(expect.arrayContaining(["up", "hard", "pipe"].map((name) => `error path-unsafe ${name}`)));
    expect(names).toEqual(["data/artifact/file", "data/artifact/up/through"]);
  });

  test("two files of one path, and a file where a folder is", async () => {
    const made = new LayoutByHand();
    const layers = [
      { ...made.blob("a", modelType("weight", "raw")), ...at("x") },
      { ...made.blob("c", modelType("weight", "raw")), ...at("x/y") },
      made.blob(tarOf({ x: "b", z: "z" }), modelType("code", "tar")),
    ];
    const { to, valid, faults } = await unpacked(made.index(made.manifest({ artifactType, layers })));
    expect(valid).toBe(false);
    expect(faults).toEqual(["error path-unsafe data/artifact/x", "error path-unsafe data/artifact/x/y"]);
    expect(readFileSync(join(to, "data/artifact/x"), "utf8")).toBe("a");
    expect(readFileSync(join(to, "data/artifact/z"), "utf8")).toBe("z");
  });

  test("among our records a path outside the pieces is refused", async () => {
    const made = new LayoutByHand();
    const layers = ["wholesource/manifest.yaml", "data/p/x", "data/x", "bagit.txt"].map((path) => {
      return { ...made.blob(path, modelType("doc", "raw")), ...at(path) };
    });
    const { ours, faults, tree: names } = await unpacked(made.index(made.manifest({ artifactType, layers })));
    expect(ours).toBe(true);
    expect(faults).toEqual(["error path-unsafe bagit.txt", "error path-unsafe data/x"]);
    expect(names).toEqual(["data/p/x", "wholesource/manifest.yaml"]);
  });

  test("an archive that is cut short leaves no half of a file", async () => {
    const made = new LayoutByHand();
    const tar = tarOf({ a: "a", b: "b".repeat(5000) });
    const layers = [made.blob(tar.subarray(0, 1024 + 512 + 700), modelType("code", "tar"))];
    const { faults, tree: names } = await unpacked(made.index(made.manifest({ artifactType, layers })));
    expect(faults[0]).toMatch(/^error archive-damaged /);
    expect(names).toEqual(["data/artifact/a"]);
  });
});

need("zstd")("archives that zstd packed", () => {
  test("are laid out too, and a flipped bit in one is told", async () => {
    const packed = execFileSync("zstd", ["-c", "-q"], { input: tarOf({ "src/a.py": "a".repeat(3000) }) });
    const made = new LayoutByHand();
    const layers = [made.blob(packed, modelType("code", "tar+zstd"))];
    const good = await unpacked(made.index(made.manifest({ artifactType, layers })));
    expect({ valid: good.valid, names: good.tree }).toEqual({ valid: true, names: ["data/artifact/src/a.py"] });
    const bad = Buffer.from(packed);
    bad[packed.length - 3] = (bad[packed.length - 3] ?? 0) ^ 1;
    const damaged = await unpacked(
      made.index(made.manifest({ artifactType, layers: [made.blob(bad, modelType("code", "tar+zstd"))] })),
    );
    expect(damaged.valid).toBe(false);
  });
});
