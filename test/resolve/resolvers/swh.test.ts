import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Http } from "../../../src/io/http.ts";
import type { Refusal, RemoteObject } from "../../../src/model/evidence.ts";
import type { Location } from "../../../src/model/manifest.ts";
import type { Resolution } from "../../../src/resolve/resolver.ts";
import { swh } from "../../../src/resolve/resolvers/swh.ts";
import { need } from "../../services/need.ts";
import { type SwhServer, type SwhServerOptions, startSwh } from "../../services/swh.ts";
import { makeRepository, type Repository } from "../../services/swh-repository.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp, startWebServer } from "../web-server.ts";

const hash = "94a9ed024d3859793618152ea559a168bbcbb5e2";

test.each<[Location, object | undefined]>([
  [{ uri: `swh:1:dir:${hash}`, path: "a/" }, { path: "a" }],
  [{ uri: `swh:1:rev:${hash}`, revision: "main" }, { path: "" }],
  [
    { uri: `swh:1:snp:${hash}`, revision: "main" },
    { path: "", branch: "main" },
  ],
  [{ uri: `swh:1:snp:${hash}`, revision: hash }, { path: "" }],
  [
    { uri: `swh:1:cnt:${hash}`, unpack: true, path: "a" },
    { path: "a", unpack: true },
  ],
  [{ uri: `swh:1:cnt:${hash}`, path: "a" }, undefined],
  [{ uri: `swh:1:dir:${hash}`, unpack: true }, undefined],
  [{ uri: `swh:1:dir:${hash}`, path: "../a" }, undefined],
  [{ uri: `https://archive.softwareheritage.org/browse/directory/${hash}/a/`, path: "b" }, undefined],
])("parse %j", (location, expected) => {
  const ref = swh.parse(location);
  if (expected === undefined) expect(ref).toBeUndefined();
  else expect(ref).toMatchObject(expected);
  if (ref !== undefined) expect(swh.isPinned(ref)).toBe(true);
});

