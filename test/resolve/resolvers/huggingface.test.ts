import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Location } from "../../../src/model/manifest.ts";
import type { Hub } from "../../services/hub.ts";
import { blobId } from "../../services/hub-files.ts";
import { files, type HubRig, objectsOf, pathsOf, sha256, startHubRig, weights } from "../hub-rig.ts";

let rig: HubRig;
let hub: Hub;
beforeAll(async () => {
  rig = await startHubRig();
  ({ hub } = rig);
});
afterAll(() => rig.close());

describe("a repository", () => {
  test("is found at the commit that its default branch is now", async () => {
    const before = hub.asked.length;
    const resolution = await rig.found("hf:org/open");
    expect(resolution).toMatchObject({
      revision: hub.commit("org/open"),
      pinned: false,
      licensePublished: "our-terms",
      facts: {
        hub: `${hub.url}/`,
        type: "model",
        id: "org/open",
        license: "other",
        license_name: "our-terms",
        license_link: "LICENSE",
        base_model: ["org/base", "org/other"],
        base_model_relation: "finetune",
        datasets: ["org/data"],
      },
      exchange: { httpStatus: 200 },
    });
    expect(resolution).not.toHaveProperty("gated");
    expect(resolution).not.toHaveProperty("single");
    expect(hub.asked.length - before).toBe(1);
  });

  test("is listed without its folders, with the host's word on the content", async () => {
    const objects = await rig.listed("hf:org/open");
    expect(pathsOf(objects)).toEqual(Object.keys(files));
    const of = (path: string) => objects.find((object) => "path" in object && object.path === path);
    expect(of("README.md")).toEqual({
      path: "README.md",
      url: `${hub.url}/org/open/resolve/${hub.commit("org/open")}/README.md`,
      size: 5,
      digest: { gitBlob: blobId("card\n") },
      listed: true,
      operatorEndpoint: true,
    });
    // The git blob that is listed for these is a pointer's, and the Xet hash is no digest of the bytes.
    expect(of("model.safetensors")).toMatchObject({ size: 5000, digest: { sha256: sha256(weights) } });
    expect(of("xet.bin")).toMatchObject({ size: 6, digest: { sha256: sha256("chunks") } });
    for (const path of ["model.safetensors", "xet.bin"]) expect(of(path)).not.toHaveProperty("digest.gitBlob");
  });

  test("gives each file the bytes that were listed, from the second origin as well", async () => {
    for (const object of await rig.listed("hf:org/open")) {
      if (!("path" in object)) throw new Error(object.reason);
      const bytes = Buffer.from(await (await fetch(object.url)).arrayBuffer());
      expect(bytes.length).toBe(object.size);
      const { sha256: sum, gitBlob } = object.digest ?? {};
      if (sum !== undefined) expect(sha256(bytes)).toBe(sum);
      if (gitBlob !== undefined) expect(blobId(bytes)).toBe(gitBlob);
      expect(sum ?? gitBlob, object.path).toBeDefined();
    }
  });

  test.each<[string, () => Location, string, boolean, boolean | undefined]>([
    ["a commit", () => ({ uri: `hf:org/open@${hub.commit("org/open", "v1")}` }), "v1", true, undefined],
    [
      "a commit declared",
      () => ({ uri: "hf:org/open", revision: hub.commit("org/open", "v1") }),
      "v1",
      true,
      undefined,
    ],
    ["a tag", () => ({ uri: "hf:org/open@v1" }), "v1", false, undefined],
    ["a tag declared", () => ({ uri: "hf:org/open", revision: "v1" }), "v1", false, true],
    ["a ref", () => ({ uri: "hf://org/open@refs/pr/1" }), "refs/pr/1", false, undefined],
    ["a page", () => ({ uri: "https://huggingface.co/org/open/tree/v1" }), "v1", false, undefined],
    [
      "a package URL",
      () => ({ uri: `pkg:huggingface/org/open@${hub.commit("org/open", "v1")}` }),
      "v1",
      true,
      undefined,
    ],
  ])("%s decides the revision", async (_what, location, revision, pinned, isName) => {
    const resolution = await rig.found(location());
    expect(resolution).toMatchObject({ revision: hub.commit("org/open", revision), pinned });
    expect(resolution.revisionIsName).toBe(isName);
    const [readme] = await objectsOf(resolution);
    expect(readme).toMatchObject({ path: "README.md", url: expect.stringContaining(hub.commit("org/open", revision)) });
  });

  test.each([
    ["hf:gpt2", "mit"],
    ["hf:datasets/org/data", "mit, cc-by-4.0"],
    ["hf:spaces/org/app", "mit"],
    ["hf:org/auto", "apache-2.0"],
    ["hf:org/manual", undefined],
  ])("%s: licence %s", async (uri, license) => {
    expect((await rig.found(uri, { depth: "probe" })).licensePublished).toBe(license);
  });

  test("under its old name is the new one, which is said", async () => {
    const resolution = await rig.found("hf:old/open@v1");
    expect(resolution).toMatchObject({ facts: { id: "org/open" }, signs: [{ code: "renamed", at: "org/open" }] });
    expect(resolution.exchange?.hops).toHaveLength(1);
    expect(await objectsOf(resolution)).toMatchObject([{ url: expect.stringContaining("/org/open/resolve/") }]);
  });

  test("without files has none", async () => expect(await rig.listed("hf:org/empty")).toEqual([]));

  test("long ones are listed with one request for each page, as often as they are read", async () => {
    const resolution = await rig.found("hf:org/many", { depth: "probe" });
    for (let time = 0; time < 2; time += 1) {
      const before = hub.asked.length;
      expect(await objectsOf(resolution)).toHaveLength(2_500);
      expect(hub.asked.length - before).toBe(3);
    }
  });

  test("offers a file's place only where all of them are downloaded", async () => {
    expect((await rig.found("hf:org/open", { depth: "probe" })).objectAt).toBeUndefined();
    const { objectAt } = await rig.found({ uri: "hf:org/open", path: "data" });
    const url = `${hub.url}/org/open/resolve/${hub.commit("org/open")}/data/a%20b%23%3F.txt`;
    expect(objectAt?.("a b#?.txt")).toEqual({ path: "a b#?.txt", url, operatorEndpoint: true });
    expect(objectAt?.("../README.md")).toMatchObject({ reason: "outside-blocked" });
  });
});

