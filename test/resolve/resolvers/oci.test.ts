import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Location } from "../../../src/model/manifest.ts";
import { need } from "../../services/need.ts";
import {
  type Artifact,
  type ContainerRegistry,
  indexType,
  type Layer,
  sha256Digest,
  startRegistry,
} from "../../services/registry.ts";
import { at, blob, found, paths, raw, resolve, titled } from "../oci-ask.ts";

need("docker-registry")("a real registry", () => {
  let registry: ContainerRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.close());
  const push = (name: string, artifact: Artifact) => registry.push(name, "v1", artifact);
  const get = (name: string, more: Partial<Location> = {}) =>
    found({ uri: `oci://registry.test/${name}`, ...more }, at(registry.url));

  test("a ModelPack: files with their paths, archives as layers, licences of its configuration", async () => {
    const artifactType = "application/vnd.cncf.model.manifest.v1+json";
    const config = {
      mediaType: "application/vnd.cncf.model.config.v1+json",
      bytes: JSON.stringify({
        descriptor: { name: "tiny", licenses: ["MIT", "Apache-2.0"], datasetsURL: ["https://example.org/data"] },
        // As earlier tools wrote it.
        modelfs: { type: "layers", diff_ids: [] },
        config: { param_size: "1b" },
      }),
    };
    const tar = Buffer.alloc(1024);
    const pushed = await push("modelpack", {
      artifactType,
      config,
      layers: [
        raw("weights/model.bin", "weights"),
        { mediaType: "application/vnd.cncf.model.doc.v1.tar", bytes: tar },
        { mediaType: "application/vnd.cncf.model.code.v1.tar+zstd", bytes: "not looked at here" },
      ],
    });
    const seen = await get("modelpack:v1");
    expect(seen).toMatchObject({
      pinned: false,
      revision: pushed.digest,
      layered: true,
      licensePublished: "MIT AND Apache-2.0",
      facts: { kind: "modelpack", manifest: pushed.digest, name: "tiny", datasetsURL: ["https://example.org/data"] },
    });
    expect(seen.list).toEqual([
      {
        path: "weights/model.bin",
        url: `${registry.url}v2/modelpack/blobs/${sha256Digest("weights")}`,
        size: 7,
        digest: { sha256: sha256Digest("weights").slice(7) },
        mediaType: "application/vnd.cncf.model.weight.v1.raw",
        operatorEndpoint: true,
        listed: true,
      },
      expect.objectContaining({
        path: `blobs/sha256/${sha256Digest(tar).slice(7)}`,
        size: 1024,
        members: { strip: 0 },
      }),
      expect.objectContaining({ path: blob("not looked at here"), members: { strip: 0 } }),
    ]);
    const pinned = await get(`modelpack@${pushed.digest}`);
    expect(pinned).toMatchObject({ pinned: true, revision: pushed.digest });
    expect((await get("modelpack", { revision: "v1" })).revisionIsName).toBe(true);
    expect(await get("modelpack:v1", { path: "weights" })).toMatchObject({
      layered: true,
      list: [{ path: "model.bin" }, {}, {}],
    });
    expect(await get("modelpack:v1", { path: "weights/model.bin" })).toMatchObject({
      single: true,
      list: [{ path: "model.bin" }],
    });
  });

  test("a ModelKit: archives, and the licence of its package", async () => {
    const layer = { mediaType: "application/vnd.kitops.modelkit.model.v1.tar+gzip", bytes: "kit" };
    const kit = (more: object) => ({
      mediaType: "application/vnd.kitops.modelkit.config.v1+json",
      bytes: JSON.stringify({ manifestVersion: "1.0.0", package: { name: "kit", license: "Apache-2.0" }, ...more }),
    });
    const digest = sha256Digest("kit");
    await push("kit/new", { config: kit({ model: { path: "a/model", license: "MIT", digest } }), layers: [layer] });
    expect(await get("kit/new:v1")).toMatchObject({
      licensePublished: "Apache-2.0",
      layered: true,
      facts: { kind: "kitops", partLicenses: ["MIT"] },
      list: [{ path: blob("kit"), members: { strip: 0 } }],
    });
    // Without the layers' digests the members begin inside each part's folder: where, nobody tells.
    await push("kit/old", { config: kit({ model: { path: "a/model" } }), layers: [layer] });
    expect((await get("kit/old:v1")).list).toMatchObject([{ refusal: { reason: "reply-invalid" } }]);
  });

  test("a model of ollama: named parts, of which the licences are texts", async () => {
    const part = (name: string, bytes: string): Layer => ({ mediaType: `application/vnd.ollama.image.${name}`, bytes });
    await push("library/llama", {
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      config: { mediaType: "application/vnd.docker.container.image.v1+json", bytes: "{}" },
      layers: [part("model", "gguf"), part("license", "MIT"), part("license", "use policy"), part("params", "{}")],
    });
    const seen = await found("ollama:llama:v1", at(registry.url));
    expect(seen.facts).toMatchObject({ kind: "ollama" });
    expect(paths(seen.list)).toEqual(["model", "LICENSE", "LICENSE-2", "params"]);
    expect(seen.layered).toBeUndefined();
  });

  test("a plain artifact: titles are paths, folders are archives, what has no name goes by its digest", async () => {
    await push("artifact", {
      artifactType: "application/vnd.example",
      annotations: {
        "org.opencontainers.image.licenses": "MIT",
        "org.opencontainers.image.source": "https://example.org/",
      },
      layers: [
        titled("./data/a.csv", "a"),
        titled("folder", "tar", { "io.deis.oras.content.unpack": "true" }),
        { mediaType: "application/vnd.example.thing", bytes: "thing" },
        { mediaType: "application/vnd.oci.empty.v1+json", bytes: "{}" },
        titled("again.csv", "a"),
      ],
    });
    const seen = await get("artifact:v1");
    expect(paths(seen.list)).toEqual(["data/a.csv", blob("tar"), blob("thing"), "again.csv"]);
    expect(seen).toMatchObject({
      licensePublished: "MIT",
      facts: { kind: "artifact", artifactType: "application/vnd.example", source: "https://example.org/" },
    });
  });

  test("an image: layers are archives over each other, and its labels speak of a licence", async () => {
    await push("image", {
      config: {
        mediaType: "application/vnd.oci.image.config.v1+json",
        bytes: JSON.stringify({ config: { Labels: { "org.opencontainers.image.licenses": "GPL-2.0-only" } } }),
      },
      layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", bytes: "layer" }],
    });
    expect(await get("image:v1")).toMatchObject({
      licensePublished: "GPL-2.0-only",
      layered: true,
      facts: { kind: "image" },
      list: [{ path: blob("layer"), members: { strip: 0, whiteouts: true } }],
    });
  });

  test("an index: the only one, the one that is named, or a list to choose from", async () => {
    const one = await push("index", { layers: [titled("a", "a")] });
    const other = await registry.push("index", "v2", { layers: [titled("b", "b")] });
    const platform = (architecture: string) => ({ platform: { os: "linux", architecture } });
    const index = (manifests: readonly object[]) => ({ schemaVersion: 2, mediaType: indexType, manifests });
    const [amd64, arm64] = [
      { ...one, ...platform("amd64") },
      { ...other, ...platform("arm64") },
    ];
    const attestation = {
      ...other,
      ...platform("unknown"),
      annotations: { "vnd.docker.reference.type": "attestation-manifest" },
    };
    const put = (tag: string, list: readonly object[]) => registry.putManifest("index", tag, index(list), indexType);
    const only = await put("one", [amd64, attestation]);
    const pair = await put("two", [amd64, arm64]);
    expect(await get("index:one")).toMatchObject({
      revision: only.digest,
      facts: { manifest: one.digest },
      list: [{ path: "a" }],
    });
    expect(await get("index:two?platform=linux/arm64")).toMatchObject({ revision: pair.digest, list: [{ path: "b" }] });
    const purl = `pkg:oci/index@${pair.digest}?repository_url=registry.test&arch=amd64`;
    expect(await found(purl, at(registry.url))).toMatchObject({ pinned: true, list: [{ path: "a" }] });
    expect(await resolve("oci://registry.test/index:two", at(registry.url))).toMatchObject({
      kind: "malformed",
      reason: "choice-needed",
      message: "the index names several manifests: `linux/amd64`, `linux/arm64`",
    });
    // Where the platform does not tell them apart, the digest does.
    const bare = await push("index", { layers: [titled("c", "c")] });
    await put("three", [amd64, { ...other, ...platform("amd64") }, bare]);
    const twins = `\`${one.digest}\` for \`linux/amd64\`, \`${other.digest}\` for \`linux/amd64\``;
    expect(await resolve("oci://registry.test/index:three", at(registry.url))).toMatchObject({
      reason: "choice-needed",
      message: `the index names several manifests: ${twins}, \`${bare.digest}\``,
    });
    expect(await resolve("oci://registry.test/index:two?platform=windows/amd64", at(registry.url))).toMatchObject({
      kind: "absent",
      message: expect.stringContaining("windows/amd64"),
    });
  });

  test("`unpack` says that the members of the one file are meant", async () => {
    await push("packed", { layers: [titled("data.tar", "tar")] });
    const location = { uri: "oci://registry.test/packed:v1" };
    expect((await get("packed:v1")).single).toBeUndefined();
    expect(await found({ ...location, unpack: true }, at(registry.url))).toMatchObject({
      single: true,
      list: [{ path: "data.tar" }],
    });
  });

  test("what refers to a manifest is told, through the tag that stands for the API", async () => {
    const subject = await push("referred", { layers: [titled("a", "a")] });
    expect((await get("referred:v1")).facts).not.toHaveProperty("referrers");
    const referrer = await registry.push("referred", "sbom", { layers: [titled("sbom.json", "{}")] });
    const manifests = [{ ...referrer, artifactType: "application/spdx+json" }];
    const fallback = subject.digest.replace(":", "-");
    await registry.putManifest("referred", fallback, { schemaVersion: 2, mediaType: indexType, manifests }, indexType);
    expect((await get("referred:v1")).facts).toMatchObject({
      referrers: [{ artifactType: "application/spdx+json", digest: referrer.digest }],
    });
  });

  test("a tag that has moved away from its digest is told, and the digest decides", async () => {
    const before = await push("moved", { layers: [titled("a", "before")] });
    const after = await push("moved", { layers: [titled("a", "after")] });
    const seen = await get(`moved:v1@${before.digest}`);
    expect(seen).toMatchObject({
      pinned: true,
      revision: before.digest,
      facts: { tagNow: after.digest },
      signs: [{ code: "tag-moved", at: "v1", detail: expect.stringContaining(after.digest) }],
    });
    const still = await get(`moved:v1@${after.digest}`);
    expect(still.facts).not.toHaveProperty("tagNow");
    expect(still).not.toHaveProperty("signs");
  });

  test("what is not there", async () => {
    await push("there", { layers: [titled("a", "a")] });
    const ask = (name: string) => resolve(`oci://registry.test/${name}`, at(registry.url));
    expect(await ask("there:v2")).toMatchObject({ kind: "absent", reason: "revision-not-found", httpStatus: 404 });
    expect(await ask(`there@sha256:${"0".repeat(64)}`)).toMatchObject({ kind: "absent", reason: "revision-not-found" });
    expect(await ask("nowhere:v1")).toMatchObject({ kind: "absent" });
    expect(await resolve({ uri: "oci://registry.test/there:v1", path: "b" }, at(registry.url))).toMatchObject({
      kind: "absent",
      reason: "not-found",
    });
  });

  test("paths that lead outside, and two layers of one path, are no files that could be had", async () => {
    await push("hostile", {
      artifactType: "application/vnd.cncf.model.manifest.v1+json",
      layers: [
        raw("../x", "1"),
        raw("/etc/passwd", "2"),
        raw("a//b", "3"),
        raw("same", "4"),
        raw("same", "5"),
        raw("twice", "6"),
        raw("twice", "6"),
      ],
    });
    const { list } = await get("hostile:v1");
    expect(list.filter((one) => "path" in one)).toEqual([
      expect.objectContaining({ path: "same", refusal: expect.objectContaining({ kind: "malformed" }) }),
      expect.not.objectContaining({ refusal: expect.anything() }),
    ]);
    expect(list.filter((one) => "status" in one)).toHaveLength(3);
  });
});

