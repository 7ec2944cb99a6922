import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { osf } from "../../../src/resolve/resolvers/osf.ts";
import { type ResearchHosts, startResearchHosts } from "../../services/research-hosts.ts";
import { guidOf } from "../../services/research-osf.ts";
import { digestOf } from "../../services/research-reply.ts";
import { asking, byPath, fetched, listed } from "../research-ask.ts";
import { loopbackHttp } from "../web-server.ts";

const http = loopbackHttp();
afterAll(() => http.close());
const hex = "0123456789abcdef01234567";

describe("parse", () => {
  const all = { guid: "abcde", selection: { path: "" } };
  test.each([
    ["osf:abcde", all],
    ["osf:ABCDE", all],
    ["https://osf.io/abcde", all],
    ["https://osf.io/abcde/", all],
    ["https://osf.io/abcde/overview", all],
    ["https://osf.io/abcde/files/", all],
    ["https://osf.io/abcde/files/osfstorage", { ...all, provider: "osfstorage" }],
    [`https://osf.io/abcde/files/osfstorage/${hex}`, { ...all, provider: "osfstorage", file: hex }],
    [
      `https://osf.io/abcde/files/osfstorage/${hex}?revision=2`,
      { ...all, provider: "osfstorage", file: hex, version: 2 },
    ],
    ["https://osf.io/download/abcde/?version=3", { ...all, version: 3 }],
    ["https://osf.io/abcde/download", all],
    ["https://osf.io/preprints/psyarxiv/abcde_v2", { ...all, guid: "abcde_v2" }],
    ["https://osf.io/preprints/abcde", all],
    ["doi:10.17605/OSF.IO/ABCDE", all],
    ["https://doi.org/10.31219/osf.io/abcde_v1", { ...all, guid: "abcde_v1" }],
  ])("%s", (uri, expected) => {
    expect(osf.parse({ uri })).toEqual(expected);
    expect(osf.isPinned(expected)).toBe("version" in expected);
  });

  test.each([
    "osf:abcd",
    "osf:abcdef",
    "https://osf.io/",
    "https://osf.io/login",
    "https://osf.io/search?q=a",
    "https://osf.io/abcde/wiki/home",
    "https://osf.io/abcde/files/osfstorage/short",
    "https://osf.io/abcde/?version=new",
    "https://osf.io.evil.example/abcde",
    "https://api.osf.io/v2/nodes/abcde/",
  ])("not %s", (uri) => expect(osf.parse({ uri })).toBeUndefined());
});