need("git")("the archive", () => {
  let http: Http;
  let repository: Repository;
  beforeAll(() => {
    http = loopbackHttp();
    repository = makeRepository();
  });
  afterAll(async () => {
    await http.close();
    repository.close();
  });
  const id = (name: string): string => repository.git("rev-parse", name);

  async function archive(options: SwhServerOptions = {}): Promise<SwhServer> {
    const server = await startSwh(repository.folder, options);
    onTestFinished(() => server.close());
    return server;
  }
  async function ask(
    server: { readonly url: string },
    location: Location | string,
    token?: string,
  ): Promise<Resolution> {
    const ref = swh.parse(typeof location === "string" ? { uri: location } : location);
    if (ref === undefined) throw new Error("not parsed");
    const setting = async (name: string) => (name === "swh.token" ? token : undefined);
    return swh.resolve(ref, contextFor(http, { setting, endpoint: () => server.url }));
  }
  async function listed(resolution: Resolution): Promise<readonly (RemoteObject | Refusal)[]> {
    if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
    return collect(resolution.objects);
  }
  const paths = async (resolution: Resolution): Promise<readonly string[]> =>
    (await listed(resolution)).map((object) => ("path" in object ? object.path : object.reason));
  const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

  const all = ["LICENSE", "data.txt", "data/a.csv", "data/deep/caf\u00e9 50%.csv", "empty", "link", "run.sh"];

  test("lists a folder of folders, one question for each, in the order of bytes", async () => {
    const server = await archive();
    const resolution = await ask(server, `swh:1:dir:${id("main^{tree}")}`);
    expect(resolution).toMatchObject({ status: "found", pinned: true, revision: id("main^{tree}") });
    expect(server.asked).toHaveLength(1);
    const objects = await listed(resolution);
    expect(objects.map((object) => "path" in object && object.path)).toEqual(all);
    expect(server.asked.map(({ url }) => url.split("/")[3])).toEqual([
      "directory",
      "directory",
      "directory",
      "directory",
    ]);
    const first = objects[2];
    expect(first).toEqual({
      path: "data/a.csv",
      url: `${server.url}content/sha1_git:${id("main:data/a.csv")}/raw/`,
      size: 4,
      digest: { gitBlob: id("main:data/a.csv"), sha256: sha256("1,2\n") },
      mode: "100644",
      operatorEndpoint: true,
      listed: true,
    });
    expect(objects.slice(-2)).toMatchObject([{ mode: "120000" }, { mode: "100755" }]);
    // Nothing of the first reading is kept for the second.
    expect(await paths(resolution)).toEqual(all);
    expect(resolution).toMatchObject({
      signs: [{ code: "submodule", at: "lib/other", detail: `it stands at commit \`${"1".repeat(40)}\`` }],
    });
  });

  test("follows a commit, a tag of a tag and a snapshot to the same folder", async () => {
    const server = await archive();
    const commit = id("main");
    const rev = await ask(
      server,
      `https://archive.softwareheritage.org/swh:1:rev:${commit};origin=https://example.org/a`,
    );
    expect(rev).toMatchObject({ revision: commit, facts: { commit, origin: "https://example.org/a" } });
    expect(rev).not.toHaveProperty("revisionIsName");
    const rel = await ask(server, `swh:1:rel:${id("v1-of-tag")}`);
    expect(rel).toMatchObject({ revision: commit, facts: { release: "v1" } });
    const snp = await ask(server, `swh:1:snp:${server.snapshot()}`);
    expect(snp).toMatchObject({
      revision: commit,
      pinned: true,
      facts: { branch: "refs/heads/main" },
      signs: [{ code: "version-chosen", at: "refs/heads/main" }],
    });
    for (const one of [rev, rel, snp]) expect(await paths(one)).toEqual(all);
  });

  test("a branch of a snapshot is the one that `revision` names", async () => {
    const server = await archive({ pageSize: 1 });
    const uri = `swh:1:snp:${server.snapshot()}`;
    const old = await ask(server, { uri, revision: "old" });
    expect(old).toMatchObject({ revision: id("old"), revisionIsName: true, pinned: true });
    expect(await paths(old)).toEqual(["LICENSE"]);
    expect(await ask(server, { uri, revision: "v1" })).toMatchObject({ revision: id("main") });
    expect(await ask(server, { uri, revision: "none" })).toMatchObject({
      kind: "absent",
      reason: "revision-not-found",
    });
    // A hundred thousand branches are not read for one.
    expect(server.asked.every(({ url }) => !url.includes("snapshot") || url.includes("branches_count=1"))).toBe(true);
  });

  test("a snapshot without a HEAD is not guessed at", async () => {
    const server = await archive();
    const snp = server.snapshot();
    server.override(`snapshot/${snp}/?branches_from=HEAD&branches_count=1`, {
      status: 200,
      body: {
        id: snp,
        branches: { "refs/heads/main": { target: id("main"), target_type: "revision" } },
        next_branch: null,
      },
    });
    expect(await ask(server, `swh:1:snp:${snp}`)).toMatchObject({ kind: "malformed", reason: "not-listable" });
  });

  test("aliases and tags that lead in circles end", async () => {
    const server = await archive();
    const snp = server.snapshot();
    server.override(`snapshot/${snp}/?branches_from=HEAD&branches_count=1`, {
      status: 200,
      body: { id: snp, branches: { HEAD: { target: "HEAD", target_type: "alias" } } },
    });
    expect(await ask(server, `swh:1:snp:${snp}`)).toMatchObject({ kind: "malformed" });
    const tag = id("v1");
    server.override(`release/${tag}/`, {
      status: 200,
      body: { id: tag, name: "v1", target: tag, target_type: "release" },
    });
    expect(await ask(server, `swh:1:rel:${tag}`)).toMatchObject({ reason: "reply-invalid" });
    expect(server.asked.length).toBeLessThan(40);
  });

  test("a file is one object, named by its qualifier", async () => {
    const server = await archive();
    const blob = id("main:LICENSE");
    const resolution = await ask(server, `swh:1:cnt:${blob};path=/LICENSE`);
    expect(resolution).toMatchObject({ single: true, pinned: true, revision: blob });
    const [object] = await listed(resolution);
    expect(object).toEqual({
      path: "LICENSE",
      url: `${server.url}content/sha1_git:${blob}/raw/`,
      size: 11,
      digest: { gitBlob: blob, sha256: sha256("some terms\n") },
      operatorEndpoint: true,
    });
    expect(await paths(await ask(server, `swh:1:cnt:${blob};path=/..`))).toEqual([blob]);
    const unpacked = await ask(server, { uri: `swh:1:cnt:${blob}`, unpack: true, path: "a" });
    expect((await listed(unpacked))[0]).toMatchObject({ members: { strip: 0, prefix: "a" } });
  });

  test("a path goes down to a folder or a file", async () => {
    const server = await archive();
    const uri = `swh:1:rev:${id("main")}`;
    expect(await paths(await ask(server, { uri, path: "data/deep" }))).toEqual(["caf\u00e9 50%.csv"]);
    const file = await ask(server, { uri, path: "data/a.csv" });
    expect(file).toMatchObject({ single: true });
    expect(await paths(file)).toEqual(["a.csv"]);
    expect(await ask(server, { uri, path: "data/b" })).toMatchObject({ kind: "absent", reason: "not-found" });
    expect(await ask(server, { uri, path: "LICENSE/b" })).toMatchObject({ kind: "absent", reason: "not-found" });
    expect(await ask(server, { uri, path: "lib/other" })).toMatchObject({ reason: "not-a-file" });
  });

  test("what the archive does not have is absent from the archive, in its own words only", async () => {
    const commit = id("main");
    const server = await archive({ absent: new Set([commit]) });
    expect(await ask(server, `swh:1:rev:${commit}`)).toMatchObject({
      kind: "absent",
      reason: "not-found",
      httpStatus: 404,
      message: `Software Heritage does not have \`swh:1:rev:${commit}\``,
    });
    const other = await startWebServer((_request, response) => {
      response.writeHead(404, { "content-type": "text/html" }).end("<html>nothing here</html>");
    });
    onTestFinished(() => other.close());
    expect(await ask({ url: `${other.url}/` }, `swh:1:rev:${commit}`)).toMatchObject({
      kind: "malformed",
      reason: "reply-invalid",
      httpStatus: 404,
    });
  });

  test("what it keeps and gives to nobody is denied", async () => {
    const commit = id("main");
    const server = await archive({ masked: new Set([commit]) });
    expect(await ask(server, `swh:1:rev:${commit}`)).toMatchObject({ kind: "denied", reason: "forbidden" });
  });

  test("too many questions are no absence", async () => {
    const server = await archive();
    const tree = id("main:data");
    server.override(`directory/${tree}/`, {
      status: 429,
      body: { exception: "Throttled", reason: "Request was throttled." },
      headers: { "retry-after": "3600", "x-ratelimit-remaining": "0" },
    });
    const resolution = await ask(server, `swh:1:dir:${id("main^{tree}")}`);
    const objects = await listed(resolution);
    expect(objects.at(-1)).toMatchObject({ kind: "unreachable", reason: "rate-limited" });
    expect(objects).toHaveLength(3);
  });

  test("a folder that it lists and does not have is no absence of what lies in it", async () => {
    const server = await archive({ absent: new Set([id("main:data/deep")]) });
    const objects = await listed(await ask(server, `swh:1:dir:${id("main^{tree}")}`));
    expect(objects.filter((object) => "reason" in object)).toMatchObject([
      { kind: "malformed", reason: "reply-invalid" },
    ]);
    expect(objects.filter((object) => "path" in object)).toHaveLength(all.length - 1);
  });

  test("a file whose bytes it does not keep is told as such", async () => {
    const blob = id("main:LICENSE");
    const server = await archive({ unkept: new Set([blob]) });
    const [object] = await listed(await ask(server, `swh:1:dir:${id("main^{tree}")}`));
    expect(object).toMatchObject({ path: "LICENSE", refusal: { kind: "absent", reason: "not-found" } });
    expect(await ask(server, { uri: `swh:1:dir:${id("main^{tree}")}`, path: "LICENSE" })).toMatchObject({
      kind: "absent",
    });
  });

  test("a listing that is not the folder's is believed in nothing", async () => {
    const server = await archive();
    const tree = id("main^{tree}");
    const real: { name: string; target: string; perms: number }[] = JSON.parse(
      await (await fetch(`${server.url}directory/${tree}/`)).text(),
    );
    const changed: unknown[] = [
      [],
      real.slice(1),
      [...real, real[0]],
      real.map((entry) => ({ ...entry, name: entry.name === "run.sh" ? "../run.sh" : entry.name })),
      real.map((entry) => ({ ...entry, target: entry.name === "run.sh" ? "0".repeat(40) : entry.target })),
      real.map((entry) => ({ ...entry, perms: entry.name === "run.sh" ? 0o100644 : entry.perms })),
    ];
    for (const body of changed) {
      server.override(`directory/${tree}/`, { status: 200, body });
      expect(await ask(server, `swh:1:dir:${tree}`)).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
    }
    // In another order it is the same folder.
    server.override(`directory/${tree}/`, { status: 200, body: real.toReversed() });
    expect(await paths(await ask(server, `swh:1:dir:${tree}`))).toEqual(all);
  });

  test("names that are no names of files are refused one by one", async () => {
    const other = makeRepository();
    onTestFinished(() => other.close());
    const blob = other.git("rev-parse", "main:LICENSE");
    writeFileSync(
      join(other.folder, "tree"),
      Buffer.concat(
        ["..", "bad\\\xff", "good"].flatMap((name) => [
          Buffer.from(`100644 ${name}\0`, "latin1"),
          Buffer.from(blob, "hex"),
        ]),
      ),
    );
    const tree = other.git("hash-object", "-t", "tree", "-w", "--literally", join(other.folder, "tree"));
    const server = await startSwh(other.folder);
    onTestFinished(() => server.close());
    const objects = await listed(await ask(server, `swh:1:dir:${tree}`));
    expect(objects).toMatchObject([{ reason: "outside-blocked" }, { reason: "reply-invalid" }, { path: "good" }]);
  });

  test("the token goes to the archive and to nobody else", async () => {
    const server = await archive();
    const resolution = await ask(server, `swh:1:rev:${id("main")}`, "secret");
    await listed(resolution);
    expect(server.asked.length).toBeGreaterThan(3);
    expect(server.asked.every(({ authorization }) => authorization === "Bearer secret")).toBe(true);
    if (resolution.status !== "found") throw new Error(JSON.stringify(resolution));
    const { authorize } = resolution;
    expect(await authorize?.({ url: `${server.url}content/sha1_git:${hash}/raw/` })).toEqual({
      scheme: "headers",
      headers: { authorization: "Bearer secret" },
    });
    expect(await authorize?.({ url: "https://example.org/" })).toBeUndefined();
  });

  test("a folder of 100,000 files is one question, and takes no longer than reading it", async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `file-${String(index).padStart(6, "0")}`);
    const body = names.map((name) => ({
      type: "file",
      target: hash,
      name,
      perms: 33188,
      length: 1,
      status: "visible",
    }));
    const tree = createHash("sha1");
    const parts = names.map((name) => Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(hash, "hex")]));
    tree.update(`tree ${parts.reduce((sum, part) => sum + part.length, 0)}\0`);
    for (const part of parts) tree.update(part);
    const big = tree.digest("hex");
    const text = JSON.stringify(body);
    const server = await startWebServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(text);
    });
    onTestFinished(() => server.close());
    const resolution = await ask({ url: `${server.url}/` }, `swh:1:dir:${big}`);
    if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
    let count = 0;
    for await (const object of resolution.objects) if ("path" in object) count += 1;
    expect(count).toBe(100_000);
    expect(server.asked).toHaveLength(1);
  });
});
