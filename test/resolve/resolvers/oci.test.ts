import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { run } from "../../../src/io/process.ts";
import { createSettings } from "../../../src/io/settings.ts";
import type { Found, Refusal, RemoteObject } from "../../../src/model/evidence.ts";
import type { Location } from "../../../src/model/manifest.ts";
import type { ResolveContext } from "../../../src/resolve/resolver.ts";
import { oci } from "../../../src/resolve/resolvers/oci.ts";
import { need } from "../../services/need.ts";
import {
  type Artifact,
  type ContainerRegistry,
  emptyConfig,
  indexType,
  type Layer,
  manifestType,
  sha256Digest,
  startRegistry,
} from "../../services/registry.ts";
import { startTokenServer, type TokenServer } from "../../services/token-server.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp, startWebServer, type WebServer } from "../web-server.ts";

const http = loopbackHttp();
afterAll(() => http.close());

const at = (url: string, more: Partial<ResolveContext> = {}): ResolveContext =>
  contextFor(http, { endpoint: (id) => (id === "oci" ? url : undefined), ...more });

async function resolve(location: Location | string, context: ResolveContext) {
  const ref = oci.parse(typeof location === "string" ? { uri: location } : location);
  if (ref === undefined) throw new Error(`not read: ${JSON.stringify(location)}`);
  return oci.resolve(ref, context);
}

async function found(location: Location | string, context: ResolveContext) {
  const resolution = await resolve(location, context);
  if (resolution.status !== "found") throw new Error(JSON.stringify(resolution));
  if (resolution.objects === undefined) throw new Error("nothing is listed");
  return { ...resolution, list: await collect(resolution.objects) };
}

const paths = (list: readonly (RemoteObject | Refusal)[]): string[] =>
  list.map((one) => ("path" in one ? one.path : one.message));
const raw = (path: string, bytes: string, more: Partial<Layer> = {}): Layer => ({
  mediaType: "application/vnd.cncf.model.weight.v1.raw",
  bytes,
  annotations: { "org.cncf.model.filepath": path },
  ...more,
});
const titled = (path: string, bytes: string, more: object = {}): Layer => ({
  mediaType: "application/vnd.oci.image.layer.v1.tar",
  bytes,
  annotations: { "org.opencontainers.image.title": path, ...more },
});
const blob = (bytes: string): string => `blobs/sha256/${sha256Digest(bytes).slice(7)}`;