describe("a host", () => {
  const files = {
    "a.csv": "a\n",
    "data/b.csv": "b\n",
    "data/deep/c.csv": "c\n",
    "docs/d.txt": ["one\n", "second\n"],
  } as const;
  const many = Object.fromEntries(Array.from({ length: 250 }, (_none, at) => [`many/${at}.txt`, `${at}`]));
  let hosts: ResearchHosts;
  beforeAll(async () => {
    hosts = await startResearchHosts({
      osf: [
        { guid: "abcde", files, license: "CC-By Attribution 4.0 International" },
        { guid: "froze", type: "registrations", files },
        { guid: "wdraw", type: "registrations", files, access: "withdrawn" },
        { guid: "priva", files, access: "private" },
        { guid: "delet", files, access: "deleted" },
        { guid: "paper", type: "preprints", files: { "paper.pdf": "%PDF" }, license: "CC0 1.0 Universal" },
        { guid: "human", type: "users" },
        { guid: "manyy", files: many },
        { guid: "empty" },
      ],
    });
  });
  afterAll(() => hosts?.close());
  const ask = asking(osf, http, () => hosts);

  test("a project lists its folders, is no pin, and has a licence", async () => {
    const found = await ask("osf:abcde");
    expect(found).toMatchObject({
      status: "found",
      pinned: false,
      licensePublished: "CC-By Attribution 4.0 International",
      facts: { guid: "abcde", type: "nodes" },
    });
    expect(found).not.toHaveProperty("revision");
    const objects = await byPath(found);
    expect(Object.keys(objects).sort()).toEqual(Object.keys(files).sort());
    const file = objects["data/deep/c.csv"];
    const digest = { md5: digestOf("md5", "c\n"), sha256: digestOf("sha256", "c\n") };
    expect(file).toMatchObject({ size: 2, digest, listed: true, operatorEndpoint: true });
    expect(await fetched(file)).toBe("c\n");
    expect(await fetched(objects["docs/d.txt"])).toBe("second\n");
  });

  test("a registration is frozen", async () => {
    expect(await ask("osf:froze")).toMatchObject({ revision: "froze", pinned: true });
  });

  test("one question for each page, and only for folders on the way", async () => {
    const questions = async (location: Parameters<typeof ask>[0]) => {
      const before = hosts.asked.length;
      await listed(await ask(location));
      return hosts.asked.slice(before).filter(({ url }) => url.includes("/files/"));
    };
    expect(await questions("osf:manyy")).toHaveLength(1 + 3);
    // Once to tell what is selected, once to list it.
    expect(await questions({ uri: "osf:abcde", path: "data/deep" })).toHaveLength(2 * 3);
  });

  test("files and folders are selected", async () => {
    const folder = await byPath(await ask({ uri: "osf:abcde", path: "data" }));
    expect(Object.keys(folder).sort()).toEqual(["b.csv", "deep/c.csv"]);
    const file = await ask({ uri: "osf:abcde", path: "data/b.csv" });
    expect(file).toMatchObject({ single: true });
    expect(await listed(file)).toMatchObject([{ path: "b.csv" }]);
    expect(await ask({ uri: "osf:abcde", path: "data/none" })).toMatchObject({ kind: "absent", reason: "not-found" });
  });

  test("a file by its own guid, and by its number, with its versions", async () => {
    const guid = guidOf("abcde", "docs/d.txt");
    const newest = await ask(`osf:${guid}`);
    expect(newest).toMatchObject({
      single: true,
      revision: "2",
      pinned: false,
      signs: [{ code: "version-chosen", at: "2" }],
    });
    expect(await listed(newest)).toMatchObject([
      { path: "d.txt", size: 7, digest: { sha256: digestOf("sha256", "second\n") } },
    ]);
    const older = await ask({ uri: `https://osf.io/${guid}/`, revision: "1" });
    expect(older).toMatchObject({ revision: "1", pinned: true });
    const [object] = await listed(older);
    expect(object).toMatchObject({ path: "d.txt", size: 4 });
    expect(object).not.toHaveProperty("digest");
    expect(await fetched((await byPath(older))["d.txt"])).toBe("one\n");
    expect(await ask({ uri: `osf:${guid}`, revision: "2" })).toMatchObject({ revision: "2", pinned: true });
    expect(await ask({ uri: `osf:${guid}`, revision: "3" })).toMatchObject({
      kind: "absent",
      reason: "revision-not-found",
    });
    expect(await listed(await ask({ uri: `osf:${guid}`, path: "in", unpack: true }))).toMatchObject([
      { members: { strip: 0, prefix: "in" } },
    ]);
  });

  test("a preprint is its file", async () => {
    const found = await ask("https://osf.io/preprints/psyarxiv/paper");
    expect(found).toMatchObject({ single: true, licensePublished: "CC0 1.0 Universal" });
    expect(await listed(found)).toMatchObject([{ path: "paper.pdf" }]);
  });

  test("a project without files is found, and empty", async () => {
    expect(await listed(await ask("osf:empty"))).toEqual([]);
  });

  test.each([
    [{ uri: "osf:priva" }, "denied", "authentication-required"],
    [{ uri: "osf:delet" }, "absent", "gone"],
    [{ uri: "osf:wdraw" }, "absent", "gone"],
    [{ uri: "osf:nonee" }, "absent", "not-found"],
    [{ uri: "osf:human" }, "malformed", "not-listable"],
    [{ uri: "osf:abcde", revision: "2" }, "absent", "revision-not-found"],
  ])("%j is %s: %s", async (location, kind, reason) => {
    expect(await ask(location)).toMatchObject({ status: "refused", kind, reason });
  });

  test("another storage that is not there is told when it is listed", async () => {
    expect(await listed(await ask("https://osf.io/abcde/files/dropbox"))).toMatchObject([
      { kind: "absent", reason: "not-found" },
    ]);
  });

  test("the credential goes to the host alone", async () => {
    const before = hosts.asked.length;
    const found = await ask("osf:priva", { setting: async (name) => (name === "osf.token" ? hosts.token : undefined) });
    const objects = await listed(found);
    expect(objects).toHaveLength(4);
    for (const { headers } of hosts.asked.slice(before)) expect(headers.authorization).toBe(`Bearer ${hosts.token}`);
    expect(JSON.stringify([found, objects])).not.toContain(hosts.token);
    const authorize = found.status === "found" ? found.authorize : undefined;
    expect(await authorize?.({ url: `${hosts.url}/osf/files/v1/x` })).toBeDefined();
    expect(await authorize?.({ url: "https://storage.example/x" })).toBeUndefined();
  });
});

