import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RemoteObject } from "../../../src/model/evidence.ts";
import type { Json } from "../../../src/model/json.ts";
import type { Location } from "../../../src/model/manifest.ts";
import type { Resolution } from "../../../src/resolve/resolver.ts";
import { modelscope } from "../../../src/resolve/resolvers/modelscope.ts";
import { type ModelscopeServer, startModelscope } from "../../services/modelscope.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp, startWebServer } from "../web-server.ts";

const http = loopbackHttp();
const id = "0123456789abcdef0123456789abcdef01234567";
let server: ModelscopeServer;
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_unused, at) => [`d${at % 3}/e${at % 2}/f${at}`, `${at}`]));

beforeAll(async () => {
  server = await startModelscope([
    {
      kind: "models",
      name: "o/m",
      license: "apache-2.0",
      gated: true,
      files: { "README.md": "card\n", "w/a b.bin": "weights", "w/c#.bin": "more" },
    },
    { kind: "models", name: "o/large", files: many(7000) },
    {
      kind: "models",
      name: "o/flat",
      files: Object.fromEntries(Array.from({ length: 3500 }, (_x, at) => [`f${at}`, ""])),
    },
    { kind: "datasets", name: "o/d", files: many(450) },
    { kind: "datasets", name: "o/private", files: { x: "x" }, private: true },
  ]);
});
afterAll(async () => {
  await http.close();
  await server.close();
});

async function ask(location: Location | string, token?: string, url = server.url): Promise<Resolution> {
  const ref = modelscope.parse(typeof location === "string" ? { uri: location } : location);
  if (ref === undefined) throw new Error("not read");
  const endpoint = (asked: string) => (asked === "modelscope" ? url : undefined);
  const setting = async (name: string) => (name === "modelscope.token" ? token : undefined);
  return modelscope.resolve(ref, contextFor(http, { endpoint, setting }));
}

async function listing(resolution: Resolution) {
  if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
  const all = await collect(resolution.objects);
  const objects = all.filter((object): object is RemoteObject => !("reason" in object));
  return { objects, refusals: all.filter((object) => "reason" in object) };
}

const page = "https://www.modelscope.cn/models/o/m";
test.each([
  [{ uri: "modelscope:o/m" }, { kind: "models", revision: "master", selection: { path: "" } }],
  [{ uri: `modelscope:models/o/m@${id}` }, { kind: "models", revision: id, selection: { path: "" } }],
  [{ uri: "modelscope:datasets/o/m@v1" }, { kind: "datasets", revision: "v1", selection: { path: "" } }],
  [
    { uri: "modelscope:o/m", revision: "v1" },
    { kind: "models", revision: "v1", namedByRevision: true, selection: { path: "" } },
  ],
  [{ uri: `${page}/summary` }, { kind: "models", revision: "master", selection: { path: "" } }],
  [
    { uri: `${page}/files`, path: "w" },
    { kind: "models", revision: "master", selection: { path: "w" } },
  ],
  [{ uri: `${page}/tree/v1/w` }, { kind: "models", revision: "v1", selection: { path: "w" } }],
  [
    { uri: `${page}/file/view/master/w/a.bin?status=2` },
    { kind: "models", revision: "master", selection: { path: "w/a.bin", file: true } },
  ],
  [
    { uri: `${page}/resolve/master/w/a.bin`, revision: id },
    { kind: "models", revision: id, selection: { path: "w/a.bin", file: true } },
  ],
])("%j is read", (location, expected) => {
  const ref = modelscope.parse(location);
  expect(ref).toEqual({ name: "o/m", host: "modelscope.cn", ...expected });
  expect(ref !== undefined && modelscope.isPinned(ref)).toBe(expected.revision === id);
});

test.each([
  { uri: "modelscope:m" },
  { uri: "modelscope:o/m@-x" },
  { uri: "modelscope:o/m@v1", revision: "v2" },
  { uri: "modelscope:o/m", path: "../x" },
  { uri: `${page}/community` },
  { uri: "https://modelscope.cn/studios/o/m" },
  { uri: "https://modelscope.cn.example.org/models/o/m" },
])("%j is not", (location) => expect(modelscope.parse(location)).toBeUndefined());

