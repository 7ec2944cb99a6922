import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { zenodo } from "../../../src/resolve/resolvers/zenodo.ts";
import { type ResearchHosts, startResearchHosts } from "../../services/research-hosts.ts";
import { digestOf } from "../../services/research-reply.ts";
import { asking, byPath, fetched, listed } from "../research-ask.ts";
import { loopbackHttp } from "../web-server.ts";

const http = loopbackHttp();
afterAll(() => http.close());

describe("parse", () => {
  test.each([
    ["zenodo:101", { id: "101", selection: { path: "" } }],
    ["https://zenodo.org/records/101", { id: "101", selection: { path: "" } }],
    ["http://www.zenodo.org/record/101/", { id: "101", selection: { path: "" } }],
    ["https://zenodo.org/api/records/101", { id: "101", selection: { path: "" } }],
    ["https://zenodo.org/records/101?token=x#files", { id: "101", selection: { path: "" } }],
    ["doi:10.5281/zenodo.101", { id: "101", selection: { path: "" } }],
    ["https://doi.org/10.5281/ZENODO.101", { id: "101", selection: { path: "" } }],
    [
      "https://zenodo.org/records/101/files/a%20b.csv?download=1",
      { id: "101", selection: { path: "a b.csv", file: true } },
    ],
    ["https://zenodo.org/records/101/files/o/n-1.zip", { id: "101", selection: { path: "o/n-1.zip", file: true } }],
    ["https://zenodo.org/api/records/101/files/a.csv/content", { id: "101", selection: { path: "a.csv", file: true } }],
  ])("%s", (uri, expected) => expect(zenodo.parse({ uri })).toEqual(expected));

  test.each([
    "zenodo:",
    "zenodo:12a",
    "zenodo:1234567890123456",
    "https://sandbox.zenodo.org/records/101",
    "https://zenodo.org.evil.example/records/101",
    "https://zenodo.org:8443/records/101",
    "https://user@zenodo.org/records/101",
    "https://zenodo.org/records/101/files/..%2Fa",
    "https://zenodo.org/records/101/files/%2e%2e/a",
    "https://zenodo.org/communities/a",
    "doi:10.5282/zenodo.101",
  ])("not %s", (uri) => expect(zenodo.parse({ uri })).toBeUndefined());

  test("a path inside one file means members, and only where it is unpacked", () => {
    const uri = "https://zenodo.org/records/101/files/a.zip";
    expect(zenodo.parse({ uri, path: "b" })).toBeUndefined();
    const selection = { path: "a.zip", file: true, members: "b" };
    expect(zenodo.parse({ uri, path: "b", unpack: true })).toEqual({ id: "101", selection });
  });
});

