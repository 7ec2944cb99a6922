import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figshare } from "../../../src/resolve/resolvers/figshare.ts";
import { type ResearchHosts, startResearchHosts } from "../../services/research-hosts.ts";
import { digestOf } from "../../services/research-reply.ts";
import { asking, byPath, fetched, listed } from "../research-ask.ts";
import { loopbackHttp } from "../web-server.ts";

const http = loopbackHttp();
afterAll(() => http.close());

describe("parse", () => {
  const at = (id: string, version?: number) => ({
    id,
    ...(version === undefined ? {} : { version }),
    selection: { path: "" },
  });
  test.each([
    ["figshare:1434614", at("1434614")],
    ["figshare:1434614.v2", at("1434614", 2)],
    ["doi:10.6084/m9.figshare.1434614", at("1434614")],
    ["https://doi.org/10.6084/M9.FIGSHARE.1434614.V2", at("1434614", 2)],
    ["https://figshare.com/articles/dataset/A_title/1434614", at("1434614")],
    ["https://figshare.com/articles/dataset/A_title/1434614/2", at("1434614", 2)],
    ["https://figshare.com/articles/dataset/2020/1434614", at("1434614")],
    ["https://figshare.com/articles/dataset/2020/1434614/12", at("1434614", 12)],
    ["https://figshare.com/articles/A_title/1434614", at("1434614")],
    ["https://figshare.com/articles/2020/1434614/1", at("1434614", 1)],
    ["https://springernature.figshare.com/articles/code/A_title/1434614/1", at("1434614", 1)],
    ["https://figshare.com/articles/1434614", at("1434614")],
  ])("%s", (uri, expected) => {
    expect(figshare.parse({ uri })).toEqual(expected);
    expect(figshare.isPinned(expected)).toBe("version" in expected);
  });

  test.each([
    "figshare:1434614.2",
    "figshare:c.1434614",
    "doi:10.6084/m9.figshare.c.1434614",
    "https://figshare.com/articles/dataset/A_title",
    "https://figshare.com/articles/dataset/A_title/1434614/2/3",
    "https://figshare.com/articles/dataset/A_title/1434614?file=3",
    "https://figshare.com/collections/A_title/1434614",
    "https://figshare.com.evil.example/articles/dataset/A_title/1434614",
    "https://a.b.figshare.com/articles/dataset/A_title/1434614",
  ])("not %s", (uri) => expect(figshare.parse({ uri })).toBeUndefined());

  test("a revision is a version's number", () => {
    expect(figshare.parse({ uri: "figshare:7", revision: "2" })).toEqual(at("7", 2));
    expect(figshare.parse({ uri: "figshare:7", revision: "main" })).toBeUndefined();
  });
});

describe("a host", () => {
  const first = { "a.csv": "a\n", "b.txt": "b\n" };
  const second = { ...first, "a.csv": "a new\n" };
  const many = Object.fromEntries(Array.from({ length: 1203 }, (_none, at) => [`${at}.txt`, `${at}\n`]));
  let hosts: ResearchHosts;
  beforeAll(async () => {
    hosts = await startResearchHosts({
      figshare: [
        { id: 7, versions: [first, second], license: "CC BY 4.0", folders: { "b.txt": "docs/new" } },
        { id: 8, versions: [many] },
        { id: 9, versions: [first], embargo: "2099-01-31" },
        { id: 10, versions: [first], confidential: true },
        { id: 11, versions: [first], downloadsOff: true },
        { id: 12, versions: [first], links: ["b.txt"] },
        { id: 13, versions: [{}] },
        { id: 14, versions: [Object.fromEntries(Object.entries(many).slice(0, 10))] },
        { id: 15, versions: [Object.fromEntries(Object.entries(many).slice(0, 1000))] },
      ],
    });
  });
  afterAll(() => hosts?.close());
  const ask = asking(figshare, http, () => hosts);

  test("a version is a pin, and its files are as the host says", async () => {
    const found = await ask("figshare:7.v1");
    expect(found).toMatchObject({ status: "found", revision: "1", pinned: true, licensePublished: "CC BY 4.0" });
    expect(found).not.toHaveProperty("signs");
    const objects = await byPath(found);
    expect(Object.keys(objects)).toEqual(["a.csv", "docs/new/b.txt"]);
    expect(objects["a.csv"]).toMatchObject({
      size: 2,
      digest: { md5: digestOf("md5", "a\n") },
      mediaType: "text/plain",
      listed: true,
      operatorEndpoint: true,
    });
    expect(await fetched(objects["a.csv"])).toBe("a\n");
    expect(await fetched(objects["docs/new/b.txt"])).toBe("b\n");
  });

  test("without a version the newest is meant, which is no pin", async () => {
    const found = await ask("https://figshare.com/articles/dataset/title/7");
    expect(found).toMatchObject({ revision: "2", pinned: false, signs: [{ code: "version-chosen", at: "2" }] });
    expect(await fetched((await byPath(found))["a.csv"])).toBe("a new\n");
  });

  test.each([
    ["figshare:8", 1203, 1 + 2],
    ["figshare:14", 10, 1 + 1],
    ["figshare:15", 1000, 1 + 2],
    ["figshare:7", 2, 1],
  ])("%s: %d files take %d questions", async (uri, files, questions) => {
    const before = hosts.asked.length;
    expect(Object.keys(await byPath(await ask(uri)))).toHaveLength(files);
    expect(hosts.asked.length - before).toBe(questions);
  });

  test("files and folders are selected", async () => {
    expect(Object.keys(await byPath(await ask({ uri: "figshare:7", path: "docs" })))).toEqual(["new/b.txt"]);
    const file = await ask({ uri: "figshare:7", path: "docs/new/b.txt", unpack: true });
    expect(file).toMatchObject({ single: true });
    expect(await listed(file)).toMatchObject([{ path: "b.txt", members: { strip: 0 } }]);
    expect(await ask({ uri: "figshare:7", path: "none" })).toMatchObject({ kind: "absent", reason: "not-found" });
  });

  test.each([
    ["figshare:9", "denied", "gated"],
    ["figshare:10", "denied", "gated"],
    ["figshare:99", "absent", "not-found"],
    ["figshare:7.v3", "absent", "not-found"],
  ])("%s is %s: %s", async (uri, kind, reason) => {
    expect(await ask(uri)).toMatchObject({ status: "refused", kind, reason });
  });

  test("files whose downloads are off are named and not asked for", async () => {
    expect(await listed(await ask("figshare:11"))).toMatchObject([
      { path: "a.csv", size: 2, refusal: { kind: "denied", reason: "forbidden" } },
      { path: "b.txt" },
    ]);
  });

  test("of a file that lies elsewhere nothing is claimed", async () => {
    const { "b.txt": link } = await byPath(await ask("figshare:12"));
    for (const key of ["size", "digest", "listed"]) expect(link).not.toHaveProperty(key);
  });

  test("an article without files is found, and empty", async () => {
    expect(await ask("figshare:13")).toMatchObject({ status: "found", facts: { metadataOnly: true } });
    expect(await listed(await ask("figshare:13"))).toEqual([]);
  });

  test("the credential goes to the host alone", async () => {
    const before = hosts.asked.length;
    const found = await ask("figshare:8", { setting: async () => hosts.token });
    const objects = await listed(found);
    expect(hosts.asked.slice(before).map(({ headers }) => headers.authorization)).toEqual(
      Array.from({ length: 3 }, () => `token ${hosts.token}`),
    );
    expect(JSON.stringify([found, objects])).not.toContain(hosts.token);
    const authorize = found.status === "found" ? found.authorize : undefined;
    expect(await authorize?.({ url: `${hosts.url}/figshare/files/1` })).toBeDefined();
    expect(await authorize?.({ url: "https://s3.example/1" })).toBeUndefined();
  });
});