/** A login file of this host, as the user's own. */
function loginFile(auths: object, more: object = {}): ResolveContext["setting"] {
  const home = mkdtempSync(join(tmpdir(), "wholesource-oci-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  writeFileSync(join(home, "config.json"), JSON.stringify({ auths, ...more }));
  return createSettings({ cwd: home, env: { HOME: home, DOCKER_CONFIG: home }, run });
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("parse", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  test.each<[string, Location, object | undefined]>([
    ["a tag", { uri: "oci://GHCR.io/a/b:v1" }, { registry: "ghcr.io", repository: "a/b", tag: "v1", path: "" }],
    ["a digest", { uri: `oci://ghcr.io/a@${digest}` }, { registry: "ghcr.io", repository: "a", digest, path: "" }],
    [
      "both",
      { uri: `oci://h:5000/a:v1@${digest}` },
      { registry: "h:5000", repository: "a", tag: "v1", digest, path: "" },
    ],
    ["nothing", { uri: "oci://ghcr.io/a" }, { registry: "ghcr.io", repository: "a", path: "" }],
    [
      "a platform",
      { uri: "oci://ghcr.io/a:v1?platform=linux/amd64" },
      { registry: "ghcr.io", repository: "a", tag: "v1", platform: "linux/amd64", path: "" },
    ],
    [
      "a tag as revision",
      { uri: "oci://ghcr.io/a", revision: "v1" },
      { registry: "ghcr.io", repository: "a", tag: "v1", namedByRevision: true, path: "" },
    ],
    [
      "a digest as revision",
      { uri: "oci://ghcr.io/a:v1", revision: digest },
      { registry: "ghcr.io", repository: "a", tag: "v1", digest, path: "" },
    ],
    ["two tags", { uri: "oci://ghcr.io/a:v1", revision: "v2" }, undefined],
    ["two digests", { uri: `oci://ghcr.io/a@${digest}`, revision: digest.replace("aa", "bb") }, undefined],
    [
      "docker's own",
      { uri: "oci://docker.io/debian:12" },
      { registry: "docker.io", repository: "library/debian", tag: "12", path: "" },
    ],
    [
      "a package URL",
      { uri: `pkg:oci/b@${digest.replace(":", "%3A")}?repository_url=ghcr.io/a/b&tag=v1&arch=amd64` },
      { registry: "ghcr.io", repository: "a/b", tag: "v1", digest, platform: "amd64", path: "" },
    ],
    [
      "a package URL whose repository_url stops before the name",
      { uri: `pkg:oci/b@${digest}?repository_url=ghcr.io` },
      { registry: "ghcr.io", repository: "b", digest, path: "" },
    ],
    ["a package URL with a qualifier nobody knows", { uri: "pkg:oci/b?repository_url=h/b&checksum=1" }, undefined],
    [
      "a model of ollama",
      { uri: "ollama:llama3.2:1b" },
      { registry: "registry.ollama.ai", repository: "library/llama3.2", tag: "1b", path: "" },
    ],
    [
      "its page",
      { uri: "https://ollama.com/library/llama3.2" },
      { registry: "registry.ollama.ai", repository: "library/llama3.2", path: "" },
    ],
    [
      "somebody's model",
      { uri: "ollama:Some/llama" },
      { registry: "registry.ollama.ai", repository: "Some/llama", path: "" },
    ],
    [
      "a page of docker's",
      { uri: "https://hub.docker.com/r/ai/gemma3/tags" },
      { registry: "docker.io", repository: "ai/gemma3", path: "" },
    ],
    [
      "a page of quay's",
      { uri: "https://quay.io/repository/a/b?tag=v1" },
      { registry: "quay.io", repository: "a/b", tag: "v1", path: "" },
    ],
    ["another page of docker's", { uri: "https://hub.docker.com/u/ai" }, undefined],
    ["another host's page", { uri: "https://ollama.com.example.org/library/a" }, undefined],
    ["capitals in a name", { uri: "oci://ghcr.io/A" }, undefined],
    ["a name that climbs", { uri: "oci://ghcr.io/a/../b" }, undefined],
    ["userinfo", { uri: "oci://u:p@ghcr.io/a" }, undefined],
    ["a short digest", { uri: "oci://ghcr.io/a@sha256:abc" }, undefined],
    ["a query nobody knows", { uri: "oci://ghcr.io/a?x=1" }, undefined],
    ["no name", { uri: "oci://ghcr.io/" }, undefined],
  ])("%s", (_, location, ref) => {
    expect(oci.parse(location)).toEqual(ref);
  });

  test("a name of any length is read in linear time", () => {
    const start = performance.now();
    for (const part of ["a".repeat(200_000), "a-".repeat(100_000), "a__".repeat(60_000), "-".repeat(200_000)]) {
      expect(oci.parse({ uri: `oci://h/${part}` })).toBeUndefined();
    }
    expect(performance.now() - start).toBeLessThan(500);
  });
});

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
      reason: "reply-invalid",
      message: expect.stringContaining(`linux/arm64 \`${other.digest}\``),
    });
    expect(await resolve("oci://registry.test/index:two?platform=windows/amd64", at(registry.url))).toMatchObject({
      kind: "absent",
      message: expect.stringContaining("windows/amd64"),
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
    expect(seen).toMatchObject({ pinned: true, revision: before.digest, facts: { tagNow: after.digest } });
    expect((await get(`moved:v1@${after.digest}`)).facts).not.toHaveProperty("tagNow");
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

need("docker-registry", "htpasswd")("a registry that asks for a password", () => {
  const user = { name: "tester", password: "s3cret-of-the-test" };
  let registry: ContainerRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ user });
    await registry.push("private", "v1", { layers: [titled("a", "a")] });
  });
  afterAll(() => registry.close());

  test("gets the user's own, with the objects too, and nobody else does", async () => {
    const auth = base64(`${user.name}:${user.password}`);
    const setting = loginFile({ [`http://${registry.host}/v1/`]: { auth } });
    const seen = await found("oci://registry.test/private:v1", at(registry.url, { setting }));
    const [object] = seen.list;
    if (object === undefined || !("path" in object)) throw new Error("no object");
    expect(await seen.authorize?.(object)).toEqual({ scheme: "headers", headers: { authorization: `Basic ${auth}` } });
    expect(await seen.authorize?.({ url: "https://cdn.example.org/blob" })).toBeUndefined();
    expect(await seen.authorize?.({ url: object.url.replace("/private/", "/other/") })).toBeUndefined();
    expect(JSON.stringify([seen, seen.list])).not.toContain(auth);
  });

  test("denies without one, and with a wrong one, without a word of what is there", async () => {
    const ask = (setting?: ResolveContext["setting"]) =>
      resolve("oci://registry.test/private:v1", at(registry.url, setting === undefined ? {} : { setting }));
    expect(await ask()).toMatchObject({ kind: "denied", reason: "authentication-required" });
    const wrong = await ask(loginFile({ [registry.host]: { auth: base64("tester:wr0ng") } }));
    expect(wrong).toMatchObject({
      kind: "denied",
      message: expect.stringMatching(/private or missing.*with your login/),
    });
    expect(JSON.stringify(wrong)).not.toMatch(/wr0ng|dGVzdGVy/);
  });
});

