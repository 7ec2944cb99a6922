import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import type { Refusal, RemoteObject } from "../../../src/model/evidence.ts";
import type { Location } from "../../../src/model/manifest.ts";
import type { Resolution } from "../../../src/resolve/resolver.ts";
import { gs } from "../../../src/resolve/resolvers/gs.ts";
import { type GsBucket, type GsServer, startGs } from "../../services/gs.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp, startWebServer } from "../web-server.ts";

const http = loopbackHttp();
afterAll(() => http.close());

const bytes = Buffer.from("some bytes of a model");
const md5 = createHash("md5").update(bytes).digest("hex");
const token = "token-canary";
const [older, newer] = ["1700000000000001", "1700000000000002"];
const stored = { bytes, generation: newer };

async function serve(bucket: GsBucket): Promise<GsServer> {
  const server = await startGs({ data: bucket }, token);
  onTestFinished(() => server.close());
  return server;
}

function at(
  url: string,
  location: Location | string,
  settings: { readonly [name: string]: string } = {},
): Promise<Resolution> {
  const ref = gs.parse(typeof location === "string" ? { uri: location } : location);
  if (ref === undefined) throw new Error("not read");
  return gs.resolve(ref, contextFor(http, { endpoint: () => url, setting: async (name) => settings[name] }));
}

async function objects(resolution: Resolution): Promise<readonly (RemoteObject | Refusal)[]> {
  if (resolution.status !== "found") throw new Error(JSON.stringify(resolution));
  return resolution.objects === undefined ? [] : collect(resolution.objects);
}

const open = (all: GsBucket["objects"]): GsBucket => ({ anonymous: "list-and-read", objects: all });

describe("one object", () => {
  test("has the host's size, md5 and generation, and its bytes are where it says", async () => {
    const server = await serve(open({ "a/b c#?.bin": [stored, { bytes: Buffer.from("old"), generation: older }] }));
    const resolution = await at(server.url, "gs://data/a/b c#?.bin");
    expect(resolution).toMatchObject({ single: true, pinned: false, revision: newer });
    const [object] = await objects(resolution);
    expect(object).toMatchObject({ path: "b c#?.bin", size: bytes.length, digest: { md5 }, operatorEndpoint: true });
    const url = object !== undefined && "url" in object ? object.url : "";
    expect(await http.text({ url })).toMatchObject({ status: "ok", body: bytes.toString() });
    const pinned = await at(server.url, { uri: "gs://data/a/b c#?.bin", revision: older });
    expect(pinned).toMatchObject({ pinned: true, revision: older });
    const [old] = await objects(pinned);
    expect(await http.text({ url: old !== undefined && "url" in old ? old.url : "" })).toMatchObject({ body: "old" });
    const none = await at(server.url, `gs://data/a/b c#?.bin#1600000000000001`);
    expect(none).toMatchObject({ kind: "absent", reason: "revision-not-found" });
  });

  test("stored gzipped has no size and no md5 of what will come", async () => {
    const packed = { bytes: gzipSync(bytes), generation: newer, contentEncoding: "gzip" } as const;
    const server = await serve(open({ "set/a": [packed], "set/b": [stored] }));
    for (const uri of ["gs://data/set/a", "gs://data/set/"]) {
      const [object] = await objects(await at(server.url, uri));
      expect(object).not.toHaveProperty("size");
      expect(object).not.toHaveProperty("digest");
      const url = object !== undefined && "url" in object ? object.url : "";
      expect(await http.text({ url })).toMatchObject({ status: "ok", body: bytes.toString() });
    }
  });
});

