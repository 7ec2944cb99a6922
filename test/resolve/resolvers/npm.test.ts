import { createHash } from "node:crypto";
import type { RequestListener } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Http } from "../../../src/io/http.ts";
import type { RemoteObject, Resolution } from "../../../src/model/evidence.ts";
import type { Json } from "../../../src/model/json.ts";
import type { Location } from "../../../src/model/manifest.ts";
import { npm } from "../../../src/resolve/resolvers/npm.ts";
import { needVerdaccio, type Registry, startVerdaccio } from "../../services/verdaccio.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp, startWebServer, type WebServer } from "../web-server.ts";

let http: Http;
beforeAll(() => {
  http = loopbackHttp();
});
afterAll(() => http.close());

type Settings = Readonly<Record<string, string>>;

async function resolved(location: Location | string, settings: Settings, endpoint?: string): Promise<Resolution> {
  const ref = npm.parse(typeof location === "string" ? { uri: location } : location);
  if (ref === undefined) throw new Error("not parsed");
  const setting = async (name: string) =>
    settings[name] ??
    Object.entries(settings).find(([key]) => key.endsWith("*") && name.startsWith(key.slice(0, -1)))?.[1];
  return npm.resolve(ref, contextFor(http, { setting, endpoint: () => endpoint }));
}

async function only(resolution: Resolution): Promise<RemoteObject> {
  if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
  const [object, ...more] = await collect(resolution.objects);
  if (object === undefined || "reason" in object || more.length > 0) throw new Error("not one object");
  return object;
}

describe("parse", () => {
  test.each([
    [{ uri: "pkg:npm/a@1.2.3" }, { name: "a", version: "1.2.3", prefix: "" }, true],
    [{ uri: "pkg:npm/a", revision: "1.2.3" }, { name: "a", version: "1.2.3", prefix: "" }, true],
    [{ uri: "pkg:npm/a@1.2.3", revision: "1.2.4" }, { name: "a", version: "1.2.3", prefix: "" }, true],
    [{ uri: "pkg:npm/a" }, { name: "a", version: "latest", prefix: "" }, false],
    [{ uri: "pkg:npm/a@beta" }, { name: "a", version: "beta", prefix: "" }, false],
    [{ uri: "pkg:npm/a@1.2" }, { name: "a", version: "1.2", prefix: "" }, false],
    [{ uri: "pkg:npm/a@1.2.3", path: "src/" }, { name: "a", version: "1.2.3", prefix: "src" }, true],
    [{ uri: "pkg:npm/a@1.2.3#src" }, { name: "a", version: "1.2.3", prefix: "src" }, true],
  ])("%j", (location, expected, pinned) => {
    const ref = npm.parse(location);
    expect(ref).toEqual(expected);
    expect(ref !== undefined && npm.isPinned(ref)).toBe(pinned);
  });

  test.each([
    { uri: "pkg:npm/a@^1.0.0" },
    { uri: "pkg:npm/a", revision: ">=1" },
    { uri: "pkg:npm/a", revision: "../b" },
    { uri: "pkg:npm/a@1.0.0", path: "../b" },
    { uri: "pkg:npm/a@1.0.0#src", path: "src" },
  ])("not %j", (location) => {
    expect(npm.parse(location)).toBeUndefined();
  });
});

test("without a registry nobody is asked", async () => {
  expect(await resolved("pkg:npm/a@1.0.0", {})).toMatchObject({ kind: "unreachable", reason: "offline" });
});

