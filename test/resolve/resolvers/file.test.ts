import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Found, Refusal, RemoteObject, Resolution } from "../../../src/model/evidence.ts";
import type { Location } from "../../../src/model/manifest.ts";
import type { ResolveContext } from "../../../src/resolve/resolver.ts";
import { file } from "../../../src/resolve/resolvers/file.ts";
import { collect, noHttp } from "../conformance.ts";
import { contextFor } from "../context.ts";

const weird = [
  " leading",
  "a b",
  "a#b",
  "a%20b",
  "a%b",
  "a&b",
  "a?b",
  "a\\b",
  "caf\u00e9",
  "cafe\u0301",
  "line\nbreak",
  "tab\tcr\r",
  "\u{1f600}",
  "\uffee",
  "~",
  "'\"",
];
let root: string;
let base: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "wholesource-file-")));
  base = join(root, "release");
  mkdirSync(join(base, "data", "sub"), { recursive: true });
  mkdirSync(join(base, "data", ".git"), { recursive: true });
  mkdirSync(join(base, "weird"));
  mkdirSync(join(base, "links"));
  writeFileSync(join(base, "data", ".git", "HEAD"), "ref");
  writeFileSync(join(base, "data", "b.txt"), "bee");
  writeFileSync(join(base, "data", "sub", "a.txt"), "ay");
  writeFileSync(join(base, "data", "sub-a"), "dash");
  chmodSync(join(base, "data", "b.txt"), 0o755);
  for (const name of weird) writeFileSync(join(base, "weird", name), name);
  writeFileSync(join(root, "secret"), "secret");
  mkdirSync(join(root, "elsewhere"));
  writeFileSync(join(root, "elsewhere", "x"), "x");
  symlinkSync("../../secret", join(base, "links", "out"));
  symlinkSync("../../elsewhere", join(base, "links", "out-folder"));
  symlinkSync("../data", join(base, "links", "in-folder"));
  symlinkSync("../data/b.txt", join(base, "links", "in"));
  symlinkSync("nowhere", join(base, "links", "dangling"));
  symlinkSync("loop", join(base, "links", "loop"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function context(more: Partial<ResolveContext> = {}): ResolveContext {
  return contextFor(noHttp, { baseFolder: base, ...more });
}

async function resolved(location: Location | string, more: Partial<ResolveContext> = {}): Promise<Resolution> {
  const ref = file.parse(typeof location === "string" ? { uri: location } : location);
  if (ref === undefined) throw new Error("not parsed");
  return file.resolve(ref, context(more));
}

async function listing(resolution: Resolution): Promise<readonly (RemoteObject | Refusal)[]> {
  if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
  return collect(resolution.objects);
}

const at = (found: Resolution, path: string) => (found as Found).objectAt?.(path);
const url = (path: string) => pathToFileURL(join(base, path)).href;

test("a folder lists its files by the bytes of their paths, without git's own", async () => {
  const resolution = await resolved("./data");
  const within = pathToFileURL(base).href;
  expect(await listing(resolution)).toEqual([
    { path: "b.txt", url: url("data/b.txt"), size: 3, mode: "100755", within },
    { path: "sub-a", url: url("data/sub-a"), size: 4, mode: "100644", within },
    { path: "sub/a.txt", url: url("data/sub/a.txt"), size: 2, mode: "100644", within },
  ]);
  const { paths: listed } = resolution as Found;
  const paths = listed === undefined ? [] : await collect(listed);
  expect(paths.flat().sort()).toEqual(["b.txt", "sub-a", "sub/a.txt"]);
});

test("names of every kind keep their bytes, and their URLs lead back to them", async () => {
  const objects = await listing(await resolved("weird"));
  const names = [...weird].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(objects.map((object) => "path" in object && object.path)).toEqual(names);
  for (const object of objects) {
    if (!("path" in object)) throw new Error("refused");
    expect(object.url).toMatch(/^file:\/\/\/[!-~]+$/);
    expect(readFileSync(new URL(object.url), "utf8")).toBe(object.path);
    expect(at(await resolved("weird"), object.path)).toMatchObject({ path: object.path, url: object.url });
  }
});

test("links are listed as links and not followed", async () => {
  const objects = await listing(await resolved("links"));
  expect(objects.map((object) => "path" in object && [object.path, object.mode])).toEqual([
    ["dangling", "120000"],
    ["in", "120000"],
    ["in-folder", "120000"],
    ["loop", "120000"],
    ["out", "120000"],
    ["out-folder", "120000"],
  ]);
});

test("a path below selects a folder or a file", async () => {
  expect(await listing(await resolved({ uri: "./data", path: "sub" }))).toMatchObject([{ path: "a.txt" }]);
  expect(await listing(await resolved({ uri: "./data", path: "sub/" }))).toMatchObject([{ path: "a.txt" }]);
  const one = await resolved({ uri: "./data", path: "sub/a.txt" });
  expect(one).toMatchObject({ status: "found", single: true, pinned: true });
  expect(await listing(one)).toEqual([{ path: "a.txt", url: url("data/sub/a.txt"), size: 2, mode: "100644" }]);
  expect(at(one, "a.txt")).toMatchObject({ size: 2 });
  expect(at(one, "b.txt")).toMatchObject({ status: "refused", reason: "not-found" });
});

test("an archive to unpack keeps its path for the members", async () => {
  const found = await resolved({ uri: "data/b.txt", path: "inner", unpack: true });
  expect(await listing(found)).toMatchObject([{ path: "b.txt", members: { strip: 0, prefix: "inner" } }]);
  expect(found).not.toHaveProperty("objectAt");
  expect(await resolved({ uri: "data", unpack: true })).toMatchObject({ reason: "not-a-file" });
});

test("a declared path says which folder its reader must stay in", async () => {
  const within = pathToFileURL(base).href;
  expect(at(await resolved("links"), "in")).toEqual({ path: "in", url: url("links/in"), within });
  expect(at(await resolved("links", { allowOutside: true }), "in")).toEqual({
    path: "in",
    url: url("links/in"),
    within: "file:///",
  });
  const [link] = await listing(await resolved({ uri: "links" }));
  expect(link).toMatchObject({ path: "dangling", within });
});

test.each(["../secret", "/etc/passwd", "a/../../b", "", ".", "a//b", "a\0b", "a/", "\ud800"])(
  "the declared path %j does not leave its location",
  async (path) => {
    expect(at(await resolved("data"), path)).toMatchObject({ status: "refused", reason: "outside-blocked" });
  },
);

describe("the manifest's folder is the border", () => {
  test.each([
    "../secret",
    "../nothing",
    "..",
    "data/../../secret",
    "links/out",
    "links/out-folder",
    "/etc/passwd",
    "/nothing/at/all",
    "file:///etc/passwd",
  ])("%s is refused whether it exists or not", async (uri) => {
    expect(await resolved(uri)).toMatchObject({ kind: "denied", reason: "outside-blocked" });
  });

  test("a link on the way is found out too", async () => {
    expect(await resolved({ uri: "links/out-folder", path: "x" })).toMatchObject({ reason: "outside-blocked" });
  });

  test.each(["../secret", "links/out", "../elsewhere/x"])("%s is read when the user allows it", async (uri) => {
    expect(await resolved(uri, { allowOutside: true })).toMatchObject({ status: "found" });
  });

  test("a folder whose name begins alike is outside", async () => {
    mkdirSync(join(root, "release-other"));
    expect(await resolved(join(root, "release-other"))).toMatchObject({ reason: "outside-blocked" });
  });

  test("an absolute path inside is inside, also by way of a link to the folder", async () => {
    symlinkSync("release", join(root, "alias"));
    expect(await resolved(join(base, "data"))).toMatchObject({ status: "found", pinned: false });
    expect(await resolved(pathToFileURL(join(base, "data")).href)).toMatchObject({ status: "found", pinned: false });
    expect(await resolved("data", { baseFolder: join(root, "alias") })).toMatchObject({
      status: "found",
      pinned: true,
    });
  });

  test.each(["data", "/etc"])("without a folder %s is refused", async (uri) => {
    expect(await resolved(uri, { baseFolder: undefined })).toMatchObject({ reason: "outside-blocked" });
  });
  test("without a folder an absolute path may still be allowed", async () => {
    const more = { baseFolder: undefined, allowOutside: true };
    expect(await resolved(base, more)).toMatchObject({ status: "found" });
    expect(await resolved("data", more)).toMatchObject({ reason: "outside-blocked" });
  });
});

test.each([
  ["nothing", "absent", "not-found"],
  ["data/b.txt/x", "absent", "not-found"],
  ["links/dangling", "absent", "not-found"],
  ["links/loop", "absent", "not-a-file"],
  [`data/${"n".repeat(300)}`, "absent", "not-found"],
])("%s is %s: %s", async (uri, kind, reason) => {
  const refusal = await resolved(uri);
  expect(refusal).toMatchObject({ status: "refused", kind, reason });
  expect(JSON.stringify(refusal)).not.toContain(root);
});

test.each([
  ["10.5281/zenodo.1234567", "there is no such file (a DOI begins with `doi:`)"],
  ["example.org/data/a.csv", "there is no such file (an address begins with `https://`)"],
  ["nothing/a.csv", "there is no such file"],
  ["../nothing.csv/a", "there is no such file"],
])("%s is not there, and what may be meant is said", async (uri, message) => {
  expect(await resolved(uri, { allowOutside: true })).toMatchObject({ reason: "not-found", message });
});

test("pipes are neither opened nor passed over", async () => {
  const pipes = join(base, "pipes");
  mkdirSync(pipes);
  expect(spawnSync("mkfifo", [join(pipes, "pipe")]).status).toBe(0);
  expect(await resolved("pipes/pipe")).toMatchObject({ reason: "not-a-file" });
  expect(await listing(await resolved("pipes"))).toMatchObject([{ status: "refused", reason: "not-a-file" }]);
});

test("a name that is not UTF-8 is told, not guessed", async () => {
  const folder = join(base, "bytes");
  mkdirSync(folder);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/a`), Buffer.of(0xff)]), "x");
  writeFileSync(join(folder, "b\ufffd"), "x");
  expect(await listing(await resolved("bytes"))).toMatchObject([
    { status: "refused", kind: "malformed", reason: "reply-invalid" },
    { path: "b\ufffd" },
  ]);
});

test("an interrupted listing says so", async () => {
  const abort = new AbortController();
  const found = await resolved("data", { signal: abort.signal });
  abort.abort();
  expect(await listing(found)).toMatchObject([{ status: "refused", reason: "interrupted" }]);
});

test.each([
  ["./data", true],
  ["data/../x", true],
  [".", true],
  ["../x", false],
  ["a/../../x", false],
  ["/data", false],
  ["file:///data", false],
])("%s is pinned: %s", (uri, pinned) => {
  const ref = file.parse({ uri });
  expect(ref !== undefined && file.isPinned(ref)).toBe(pinned);
});

test.each([
  "file://host/x",
  "file:x",
  "file:///a?b",
  "file:///a#b",
  "file:///a%2Fb",
  "file:///a%00",
  "file:///%",
  "a:b",
  "c:/x",
  "a\0b",
  "\udc00",
  "//host/x",
])("%j is no local path", (uri) => {
  expect(file.parse({ uri })).toBeUndefined();
});

test("a colon is a name's own where no scheme can stand", () => {
  expect(file.parse({ uri: "./a:b" })).toMatchObject({ path: "./a:b" });
  expect(file.parse({ uri: "/a:b" })).toMatchObject({ path: "/a:b" });
  expect(file.parse({ uri: "file:///a%3Ab%20c" })).toMatchObject({ path: "/a:b c" });
});
