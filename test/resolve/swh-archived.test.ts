import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Http } from "../../src/io/http.ts";
import { areKnown, askToSave, gitCommitOf } from "../../src/resolve/swh-archived.ts";
import { need } from "../services/need.ts";
import { type SwhServer, startSwh } from "../services/swh.ts";
import { makeRepository, type Repository } from "../services/swh-repository.ts";
import { contextFor } from "./context.ts";
import { loopbackHttp } from "./web-server.ts";

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
  async function archive(): Promise<{ readonly server: SwhServer; readonly context: ReturnType<typeof contextFor> }> {
    const server = await startSwh(repository.folder);
    onTestFinished(() => server.close());
    return { server, context: contextFor(http, { endpoint: () => server.url }) };
  }

  test("tells of each identifier, a thousand with one question", async () => {
    const { server, context } = await archive();
    const kept = `swh:1:rev:${repository.git("rev-parse", "main")}`;
    const others = Array.from({ length: 1000 }, (_, index) => `swh:1:rev:${index.toString(16).padStart(40, "0")}`);
    const known = await areKnown([kept, ...others, kept], context);
    if ("reason" in known) throw new Error(JSON.stringify(known));
    expect(known.size).toBe(1001);
    expect([...known].filter(([, has]) => has)).toEqual([[kept, true]]);
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /api/1/known/",
      "POST /api/1/known/",
    ]);
    expect(await areKnown([], context)).toEqual(new Map());
    expect(server.asked).toHaveLength(2);
  });

  test("is not known to have what it did not speak of", async () => {
    const { server, context } = await archive();
    const id = `swh:1:rev:${"0".repeat(40)}`;
    for (const body of [{}, [], { [id]: true }, { [id]: { known: "no" } }, { other: { known: false } }]) {
      server.override("known/", { status: 200, body });
      expect(await areKnown([id], context)).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
    }
    server.override("known/", { status: 429, body: {}, headers: { "retry-after": "3600" } });
    expect(await areKnown([id], context)).toMatchObject({ reason: "rate-limited" });
  });

  test("is asked to save a repository by the address that anybody can clone", async () => {
    const { server, context } = await archive();
    const origin = "https://example.org/group/name%20x.git";
    expect(await askToSave(origin, context)).toEqual({
      status: "asked",
      request: "accepted",
      task: "not yet scheduled",
    });
    expect(server.saved).toEqual([origin]);
    server.override("origin/save/git/url/https://example.org/bad/", {
      status: 403,
      body: { exception: "ForbiddenExc", reason: "The origin url is blacklisted" },
    });
    expect(await askToSave("https://example.org/bad", context)).toMatchObject({ kind: "denied", reason: "forbidden" });
    for (const secret of [
      "https://user:secret@example.org/a",
      "https://example.org/a?token=x",
      "git@example.org:a",
      "file:///a",
    ])
      expect(await askToSave(secret, context)).toMatchObject({ reason: "scheme-blocked" });
    expect(JSON.stringify(server.asked)).not.toContain("secret");
  });
});

const commit = "94a9ed024d3859793618152ea559a168bbcbb5e2";
const tag = "0".repeat(40);
test.each([
  ["git", { url: "https://example.org/a.git" }, { revision: commit }, "https://example.org/a.git"],
  ["git", { url: "https://user:secret@example.org/a.git" }, { revision: commit }, undefined],
  ["git", { url: "ssh://git@example.org/a.git" }, { revision: commit }, undefined],
  ["git", { folder: "a" }, { revision: commit }, undefined],
  ["git", { url: "https://example.org/a.git" }, { revision: tag, facts: { commit } }, "https://example.org/a.git"],
  [
    "github",
    { host: "github.com", repository: "a/b", kind: "tree", path: "" },
    { revision: commit },
    "https://github.com/a/b",
  ],
  ["gitlab", { host: "gitlab.com", repository: "a/b/c" }, { revision: commit }, "https://gitlab.com/a/b/c.git"],
  ["forgejo", { host: "codeberg.org", repository: "a/b" }, { revision: commit }, "https://codeberg.org/a/b.git"],
  ["forgejo", { host: "user:secret@h", repository: "a/b" }, { revision: commit }, undefined],
  [
    "huggingface",
    {},
    { revision: commit, facts: { hub: "https://h/", type: "dataset", id: "a/b" } },
    "https://h/datasets/a/b",
  ],
  ["huggingface", {}, { revision: commit, facts: { hub: "https://h/", type: "model", id: "a/b" } }, "https://h/a/b"],
])("%s %j: the commit and the address", (resolver, ref, found, origin) => {
  const expected = { swhid: `swh:1:rev:${commit}`, ...(origin === undefined ? {} : { origin }) };
  expect(gitCommitOf(resolver, ref, found)).toEqual(expected);
});

test("what is no commit is not asked for", () => {
  expect(gitCommitOf("npm", {}, { revision: commit })).toBeUndefined();
  expect(gitCommitOf("git", {}, {})).toBeUndefined();
  expect(gitCommitOf("git", {}, { revision: "a".repeat(64) })).toBeUndefined();
  expect(gitCommitOf("git", {}, { revision: "main" })).toBeUndefined();
});