need("docker-registry", "skopeo")("the tools' own client", () => {
  test("calls what it copied by the same digests, and finds what our client pushed", async () => {
    const registry = await startRegistry();
    onTestFinished(() => registry.close());
    const pushed = await registry.push("ours", "v1", {
      config: { mediaType: "application/vnd.oci.image.config.v1+json", bytes: '{"architecture":"amd64","os":"linux"}' },
      layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", bytes: Buffer.alloc(1024) }],
    });
    const from = `docker://${registry.host}/ours:v1`;
    const to = `docker://${registry.host}/theirs:v2`;
    execFileSync(
      "skopeo",
      ["copy", "--insecure-policy", "--src-tls-verify=false", "--dest-tls-verify=false", from, to],
      {
        stdio: "pipe",
      },
    );
    for (const [image, name] of [
      [from, "ours:v1"],
      [to, "theirs:v2"],
    ] as const) {
      const said = execFileSync("skopeo", ["inspect", "--tls-verify=false", image], { encoding: "utf8" });
      const { Digest, Layers }: { Digest: string; Layers: readonly string[] } = JSON.parse(said);
      const seen = await found(`oci://registry.test/${name}`, at(registry.url));
      expect(seen.revision).toBe(Digest);
      expect(seen.list).toMatchObject(Layers.map((digest) => ({ digest: { sha256: digest.slice(7) }, members: {} })));
      if (image === from) expect(Digest).toBe(pushed.digest);
    }
  });
});