test("a model is listed with sizes and digests, its licence and its gate", async () => {
  const found = await ask("modelscope:o/m");
  expect(found).toMatchObject({ pinned: false, licensePublished: "apache-2.0", gated: "unknown" });
  const { objects } = await listing(found);
  expect(objects.map(({ path, size }) => [path, size])).toEqual([
    ["README.md", 5],
    ["w/a b.bin", 7],
    ["w/c#.bin", 4],
  ]);
  for (const { url, digest } of objects) {
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(digest).toEqual({ sha256: createHash("sha256").update(bytes).digest("hex") });
  }
  expect(await ask(`modelscope:o/m@${id}`)).toMatchObject({ pinned: true, revision: id });
});

test("one file, one folder, and one that is not there", async () => {
  const file = await ask(`${page}/file/view/master/w/a%20b.bin`);
  expect(file).toMatchObject({ single: true });
  expect((await listing(file)).objects).toMatchObject([{ path: "a b.bin", size: 7 }]);
  const folder = await ask({ uri: "modelscope:o/m", path: "w" });
  expect((await listing(folder)).objects.map(({ path }) => path)).toEqual(["a b.bin", "c#.bin"]);
  expect(await ask({ uri: "modelscope:o/m", path: "none" })).toMatchObject({ kind: "absent" });
});

test("a listing that the host cuts is put together from its folders", async () => {
  const { objects, refusals } = await listing(await ask("modelscope:o/large"));
  expect(refusals).toEqual([]);
  expect(new Set(objects.map(({ path }) => path)).size).toBe(7000);
  expect(objects).toHaveLength(7000);
});

test("a folder with more than the host names is not taken for whole", async () => {
  const { objects, refusals } = await listing(await ask("modelscope:o/flat"));
  expect(objects).toHaveLength(3000);
  expect(refusals).toMatchObject([{ kind: "malformed", reason: "too-large" }]);
});

test("a dataset comes in pages, one question each", async () => {
  const found = await ask("modelscope:datasets/o/d");
  const before = server.asked.length;
  const { objects } = await listing(found);
  expect(objects).toHaveLength(450);
  expect(server.asked.length - before).toBe(2);
});

test("what is private or missing is told as that, and the token goes to the host alone", async () => {
  const hidden = await ask("modelscope:datasets/o/private");
  expect(hidden).toMatchObject({ kind: "denied", message: expect.stringContaining("private or missing") });
  expect(await ask("modelscope:o/none")).toMatchObject({ kind: "denied" });
  const found = await ask("modelscope:datasets/o/private", server.token);
  const { objects } = await listing(found);
  expect(objects).toHaveLength(1);
  expect(JSON.stringify([found, objects])).not.toContain(server.token);
  const authorize = found.status === "found" ? found.authorize : undefined;
  expect(await authorize?.({ url: objects[0]?.url ?? "" })).toMatchObject({
    headers: { authorization: `Bearer ${server.token}` },
  });
  expect(await authorize?.({ url: "https://elsewhere.example/x" })).toBeUndefined();
});

test.each<[Json, string]>([
  [{ Code: 200, Success: false, Message: "busy", Data: null }, "unreachable"],
  [{ Code: 403, Success: false, Message: "no", Data: null }, "denied"],
  [{ Code: 200, Success: true, Data: null }, "malformed"],
  [{ Code: 200, Success: true, Data: { Files: [{ Name: "x" }] } }, "malformed"],
])("%j, with the status 200, is %s", async (body, kind) => {
  const odd = await startWebServer((_request, response) => response.writeHead(200).end(JSON.stringify(body)));
  try {
    expect(await ask("modelscope:o/m", undefined, `${odd.url}/`)).toMatchObject({ status: "refused", kind });
  } finally {
    await odd.close();
  }
});
