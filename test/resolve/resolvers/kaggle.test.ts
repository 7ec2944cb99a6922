import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../../src/io/process.ts";
import { createSettings } from "../../../src/io/settings.ts";
import type { RemoteObject } from "../../../src/model/evidence.ts";
import type { Location } from "../../../src/model/manifest.ts";
import type { Resolution } from "../../../src/resolve/resolver.ts";
import { kaggle } from "../../../src/resolve/resolvers/kaggle.ts";
import { type KaggleServer, startKaggle } from "../../services/kaggle.ts";
import { need } from "../../services/need.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp, startWebServer } from "../web-server.ts";

const http = loopbackHttp();
let server: KaggleServer;

beforeAll(async () => {
  server = await startKaggle([
    {
      name: "o/d",
      version: 3,
      license: "CC0-1.0",
      files: { "a/b.csv": "1\n", "c.csv": "22\n", "d.csv": "333\n" },
      packed: ["c.csv"],
    },
    { name: "o/private", version: 1, license: "MIT", files: { x: "x" }, private: true },
    {
      name: "o/m/pyTorch/base",
      version: 2,
      license: "Gemma",
      files: { "x/w.bin": "w", "y.txt": "yy", "z 1.txt": "z", "x/v.bin": "v", "last#": "l" },
    },
  ]);
});
afterAll(async () => {
  await http.close();
  await server.close();
});

async function ask(location: Location | string, url = server.url, authorization?: string): Promise<Resolution> {
  const ref = kaggle.parse(typeof location === "string" ? { uri: location } : location);
  if (ref === undefined) throw new Error("not read");
  const endpoint = (id: string) => (id === "kaggle" ? url : undefined);
  const setting = async (name: string) => (name === "kaggle.authorization" ? authorization : undefined);
  return kaggle.resolve(ref, contextFor(http, { endpoint, setting }));
}

async function objects(resolution: Resolution): Promise<readonly RemoteObject[]> {
  if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
  return (await collect(resolution.objects)).filter((object): object is RemoteObject => !("reason" in object));
}
const text = async ({ url }: RemoteObject) => (await fetch(url)).text();

test.each([
  [{ uri: "kaggle:datasets/o/d" }, { kind: "dataset", name: "o/d", path: "" }],
  [
    { uri: "kaggle:datasets/o/d@3", path: "a" },
    { kind: "dataset", name: "o/d", version: "3", path: "a" },
  ],
  [{ uri: "https://www.kaggle.com/datasets/o/d" }, { kind: "dataset", name: "o/d", path: "" }],
  [{ uri: "https://kaggle.com/datasets/o/d/data?select=c.csv" }, { kind: "dataset", name: "o/d", path: "c.csv" }],
  [{ uri: "https://www.kaggle.com/datasets/o/d/versions/3" }, { kind: "dataset", name: "o/d", version: "3", path: "" }],
  [
    { uri: "https://www.kaggle.com/datasets/o/d", revision: "3" },
    { kind: "dataset", name: "o/d", version: "3", path: "" },
  ],
  [
    { uri: "https://www.kaggle.com/models/o/m/pyTorch/base/2" },
    { kind: "model", name: "o/m/pyTorch/base", version: "2", path: "" },
  ],
  [{ uri: "kaggle:models/o/m/pyTorch/base@2" }, { kind: "model", name: "o/m/pyTorch/base", version: "2", path: "" }],
])("%j is read", (location, expected) => {
  const ref = kaggle.parse(location);
  expect(ref).toEqual(expected);
  expect(ref !== undefined && kaggle.isPinned(ref)).toBe("version" in expected);
});

test.each([
  { uri: "kaggle:o/d" },
  { uri: "kaggle:datasets/o/d@latest" },
  { uri: "kaggle:datasets/o/d@0" },
  { uri: "kaggle:models/o/m" },
  { uri: "kaggle:datasets/o/d", path: "../x" },
  { uri: "kaggle:datasets/o/d", unpack: true },
  { uri: "https://www.kaggle.com/models/o/m" },
  { uri: "https://www.kaggle.com/competitions/c" },
  { uri: "https://www.kaggle.com/code/o/n" },
  { uri: "https://www.kaggle.com/datasets/o/d/discussion" },
  { uri: "https://www.kaggle.com.example.org/datasets/o/d" },
])("%j is not", (location) => expect(kaggle.parse(location)).toBeUndefined());

