import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkOciLayout } from "../../src/archive/oci-read.ts";
import { need } from "../services/need.ts";
import { LayoutByHand, layout, release, scratch } from "./oci-release.ts";

const short = async (folder: string) => {
  const { valid, faults } = await checkOciLayout(folder);
  return { valid, faults: faults.map(({ severity, code, path }) => `${severity} ${code} ${path}`) };
};
const sound = { valid: true, faults: [] };

describe("a layout of ours", () => {
  const ours = () => layout(release(scratch()));
  const copyOf = (whole: string) => {
    const folder = join(scratch(), "copy");
    cpSync(whole, folder, { recursive: true });
    return folder;
  };

  test("is whole", async () => {
    let read = 0;
    const whole = await ours();
    const check = await checkOciLayout(whole, { onBytes: (count) => (read += count) });
    expect(check).toMatchObject({
      form: "oci-layout",
      valid: true,
      files: blobsIn(whole).length,
      faults: [],
      faultsOmitted: 0,
    });
    expect(read).toBe(check.bytes);
    expect(read).toBeGreaterThan(2 * 1024 * 1024);
  });

  test("one flipped bit in any blob is named", async () => {
    const folder = await ours();
    for (const path of blobsIn(folder)) {
      const good = readFileSync(join(folder, path));
      for (const at of [0, Math.floor(good.length / 2), good.length - 1]) {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ 0x10;
        writeFileSync(join(folder, path), bad);
        const { valid, faults } = await short(folder);
        expect(valid).toBe(false);
        expect(faults).toContain(`error file-corrupt ${path}`);
      }
      writeFileSync(join(folder, path), good);
    }
    expect(await short(folder)).toEqual(sound);
  });

  test("what is missing, cut short, or was never named", async () => {
    const whole = await ours();
    for (const path of blobsIn(whole)) {
      const folder = copyOf(whole);
      const moved = path.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
      renameSync(join(folder, path), join(folder, moved));
      const { valid, faults } = await short(folder);
      expect(valid).toBe(false);
      expect(faults).toEqual(
        expect.arrayContaining([
          `error file-missing ${path}`,
          `error file-corrupt ${moved}`,
          `warning file-unexpected ${moved}`,
        ]),
      );
      const cut = copyOf(whole);
      truncateSync(join(cut, path), readFileSync(join(cut, path)).length - 1);
      expect((await short(cut)).faults).toContain(`error file-corrupt ${path}`);
    }
  });

  test("a foreign file, a folder among the blobs", async () => {
    const folder = await ours();
    writeFileSync(join(folder, "notes.txt"), "");
    mkdirSync(join(folder, "blobs/sha256/deep"));
    mkdirSync(join(folder, "blobs/md5"));
    writeFileSync(join(folder, "blobs/md5/d41d8cd98f00b204e9800998ecf8427e"), "");
    expect(await short(folder)).toEqual({
      valid: true,
      faults: [
        "warning file-unexpected blobs/md5/d41d8cd98f00b204e9800998ecf8427e",
        "warning file-unexpected blobs/sha256/deep",
        "warning file-unexpected notes.txt",
      ],
    });
  });

  test.each([
    ["a blob", (folder: string) => `${blobsIn(folder)[0]}`],
    ["a store", () => "blobs/sha256"],
    ["all blobs", () => "blobs"],
    ["the index", () => "index.json"],
  ])("nothing is read through a link: %s", async (_name, which) => {
    const folder = await ours();
    const path = which(folder);
    const elsewhere = join(scratch(), "elsewhere");
    renameSync(join(folder, path), elsewhere);
    symlinkSync(elsewhere, join(folder, path));
    const { valid, faults } = await short(folder);
    expect(valid).toBe(false);
    expect(
      faults.some((fault) => fault === `error path-unsafe ${path}` || fault === `error form-invalid ${path}`),
    ).toBe(true);
  });

  test("no folder, and a folder that is no layout", async () => {
    await expect(checkOciLayout(join(scratch(), "none"))).rejects.toMatchObject({ code: "input-unreadable" });
    expect(await short(scratch())).toEqual({
      valid: false,
      faults: ["error form-invalid index.json", "error form-invalid oci-layout"],
    });
  });

  test("stops when it is told to", async () => {
    await expect(checkOciLayout(await ours(), { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

const blobsIn = (folder: string) => readdirSync(join(folder, "blobs/sha256")).map((name) => `blobs/sha256/${name}`);

describe("layouts by hand", () => {
  test("sha512, an index in an index, a layer that is left where it is", async () => {
    const made = new LayoutByHand();
    const layer = made.blob("layer", "application/octet-stream", "sha512");
    const gone = { ...layer, digest: `sha256:${"0".repeat(64)}`, urls: ["https://example.org/layer"] };
    const manifest = made.manifest({ layers: [layer, gone] });
    const inner = made.blob({ schemaVersion: 2, manifests: [manifest] }, "application/vnd.oci.image.index.v1+json");
    const check = await short(made.index(inner));
    expect(check).toEqual({ valid: true, faults: [`warning file-remote blobs/sha256/${"0".repeat(64)}`] });
  });

  test("indexes in indexes come to an end", async () => {
    const made = new LayoutByHand();
    let next: object = made.manifest();
    for (let depth = 0; depth < 5; depth++) {
      next = made.blob({ schemaVersion: 2, manifests: [next] }, "application/vnd.oci.image.index.v1+json");
    }
    const { valid, faults } = await short(made.index(next));
    expect(valid).toBe(false);
    expect(faults.filter((fault) => fault.startsWith("error form-invalid blobs/"))).toHaveLength(1);
  });

  test.each([
    ["a path for a digest", { digest: "../../etc:passwd" }, "error form-invalid index.json"],
    ["a digest that leaves its folder", { digest: "sha256:../../../etc/passwd" }, "error form-invalid index.json"],
    [
      "a digest that can not be checked",
      { digest: "md5:d41d8cd98f00b204e9800998ecf8427e" },
      "error form-invalid blobs/md5/d41d8cd98f00b204e9800998ecf8427e",
    ],
    ["a digest that is too short", { digest: "sha256:ab" }, "error form-invalid blobs/sha256/ab"],
    ["a negative size", { size: -1 }, "error form-invalid index.json"],
    ["a size that is no whole number", { size: 1.5 }, "error form-invalid index.json"],
  ])("%s", async (_name, more, fault) => {
    const made = new LayoutByHand();
    const { valid, faults } = await short(made.index({ ...made.manifest(), ...more }));
    expect(valid).toBe(false);
    expect(faults).toContain(fault);
  });

  test.each([
    ["both a manifest and an index", { manifests: [] }],
    ["called an index", { mediaType: "application/vnd.oci.image.index.v1+json" }],
    ["layers that are no list", { layers: 7 }],
  ])("a manifest that is %s", async (_name, more) => {
    const made = new LayoutByHand();
    const manifest = made.manifest(more);
    const { faults } = await short(made.index(manifest));
    expect(faults).toContain(`error form-invalid blobs/${manifest.digest.replace(":", "/")}`);
  });

  test("two sizes for one blob", async () => {
    const made = new LayoutByHand();
    const layer = made.blob("layer");
    const folder = made.index(made.manifest({ layers: [layer, { ...layer, size: 6 }] }));
    expect(await short(folder)).toEqual({
      valid: false,
      faults: [`error form-invalid blobs/${layer.digest.replace(":", "/")}`],
    });
  });

  test("a manifest that is too large is not read", async () => {
    const made = new LayoutByHand();
    const manifest = made.manifest({ annotations: { long: "x".repeat(4 * 1024 * 1024) } });
    expect((await short(made.index(manifest))).faults).toContain(
      `error form-invalid blobs/${manifest.digest.replace(":", "/")}`,
    );
  });

  test.each([
    ["the other layer's digest", (digest: string) => [`sha256:${"1".repeat(64)}`, digest], 2],
    ["too few", () => [], 1],
    ["as earlier tools wrote them", undefined, 0],
  ])("a ModelPack whose configuration names its layers: %s", async (_name, diffIds, warnings) => {
    const made = new LayoutByHand();
    const [one, two] = ["one", "two"].map((text) => made.blob(text, "application/vnd.cncf.model.weight.v1.raw"));
    const modelfs =
      diffIds === undefined
        ? { type: "layers", diff_ids: [one?.digest, two?.digest] }
        : { type: "layers", diffIds: diffIds(one?.digest ?? "") };
    const config = made.blob({ descriptor: {}, config: {}, modelfs }, "application/vnd.cncf.model.config.v1+json");
    const check = await short(made.index(made.manifest({ config, layers: [one, two] })));
    // The blob that the helper made for an empty configuration is named by nobody here.
    expect(check.valid).toBe(true);
    expect(check.faults.filter((fault) => fault.startsWith("warning form-discouraged"))).toHaveLength(warnings);
  });
});

need("skopeo")("layouts that skopeo wrote", () => {
  test("of ours, twice under two names", async () => {
    const folder = await layout(release(scratch()));
    const other = await layout(release(scratch(), { version: "2.0.0" }));
    const to = join(scratch(), "copies");
    execFileSync("skopeo", ["copy", "-q", `oci:${folder}:1.0.0`, `oci:${to}:one`]);
    execFileSync("skopeo", ["copy", "-q", `oci:${other}:2.0.0`, `oci:${to}:two`]);
    expect(await short(to)).toEqual(sound);
    expect(execFileSync("skopeo", ["inspect", "--raw", `oci:${to}:one`])).toEqual(
      execFileSync("skopeo", ["inspect", "--raw", `oci:${folder}:1.0.0`]),
    );
    expect(
      JSON.parse(execFileSync("skopeo", ["inspect", "--config", "--raw", `oci:${to}:two`], { encoding: "utf8" })),
    ).toMatchObject({
      descriptor: { name: "tiny", version: "2.0.0" },
    });
  });
});