needVerdaccio()("a real registry", () => {
  let registry: Registry;
  let settings: Settings;
  beforeAll(async () => {
    registry = await startVerdaccio();
    settings = { "npm.registry": registry.url };
    const files = { "data/iris.csv": "5.1,3.5\n", LICENSE: "some terms\n" };
    registry.publish({ name: "iris", version: "1.0.0", license: "MIT" }, files);
    registry.publish({ name: "iris", version: "1.1.0", license: "Apache-2.0" }, files);
    registry.publish(
      { name: "iris", version: "2.0.0-beta.1", license: { type: "ISC" }, publishConfig: { tag: "beta" } },
      files,
    );
    registry.publish({ name: "@scope/iris", version: "1.0.0" }, files);
    registry.publish({ name: "@private/iris", version: "1.0.0", license: "MIT" }, files);
    registry.publish({ name: "taken", version: "1.0.0" }, files);
    registry.publish({ name: "taken", version: "1.0.1" }, files);
    registry.npm(["unpublish", "taken@1.0.0"]);
    registry.npm(["deprecate", "iris@1.0.0", "use 1.1.0"]);
  }, 60_000);
  afterAll(() => registry?.close());

  test("a version is found with what the registry says of it", async () => {
    const found = await resolved({ uri: "pkg:npm/iris@1.0.0", path: "data" }, settings);
    expect(found).toMatchObject({
      status: "found",
      revision: "1.0.0",
      pinned: true,
      licensePublished: "MIT",
      facts: { registry: registry.url, name: "iris", version: "1.0.0" },
      signs: [{ code: "deprecated", detail: "use 1.1.0" }],
      exchange: { httpStatus: 200 },
    });
    const object = await only(found);
    expect(object).toMatchObject({
      path: "iris-1.0.0.tgz",
      mediaType: "application/gzip",
      members: { strip: 1, prefix: "data" },
    });
    // The registry's word, held against the bytes that it really serves.
    const bytes = Buffer.from(await (await fetch(object.url)).arrayBuffer());
    const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest("hex");
    expect(object.digest).toEqual({ sha512: hash("sha512"), sha1: hash("sha1") });
  });

  test.each([
    ["pkg:npm/iris", "1.1.0", false, "Apache-2.0"],
    ["pkg:npm/iris@latest", "1.1.0", false, "Apache-2.0"],
    ["pkg:npm/iris@beta", "2.0.0-beta.1", false, "ISC"],
    ["pkg:npm/iris@2.0.0-beta.1", "2.0.0-beta.1", true, "ISC"],
    ["pkg:npm/%40scope/iris@1.0.0", "1.0.0", true, undefined],
    ["pkg:npm/@scope/iris", "1.0.0", false, undefined],
  ])("%s is version %s, pinned %s, licence %s", async (uri, revision, pinned, license) => {
    const found = await resolved(uri, settings);
    expect(found).toMatchObject({ status: "found", revision, pinned });
    expect("licensePublished" in found ? found.licensePublished : undefined).toBe(license);
    expect(await only(found)).toMatchObject({ path: `iris-${revision}.tgz` });
  });

  test.each([
    ["pkg:npm/nothing@1.0.0", "not-found", "no package `nothing`"],
    ["pkg:npm/iris@9.9.9", "revision-not-found", "does not exist"],
    ["pkg:npm/iris@gamma", "revision-not-found", "does not exist"],
    ["pkg:npm/taken@1.0.0", "revision-not-found", ""],
  ])("%s is absent: %s", async (uri, reason, message) => {
    const refusal = await resolved(uri, settings);
    expect(refusal).toMatchObject({
      status: "refused",
      kind: "absent",
      reason,
      message: expect.stringContaining(message),
    });
  });

  test("a package of a scope that is not shown may be private, and is not called absent", async () => {
    expect(await resolved("pkg:npm/@scope/nothing@1.0.0", settings)).toMatchObject({
      kind: "denied",
      reason: "authentication-required",
      httpStatus: 404,
      message: "`@scope/nothing` is private or missing: this registry does not tell",
    });
    expect(await resolved("pkg:npm/@scope/iris@9.9.9", settings)).toMatchObject({ kind: "absent" });
  });

  test("a private package is denied without the credential and found with it", async () => {
    const denied = await resolved("pkg:npm/@private/iris@1.0.0", settings);
    expect(denied).toMatchObject({ status: "refused", kind: "denied" });
    const known = { ...settings, [`npm.authorization:${registry.url}*`]: `Bearer ${registry.token}` };
    const found = await resolved("pkg:npm/@private/iris@1.0.0", known);
    expect(found).toMatchObject({ status: "found", revision: "1.0.0" });
    expect(JSON.stringify([found, await only(found)])).not.toContain(registry.token);
  });

  test("a scope's own registry is asked, and no other", async () => {
    const other = await startWebServer((_request, response) => response.writeHead(404).end());
    try {
      const own = { "npm.registry": `${other.url}/`, "npm.registry:@scope": registry.url };
      expect(await resolved("pkg:npm/@scope/iris@1.0.0", own)).toMatchObject({ status: "found" });
      expect(other.asked).toEqual([]);
    } finally {
      await other.close();
    }
  });

  test("the operator's endpoint is asked in place of every registry", async () => {
    const other = await startWebServer((_request, response) => response.writeHead(404).end());
    try {
      const own = { "npm.registry": `${other.url}/`, "npm.registry:@scope": `${other.url}/` };
      const found = await resolved("pkg:npm/@scope/iris@1.0.0", own, registry.url);
      expect(await only(found)).toMatchObject({ operatorEndpoint: true });
      expect(other.asked).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

describe("a registry that says otherwise", () => {
  let server: WebServer;
  let answers: { readonly [url: string]: Json | number | RequestListener };
  const version = (more: { readonly [key: string]: Json } = {}): Json => ({
    name: "a",
    version: "1.0.0",
    dist: { tarball: "https://elsewhere.example/a.tgz" },
    ...more,
  });
  beforeAll(async () => {
    server = await startWebServer((request, response) => {
      const url = request.url ?? "";
      const answer = url in answers ? answers[url] : 404;
      if (typeof answer === "function") answer(request, response);
      else if (typeof answer === "number") response.writeHead(answer).end("{}");
      else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  afterAll(() => server.close());
  const ask = (uri = "pkg:npm/a@1.0.0", more: Settings = {}) =>
    resolved(uri, { "npm.registry": `${server.url}/`, ...more });

  test.each([
    ["another package", version({ name: "b" })],
    ["another version", version({ version: "1.0.1" })],
    ["no exact version", version({ version: "latest" })],
    ["no tarball", version({ dist: {} })],
    ["a tarball that is no web address", version({ dist: { tarball: "file:///etc/passwd" } })],
    ["a tarball with a relative address", version({ dist: { tarball: "a.tgz" } })],
    ["a list", [version()]],
    ["nothing", null],
  ])("%s is reply-invalid", async (_what, answer) => {
    answers = { "/a/1.0.0": answer };
    expect(await ask()).toMatchObject({ status: "refused", kind: "malformed", reason: "reply-invalid" });
  });

  test.each([
    ["an empty object", {}],
    ["another package's history", { name: "b", versions: {} }],
    ["no versions", { name: "a" }],
  ])("%s as a history is no proof of absence", async (_what, answer) => {
    answers = { "/a": answer };
    expect(await ask()).toMatchObject({ status: "refused", kind: "malformed", reason: "reply-invalid" });
  });

  test("a history serves where single versions are not to be had", async () => {
    answers = { "/a": { name: "a", versions: { "1.0.0": version() }, "dist-tags": { latest: "1.0.0" } } };
    expect(await ask()).toMatchObject({ status: "found", revision: "1.0.0", pinned: true });
    expect(await ask("pkg:npm/a")).toMatchObject({ status: "found", revision: "1.0.0", pinned: false });
    for (const name of ["constructor", "__proto__", "toString"]) {
      expect(await ask(`pkg:npm/a@${name}`)).toMatchObject({ reason: "revision-not-found" });
    }
  });

  test("what was taken back is told", async () => {
    const history = { name: "a", versions: { "1.0.1": version() }, time: { "1.0.0": "2020-01-01T00:00:00.000Z" } };
    answers = { "/a": history };
    expect(await ask()).toMatchObject({
      reason: "revision-not-found",
      message: expect.stringContaining("was unpublished"),
    });
    answers = { "/a": { name: "a", time: { unpublished: { time: "2020-01-01T00:00:00.000Z" } } } };
    expect(await ask()).toMatchObject({ kind: "absent", reason: "gone" });
  });

  test.each([
    [401, "denied"],
    [403, "denied"],
    [429, "unreachable"],
    [503, "unreachable"],
  ])("%d is %s, and the history is not asked", async (status, kind) => {
    answers = { "/a/1.0.0": status };
    const before = server.asked.length;
    expect(await ask()).toMatchObject({ status: "refused", kind });
    expect(server.asked.slice(before).map(({ url }) => url)).toEqual(["/a/1.0.0"]);
  });

  test("sizes and notices are passed on, in bounds", async () => {
    const dist = { tarball: "https://h/a.tgz", unpackedSize: 10, fileCount: 2 };
    answers = { "/a/1.0.0": version({ dist, deprecated: "d".repeat(10_000) }) };
    const facts = { unpackedSize: 10, fileCount: 2 };
    const signs = [{ code: "deprecated", detail: "d".repeat(1000) }];
    expect(await ask()).toMatchObject({ status: "found", facts, signs });
  });

  test("no digest is said where none is readable", async () => {
    answers = { "/a/1.0.0": version({ dist: { tarball: "https://h/a.tgz", integrity: 7, shasum: "zz" } }) };
    expect(await only(await ask())).not.toHaveProperty("digest");
  });

  test("the credential goes to the registry, and to nobody that it names or redirects to", async () => {
    const other = await startWebServer((_request, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(version())),
    );
    try {
      answers = { "/a/1.0.0": (_request, response) => response.writeHead(302, { location: `${other.url}/x` }).end() };
      const before = server.asked.length;
      const found = await ask("pkg:npm/a@1.0.0", { [`npm.authorization:${server.url}*`]: "Bearer s3cr3t" });
      expect(server.asked.at(before)?.headers.authorization).toBe("Bearer s3cr3t");
      expect(other.asked).toHaveLength(1);
      expect(other.asked.at(0)?.headers).not.toHaveProperty("authorization");
      expect(JSON.stringify([found, await only(found)])).not.toContain("s3cr3t");
    } finally {
      await other.close();
    }
  });
});