need("zip")("what the host has", () => {
  test("a dataset is one archive with its files in it", async () => {
    const found = await ask("kaggle:datasets/o/d@2");
    expect(found).toMatchObject({
      revision: "2",
      pinned: true,
      single: true,
      licensePublished: "CC0-1.0",
      facts: { version: "2", newestVersion: "3" },
    });
    const [archive] = await objects(found);
    expect(archive).toMatchObject({ path: "d.zip", members: { strip: 0 }, operatorEndpoint: true });
    expect(archive?.url).toContain("dataset_version_number=2");
    const bytes = Buffer.from(await (await fetch(archive?.url ?? "")).arrayBuffer());
    expect(bytes.subarray(0, 2).toString()).toBe("PK");
  });

  test("without a version it is the newest", async () => {
    expect(await ask("kaggle:datasets/o/d")).toMatchObject({ revision: "3", pinned: false });
  });

  test("a file comes as it is, or packed, and a folder is a part of the archive", async () => {
    const plain = await objects(await ask({ uri: "kaggle:datasets/o/d@3", path: "d.csv" }));
    expect(plain).toMatchObject([{ path: "d.csv", size: 4 }]);
    expect(plain[0]).not.toHaveProperty("members");
    const packed = await objects(await ask({ uri: "kaggle:datasets/o/d@3", path: "c.csv" }));
    expect(packed).toMatchObject([{ path: "c.csv.zip", members: { strip: 0 } }]);
    const folder = await objects(await ask({ uri: "kaggle:datasets/o/d@3", path: "a" }));
    expect(folder).toMatchObject([{ path: "d.zip", members: { strip: 0, prefix: "a" } }]);
  });

  test("a model's files are listed, page by page", async () => {
    const found = await ask("kaggle:models/o/m/pyTorch/base@2");
    expect(found).toMatchObject({ revision: "2", pinned: true, licensePublished: "Gemma" });
    const all = await objects(found);
    expect(all.map(({ path, size }) => [path, size])).toEqual([
      ["x/w.bin", 1],
      ["y.txt", 2],
      ["z 1.txt", 1],
      ["x/v.bin", 1],
      ["last#", 1],
    ]);
    expect(await Promise.all(all.map(text))).toEqual(["w", "yy", "z", "v", "l"]);
    const part = await ask({ uri: "kaggle:models/o/m/pyTorch/base@2", path: "x" });
    expect((await objects(part)).map(({ path }) => path)).toEqual(["w.bin", "v.bin"]);
    expect(await ask({ uri: "kaggle:models/o/m/pyTorch/base@2", path: "none" })).toMatchObject({ kind: "absent" });
  });
});

test("what is private or missing is told as that, and never as absent", async () => {
  expect(await ask("kaggle:datasets/o/private")).toMatchObject({
    kind: "denied",
    reason: "forbidden",
    httpStatus: 403,
  });
  expect(await ask("kaggle:datasets/o/none")).toMatchObject({ kind: "denied", reason: "authentication-required" });
  expect(await ask("kaggle:models/o/none/x/y")).toMatchObject({ kind: "denied" });
  const { user, key } = server.login;
  const basic = `Basic ${Buffer.from(`${user}:${key}`).toString("base64")}`;
  const found = await ask("kaggle:datasets/o/private", server.url, basic);
  expect(found).toMatchObject({ status: "found", licensePublished: "MIT" });
  const authorize = found.status === "found" ? found.authorize : undefined;
  expect(await authorize?.({ url: `${server.url}x` })).toMatchObject({ headers: { authorization: basic } });
  expect(await authorize?.({ url: "https://storage.example/x" })).toBeUndefined();
});

test.each([
  [429, "unreachable"],
  [500, "unreachable"],
  [451, "absent"],
])("%s is %s", async (status, kind) => {
  const broken = await startWebServer((_request, response) => response.writeHead(status).end());
  const own = loopbackHttp();
  try {
    const ref = kaggle.parse({ uri: "kaggle:datasets/o/d" });
    const context = contextFor(own, { endpoint: () => `${broken.url}/` });
    expect(ref === undefined ? undefined : await kaggle.resolve(ref, context)).toMatchObject({ kind });
  } finally {
    await own.close();
    await broken.close();
  }
});

test("the login is found where the host's own tools keep it", async () => {
  const home = mkdtempSync(join(tmpdir(), "wholesource-kaggle-"));
  const value = (env: Readonly<Record<string, string>>) =>
    createSettings({ cwd: home, env: { HOME: home, ...env }, run })("kaggle.authorization");
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;
  try {
    expect(await value({})).toBeUndefined();
    mkdirSync(join(home, ".kaggle"));
    writeFileSync(join(home, ".kaggle/kaggle.json"), '{"username":"me","key":"abc"}');
    expect(await value({})).toBe(basic("me:abc"));
    expect(await value({ KAGGLE_USERNAME: "you", KAGGLE_KEY: "def" })).toBe(basic("you:def"));
    writeFileSync(join(home, ".kaggle/access_token"), "t0ken\n");
    expect(await value({ KAGGLE_USERNAME: "you", KAGGLE_KEY: "def" })).toBe("Bearer t0ken");
    expect(await value({ KAGGLE_API_TOKEN: "other" })).toBe("Bearer other");
    expect(await value({ KAGGLE_API_TOKEN: ".kaggle/access_token" })).toBe("Bearer t0ken");
    writeFileSync(join(home, "kaggle.json"), "not json");
    expect(await value({ KAGGLE_CONFIG_DIR: home })).toBeUndefined();
  } finally {
    rmSync(home, { recursive: true });
  }
});