need("docker-registry", "openssl")("a registry with a token service", () => {
  let tokens: TokenServer;
  let registry: ContainerRegistry;
  beforeAll(async () => {
    tokens = await startTokenServer();
    registry = await startRegistry({ tokens, authorization: async (scope) => `Bearer ${tokens.token(scope)}` });
    await registry.push("models/tiny", "v1", { layers: [titled("a", "a")] });
  }, 30_000);
  afterAll(async () => {
    await registry.close();
    await tokens.close();
  });
  const ask = (setting?: ResolveContext["setting"]) =>
    resolve("oci://registry.test/models/tiny:v1", at(registry.url, setting === undefined ? {} : { setting }));
  const asked = async (act: () => Promise<unknown>) => {
    const from = tokens.asked.length;
    await act();
    return tokens.asked.slice(from);
  };

  test("gives everybody a token for reading, which is used until it runs out and asked for again", async () => {
    tokens.behave({ life: 300, login: undefined, status: undefined, body: undefined });
    let seen: Awaited<ReturnType<typeof found>> | undefined;
    const first = await asked(async () => {
      seen = await found("oci://registry.test/models/tiny:v1", at(registry.url));
    });
    expect(first).toHaveLength(1);
    expect(first[0]?.url).toBe("/token?service=registry.test&scope=repository%3Amodels%2Ftiny%3Apull");
    expect(first[0]?.authorization).toBeUndefined();
    const [object] = seen?.list ?? [];
    if (object === undefined || !("path" in object)) throw new Error("no object");
    expect(await asked(async () => seen?.authorize?.(object))).toHaveLength(0);
    tokens.behave({ life: 0 });
    const short = await found("oci://registry.test/models/tiny:v1", at(registry.url));
    const again = await asked(async () => {
      // Two groups at the same moment ask for one token.
      const [one, other] = await Promise.all([short.authorize?.(object), short.authorize?.(object)]);
      expect(one).toEqual(other);
      const reply = await fetch(object.url, { headers: one?.scheme === "headers" ? one.headers : {} });
      expect(await reply.text()).toBe("a");
    });
    expect(again).toHaveLength(1);
  });

  test("gets the user's password where it is of the registry's host, and a refresh token by post", async () => {
    const auth = base64("tester:s3cret");
    tokens.behave({ life: 300, login: `Basic ${auth}`, identity: "refresh-me" });
    expect(await ask()).toMatchObject({ kind: "denied", message: expect.stringContaining("token service") });
    expect(await ask(loginFile({ [registry.host]: { auth } }))).toMatchObject({ status: "found" });
    const posted = await asked(async () => {
      expect(await ask(loginFile({ [registry.host]: { identitytoken: "refresh-me" } }))).toMatchObject({
        status: "found",
      });
    });
    expect(posted).toMatchObject([{ method: "POST", url: "/token", authorization: undefined }]);
    tokens.behave({ login: undefined, identity: undefined });
  });

  test.each<[string, Parameters<TokenServer["behave"]>[0], object]>([
    ["nothing there", { status: 404 }, { kind: "unreachable" }],
    ["no way in", { status: 403 }, { kind: "denied" }],
    ["no JSON", { body: "<html>" }, { reason: "reply-invalid" }],
    ["no token", { body: "{}" }, { reason: "reply-invalid" }],
    ["a token that no header can carry", { body: JSON.stringify({ token: "a\r\nb" }) }, { reason: "reply-invalid" }],
    ["a redirect", { status: 302 }, { reason: "status-unexpected" }],
    ["a token that the registry does not take", { body: JSON.stringify({ token: "nonsense" }) }, { kind: "denied" }],
  ])("its service answers with %s", async (_, behaviour, refusal) => {
    tokens.behave(behaviour);
    const questions = await asked(async () => expect(await ask()).toMatchObject(refusal));
    expect(questions).toHaveLength(1);
    tokens.behave({ status: undefined, body: undefined });
  });
});

