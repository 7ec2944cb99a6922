import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Http } from "../../../src/io/http.ts";
import type { Found, Resolution } from "../../../src/model/evidence.ts";
import type { Location } from "../../../src/model/manifest.ts";
import { https } from "../../../src/resolve/resolvers/https.ts";
import { need } from "../../services/need.ts";
import { startNginx } from "../../services/nginx.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp, startWebServer, type WebServer } from "../web-server.ts";

let server: WebServer;
let http: Http;

beforeAll(async () => {
  http = loopbackHttp();
  server = await startWebServer(({ url = "" }, response) => {
    const status = /^\/status\/(\d+)/.exec(url)?.[1];
    if (status !== undefined) response.writeHead(Number(status)).end();
    else if (url === "/moved") response.writeHead(302, { location: "/data.csv?signed=1" }).end();
    else response.writeHead(200, { "content-type": "text/csv", "content-length": "5", etag: '"e"' }).end("a,b,c");
  });
});
afterAll(async () => {
  await http.close();
  await server.close();
});

async function resolved(location: Location): Promise<Resolution> {
  const ref = https.parse(location);
  if (ref === undefined) throw new Error("not parsed");
  return https.resolve(ref, contextFor(http));
}

async function objects(resolution: Resolution) {
  return resolution.status === "found" && resolution.objects !== undefined ? collect(resolution.objects) : [];
}

const urlAt = (found: Resolution, path: string) => {
  const object = (found as Found).objectAt?.(path);
  return object !== undefined && "path" in object ? object.url : object?.reason;
};

test("a URL is one object, told by its headers and not read", async () => {
  const before = server.asked.length;
  const found = await resolved({ uri: `${server.url}/data.csv#part`, revision: "v1" });
  const object = { path: "data.csv", url: `${server.url}/data.csv`, size: 5, mediaType: "text/csv" };
  expect(found).toMatchObject({ status: "found", single: true, pinned: false, exchange: { etag: '"e"' } });
  expect(found).not.toHaveProperty("revision");
  expect(await objects(found)).toEqual([object]);
  expect((found as Found).objectAt?.("data.csv")).toEqual(object);
  expect(urlAt(found, "other.csv")).toBe("not-found");
  expect(server.asked.slice(before).map(({ method }) => method)).toEqual(["HEAD"]);
});

test("a redirect does not change which URL is fetched later: signed ones expire", async () => {
  const found = await resolved({ uri: `${server.url}/moved` });
  expect(await objects(found)).toMatchObject([{ path: "moved", url: `${server.url}/moved` }]);
  expect(found).toMatchObject({ exchange: { hops: [{ httpStatus: 302 }] } });
});

test("an archive keeps its path for the members", async () => {
  const found = await resolved({ uri: `${server.url}/a.tar.gz`, path: "train/", unpack: true });
  expect(await objects(found)).toMatchObject([{ path: "a.tar.gz", members: { strip: 0, prefix: "train" } }]);
  expect(found).not.toHaveProperty("objectAt");
});

test("a folder asks nobody, lists nothing, and knows where a path would be", async () => {
  const before = server.asked.length;
  const found = await resolved({ uri: `${server.url}/base/`, path: "sub dir" });
  expect(found).toMatchObject({ status: "found", pinned: false });
  expect(found).not.toHaveProperty("objects");
  expect(server.asked.length).toBe(before);
  const base = `${server.url}/base/sub%20dir/`;
  expect(urlAt(found, "a/b.txt")).toBe(`${base}a/b.txt`);
  expect(urlAt(found, "a?b=c")).toBe(`${base}a%3Fb%3Dc`);
  expect(urlAt(found, "a#b")).toBe(`${base}a%23b`);
  expect(urlAt(found, "a%2e%2e/b")).toBe(`${base}a%252e%252e/b`);
  expect(urlAt(found, "a\\..\\b")).toBe(`${base}a%5C..%5Cb`);
  expect(urlAt(found, "caf\u00e9")).toBe(`${base}caf%C3%A9`);
  expect(urlAt(found, "cafe\u0301")).toBe(`${base}cafe%CC%81`);
  for (const path of ["../x", "a/../../x", "/x", "//host/x", "", ".", "a//b", "\ud800", "a\0b"]) {
    expect(urlAt(found, path), path).toBe("outside-blocked");
  }
});