describe("a part of a repository", () => {
  test("is a folder, with paths from there on", async () => {
    for (const location of [
      { uri: "hf:org/open", path: "data" },
      { uri: "https://huggingface.co/org/open/tree/main/data" },
    ]) {
      const resolution = await rig.found(location);
      expect(resolution).not.toHaveProperty("single");
      expect(pathsOf(await objectsOf(resolution))).toEqual(["a b#?.txt", "deep/x.bin"]);
    }
  });

  test.each<Location>([
    { uri: "hf:org/open", path: "data/deep/x.bin" },
    { uri: "hf://org/open@main/data/deep/x.bin" },
    { uri: "https://huggingface.co/org/open/blob/main/data/deep/x.bin" },
    { uri: "https://huggingface.co/org/open/resolve/main/data/deep/x.bin?download=true" },
  ])("is one file: %j", async (location) => {
    const resolution = await rig.found(location);
    expect(resolution).toMatchObject({ single: true });
    expect(await objectsOf(resolution)).toEqual([
      {
        path: "x.bin",
        url: `${hub.url}/org/open/resolve/${hub.commit("org/open")}/data/deep/x.bin`,
        size: 1,
        digest: { sha256: sha256("x") },
        // What git has there is the pointer to it.
        treeBlob: blobId(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha256("x")}\nsize 1\n`),
        listed: true,
        operatorEndpoint: true,
      },
    ]);
  });

  test("is an archive whose members are meant", async () => {
    const whole = { uri: "hf:org/open", path: "data/deep/x.bin", unpack: true };
    expect(await rig.listed(whole)).toMatchObject([{ path: "x.bin", members: { strip: 0 } }]);
    const part = { uri: "https://huggingface.co/org/open/resolve/main/data/deep/x.bin", path: "in", unpack: true };
    expect(await rig.listed(part)).toMatchObject([{ members: { strip: 0, prefix: "in" } }]);
  });

  test.each<[Location, string, string]>([
    [{ uri: "hf:org/open", path: "nothing" }, "absent", "not-found"],
    [{ uri: "hf:org/open", path: "data/nothing.txt" }, "absent", "not-found"],
    [{ uri: "https://huggingface.co/org/open/blob/main/data" }, "absent", "not-a-file"],
    [{ uri: "hf:org/open", path: "data", unpack: true }, "absent", "not-a-file"],
  ])("%j: %s, %s", async (location, kind, reason) => {
    expect(await rig.resolved(location)).toMatchObject({ status: "refused", kind, reason });
  });
});