describe("a host", () => {
  const files = { "a.csv": "a,b\n1,2\n", "odd #1 50%.txt": "odd\n", "owner/name-1.0.zip": "zip", LICENSE: "terms\n" };
  let hosts: ResearchHosts;
  const withToken = () => ({ setting: async (name: string) => (name === "zenodo.token" ? hosts.token : undefined) });
  beforeAll(async () => {
    hosts = await startResearchHosts({
      zenodo: [
        { id: "101", concept: "100", files, license: "cc-by-4.0", version: "v1" },
        { id: "102", concept: "100", files: { "a.csv": "new\n" }, shape: "filename", version: "v2" },
        { id: "201", concept: "200", files, access: "restricted" },
        { id: "301", concept: "300", files, access: "embargoed" },
        { id: "401", concept: "400", files, access: "closed" },
        { id: "501", concept: "500", files: {} },
        { id: "601", concept: "600", files, state: "withdrawn" },
        { id: "701", concept: "700", files, state: "draft" },
        { id: "801", concept: "800", files: { "only.zip": "zip" } },
        { id: "901", concept: "901", files },
      ],
    });
  });
  afterAll(() => hosts?.close());
  const ask = asking(zenodo, http, () => hosts);

  test("a version is a pin, and its files are as the host says", async () => {
    const found = await ask("zenodo:101");
    expect(found).toMatchObject({
      status: "found",
      revision: "101",
      pinned: true,
      licensePublished: "cc-by-4.0",
      facts: { record: "101", concept: "100", version: "v1", access: "open" },
      exchange: { httpStatus: 200 },
    });
    expect(found).not.toHaveProperty("signs");
    expect(found).not.toHaveProperty("gated");
    const objects = await byPath(found);
    expect(Object.keys(objects)).toEqual(Object.keys(files));
    for (const [name, bytes] of Object.entries(files)) {
      expect(objects[name]).toMatchObject({
        size: bytes.length,
        digest: { md5: digestOf("md5", bytes) },
        listed: true,
        operatorEndpoint: true,
      });
      expect(await fetched(objects[name])).toBe(bytes);
    }
  });

  test("listing asks one question", async () => {
    const before = hosts.asked.length;
    await listed(await ask("zenodo:101"));
    expect(hosts.asked.slice(before).map(({ url }) => url)).toEqual(["/zenodo/api/records/101"]);
  });

  test("the number of all versions stands for the newest, and is no pin", async () => {
    const found = await ask("zenodo:100");
    expect(found).toMatchObject({ status: "found", revision: "102", pinned: false });
    expect(found).toMatchObject({ signs: [{ code: "version-chosen", at: "102" }] });
    const { "a.csv": file } = await byPath(found);
    expect(file).toMatchObject({ size: 4, digest: { md5: digestOf("md5", "new\n") } });
    expect(await fetched(file)).toBe("new\n");
    expect(await ask("zenodo:901")).toMatchObject({ pinned: false });
  });

  test("a revision chooses among versions, by number or by name", async () => {
    expect(await ask({ uri: "zenodo:100", revision: "101" })).toMatchObject({ revision: "101", pinned: true });
    expect(await ask({ uri: "zenodo:101", revision: "101" })).toMatchObject({ revision: "101", pinned: true });
    expect(await ask({ uri: "zenodo:101", revision: "v1" })).toMatchObject({ revision: "101", revisionIsName: true });
    for (const [uri, revision] of [
      ["zenodo:100", "201"],
      ["zenodo:100", "v1"],
      ["zenodo:501", "v1"],
    ] as const) {
      expect(await ask({ uri, revision })).toMatchObject({ kind: "absent", reason: "revision-not-found" });
    }
  });

  test("files and folders are selected", async () => {
    expect(await ask({ uri: "zenodo:101", path: "a.csv" })).toMatchObject({ single: true });
    expect(Object.keys(await byPath(await ask({ uri: "zenodo:101", path: "owner" })))).toEqual(["name-1.0.zip"]);
    const file = await ask("https://zenodo.org/records/101/files/owner/name-1.0.zip?download=1");
    expect(file).toMatchObject({ single: true });
    expect(Object.keys(await byPath(file))).toEqual(["name-1.0.zip"]);
    for (const location of [
      { uri: "zenodo:101", path: "b.csv" },
      { uri: "https://zenodo.org/records/101/files/owner" },
    ]) {
      expect(await ask(location)).toMatchObject({ kind: "absent", reason: "not-found" });
    }
  });

  test("an archive is named, or is the only file", async () => {
    const members = { strip: 0 };
    expect(await listed(await ask({ uri: "zenodo:801", unpack: true }))).toMatchObject([{ path: "only.zip", members }]);
    const named = await ask({ uri: "zenodo:101", path: "owner/name-1.0.zip", unpack: true });
    expect(await listed(named)).toMatchObject([{ path: "name-1.0.zip", members }]);
    expect(await ask({ uri: "zenodo:101", unpack: true })).toMatchObject({ reason: "not-a-file" });
    expect(await ask({ uri: "zenodo:101", path: "owner", unpack: true })).toMatchObject({ reason: "not-a-file" });
    expect(await ask({ uri: "zenodo:501", unpack: true })).toMatchObject({ reason: "not-found" });
  });

  test("a record without files is found, and empty", async () => {
    expect(await listed(await ask("zenodo:501"))).toEqual([]);
  });

  test.each([
    ["zenodo:201", "denied", "gated"],
    ["zenodo:301", "denied", "gated"],
    ["zenodo:401", "denied", "forbidden"],
    ["zenodo:601", "absent", "gone"],
    ["zenodo:701", "absent", "not-found"],
    ["zenodo:999", "absent", "not-found"],
  ])("%s is %s: %s", async (uri, kind, reason) => {
    expect(await ask(uri)).toMatchObject({ status: "refused", kind, reason });
  });

  test("the date of an embargo is told", async () => {
    expect(await ask("zenodo:301")).toMatchObject({ message: expect.stringContaining("2099-01-31") });
  });

  test("who is let in sees a gate with its files, and the credential goes to the host alone", async () => {
    const found = await ask("zenodo:201", withToken());
    expect(found).toMatchObject({ status: "found", pinned: true, gated: "manual" });
    const objects = await byPath(found);
    expect(JSON.stringify([found, objects])).not.toContain(hosts.token);
    const { "a.csv": file = { url: "" } } = objects;
    const authorize = found.status === "found" ? found.authorize : undefined;
    const own = await authorize?.(file);
    expect(own).toEqual({ scheme: "headers", headers: { authorization: `Bearer ${hosts.token}` } });
    expect(await authorize?.({ url: "https://zenodo.org/records/201/files/a.csv" })).toBeUndefined();
    expect(await authorize?.({ url: "not a url" })).toBeUndefined();
    expect(await ask("zenodo:701", withToken())).toMatchObject({ pinned: false, facts: { draft: true } });
  });
});

