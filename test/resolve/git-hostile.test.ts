/** What a repository, its server or its name may try. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAdmit } from "../../src/io/admit.ts";
import type { Refusal, RemoteObject } from "../../src/model/evidence.ts";
import { openGit } from "../../src/resolve/git-program.ts";
import { findTarget } from "../../src/resolve/git-refs.ts";
import { readRemote } from "../../src/resolve/git-remote.ts";
import { resolveRepository } from "../../src/resolve/git-repository.ts";
import type { Resolution, ResolveContext } from "../../src/resolve/resolver.ts";
import { git as resolver } from "../../src/resolve/resolvers/git.ts";
import { commitAll, createRepository, type GitServer, git, needGitServer, startGitServer } from "../services/git.ts";
import { collect } from "./conformance.ts";
import { contextFor } from "./context.ts";
import { loopbackHttp } from "./web-server.ts";

const http = loopbackHttp();
let base: string;
let server: GitServer;
/** A listener that nobody may come to. */
let trap: { readonly port: number; readonly visitors: () => number; close(): void };

async function openTrap(): Promise<typeof trap> {
  let visitors = 0;
  const listener = createServer((socket) => {
    visitors += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { port, visitors: () => visitors, close: () => listener.close() };
}

async function resolve(url: string, more: Partial<ResolveContext> = {}, revision?: string): Promise<Resolution> {
  return resolveRepository({ url, revision }, contextFor(http, more));
}

async function list(resolution: Resolution): Promise<readonly (RemoteObject | Refusal)[]> {
  if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
  return collect(resolution.objects);
}

/** A repository whose one commit has this tree, as bytes that no git would write. */
async function publishTree(name: string, entries: readonly (readonly [mode: string, name: string, id: string])[]) {
  const work = createRepository(join(base, `work-${name}`));
  commitAll(work);
  const bytes = Buffer.concat(
    entries.map(([mode, path, id]) => Buffer.concat([Buffer.from(`${mode} ${path}\0`), Buffer.from(id, "hex")])),
  );
  // Blobs that the tree names have to be there.
  git(work, ["hash-object", "-w", "--stdin"], "evil");
  const tree = git(work, ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], bytes);
  const commit = git(work, ["commit-tree", "-m", "evil", tree]);
  git(work, ["update-ref", "refs/heads/main", commit]);
  server.publish(work, name);
}

const evil = execFileSync("git", ["hash-object", "--stdin"], { input: "evil", encoding: "utf8" }).trim();

needGitServer()("hostile git", () => {
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "wholesource-hostile-"));
    trap = await openTrap();
    server = await startGitServer(`
      location /away/ { return 302 http://127.0.0.1:${trap.port}/git/good.git/info/refs?service=git-upload-pack; }
      location /login/ { return 302 http://127.0.0.1:${trap.port}/users/sign_in; }
      location ~ ^/moved/(.*)$ { return 301 http://$http_host/git/$1$is_args$args; }
      location ~ ^/git/(late.git)/git-upload-pack$ { return 307 http://127.0.0.1:${trap.port}/git/$1/git-upload-pack; }
      location /page/ { default_type text/html; return 200 "<html>a repository</html>"; }
      location /dumb/ { default_type text/plain; return 200 "${"a".repeat(40)}\trefs/heads/main\n"; }
      location /forge/ { add_header X-GitHub-Request-Id 1 always; return 404; }
      location /strange/ { default_type application/x-git-upload-pack-advertisement; return 200 "zzzz"; }
    `);
    const work = createRepository(join(base, "good"));
    await writeFile(join(work, "a"), "a");
    commitAll(work);
    for (const name of ["good.git", "late.git"]) server.publish(work, name);
  });
  afterAll(async () => {
    await server.close();
    trap.close();
    await http.close();
    await rm(base, { recursive: true, force: true });
  });

  test.each([
    ["up", [["100644", "..", evil]]],
    ["here", [["100644", ".", evil]]],
    ["git", [["100644", ".git", evil]]],
    ["git-case", [["100644", ".GIT", evil]]],
    ["slash", [["100644", "../../a", evil]]],
    ["absolute", [["100644", "/etc/passwd", evil]]],
    [
      "unsorted",
      [
        ["100644", "b", evil],
        ["100644", "a", evil],
      ],
    ],
    [
      "twice",
      [
        ["100644", "a", evil],
        ["100644", "a", evil],
      ],
    ],
    ["modules", [["120000", ".gitmodules", evil]]],
  ] as const)("a tree that no git would make is not taken: %s", async (name, entries) => {
    await publishTree(`${name}.git`, entries);
    const resolution = await resolve(`${server.at.url}/${name}.git`);
    expect(resolution).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
    if (resolution.status === "refused") expect(resolution.message).toMatch(/^git: /);
  });

  test("names become no names of this disk: case, backslashes, links out, device names, bytes", async () => {
    const work = createRepository(join(base, "names"));
    const link = git(work, ["hash-object", "-w", "--stdin"], "/etc/passwd");
    git(work, ["hash-object", "-w", "--stdin"], "evil");
    const lines = [
      ["100644", evil, "A"],
      ["100644", evil, "\\..\\x"],
      ["100644", evil, "a"],
      ["100644", evil, "c:d"],
      ["100644", evil, "con"],
      ["120000", link, "out"],
      ["100644", evil, "x\u001b[31m"],
    ];
    const text = lines.map(([mode, id, path]) => `${mode} blob ${id}\t${path}\0`).join("");
    const bytes = Buffer.concat([
      Buffer.from(text),
      Buffer.from(`100644 blob ${evil}\t`),
      Buffer.from([0x7a, 0xff, 0x00]),
    ]);
    const tree = git(work, ["mktree", "-z"], bytes);
    git(work, ["update-ref", "refs/heads/main", git(work, ["commit-tree", "-m", "x", tree])]);
    server.publish(work, "names.git");
    const objects = await list(await resolve(`${server.at.url}/names.git`));
    const files = objects.filter((one): one is RemoteObject => !("reason" in one));
    expect(files.map(({ path }) => path).sort()).toEqual(lines.map(([, , path]) => path).sort());
    expect(new Set(files.map(({ url }) => url)).size).toBe(2);
    const folder = new URL(`${files[0]?.within}/`);
    expect((await readdir(folder)).sort()).toEqual([evil, link].sort());
    expect(objects.filter((one) => "reason" in one)).toMatchObject([{ reason: "reply-invalid" }]);
  });

  test("fifty thousand names are listed as a stream", async () => {
    const work = createRepository(join(base, "many"));
    const count = 50_000;
    const files = Array.from({ length: count }, (_, at) => `M 100644 :1 d${at % 100}/f${at}\n`).join("");
    const stream = `blob\nmark :1\ndata 4\nevil\ncommit refs/heads/main\ncommitter C <c@d> 0 +0000\ndata 1\nx\n${files}\n`;
    git(work, ["fast-import", "--quiet"], stream);
    server.publish(work, "many.git");
    const resolution = await resolve(`${server.at.url}/many.git`);
    if (resolution.status !== "found" || resolution.objects === undefined) throw new Error("not found");
    let listed = 0;
    const before = process.memoryUsage().heapUsed;
    for await (const object of resolution.objects) if ("path" in object) listed += 1;
    expect(listed).toBe(count);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024);
  });

  test.each(["--upload-pack=touch x", "-x", "a..b", "+refs/heads/*:refs/heads/*", "main:refs/heads/x", "@{1}", ":/x"])(
    "%s is no revision",
    async (revision) => {
      const started: string[] = [];
      const start: ResolveContext["start"] = (file, argv, options) => {
        started.push(file);
        return contextFor(http).start(file, argv, options);
      };
      const resolution = await resolve(`${server.at.url}/good.git`, { start }, revision);
      expect(resolution).toMatchObject({ kind: "absent", reason: "revision-not-found" });
      expect(started).toEqual([]);
    },
  );

  test.each(["ext::sh -c touch% x", "fd::0", "-u", "--upload-pack=x", "file:///etc", "/etc", "ftp://h/x", "git://h/x"])(
    "git is not sent to %s",
    async (url) => {
      expect(await resolve(url)).toMatchObject({ kind: "denied", reason: "scheme-blocked" });
    },
  );

  test("a redirect to elsewhere is named and not followed; one at the same host is", async () => {
    const before = trap.visitors();
    const away = await resolve(`${server.origin}/away/good.git`);
    expect(away).toMatchObject({ kind: "malformed", reason: "redirect-invalid" });
    if (away.status === "refused") expect(away.message).toContain(`127.0.0.1:${trap.port}/git/good.git`);
    expect(await resolve(`${server.origin}/login/good.git`)).toMatchObject({
      kind: "denied",
      reason: "authentication-required",
    });
    // The door is answered here, and only the fetch is sent away.
    const late = await resolve(`${server.at.url}/late.git`);
    expect(late).toMatchObject({ kind: "malformed", reason: "redirect-invalid", httpStatus: 307 });
    expect(trap.visitors()).toBe(before);
    const moved = await resolve(`${server.origin}/moved/good.git`);
    expect(moved).toMatchObject({ status: "found", facts: { movedTo: `${server.at.url}/good.git` } });
  });

  test.each([
    ["page", "malformed", "reply-invalid"],
    ["dumb", "malformed", "reply-invalid"],
    ["strange", "malformed", "reply-invalid"],
    ["forge", "denied", "authentication-required"],
  ])("what is no repository: %s", async (name, kind, reason) => {
    expect(await resolve(`${server.origin}/${name}/good.git`)).toMatchObject({ kind, reason });
  });

  test("a forge that hides what is private is not believed when it says that nothing is there", async () => {
    const answer = await resolveRepository({ url: `${server.at.url}/none.git` }, contextFor(http), {
      hidesPrivate: true,
    });
    expect(answer).toMatchObject({ kind: "denied", reason: "authentication-required", httpStatus: 404 });
  });

  test("git goes where we may go, to the address that was looked up, and nowhere when offline", async () => {
    const admit = createAdmit({ offline: false, allowPrivate: false });
    const blocked = await resolve(`${server.at.url}/good.git`, { admit });
    expect(blocked).toMatchObject({ kind: "denied", reason: "address-blocked" });
    expect(await admit("localhost")).toMatchObject({ reason: "address-blocked" });
    expect(await admit("[::1]")).toMatchObject({ reason: "address-blocked" });
    expect(await admit("nothing.invalid")).toMatchObject({ reason: "name-not-resolved" });
    expect(await admit("localhost", { operatorEndpoint: true })).toContain("127.0.0.1");
    const offline = createAdmit({ offline: true, allowPrivate: true });
    expect(await offline("127.0.0.1")).toMatchObject({ reason: "offline" });
    // A name that no resolver knows: git can only have it from us.
    const remote = readRemote(`http://pinned.invalid:${new URL(server.origin).port}/git/good.git`);
    if (remote === undefined) throw new Error("not read");
    const held = await openGit(remote, contextFor(http, { admit: async () => ["127.0.0.1"] }));
    if ("status" in held) throw new Error(held.message);
    expect(await findTarget(held, "main")).toMatchObject({ ref: "refs/heads/main" });
  });

  test("nothing of this user reaches git", async () => {
    const environments: string[][] = [];
    const start: ResolveContext["start"] = (file, argv, options) => {
      environments.push(Object.keys(options.env).filter((name) => options.env[name] !== undefined));
      return contextFor(http).start(file, argv, options);
    };
    process.env.http_proxy = `http://127.0.0.1:${trap.port}`;
    process.env.GIT_TRACE = join(base, "trace");
    try {
      await list(await resolve(`${server.at.url}/good.git`, { start }));
    } finally {
      delete process.env.http_proxy;
      delete process.env.GIT_TRACE;
    }
    expect(existsSync(join(base, "trace"))).toBe(false);
    expect(environments.length).toBeGreaterThan(3);
    for (const names of environments) {
      expect(names.filter((name) => !/^(?:GIT_|SSH_ASKPASS|PATH$|HOME$|LC_ALL$)/.test(name))).toEqual([]);
      expect(names).not.toContain("GIT_TRACE");
    }
  });

  test("a repository near our folder has no say", async () => {
    const outer = createRepository(join(base, "outer"));
    git(outer, ["config", "core.pager", `touch ${join(base, "ran")}`]);
    git(outer, ["config", `url.http://127.0.0.1:${trap.port}/.insteadOf`, server.origin]);
    const inner = join(outer, "inner");
    await mkdir(inner);
    let folders = 0;
    const scratch = async (): Promise<string> => {
      const folder = join(inner, String(folders++));
      await mkdir(folder);
      return folder;
    };
    expect(await list(await resolve(`${server.at.url}/good.git`, { scratch }))).toHaveLength(1);
    expect(existsSync(join(base, "ran"))).toBe(false);
  });

  test("a damaged pack is no absence", async () => {
    const work = createRepository(join(base, "damaged"));
    await writeFile(join(work, "noise"), execFileSync("head", ["-c", "200000", "/dev/urandom"]));
    const commit = commitAll(work);
    const bare = server.publish(work, "damaged.git");
    git(bare, ["repack", "-adq"]);
    const packs = join(bare, "objects/pack");
    const [pack = ""] = (await readdir(packs)).filter((name) => name.endsWith(".pack"));
    const bytes = await readFile(join(packs, pack));
    bytes[100_000] = (bytes[100_000] ?? 0) ^ 0xff;
    await rm(join(packs, pack));
    await writeFile(join(packs, pack), bytes);
    const resolution = await resolve(`${server.at.url}/damaged.git`, {}, commit);
    if (resolution.status !== "refused") throw new Error("taken");
    expect(resolution.kind).not.toBe("absent");
  });

  test("a run that is stopped stops git", async () => {
    const controller = new AbortController();
    const started: { ended: Promise<unknown> }[] = [];
    const start: ResolveContext["start"] = (file, argv, options) => {
      const running = contextFor(http).start(file, argv, options);
      started.push(running);
      if (argv.includes("fetch")) controller.abort();
      return running;
    };
    const resolution = await resolve(`${server.at.url}/good.git`, { start, signal: controller.signal });
    expect(resolution).toMatchObject({ kind: "unreachable", reason: "interrupted" });
    await Promise.all(started.map(({ ended }) => ended));
  });

  test("a repository of the manifest's folder that borrows from outside is not followed", async () => {
    const inside = join(base, "inside");
    await mkdir(inside);
    const open = (uri: string): Promise<Resolution> => {
      const ref = resolver.parse({ uri });
      if (ref === undefined) throw new Error("not read");
      return resolver.resolve(ref, contextFor(http, { baseFolder: inside }));
    };
    git(base, ["clone", "--quiet", "--shared", join(base, "good"), join(inside, "shared")]);
    await mkdir(join(inside, "pointing"));
    await writeFile(join(inside, "pointing/.git"), `gitdir: ${join(base, "good/.git")}\n`);
    await symlink(join(base, "good"), join(inside, "linked"));
    git(base, ["clone", "--quiet", "--bare", join(base, "good"), join(inside, "bare")]);
    await rm(join(inside, "bare/objects"), { recursive: true });
    await symlink(join(base, "good/.git/objects"), join(inside, "bare/objects"));
    for (const name of ["shared", "pointing", "linked", "bare", "../good"]) {
      expect(await open(`git+file:./${name}`)).toMatchObject({ kind: "denied", reason: "outside-blocked" });
    }
    git(base, ["clone", "--quiet", "--no-local", join(base, "good"), join(inside, "own")]);
    expect(await open("git+file:./own")).toMatchObject({ status: "found" });
  });
});