describe("what is refused", () => {
  const all = { a: [stored] };
  test.each<[string, GsBucket["anonymous"], string, string]>([
    ["gs://data/none", "list-and-read", "absent", "not-found"],
    ["gs://data/none/", "list-and-read", "absent", "not-found"],
    ["gs://none/a", "list-and-read", "absent", "not-found"],
    ["gs://none/", "list-and-read", "absent", "not-found"],
    ["gs://data/none", "read", "denied", "authentication-required"],
    ["gs://data/a", "nothing", "denied", "authentication-required"],
  ])("%s where the public has %s: %s, %s", async (uri, anonymous, kind, reason) => {
    const server = await serve({ anonymous, objects: all });
    const resolution = await at(server.url, uri);
    expect(resolution).toMatchObject({ kind, reason });
    if (kind === "denied")
      expect(resolution).toMatchObject({ message: expect.stringContaining("does not tell which") });
  });

  test("a token that is not accepted, or not enough, speaks of neither", async () => {
    const server = await serve({ anonymous: "nothing", withToken: "nothing", objects: all });
    const wrong = await at(server.url, "gs://data/a", { "gs.token": "wrong" });
    expect(wrong).toMatchObject({ reason: "authentication-required", message: expect.stringContaining("token") });
    expect(await at(server.url, "gs://data/", { "gs.token": "wrong" })).toMatchObject({
      reason: "authentication-required",
    });
    const denied = await at(server.url, "gs://data/a", { "gs.token": token });
    expect(denied).toMatchObject({ kind: "denied", reason: "forbidden" });
    expect(JSON.stringify([wrong, denied])).not.toContain("canary");
  });

  test("a bucket whose reader pays says so", async () => {
    const server = await serve({ ...open(all), requesterPays: true });
    for (const uri of ["gs://data/a", "gs://data/"]) {
      expect(await at(server.url, uri)).toMatchObject({ reason: "forbidden", message: expect.stringContaining("pay") });
    }
  });

  test.each<[number, string, string]>([
    [403, "rateLimitExceeded", "rate-limited"],
    [418, "teapot", "status-unexpected"],
  ])("%d %s is %s", async (status, reason, meaning) => {
    const server = await startWebServer((_request, response) =>
      response.writeHead(status).end(JSON.stringify({ error: { message: "no", errors: [{ reason }] } })),
    );
    onTestFinished(() => server.close());
    for (const uri of ["gs://data/a", "gs://data/"]) {
      expect(await at(`${server.url}/`, uri)).toMatchObject({ kind: "unreachable", reason: meaning });
    }
  });

  test.each([
    "",
    "[]",
    "{}",
    '{"kind":"storage#object"}',
    '{"items":[{"name":"a"}]}',
    '{"items":[{"name":"a","size":"x"}]}',
    "<html>",
  ])("a listing that is %j is invalid", async (text) => {
    const server = await startWebServer((_request, response) => response.end(text));
    onTestFinished(() => server.close());
    expect(await at(`${server.url}/`, "gs://data/")).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
  });
});

describe("a listing", () => {
  test("comes page by page, with the host's word on each object", async () => {
    const names = Array.from({ length: 2_500 }, (_, index) => `set/${String(index).padStart(4, "0")} +%.bin`);
    const server = await serve(
      open({
        "set/": [{ ...stored, bytes: new Uint8Array() }],
        ...Object.fromEntries(names.map((name) => [name, [stored]])),
      }),
    );
    const listed = await objects(await at(server.url, "gs://data/set"));
    expect(listed.map((one) => "path" in one && `set/${one.path}`)).toEqual(names);
    expect(listed[0]).toMatchObject({ size: bytes.length, digest: { md5 }, listed: true });
    expect(server.asked.filter(({ url }) => url.includes("/o?"))).toHaveLength(3);
  });

  test("that nobody may see leaves the objects to be asked for one by one", async () => {
    for (const [anonymous, scheme] of [
      ["read", undefined],
      ["nothing", "headers"],
    ] as const) {
      const server = await serve({ anonymous, withToken: "read", objects: { "set/a": [stored] } });
      const resolution = await at(server.url, "gs://data/set/", { "gs.token": token });
      if (resolution.status !== "found") throw new Error(resolution.message);
      expect(resolution.objects).toBeUndefined();
      const object = resolution.objectAt?.("a");
      if (object === undefined || "reason" in object) throw new Error("refused");
      expect((await resolution.authorize?.(object))?.scheme).toBe(scheme);
    }
  });
});

describe("the token", () => {
  test("goes where it is needed, to its own origin, and is a gate", async () => {
    const server = await serve({ anonymous: "nothing", objects: { "set/a": [stored] } });
    for (const uri of ["gs://data/set/a", "gs://data/set/"]) {
      const resolution = await at(server.url, uri, { "gs.token": token });
      if (resolution.status !== "found") throw new Error(resolution.message);
      expect(resolution.gated).toBe("unknown");
      const [object] = await objects(resolution);
      if (object === undefined || "reason" in object) throw new Error("refused");
      expect(await resolution.authorize?.(object)).toEqual({
        scheme: "headers",
        headers: { authorization: `Bearer ${token}` },
      });
      expect(await resolution.authorize?.({ url: "https://storage.googleapis.com.example.org/" })).toBeUndefined();
      expect(JSON.stringify([resolution, object])).not.toContain("canary");
    }
    const free = await serve(open({ a: [stored] }));
    expect(await at(free.url, "gs://data/a", { "gs.token": token })).not.toHaveProperty("gated");
    expect(free.asked.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  test("does not go to an emulator of the environment", async () => {
    const server = await serve({ anonymous: "nothing", objects: { a: [stored] } });
    const settings: { readonly [name: string]: string } = { "gs.emulator": server.url, "gs.token": token };
    const ref = gs.parse({ uri: "gs://data/a" }) ?? null;
    const resolution = await gs.resolve(ref, contextFor(http, { setting: async (name) => settings[name] }));
    expect(resolution).toMatchObject({ reason: "authentication-required" });
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});