describe("a host that says otherwise", () => {
  let hosts: ResearchHosts;
  const file = (more: object) => ({ key: "a.csv", size: 1, checksum: `md5:${"0".repeat(32)}`, ...more });
  const record = (files: unknown, more: object = {}) => ({
    id: 101,
    conceptrecid: "100",
    metadata: {},
    files,
    ...more,
  });
  const answers = async (body: unknown) => {
    hosts = await startResearchHosts({ answers: { "/zenodo/api/records/101": { body } } });
    try {
      const resolution = await asking(zenodo, http, () => hosts)("zenodo:101");
      return { resolution, objects: resolution.status === "found" ? await listed(resolution) : [] };
    } finally {
      await hosts.close();
    }
  };

  test.each([
    ["another record", record([file({})], { id: 102, conceptrecid: "99" })],
    ["a negative size", record([file({ size: -1 })])],
    ["a size that is no whole number", record([file({ size: 0.5 })])],
    ["a size beyond counting", record([file({ size: 1e20 })])],
    ["two shapes at once", record([file({}), { filename: "b.csv", filesize: 1 }])],
    ["files without names", record([{ size: 1 }])],
    ["no files", record(undefined)],
    ["a page", "<html>sign in</html>"],
  ])("%s is reply-invalid", async (_what, body) => {
    expect((await answers(body)).resolution).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
  });

  test.each(["../a", "/etc/passwd", "a/../../b", "", "a//b", "a\0b", `${"a/".repeat(3000)}b`])(
    "a file named %j is not passed on",
    async (key) => {
      const { objects } = await answers(record([file({ key }), file({ key: "good.csv" })]));
      expect(objects).toMatchObject([{ status: "refused", reason: "reply-invalid" }, { path: "good.csv" }]);
    },
  );

  test("a name that comes twice is told", async () => {
    const { objects } = await answers(record([file({}), file({ size: 2 })]));
    expect(objects).toMatchObject([{ path: "a.csv", size: 1 }, { reason: "reply-invalid" }]);
  });

  test.each([
    ["no hex", "md5:xyz"],
    ["too short", "md5:abcd"],
    ["another algorithm's length", `sha256:${"0".repeat(32)}`],
    ["an unknown algorithm", `crc:${"0".repeat(32)}`],
  ])("a checksum that is %s is none", async (_what, checksum) => {
    const { objects } = await answers(record([file({ checksum })]));
    expect(objects[0]).not.toHaveProperty("digest");
  });

  test.each(["javascript:alert(1)", "file:///etc/passwd", "https://elsewhere.example/other.csv", "a.csv"])(
    "a link to %s is not taken for the file",
    async (self) => {
      const { objects } = await answers(record([file({ links: { self } })]));
      expect(objects).toMatchObject([{ url: `${hosts.url}/zenodo/api/records/101/files/a.csv/content` }]);
    },
  );

  test("a link elsewhere that names the file is the host's word, and gets no privilege", async () => {
    const self = "https://cdn.example/api/files/bucket/a.csv";
    const { objects } = await answers(record([file({ links: { self } })]));
    expect(objects).toMatchObject([{ url: self }]);
    expect(objects[0]).not.toHaveProperty("operatorEndpoint");
  });

  test.each([
    [401, "denied", "authentication-required"],
    [403, "denied", "forbidden"],
    [404, "absent", "not-found"],
    [410, "absent", "gone"],
    [429, "unreachable", "rate-limited"],
    [451, "absent", "legal-reasons"],
    [500, "unreachable", "server-error"],
    [503, "unreachable", "server-error"],
  ])("%d is %s: %s", async (status, kind, reason) => {
    hosts = await startResearchHosts({ answers: { "/zenodo/api/records/101": { status, body: {} } } });
    try {
      expect(await asking(zenodo, http, () => hosts)("zenodo:101")).toMatchObject({ kind, reason, httpStatus: status });
    } finally {
      await hosts.close();
    }
  });
});
