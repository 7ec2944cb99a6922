/** Where the links of a repository lead, when they are asked for. */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Followed, RemoteObject } from "../../src/model/evidence.ts";
import type { ResolveContext } from "../../src/resolve/resolver.ts";
import { git as resolver } from "../../src/resolve/resolvers/git.ts";
import { commitAll, createRepository, git } from "../services/git.ts";
import { need } from "../services/need.ts";
import { collect } from "./conformance.ts";
import { contextFor } from "./context.ts";
import { loopbackHttp } from "./web-server.ts";

const http = loopbackHttp();
const many = 700;
const long = "long/".repeat(40);
let base: string;

async function open(name: string, path?: string, more: Partial<ResolveContext> = {}) {
  const ref = resolver.parse({ uri: `git+file:./${name}`, ...(path === undefined ? {} : { path }) });
  const resolution = await resolver.resolve(ref ?? {}, contextFor(http, { baseFolder: base, ...more }));
  if (resolution.status !== "found") throw new Error(resolution.message);
  const { follow, objects } = resolution;
  if (follow === undefined || objects === undefined) throw new Error("no listing");
  return { follow, objects };
}

function read(one: Followed): string {
  if (one === undefined || "status" in one) throw new Error(JSON.stringify(one));
  return readFileSync(fileURLToPath(one.url), "utf8");
}

need("git")("links of a repository", () => {
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "wholesource-follow-test-"));
    for (const options of [[], ["--object-format=sha256"]]) {
      const work = createRepository(join(base, options.length === 0 ? "plain" : "sha256"), ...options);
      await mkdir(join(work, long), { recursive: true });
      await writeFile(join(work, "data"), "data\n");
      await writeFile(join(work, "big"), Buffer.alloc(3_000_000, "x"));
      await symlink("data", join(work, "a\nb"));
      await symlink("data", join(work, "b: c \t\u00e9"));
      await symlink("nothing", join(work, "dangling"));
      for (let n = 0; n < many; n++) {
        await symlink(`${"../".repeat(40)}${n % 2 === 0 ? "data" : "big"}`, join(work, long, String(n)));
      }
      commitAll(work);
    }
  });
  afterAll(async () => {
    await http.close();
    await rm(base, { recursive: true, force: true });
  });

  test("each path has its own answer, whatever the paths around it are", async () => {
    const { follow } = await open("plain");
    const paths = ["a\nb", "dangling", "b: c \t\u00e9", "not there", "data"];
    const [newline, dangling, odd, none, plain] = await follow(paths);
    expect(newline).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
    expect(dangling).toMatchObject({ kind: "absent", reason: "not-found" });
    expect(none).toMatchObject({ kind: "absent", reason: "not-found" });
    expect([read(odd), read(plain)]).toEqual(["data\n", "data\n"]);
    expect(await follow([])).toEqual([]);
  });

  test("many are asked for together, and what they lead to is there once", async () => {
    const { follow } = await open("plain");
    const ends = await follow(Array.from({ length: many }, (_, n) => `${long}${n}`));
    expect(ends).toHaveLength(many);
    const places = new Set(ends.map((end) => (end === undefined || "status" in end ? "" : end.url)));
    expect(places.size).toBe(2);
    expect(read(ends[0])).toBe("data\n");
    expect(read(ends[1])).toHaveLength(3_000_000);
    expect(ends[1]).toMatchObject({ size: 3_000_000, digest: { gitBlob: expect.stringMatching(/^[0-9a-f]{40}$/) } });
  });

  test("they lead to all of the commit from a folder of it, and out of it nowhere", async () => {
    const { follow, objects } = await open("plain", long);
    expect((await collect<RemoteObject | Followed>(objects)).length).toBe(many);
    expect(read((await follow(["0"]))[0])).toBe("data\n");
  });

  test("at depth probe nothing is written, and sizes are told where git has them", async () => {
    const { follow } = await open("plain", undefined, { depth: "probe" });
    const [small, big] = await follow([`${long}0`, `${long}1`]);
    for (const one of [small, big]) {
      if (one === undefined) continue;
      if ("status" in one) throw new Error(one.message);
      expect(existsSync(fileURLToPath(one.url))).toBe(false);
    }
    expect(small).toMatchObject({ size: 5 });
  });

  test("of a repository that names by sha256 the files are there, and their names are no digest", async () => {
    const { follow } = await open("sha256");
    const [end] = await follow([`${long}0`]);
    expect(read(end)).toBe("data\n");
    expect(end).not.toHaveProperty("digest");
  });

  test("git that is ended under way tells of none of them", async () => {
    const stop = new AbortController();
    const { follow } = await open("plain", undefined, { signal: stop.signal });
    stop.abort();
    expect(await follow([`${long}0`, "data"])).toMatchObject([{ reason: "read-failed" }, { reason: "read-failed" }]);
    expect(git(join(base, "plain"), ["status", "--porcelain"])).toBe("");
  });
});