describe("a host that says otherwise", () => {
  const file = (more: object = {}) => ({ id: 1, name: "a.csv", size: 1, download_url: "https://h.example/1", ...more });
  const article = (files: unknown, more: object = {}) => ({ id: 7, version: 1, files, ...more });
  const answers = async (body: unknown, pages: Record<string, { body?: unknown; status?: number }> = {}) => {
    const hosts = await startResearchHosts({ answers: { "/figshare/v2/articles/7/versions/1": { body }, ...pages } });
    try {
      const resolution = await asking(figshare, http, () => hosts)("figshare:7.v1");
      return { resolution, objects: resolution.status === "found" ? await listed(resolution) : [], hosts };
    } finally {
      await hosts.close();
    }
  };

  test.each([
    ["another article", article([file()], { id: 8 })],
    ["another version", article([file()], { version: 2 })],
    ["a negative size", article([file({ size: -1 })])],
    ["a size in words", article([file({ size: "1" })])],
    ["no files", article(undefined)],
    ["a list", []],
  ])("%s is reply-invalid", async (_what, body) => {
    expect((await answers(body)).resolution).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
  });

  test.each([
    { name: "../a" },
    { name: "/a" },
    { name: "" },
    { download_url: "file:///etc/passwd" },
    { download_url: "ftp://h.example/1" },
    { download_url: "" },
  ])("a file with %j is not passed on", async (more) => {
    const { objects } = await answers(article([file(more), file({ name: "good.csv" })]));
    expect(objects).toMatchObject([{ status: "refused", reason: "reply-invalid" }, { path: "good.csv" }]);
  });

  test("a folder that leads out is not followed", async () => {
    const { objects } = await answers(article([file()], { folder_structure: { "1": "../.." } }));
    expect(objects).toMatchObject([{ reason: "reply-invalid" }]);
  });

  test("a digest that is none is not passed on", async () => {
    const { objects } = await answers(article([file({ computed_md5: "" }), file({ name: "b", computed_md5: "zz" })]));
    for (const object of objects) expect(object).not.toHaveProperty("digest");
  });

  test("a host without pages that answers the same each time is read once", async () => {
    const full = Array.from({ length: 1000 }, (_none, at) => file({ id: at, name: `${at}` }));
    const pages = { "/figshare/v2/articles/7/versions/1/files": { body: full } };
    expect((await answers(article(full.slice(0, 10)), pages)).objects).toHaveLength(1000);
  });

  test("a listing that breaks off says so", async () => {
    const files = Array.from({ length: 10 }, (_none, at) => file({ id: at, name: `${at}` }));
    const pages = { "/figshare/v2/articles/7/versions/1/files": { status: 503, body: {} } };
    expect((await answers(article(files), pages)).objects).toMatchObject([
      { kind: "unreachable", reason: "server-error" },
    ]);
  });

  test.each([
    [401, "denied"],
    [403, "denied"],
    [404, "absent"],
    [410, "absent"],
    [422, "unreachable"],
    [429, "unreachable"],
    [500, "unreachable"],
  ])("%d is %s", async (status, kind) => {
    const hosts = await startResearchHosts({ answers: { "/figshare/v2/articles/7": { status, body: {} } } });
    try {
      expect(await asking(figshare, http, () => hosts)("figshare:7")).toMatchObject({ kind, httpStatus: status });
    } finally {
      await hosts.close();
    }
  });
});
