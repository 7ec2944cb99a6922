/** The three kinds of forges share their questions; what differs is where the answers are. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RemoteObject } from "../../../src/model/evidence.ts";
import type { Location } from "../../../src/model/manifest.ts";
import type { Resolution, ResolveContext, Resolver } from "../../../src/resolve/resolver.ts";
import { forgejo } from "../../../src/resolve/resolvers/forgejo.ts";
import { github } from "../../../src/resolve/resolvers/github.ts";
import { gitlab } from "../../../src/resolve/resolvers/gitlab.ts";
import { type ForgeServer, startForge } from "../../services/forge.ts";
import { commitAll, createRepository, git, needGitServer } from "../../services/git.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

const http = loopbackHttp();
let home: string;
let forge: ForgeServer;
let [first, second] = ["", ""];

const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "wholesource-forge-"));
  const work = createRepository(join(home, "work"));
  mkdirSync(join(work, "data"));
  writeFileSync(join(work, "LICENSE"), "terms\n");
  writeFileSync(join(work, "data/a.csv"), "1\n");
  first = commitAll(work);
  git(work, ["tag", "v1"]);
  git(work, ["branch", "feature/data"]);
  execFileSync("zip", ["-q", "data.zip", "data/a.csv"], { cwd: work });
  writeFileSync(join(work, "data/a.csv"), "2\n");
  second = commitAll(work);
  git(work, ["tag", "release/2"]);
  git(work, ["tag", "bare"]);
  forge = await startForge();
  const weights = "the weights";
  const releases = [
    {
      tag: "v1",
      assets: { "model.bin": weights, "model.zip": "zip" },
      digests: { "model.bin": `sha256:${sha256(weights)}` },
    },
    { tag: "release/2", assets: { "model.bin": "newer" }, untold: { "late.bin": "late" } },
  ];
  for (const path of ["o/n", "g/s/n"]) forge.publish(work, path, releases);
  forge.publish(work, "o/empty", [{ tag: "v1", assets: {} }]);
}, 60_000);
afterAll(async () => {
  await http.close();
  await forge?.close();
  rmSync(home, { recursive: true });
});

const forges: Readonly<Record<string, Resolver>> = { github, gitlab, forgejo };

async function ask(location: Location | string, more: Partial<ResolveContext> = {}): Promise<Resolution> {
  const read = typeof location === "string" ? { uri: location } : location;
  for (const [id, resolver] of Object.entries(forges)) {
    const ref = resolver.parse(read);
    if (ref === undefined) continue;
    const endpoint = (asked: string) => (asked === id ? forge.url : undefined);
    return resolver.resolve(ref, contextFor(http, { endpoint, ...more }));
  }
  throw new Error("nobody's");
}

async function objects(resolution: Resolution): Promise<readonly RemoteObject[]> {
  if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
  const all = await collect(resolution.objects);
  return all.map((object) => {
    if ("reason" in object) throw new Error(JSON.stringify(object));
    return object;
  });
}
const paths = async (resolution: Resolution) => (await objects(resolution)).map(({ path }) => path);
const text = async ({ url }: RemoteObject) =>
  url.startsWith("file:") ? readFileSync(fileURLToPath(url), "utf8") : (await fetch(url)).text();

needGitServer()("repositories", () => {
  test.each([
    ["github:o/n", "head"],
    ["https://github.com/o/n", "head"],
    ["https://github.com/o/n/tree/main", "head"],
    ["https://github.com/o/n/commit/{first}", "first"],
    ["pkg:github/o/n@v1", "first"],
    ["https://gitlab.com/g/s/n", "head"],
    ["https://gitlab.com/g/s/n/-/tree/v1?ref_type=tags", "first"],
    ["https://gitlab.com/g/s/n/-/commit/{first}", "first"],
    ["codeberg:o/n@v1", "first"],
    ["https://codeberg.org/o/n/src/branch/main", "head"],
    ["https://codeberg.org/o/n/src/commit/{first}", "first"],
  ])("%s is the %s commit", async (uri, which) => {
    const resolution = await ask(uri.replace("{first}", first));
    expect(resolution).toMatchObject({ revision: which === "head" ? second : first, pinned: uri.includes("{first}") });
    expect(await paths(resolution)).toContain("data/a.csv");
  });

  test.each([
    "https://github.com/o/n/tree/feature/data/data",
    "https://github.com/o/n/tree/refs/heads/feature/data/data",
    "https://github.com/o/n/tree/feature%2Fdata/data",
    "https://gitlab.com/g/s/n/-/tree/feature/data/data?ref_type=heads",
    "https://codeberg.org/o/n/src/branch/feature/data/data",
  ])("%s is the branch with the `/`, and the folder behind it", async (uri) => {
    const resolution = await ask(uri);
    expect(resolution).toMatchObject({ revision: first, pinned: false });
    expect(await paths(resolution)).toEqual(["a.csv"]);
  });

  test.each([
    "https://github.com/o/n/blob/main/data/a.csv",
    "https://github.com/o/n/raw/release/2/data/a.csv",
    "https://raw.githubusercontent.com/o/n/refs/heads/main/data/a.csv",
    "https://gitlab.com/g/s/n/-/raw/release/2/data/a.csv",
    "https://codeberg.org/o/n/raw/tag/release/2/data/a.csv",
  ])("%s is one file", async (uri) => {
    const resolution = await ask(uri);
    expect(resolution).toMatchObject({ revision: second, single: true });
    const [object] = await objects(resolution);
    expect([object?.path, object === undefined ? "" : await text(object)]).toEqual(["a.csv", "2\n"]);
  });

  test("the location's own commit pins a page that shows a branch", async () => {
    const pinned = { uri: "https://github.com/o/n/blob/main/data/a.csv", revision: first };
    const resolution = await ask(pinned);
    expect(resolution).toMatchObject({ revision: first, pinned: true });
    expect(await Promise.all((await objects(resolution)).map(text))).toEqual(["1\n"]);
  });

  test("an archive in a repository can be unpacked", async () => {
    const resolution = await ask({ uri: "https://github.com/o/n/blob/main/data.zip", unpack: true, path: "data" });
    expect(await objects(resolution)).toMatchObject([{ path: "data.zip", members: { strip: 0, prefix: "data" } }]);
    expect(await ask({ uri: "github:o/n", unpack: true, path: "data" })).toMatchObject({ reason: "not-a-file" });
  });

  test.each([
    ["https://github.com/o/n/tree/none/of/these", "revision-not-found", "absent"],
    ["https://github.com/o/n/tree/0123456/a", "revision-unclear", undefined],
    ["https://github.com/o/n/tree/main/nothing", "not-found", "absent"],
    ["https://github.com/o/nothing", "authentication-required", "denied"],
    ["https://gitlab.com/o/nothing/-/tree/main/a", "authentication-required", "denied"],
    ["https://codeberg.org/o/nothing", "authentication-required", "denied"],
  ])("%s is refused: %s", async (uri, reason, kind) => {
    const refusal = await ask(uri);
    expect(refusal).toMatchObject({ status: "refused", reason, ...(kind === undefined ? {} : { kind }) });
    if (reason === "authentication-required") expect(refusal).toMatchObject({ message: /private or missing/ });
  });
});

needGitServer()("releases", () => {
  test("GitHub's are listed with sizes and digests, in one question", async () => {
    const before = forge.asked.length;
    const resolution = await ask("https://github.com/o/n/releases/tag/v1");
    expect(resolution).toMatchObject({ pinned: false, facts: { tag: "v1" } });
    expect(await objects(resolution)).toMatchObject([
      { path: "model.bin", size: 11, digest: { sha256: sha256("the weights") }, listed: true, operatorEndpoint: true },
      { path: "model.zip", size: 3, listed: true },
    ]);
    expect(forge.asked.length - before).toBe(1);
  });

  test.each([
    ["https://github.com/o/n/releases/download/v1/model.bin", "the weights"],
    ["https://github.com/o/n/releases/download/release/2/model.bin", "newer"],
    ["https://github.com/o/n/releases/download/release%2F2/late.bin", "late"],
    ["https://gitlab.com/g/s/n/-/releases/v1/downloads/model.bin", "the weights"],
    ["https://gitlab.com/g/s/n/-/releases/release%2F2/downloads/late.bin", "late"],
    ["https://codeberg.org/o/n/releases/download/v1/model.bin", "the weights"],
  ])("%s is one file", async (uri, content) => {
    const resolution = await ask(uri);
    expect(resolution).toMatchObject({ status: "found", single: true, pinned: false });
    const [object] = await objects(resolution);
    expect(object === undefined ? "" : await text(object)).toBe(content);
  });

  test("the latest is chosen, and that is told", async () => {
    expect(await ask("https://github.com/o/n/releases/latest/download/model.bin")).toMatchObject({
      facts: { tag: "release/2" },
      signs: [{ code: "version-chosen", at: "release/2" }],
    });
  });

  test.each(["https://gitlab.com/g/s/n/-/releases/v1", "https://codeberg.org/o/n/releases/tag/v1"])(
    "%s lists what was attached",
    async (uri) => expect(await paths(await ask(uri))).toEqual(["model.bin", "model.zip"]),
  );

  test("one file of a release, unpacked", async () => {
    const resolution = await ask({ uri: "https://github.com/o/n/releases/tag/v1", path: "model.zip", unpack: true });
    expect(await objects(resolution)).toMatchObject([{ path: "model.zip", members: { strip: 0 } }]);
  });

  test.each(["https://github.com/o/n/releases/tag/bare", "https://github.com/o/empty/releases/tag/v1"])(
    "%s, without uploads, is what the tag holds",
    async (uri) => {
      const resolution = await ask(uri);
      expect(resolution).toMatchObject({ status: "found", facts: { release: expect.any(String) } });
      expect(await paths(resolution)).toContain("data/a.csv");
    },
  );

  test("a file that is not there is absent where the repository shows, and perhaps hidden where it does not", async () => {
    expect(await ask("https://github.com/o/n/releases/download/v1/none.bin")).toMatchObject({ kind: "absent" });
    expect(await ask("https://github.com/o/n/releases/download/v9/model.bin")).toMatchObject({ kind: "absent" });
    expect(await ask("https://github.com/o/n/releases/tag/v9")).toMatchObject({ reason: "revision-not-found" });
    expect(await ask("https://github.com/o/nothing/releases/download/v1/a")).toMatchObject({ kind: "denied" });
    expect(await ask("https://github.com/o/nothing/releases/tag/v1")).toMatchObject({ kind: "denied" });
    expect(await ask("https://gitlab.com/o/nothing/-/releases/v1")).toMatchObject({ kind: "denied" });
  });

  test("where the interface does not answer, a file is asked for itself and a page is not told of", async () => {
    // A client of its own: one that was told to wait asks this origin nothing more.
    const own = loopbackHttp();
    try {
      forge.refuseApi(500);
      const file = await ask("https://github.com/o/n/releases/download/v1/model.bin", { http: own });
      expect(file).toMatchObject({ status: "found", facts: { releaseUnread: expect.any(String) } });
      expect(await objects(file)).toMatchObject([{ path: "model.bin", size: 11 }]);
      forge.refuseApi(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "4102444800" });
      const page = await ask("https://github.com/o/n/releases/tag/v1", { http: own });
      expect(page).toMatchObject({ kind: "unreachable", reason: "rate-limited" });
    } finally {
      forge.refuseApi(undefined);
      await own.close();
    }
  });

  test("the token goes to the interface and nowhere else", async () => {
    const secrets: Readonly<Record<string, string>> = {
      "github.token": "public-t0ken",
      "github.enterpriseToken": "own-t0ken",
    };
    const before = forge.asked.length;
    const setting = async (name: string) => secrets[name];
    const one = await ask("https://github.com/o/n/releases/download/release%2F2/late.bin", { setting });
    const asked = forge.asked.slice(before);
    expect(asked.map(({ authorization }) => authorization)).toEqual(["Bearer own-t0ken", undefined]);
    expect(JSON.stringify([one, await objects(one)])).not.toContain("t0ken");
  });
});

needGitServer()("archives that are made on demand", () => {
  test.each([
    ["https://github.com/o/n/archive/refs/tags/v1.tar.gz", false],
    ["https://codeload.github.com/o/n/tar.gz/refs/tags/v1", false],
    ["https://github.com/o/n/archive/{first}.zip", true],
    ["https://gitlab.com/g/s/n/-/archive/v1/n-v1.tar.gz", false],
    ["https://codeberg.org/o/n/archive/v1.tar.gz", false],
  ])("%s is flagged, pinned %s", async (uri, pinned) => {
    const location = { uri: uri.replace("{first}", first), unpack: true, path: "data" };
    const resolution = await ask(location);
    expect(resolution).toMatchObject({ single: true, pinned, signs: [{ code: "archive-unstable" }] });
    const [object] = await objects(resolution);
    expect(object).toMatchObject({ members: { strip: 1, prefix: "data" }, operatorEndpoint: true });
    const bytes = Buffer.from(await (await fetch(object?.url ?? "")).arrayBuffer());
    expect(bytes.length).toBe(object?.size);
    const file = join(home, "archive");
    writeFileSync(file, bytes);
    const [program, argv] = uri.endsWith(".zip") ? ["unzip", ["-Z1", file]] : ["tar", ["-tzf", file]];
    const names = execFileSync(program, argv, { encoding: "utf8" }).split("\n");
    expect(names.map((name) => name.split("/").slice(1).join("/"))).toContain("data/a.csv");
  });

  test("of what the repository does not have, absent; of what nobody shows, denied", async () => {
    expect(await ask("https://github.com/o/n/archive/refs/tags/v9.tar.gz")).toMatchObject({ kind: "absent" });
    expect(await ask("https://github.com/o/nothing/archive/v1.zip")).toMatchObject({ kind: "denied" });
  });
});
