import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RemoteObject } from "../../../src/model/evidence.ts";
import type { Location } from "../../../src/model/manifest.ts";
import type { Resolution, ResolveContext, Resolved } from "../../../src/resolve/resolver.ts";
import { git as resolver } from "../../../src/resolve/resolvers/git.ts";
import {
  commitAll,
  createRepository,
  type GitServer,
  git,
  needGitServer,
  privateLogin,
  startGitServer,
} from "../../services/git.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

const http = loopbackHttp();
let server: GitServer;
let base: string;
let work: string;
const ids: { first: string; second: string; tag: string; orphan: string } = {
  first: "",
  second: "",
  tag: "",
  orphan: "",
};

const signature = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n";

/** A repository with everything that a repository can have. */
async function makeRepository(): Promise<void> {
  work = createRepository(join(base, "work"));
  await mkdir(join(work, "data"));
  await writeFile(join(work, "README"), "first\n");
  ids.first = commitAll(work, "first");
  await writeFile(join(work, "README"), "second\n");
  await writeFile(join(work, "data/empty"), "");
  await writeFile(join(work, "data/large.bin"), Buffer.alloc(300_000, 7));
  await writeFile(join(work, 'data/a b\n"\\\u00e9'), "odd");
  await writeFile(join(work, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  await symlink("../README", join(work, "data/link"));
  await writeFile(
    join(work, ".gitmodules"),
    '[submodule "one"]\n\tpath = sub/one\n\turl = https://me:word@example.org/one.git\n',
  );
  git(work, ["update-index", "--add", "--cacheinfo", `160000,${ids.first},sub/one`]);
  git(work, ["update-index", "--add", "--cacheinfo", `160000,${ids.first},sub/two`]);
  git(work, ["add", "README", "data", "run.sh", ".gitmodules"]);
  git(work, ["commit", "--quiet", "--message", "second"]);
  ids.second = git(work, ["rev-parse", "HEAD"]);
  git(work, ["tag", "light", ids.first]);
  git(work, ["tag", "--annotate", "--message", "plain", "plain", ids.first]);
  const text = `object ${ids.second}\ntype commit\ntag v1\ntagger C <c@example.org> 1704164645 +0000\n\nOne\n${signature}`;
  ids.tag = git(work, ["mktag"], text);
  git(work, ["update-ref", "refs/tags/v1", ids.tag]);
  git(work, ["branch", "twice", ids.first]);
  git(work, ["tag", "twice", ids.second]);
  git(work, ["branch", "same", ids.first]);
  git(work, ["tag", "same", ids.first]);
  ids.orphan = git(work, ["commit-tree", "-m", "nobody's", `${ids.first}^{tree}`]);
  const bare = server.publish(work, "all.git");
  git(work, ["push", "--quiet", bare, `${ids.orphan}:refs/hidden/one`]);
  git(bare, ["update-ref", "-d", "refs/hidden/one"]);
}

async function resolve(location: Location, more: Partial<ResolveContext> = {}): Promise<Resolution> {
  const ref = resolver.parse(location);
  if (ref === undefined) throw new Error("not read");
  return resolver.resolve(ref, contextFor(http, more));
}

async function found(location: Location, more: Partial<ResolveContext> = {}): Promise<Resolved> {
  const resolution = await resolve(location, more);
  if (resolution.status !== "found") throw new Error(JSON.stringify(resolution));
  return resolution;
}

async function list(resolved: Resolved): Promise<RemoteObject[]> {
  const objects = await collect(resolved.objects ?? (async function* () {})());
  return objects.map((object) => {
    if ("reason" in object) throw new Error(object.message);
    return object;
  });
}

const read = ({ url }: RemoteObject): string => readFileSync(fileURLToPath(url), "utf8");

needGitServer()("git", () => {
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "wholesource-git-test-"));
    server = await startGitServer();
    await makeRepository();
  });
  afterAll(async () => {
    await server.close();
    await http.close();
    await rm(base, { recursive: true, force: true });
  });

  test("a commit is a pin, and its files are listed as git has them", async () => {
    const resolved = await found({ uri: `git+${server.at.url}/all.git@${ids.second}` });
    expect(resolved).toMatchObject({ pinned: true, revision: ids.second });
    expect(resolved.facts).toMatchObject({ commit: ids.second, fetchedBy: "id" });
    expect(resolved.facts?.tree).toBe(git(work, ["rev-parse", `${ids.second}^{tree}`]));
    const objects = await list(resolved);
    expect(objects.map(({ path, mode, size }) => [path, mode, size])).toEqual([
      [".gitmodules", "100644", 77],
      ["README", "100644", 7],
      ['data/a b\n"\\\u00e9', "100644", 3],
      ["data/empty", "100644", 0],
      ["data/large.bin", "100644", 300_000],
      ["data/link", "120000", 9],
      ["run.sh", "100755", 10],
    ]);
    for (const object of objects) {
      expect(object.url.startsWith(`${object.within}/`)).toBe(true);
      expect(object.url.endsWith(`/${object.digest?.gitBlob}`)).toBe(true);
      expect(git(work, ["hash-object", "--no-filters", fileURLToPath(object.url)])).toBe(object.digest?.gitBlob);
    }
    expect(objects.filter(({ path }) => path === "data/link").map(read)).toEqual(["../README"]);
  });

  test("nothing is written before it is asked for", async () => {
    const asked: string[] = [];
    const { scratch } = contextFor(http);
    const resolved = await found(
      { uri: `git+${server.at.url}/all.git@${ids.second}` },
      {
        scratch: async () => {
          asked.push("folder");
          return scratch();
        },
      },
    );
    expect(asked).toHaveLength(1);
    const [first] = await Promise.all([resolved.objects?.[Symbol.asyncIterator]().next()]);
    expect(first?.done).toBe(false);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ["the host's own choice", "", undefined, "second"],
    ["a branch", "@main", undefined, "second"],
    ["a light tag", "#light", undefined, "first"],
    ["an annotated tag", "@plain", undefined, "first"],
    ["a tag beside", "", "v1", "second"],
    ["a full name", "@refs/heads/twice", undefined, "first"],
    ["a full name of a tag", "@refs/tags/twice", undefined, "second"],
    ["a name of both that mean one thing", "@same", undefined, "first"],
  ] as const)("%s is no pin", async (_, suffix, revision, commit) => {
    const resolved = await found({
      uri: `git+${server.at.url}/all.git${suffix}`,
      ...(revision === undefined ? {} : { revision }),
    });
    expect(resolved).toMatchObject({ pinned: false, revision: ids[commit] });
    expect(resolved.revisionIsName).toBe(revision === undefined ? undefined : true);
  });

  test("the object of a tag is a pin as well", async () => {
    const resolved = await found({ uri: `git+${server.at.url}/all.git`, revision: ids.tag });
    expect(resolved).toMatchObject({ pinned: true, revision: ids.tag, facts: { commit: ids.second } });
  });

  test("signed tags and other repositories are told, without secrets", async () => {
    const resolved = await found({ uri: `git+${server.at.url}/all.git@v1` });
    expect(resolved.signs).toMatchObject([
      { code: "tag-signed", at: "v1" },
      { code: "submodule", at: "sub/one", detail: `commit \`${ids.first}\` of \`https://example.org/one.git\`` },
      { code: "submodule", at: "sub/two" },
    ]);
    expect((await found({ uri: `git+${server.at.url}/all.git@plain` })).signs).toBeUndefined();
    const below = await found({ uri: `git+${server.at.url}/all.git@v1`, path: "sub" });
    expect(below.signs?.map(({ at }) => at)).toEqual(["v1", "one", "two"]);
  });

  test("a path chooses a folder or a file", async () => {
    const folder = await found({ uri: `git+${server.at.url}/all.git@${ids.second}`, path: "data" });
    expect((await list(folder)).map(({ path }) => path)).toEqual(['a b\n"\\\u00e9', "empty", "large.bin", "link"]);
    expect(folder.single).toBeUndefined();
    const file = await found({ uri: `git+${server.at.url}/all.git@${ids.second}#data/large.bin` });
    expect(file.single).toBe(true);
    expect(await list(file)).toMatchObject([{ path: "large.bin", size: 300_000 }]);
    for (const path of ["nothing", "README/below", ":(top)README", "*", "data/"]) {
      const resolution = await resolve({ uri: `git+${server.at.url}/all.git@${ids.second}`, path });
      if (path === "data/") expect(resolution.status).toBe("found");
      else expect(resolution).toMatchObject({ kind: "absent", reason: "not-found" });
    }
    const module = await resolve({ uri: `git+${server.at.url}/all.git@${ids.second}`, path: "sub/one" });
    expect(module).toMatchObject({ kind: "absent", reason: "not-a-file" });
  });

  test("at depth probe only small files come, and the others are told all the same", async () => {
    const resolved = await found({ uri: `git+${server.at.url}/all.git@${ids.second}` }, { depth: "probe" });
    const objects = await list(resolved);
    expect(objects).toHaveLength(7);
    for (const object of objects)
      expect(object).toMatchObject({ listed: true, digest: { gitBlob: expect.any(String) } });
    expect(objects.find(({ path }) => path === "data/large.bin")?.size).toBeUndefined();
    expect(objects.find(({ path }) => path === "README")?.size).toBe(7);
  });

  test.each([
    ["a branch that is not there", "@nope", "absent", "revision-not-found"],
    ["a branch whose name only ends so", "@ain", "absent", "revision-not-found"],
    ["a commit that is not there", `@${"1".repeat(40)}`, "absent", "revision-not-found"],
    ["a commit of another algorithm", `@${"1".repeat(64)}`, "absent", "revision-not-found"],
    ["a short commit", "@0123456", "malformed", "revision-unclear"],
    ["a name of two things", "@twice", "malformed", "revision-unclear"],
  ])("%s", async (_, suffix, kind, reason) => {
    for (const host of [server.at.url, server.at.old]) {
      expect(await resolve({ uri: `git+${host}/all.git${suffix}` })).toMatchObject({ kind, reason });
    }
  });

  test("what is no commit is none", async () => {
    const tree = git(work, ["rev-parse", `${ids.second}:data`]);
    const blob = git(work, ["rev-parse", `${ids.second}:README`]);
    for (const id of [tree, blob]) {
      const resolution = await resolve({ uri: `git+${server.at.url}/all.git@${id}` });
      expect(resolution).toMatchObject({ kind: "absent", reason: "revision-not-found" });
    }
  });

  test("a server that gives no commit by its id is asked for all", async () => {
    const old = await found({ uri: `git+${server.at.old}/all.git@${ids.first}` });
    expect(old).toMatchObject({ pinned: true, revision: ids.first, facts: { fetchedBy: "id" } });
    const parent = git(work, ["commit-tree", "-m", "between", `${ids.first}^{tree}`]);
    const child = git(work, ["commit-tree", "-m", "tip", "-p", parent, `${ids.second}^{tree}`]);
    git(work, ["update-ref", "refs/heads/longer", child]);
    server.publish(work, "longer.git");
    const resolved = await found({ uri: `git+${server.at.old}/longer.git@${parent}` });
    expect(resolved).toMatchObject({ pinned: true, revision: parent, facts: { fetchedBy: "all" } });
    expect(await list(resolved)).toHaveLength(1);
    expect(await resolve({ uri: `git+${server.at.old}/all.git@${ids.orphan}` })).toMatchObject({
      kind: "absent",
      reason: "revision-not-found",
    });
  });

  test("a repository that is not there, one that wants a login, and one with nothing in it", async () => {
    expect(await resolve({ uri: `git+${server.at.url}/none.git` })).toMatchObject({ kind: "absent", httpStatus: 404 });
    const locked = await resolve({ uri: `git+${server.at.private}/all.git` });
    expect(locked).toMatchObject({ kind: "denied", reason: "authentication-required", httpStatus: 401 });
    createRepository(join(base, "nothing"));
    server.publish(join(base, "nothing"), "nothing.git");
    const nothing = await resolve({ uri: `git+${server.at.url}/nothing.git` });
    expect(nothing).toMatchObject({ kind: "absent", reason: "revision-not-found" });
  });

  test("a login goes to its host, and into no process list", async () => {
    const { login, password } = privateLogin;
    const secret = Buffer.from(`${login}:${password}`).toString("base64");
    const lines: string[] = [];
    const context = contextFor(http);
    const resolved = await found(
      { uri: `git+${server.at.private}/all.git@main` },
      {
        setting: async (name) => (name.startsWith("git.authorization:") ? `Basic ${secret}` : undefined),
        start: (file, argv, options) => {
          lines.push(argv.join(" "));
          return context.start(file, argv, options);
        },
      },
    );
    expect(await list(resolved)).toHaveLength(7);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join("\n")).not.toContain(secret);
    expect(JSON.stringify(resolved)).not.toContain(secret);
  });

  test("a repository by sha256", async () => {
    const repository = createRepository(join(base, "sha256"), "--object-format=sha256");
    await writeFile(join(repository, "a"), "a");
    const commit = commitAll(repository);
    server.publish(repository, "sha256.git");
    for (const suffix of ["", `@${commit}`]) {
      const resolved = await found({ uri: `git+${server.at.url}/sha256.git${suffix}` });
      expect(resolved).toMatchObject({ revision: commit, facts: { objectFormat: "sha256" } });
      const [object] = await list(resolved);
      expect(object).toMatchObject({ path: "a", size: 1 });
      expect(object?.digest).toBeUndefined();
    }
    expect(await resolve({ uri: `git+${server.at.url}/sha256.git@${"1".repeat(40)}` })).toMatchObject({
      kind: "absent",
      reason: "revision-not-found",
    });
  });

  test("a repository on this machine, where the manifest may say so", async () => {
    for (const uri of ["git+file:./work", "git+file:work/.git"]) {
      const inside = await found({ uri: `${uri}@${ids.second}` }, { baseFolder: base });
      expect(inside).toMatchObject({ pinned: true, revision: ids.second });
      expect(await list(inside)).toHaveLength(7);
    }
    const absolute = `git+file://${work}@main`;
    expect(await resolve({ uri: absolute })).toMatchObject({ reason: "outside-blocked" });
    expect(await resolve({ uri: absolute }, { baseFolder: join(base, "sha256") })).toMatchObject({
      reason: "outside-blocked",
    });
    expect(await resolve({ uri: absolute }, { allowOutside: true })).toMatchObject({ status: "found" });
    expect(await resolve({ uri: "git+file:work/data" }, { baseFolder: base })).toMatchObject({ reason: "not-found" });
    expect(await resolve({ uri: "git+file:none" }, { baseFolder: base })).toMatchObject({ reason: "not-found" });
  });

  test("a repository that several pieces of a run lie in is fetched once", async () => {
    const fetches: string[] = [];
    const context = contextFor(http);
    const start: ResolveContext["start"] = (file, argv, options) => {
      if (argv.includes("fetch")) fetches.push(argv.at(-1) ?? "");
      return context.start(file, argv, options);
    };
    const { share } = context;
    const uri = `git+${server.at.url}/all.git`;
    const two = await Promise.all(
      ["data", ""].map((path) => found({ uri, revision: ids.second, path }, { start, share })),
    );
    expect(await Promise.all(two.map(async (one) => (await list(one)).length))).toEqual([4, 7]);
    expect(fetches).toEqual([ids.second]);
    await found({ uri, revision: ids.first }, { start, share });
    expect(fetches).toEqual([ids.second, ids.first]);
  });

  test("a machine without git", async () => {
    const resolution = await resolve(
      { uri: `git+${server.at.url}/all.git` },
      { setting: async (name) => (name === "git.PATH" ? "/nothing" : undefined) },
    );
    expect(resolution).toMatchObject({ kind: "unreachable", reason: "program-missing" });
  });
});