describe("a host that says otherwise", () => {
  const node = { data: { id: "abcde", type: "nodes" } };
  const item = (attributes: object = {}, more: object = {}) => ({
    id: "1",
    attributes: { kind: "file", name: "a.csv", size: 1, ...attributes },
    links: { download: "https://files.example/1" },
    ...more,
  });
  const answers = async (data: unknown, next: string | null = null, first: unknown = node, status = 200) => {
    const hosts = await startResearchHosts({
      answers: {
        "/osf/v2/guids/abcde/": { status, body: first },
        "/osf/v2/nodes/abcde/files/osfstorage/": { body: { data, links: { next } } },
        "/osf/v2/nodes/abcde/files/osfstorage/loop/": {
          body: { data: [item({ kind: "folder", name: "x".repeat(1000) }, { id: "loop" })], links: { next: null } },
        },
      },
    });
    try {
      const resolution = await asking(osf, http, () => hosts)("osf:abcde");
      return { resolution, objects: resolution.status === "found" ? await listed(resolution) : [], asked: hosts.asked };
    } finally {
      await hosts.close();
    }
  };

  test.each([{ data: { id: "../x", type: "nodes" } }, { data: { id: "abcde" } }, { data: [] }])(
    "%j is reply-invalid",
    async (first) => {
      expect((await answers([], null, first)).resolution).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
    },
  );

  test.each([
    item({ name: "../a" }),
    item({ name: "a/../../b" }),
    item({ name: "" }),
    item({ size: -1 }),
    item({ kind: "link" }),
    item({}, { id: "../.." }),
    item({}, { links: { download: "file:///etc/passwd" } }),
    item({}, { links: {} }),
  ])("%j is not passed on", async (bad) => {
    expect((await answers([bad])).objects).toMatchObject([{ status: "refused", reason: "reply-invalid" }]);
  });

  test("a folder in itself ends where a path ends", async () => {
    const { objects, asked } = await answers([item({ kind: "folder", name: "deep" }, { id: "loop" })]);
    expect(objects).toEqual([]);
    expect(asked.length).toBeLessThan(10);
  });

  test("the next page is asked for where we asked, whatever the host calls it; an empty one is the end", async () => {
    const { objects, asked } = await answers([], "https://evil.example/next");
    expect(objects).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  test("digests that are none are not passed on", async () => {
    const { objects } = await answers([item({ extra: { hashes: { md5: "zz", sha256: null } } })]);
    expect(objects[0]).not.toHaveProperty("digest");
  });

  test.each([
    [401, "denied"],
    [403, "denied"],
    [404, "absent"],
    [410, "absent"],
    [429, "unreachable"],
    [500, "unreachable"],
    [501, "unreachable"],
  ])("%d is %s", async (status, kind) => {
    expect((await answers([], null, {}, status)).resolution).toMatchObject({ kind, httpStatus: status });
  });
});