need("nginx")("a real server", () => {
  test("serves each name from where we say it is", async () => {
    const nginx = await startNginx();
    try {
      const names = [
        "a b",
        "a#b",
        "a?b=c",
        "a%20b",
        "a%b",
        "a\\b",
        "a+b",
        "a&b;c",
        "caf\u00e9",
        "cafe\u0301",
        "\u{1f600}",
        "~'!()*",
      ];
      mkdirSync(join(nginx.root, "data set"));
      for (const name of names) writeFileSync(join(nginx.root, "data set", name), name);
      const folder = await resolved({ uri: `${nginx.origin}/`, path: "data set" });
      for (const name of names) {
        const url = urlAt(folder, name) ?? "";
        const reply = await http.text({ url });
        expect(reply, name).toMatchObject({ status: "ok", body: name });
        expect(await objects(await resolved({ uri: url })), name).toMatchObject([
          { path: name, url, size: Buffer.byteLength(name) },
        ]);
      }
      expect(await resolved({ uri: `${nginx.origin}/nothing` })).toMatchObject({ kind: "absent", reason: "not-found" });
    } finally {
      await nginx.close();
    }
  });
});

test("no path leaves the folder, and every path comes back whole", async () => {
  const base = `${server.url}/base/`;
  const found = await resolved({ uri: base });
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (path) => {
      const url = urlAt(found, path) ?? "";
      if (url === "outside-blocked") return;
      const parsed = new URL(url);
      expect(parsed.href.startsWith(base)).toBe(true);
      expect(parsed.search + parsed.hash).toBe("");
      expect(parsed.pathname.slice("/base/".length).split("/").map(decodeURIComponent).join("/")).toBe(path);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  [404, "absent", "not-found"],
  [410, "absent", "gone"],
  [401, "denied", "authentication-required"],
  [403, "denied", "forbidden"],
  [500, "unreachable", "server-error"],
])("%d is %s: %s", async (status, kind, reason) => {
  const refusal = await resolved({ uri: `${server.url}/status/${status}` });
  expect(refusal).toMatchObject({ status: "refused", kind, reason, httpStatus: status });
});

test.each([
  ["https://h/a/b.bin?x=1", "b.bin"],
  ["https://h/a%20b", "a b"],
  ["https://h/a%2Fb", "a%2Fb"],
  ["https://h/%2e%2e%2fb", "%2e%2e%2fb"],
  ["https://h/a%ff", "a%ff"],
  ["https://h/dir/?id=5", "dir"],
  ["https://h/?id=5", "h"],
  ["https://h", undefined],
])("%s is called %s", async (uri, name) => {
  const ref = https.parse({ uri });
  if (ref === undefined) throw new Error("not parsed");
  const answer = {
    status: "ok",
    body: undefined,
    exchange: { url: uri, finalUrl: uri, hops: [], attempts: [] },
    headers: {},
  } as const;
  const context = contextFor({ ...http, probe: async () => answer });
  const [object] = await objects(await https.resolve(ref, context));
  expect(object !== undefined && "path" in object ? object.path : undefined).toBe(name);
});

test.each([
  "https://",
  "https:///x",
  "https:x",
  "https://h/a b",
  "https://h/a\tb",
  "https://h/a\nb",
  "https://h\\@evil/",
  "https://h:99999/",
  "https://[::1/",
  "ftp://h/",
  "HTTPX://h/",
])("%j is no web address", (uri) => {
  expect(https.parse({ uri })).toBeUndefined();
});

test("a path inside one object has no meaning without unpack", () => {
  expect(https.parse({ uri: "https://h/data", path: "sub" })).toBeUndefined();
  expect(https.parse({ uri: "https://h/data/", path: "../sub" })).toBeUndefined();
  expect(https.parse({ uri: "https://h/data/", path: "/" })).toBeUndefined();
});