describe("a registry that lies", () => {
  const secret = base64("tester:s3cret");
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: emptyConfig.mediaType, digest: sha256Digest("{}"), size: 2 },
    layers: [],
  };
  const serve = async (listener: RequestListener): Promise<WebServer> => {
    const server = await startWebServer(listener);
    onTestFinished(() => server.close());
    return server;
  };
  const saying =
    (body: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): RequestListener =>
    (request, response) => {
      const isManifest =
        request.url?.includes("/manifests/v1") === true || request.url?.includes("/manifests/sha256:") === true;
      response.writeHead(isManifest ? status : 404, isManifest ? headers : {});
      response.end(isManifest ? (typeof body === "string" ? body : JSON.stringify(body)) : "");
    };
  const ask = (server: WebServer, name = "a:v1", setting?: ResolveContext["setting"]): Promise<Found | Refusal> =>
    resolve(`oci://registry.test/${name}`, at(`${server.url}/`, setting === undefined ? {} : { setting }));

  test.each<[string, unknown, Readonly<Record<string, string>>]>([
    ["a digest of other bytes in the header", manifest, { "docker-content-digest": `sha256:${"0".repeat(64)}` }],
    ["a media type of an index", manifest, { "content-type": indexType }],
    ["a manifest that is also an index", { ...manifest, manifests: [] }, {}],
    ["an image of the first schema", { schemaVersion: 1, fsLayers: [] }, {}],
    ["a size below nothing", { ...manifest, layers: [{ mediaType: "a", digest: sha256Digest("a"), size: -1 }] }, {}],
    ["a digest that climbs", { ...manifest, layers: [{ mediaType: "a", digest: "sha256:../../x", size: 1 }] }, {}],
    ["a page", "<html>", {}],
  ])("%s", async (_, body, headers) => {
    expect(await ask(await serve(saying(body, headers)))).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
  });

  test("other bytes than the digest that was asked for", async () => {
    const server = await serve(saying(manifest));
    const good = sha256Digest(JSON.stringify(manifest));
    expect(await ask(server, `a@${good}`)).toMatchObject({ status: "found", revision: good });
    expect(await ask(server, `a@sha256:${"1".repeat(64)}`)).toMatchObject({ reason: "reply-invalid" });
  });

  test("a content type of another kind is no lie: some registries say text/plain", async () => {
    expect(await ask(await serve(saying(manifest, { "content-type": "text/plain" })))).toMatchObject({
      status: "found",
    });
  });

  test("a manifest without an end", async () => {
    const server = await serve(saying(`{"a":"${"x".repeat(4 * 1024 * 1024)}"}`));
    expect(await ask(server)).toMatchObject({ reason: "too-large" });
  });

  test("an index that leads round and round", async () => {
    const inner = { schemaVersion: 2, mediaType: indexType, manifests: [] as object[] };
    const bodies = new Map<string, string>();
    let body = JSON.stringify(manifest);
    for (let depth = 0; depth < 6; depth++) {
      const digest = sha256Digest(body);
      bodies.set(digest, body);
      const mediaType = depth === 0 ? manifestType : indexType;
      body = JSON.stringify({ ...inner, manifests: [{ mediaType, digest, size: body.length }] });
    }
    const deep = await serve((request, response) => {
      const digest = decodeURIComponent(request.url?.split("/manifests/")[1] ?? "");
      response.end(digest === "v1" ? body : bodies.get(digest));
    });
    expect(await ask(deep)).toMatchObject({ reason: "reply-invalid", message: expect.stringContaining("more than 4") });
  });

  test("a host that is no registry says nothing of the piece by its 404", async () => {
    expect(await ask(await serve(saying("not found", {}, 404)))).toMatchObject({ kind: "malformed" });
    const error = { errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] };
    expect(await ask(await serve(saying(error, {}, 404)))).toMatchObject({ kind: "absent" });
    const denied = { errors: [{ code: "DENIED" }] };
    expect(await ask(await serve(saying(denied, {}, 403)))).toMatchObject({ kind: "denied", reason: "forbidden" });
  });

  test("a realm on another host gets no login of the user's, and is told of", async () => {
    const elsewhere = await serve((_, response) => response.end(JSON.stringify({ token: "anonymous" })));
    // The same machine by another name: to a client, another host.
    const realm = elsewhere.url.replace("127.0.0.1", "localhost");
    const server = await serve((_, response) => {
      response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}/token",service="x"` });
      response.end();
    });
    const setting = loginFile({ [new URL(server.url).host]: { auth: secret } });
    const refusal = await ask(server, "a:v1", setting);
    // Over http no other host is even asked.
    expect(refusal).toMatchObject({ kind: "denied", reason: "downgrade-blocked" });
    expect(elsewhere.asked).toEqual([]);
    expect(JSON.stringify([server.asked, elsewhere.asked, refusal])).not.toContain(secret);
  });

  test("https realms: only the registry's own host, a known one, or one that the user allows may see a login", async () => {
    const seen: { url: string; authorization: string | undefined }[] = [];
    const realm = "https://auth.example.org/token";
    const fake: ResolveContext["http"] = {
      ...http,
      answer: async ({ url, authorization }) => {
        const header = authorization?.scheme === "headers" ? authorization.headers.authorization : undefined;
        seen.push({ url, authorization: header });
        const isToken = url.startsWith(realm);
        return {
          status: "answered",
          httpStatus: isToken ? 200 : 401,
          headers: isToken
            ? {}
            : { "www-authenticate": `Bearer realm="${realm}",service="s",scope="repository:a:pull,push"` },
          bytes: Buffer.from(isToken ? '{"token":"t"}' : "{}"),
          exchange: { url, finalUrl: url, hops: [], attempts: [] },
        };
      },
    };
    const settings =
      (realms: string): ResolveContext["setting"] =>
      async (name) =>
        name.startsWith("oci.credential:registry.example.org/a")
          ? `Basic ${secret}`
          : name.startsWith("oci.realms:")
            ? realms
            : undefined;
    const asking = (realms: string) =>
      resolve("oci://registry.example.org/a:v1", contextFor(fake, { setting: settings(realms) }));
    const refusal = await asking("");
    expect(refusal).toMatchObject({ kind: "denied", message: expect.stringContaining("WHOLESOURCE_OCI_REALMS") });
    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined, "Bearer t"]);
    // The registry asked for the right to write: it is not passed on.
    expect(new URL(seen[1]?.url ?? "").searchParams.get("scope")).toBe("repository:a:pull");
    expect(JSON.stringify(refusal)).not.toContain(secret);
    seen.length = 0;
    await asking("auth.example.org");
    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined, `Basic ${secret}`, "Bearer t"]);
  });

  test("a registry that refuses every token is asked twice and not for ever", async () => {
    let given = 0;
    const server = await serve((request, response) => {
      if (request.url?.startsWith("/token") === true) return response.end(JSON.stringify({ token: `t${given++}` }));
      const realm = `http://${request.headers.host}/token`;
      response.writeHead(401, { "www-authenticate": `Basic realm="x", Bearer realm="${realm}",service="x"` });
      return response.end();
    });
    expect(await ask(server)).toMatchObject({ kind: "denied" });
    expect(server.asked.map(({ url }) => url.split("?")[0])).toEqual([
      "/v2/a/manifests/v1",
      "/token",
      "/v2/a/manifests/v1",
    ]);
  });

  test("a challenge of another host, behind a redirect, gets nothing", async () => {
    const other = await serve((_, response) => {
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' });
      response.end();
    });
    const server = await serve((_, response) => {
      response.writeHead(307, { location: `${other.url}/v2/a/manifests/v1` });
      response.end();
    });
    const setting = loginFile({
      [new URL(server.url).host]: { auth: secret },
      [new URL(other.url).host]: { auth: secret },
    });
    expect(await ask(server, "a:v1", setting)).toMatchObject({ kind: "denied" });
    expect(JSON.stringify([server.asked, other.asked])).not.toContain(secret);
    expect(other.asked).toHaveLength(1);
  });

  test("a configuration of other bytes is not believed", async () => {
    const config = { mediaType: "application/vnd.cncf.model.config.v1+json", digest: sha256Digest("{}"), size: 60 };
    const server = await serve((request, response) => {
      if (request.url?.includes("/manifests/v1") === true) return response.end(JSON.stringify({ ...manifest, config }));
      if (request.url?.includes("/blobs/") === true) return response.end('{"descriptor":{"licenses":["MIT"]}}');
      response.writeHead(404);
      return response.end();
    });
    const seen = await ask(server);
    expect(seen).toMatchObject({ status: "found", facts: { configUnread: expect.stringContaining("digest") } });
    expect(seen).not.toHaveProperty("licensePublished");
  });
});
