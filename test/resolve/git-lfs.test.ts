import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Refusal, RemoteObject } from "../../src/model/evidence.ts";
import type { ResolveContext, Resolved } from "../../src/resolve/resolver.ts";
import { git as resolver } from "../../src/resolve/resolvers/git.ts";
import { commitAll, createRepository, type GitServer, git, gitBeside, startGitServer } from "../services/git.ts";
import { type LfsServer, lfsBehind, startLfs } from "../services/lfs.ts";
import { need } from "../services/need.ts";
import { collect } from "./conformance.ts";
import { contextFor } from "./context.ts";
import { loopbackHttp } from "./web-server.ts";

const http = loopbackHttp();
const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const weights = Buffer.alloc(100_000, 3);
const pointer = (bytes: string | Uint8Array): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(bytes)}\nsize ${Buffer.byteLength(bytes)}\n`;

let base: string;
let lfs: LfsServer;
let server: GitServer;

async function open(name: string, more: Partial<ResolveContext> = {}): Promise<Resolved> {
  const ref = resolver.parse({ uri: `git+${server.at.url}/${name}` });
  if (ref === undefined) throw new Error("not read");
  const resolution = await resolver.resolve(ref, contextFor(http, more));
  if (resolution.status !== "found") throw new Error(JSON.stringify(resolution));
  return resolution;
}

async function list(name: string, more: Partial<ResolveContext> = {}): Promise<ReadonlyMap<string, RemoteObject>> {
  const { objects } = await open(name, more);
  const all = objects === undefined ? [] : await collect<RemoteObject | Refusal>(objects);
  return new Map(
    all.map((object) => ("reason" in object ? [object.message, { path: "", url: "" }] : [object.path, object])),
  );
}

/** A repository of pointers that nobody uploaded anything for. */
async function publishPointers(name: string, files: { readonly [path: string]: string }): Promise<void> {
  const work = createRepository(join(base, `work-${name}`));
  for (const [path, text] of Object.entries(files)) await writeFile(join(work, path), text);
  commitAll(work);
  server.publish(work, name);
}

need(
  "git",
  "git-lfs",
  "nginx",
  "fcgiwrap",
)("git-lfs", () => {
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "wholesource-lfs-test-"));
    lfs = await startLfs();
    server = await startGitServer(lfsBehind(lfs));
    const empty = createRepository(join(base, "empty"));
    server.publish(empty, "real.git");
    const work = createRepository(join(base, "work"));
    git(work, ["lfs", "install", "--local"]);
    git(work, ["lfs", "track", "*.bin"]);
    git(work, ["config", "lfs.locksverify", "false"]);
    await writeFile(join(work, "model.bin"), weights);
    await writeFile(join(work, "run.bin"), "tool", { mode: 0o755 });
    await writeFile(join(work, "README"), "text\n");
    commitAll(work);
    git(work, ["remote", "add", "origin", `${server.at.url}/real.git`]);
    await gitBeside(work, ["push", "--quiet", "origin", "main"]);
  });
  afterEach(() => {
    lfs.rules.errors.clear();
    delete lfs.rules.status;
    delete lfs.rules.reply;
    delete lfs.rules.expiresIn;
    delete lfs.rules.href;
    lfs.rules.key = "one";
  });
  afterAll(async () => {
    await server.close();
    await lfs.close();
    await http.close();
    await rm(base, { recursive: true, force: true });
  });

  test("the real client pushes to our server and gets the same back, so that its answers are right ones", async () => {
    expect(lfs.objects.get(sha256(weights))?.equals(weights)).toBe(true);
    const copy = join(base, "copy");
    git(base, ["clone", "--quiet", `${server.at.url}/real.git`, copy]);
    git(copy, ["lfs", "install", "--local"]);
    await gitBeside(copy, ["lfs", "pull"]);
    expect(readFileSync(join(copy, "model.bin")).equals(weights)).toBe(true);
  });

  test.each(["full", "probe"] as const)("at depth %s a large file is where the server says", async (depth) => {
    const objects = await list("real.git", { depth });
    expect(objects.get("README")).toMatchObject({ size: 5 });
    expect(objects.get("model.bin")).toEqual({
      path: "model.bin",
      url: `${server.at.url}/real.git/info/lfs/files/${sha256(weights)}`,
      size: weights.length,
      digest: { sha256: sha256(weights) },
      mode: "100644",
      treeBlob: git(join(base, "work"), ["rev-parse", "HEAD:model.bin"]),
      listed: true,
    });
    expect(objects.get("run.bin")).toMatchObject({ mode: "100755" });
  });

  test("what a file is asked with goes to that file and to no other", async () => {
    const resolved = await open("real.git");
    if (resolved.objects === undefined) throw new Error("no listing");
    const objects = await collect(resolved.objects);
    const large = objects.find((one) => "path" in one && one.path === "model.bin");
    if (large === undefined || !("path" in large)) throw new Error("not there");
    expect(await resolved.authorize?.(large)).toEqual({ scheme: "headers", headers: { "x-key": "one" } });
    expect(await resolved.authorize?.({ url: `${large.url}0` })).toBeUndefined();
    expect(JSON.stringify(objects)).not.toContain("x-key");
  });

  test("a key that has run out is asked for again", async () => {
    lfs.rules.expiresIn = 1;
    const resolved = await open("real.git");
    if (resolved.objects === undefined) throw new Error("no listing");
    const objects = await collect(resolved.objects);
    lfs.rules.key = "two";
    const large = objects.find((one) => "path" in one && one.path === "model.bin");
    if (large === undefined || !("path" in large)) throw new Error("not there");
    expect(await resolved.authorize?.(large)).toMatchObject({ headers: { "x-key": "two" } });
  });

  test("files are asked for a hundred at a time, in their order", async () => {
    const names = Array.from({ length: 250 }, (_, at) => `f${String(at).padStart(3, "0")}`);
    await publishPointers(
      "many.git",
      Object.fromEntries([...names.map((name) => [name, pointer(name)]), ["z", "text"]]),
    );
    for (const name of names) lfs.objects.set(sha256(name), Buffer.from(name));
    lfs.questions.length = 0;
    const objects = await list("many.git");
    expect([...objects.keys()]).toEqual([...names, "z"]);
    expect(lfs.questions).toEqual([100, 100, 50]);
    for (const name of names) expect(objects.get(name)).toMatchObject({ digest: { sha256: sha256(name) } });
  });

  test.each([
    [404, "absent", "not-found"],
    [410, "absent", "gone"],
    [401, "denied", "authentication-required"],
    [403, "denied", "forbidden"],
    [409, "malformed", "reply-invalid"],
    [422, "malformed", "reply-invalid"],
    [429, "unreachable", "rate-limited"],
    [500, "unreachable", "server-error"],
    [507, "unreachable", "rate-limited"],
    [509, "unreachable", "rate-limited"],
    [418, "unreachable", "status-unexpected"],
  ])("%s for one file is %s, %s, and the others stand", async (code, kind, reason) => {
    lfs.rules.errors.set(sha256(weights), { code, message: "because" });
    const objects = await list("real.git");
    const refusal = objects.get("model.bin")?.refusal;
    expect(refusal).toMatchObject({ kind, reason });
    expect(objects.get("model.bin")).toMatchObject({ size: weights.length, digest: { sha256: sha256(weights) } });
    expect(refusal?.message).toMatch(code === 507 || code === 509 ? /quota/ : /because/);
    expect(objects.get("run.bin")?.refusal).toBeUndefined();
  });

  test.each([
    [401, "denied", "authentication-required"],
    [403, "denied", "forbidden"],
    [410, "unreachable", "status-unexpected"],
    [413, "unreachable", "status-unexpected"],
    [422, "unreachable", "status-unexpected"],
    [429, "unreachable", "rate-limited"],
    [503, "unreachable", "server-error"],
    [507, "unreachable", "rate-limited"],
    [509, "unreachable", "rate-limited"],
  ])("%s for all of them says nothing of any: %s, %s", async (status, kind, reason) => {
    lfs.rules.status = status;
    const objects = await list("real.git");
    for (const path of ["model.bin", "run.bin"]) expect(objects.get(path)?.refusal).toMatchObject({ kind, reason });
    expect(objects.get("README")?.refusal).toBeUndefined();
  });

  test.each([404, 405, 501])("%s: without such a server the pointer is what there is", async (status) => {
    lfs.rules.status = status;
    const object = (await list("real.git")).get("model.bin");
    if (object === undefined) throw new Error("not there");
    expect(readFileSync(fileURLToPath(object.url), "utf8")).toBe(pointer(weights));
    expect(object.refusal).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ["no object", "text"],
    ["no files", {}],
    ["another file", { objects: [{ oid: "0".repeat(64), size: 1 }] }],
    ["no address", { objects: [{ oid: sha256(weights), size: 1 }] }],
    ["a transfer of its own", { transfer: "tus", objects: [] }],
    ["no web address", { objects: [{ oid: sha256(weights), actions: { download: { href: "file:///etc/passwd" } } }] }],
    ["half an address", { objects: [{ oid: sha256(weights), actions: { download: { href: "http://" } } }] }],
  ])("nonsense is told as such: %s", async (_, reply) => {
    lfs.rules.reply = reply;
    expect((await list("real.git")).get("model.bin")?.refusal).toMatchObject({ reason: "reply-invalid" });
  });

  test("headers that would change the question are not taken", async () => {
    const header = { Host: "example.org", Range: "bytes=0-0", "X-A": "1", "Bad Name": "1", "X-B": "a\nb", Cookie: "c" };
    const href = "https://example.org/a";
    lfs.rules.reply = { objects: [{ oid: sha256(weights), actions: { download: { href, header } } }] };
    const resolved = await open("real.git");
    if (resolved.objects === undefined) throw new Error("no listing");
    await collect(resolved.objects);
    expect(await resolved.authorize?.({ url: href })).toEqual({ scheme: "headers", headers: { "x-a": "1" } });
  });

  test("the repository may name another address at its own host, and at no other", async () => {
    const own = `[lfs]\n\turl = ${server.at.url}/elsewhere/info/lfs\n`;
    await publishPointers("own.git", { ".lfsconfig": own, "a.bin": pointer(weights) });
    expect((await list("own.git")).get("a.bin")?.url).toBe(
      `${server.at.url}/elsewhere/info/lfs/files/${sha256(weights)}`,
    );
    const other = "[lfs]\n\turl = https://me:word@example.org/lfs\n";
    await publishPointers("other.git", { ".lfsconfig": other, "a.bin": pointer(weights) });
    const resolved = await open("other.git");
    expect(resolved.facts?.lfsUrlIgnored).toBe("https://example.org/lfs");
    expect((await list("other.git")).get("a.bin")?.url.startsWith(server.at.url)).toBe(true);
  });

  test("texts that only look like pointers are files", async () => {
    const long = `${pointer("a")}${"ext-0-a sha256:b\n".repeat(80)}`;
    const files = { talk: `${pointer("a")}and more\n`, long, none: "version https://git-lfs.github.com/spec/v1\n" };
    await publishPointers("texts.git", files);
    for (const object of (await list("texts.git")).values()) {
      expect(object.url.startsWith("file:")).toBe(true);
      expect(existsSync(fileURLToPath(object.url))).toBe(true);
    }
  });
});
