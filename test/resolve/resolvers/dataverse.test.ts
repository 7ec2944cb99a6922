import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataverse } from "../../../src/resolve/resolvers/dataverse.ts";
import { type ResearchHosts, startResearchHosts } from "../../services/research-hosts.ts";
import { digestOf } from "../../services/research-reply.ts";
import { asking, byPath, fetched, listed } from "../research-ask.ts";
import { loopbackHttp } from "../web-server.ts";

const http = loopbackHttp();
afterAll(() => http.close());
const host = "demo.dataverse.org";
const plain = "doi:10.70122/FK2/PLAIN";
const at = (id: string, version?: string) =>
  `dataverse:${host}/${id}${version === undefined ? "" : `?version=${version}`}`;

describe("parse", () => {
  const all = { host, id: plain, selection: { path: "" } };
  test.each([
    [`dataverse:${host}/${plain}`, all],
    [`dataverse:${host}/${plain}?version=1.2`, { ...all, version: "1.2" }],
    [`https://${host}/dataset.xhtml?persistentId=${plain}`, all],
    [`https://${host}/dataset.xhtml?persistentId=${encodeURIComponent(plain)}&version=3`, { ...all, version: "3" }],
    [`https://${host}/citation?persistentId=${plain}`, all],
    [
      `https://${host}/file.xhtml?persistentId=${plain}/F1&version=1.0`,
      { ...all, id: `${plain}/F1`, file: true, version: "1.0" },
    ],
    [`https://${host}/file.xhtml?fileId=42`, { ...all, id: "42", file: true }],
    [`dataverse:${host}/hdl:1902.1/00700`, { ...all, id: "hdl:1902.1/00700" }],
  ])("%s", (uri, expected) => expect(dataverse.parse({ uri })).toEqual(expected));

  test.each([
    "dataverse:",
    "dataverse:host/doi:10.1/a",
    `dataverse:${host}`,
    `dataverse:${host}/10.70122/FK2/PLAIN`,
    `dataverse:user@${host}/${plain}`,
    `dataverse:${host}:8080/${plain}`,
    `dataverse:${host}/${plain}?version=DRAFT`,
    `https://${host}/dataset.xhtml?persistentId=${plain}&version=DRAFT`,
    `https://${host}/dataset.xhtml?persistentId=javascript:alert`,
    `https://${host}/dataset.xhtml`,
    `https://${host}/dataverse/a`,
    `https://${host}/api/access/datafile/42`,
    `https://127.0.0.1/dataset.xhtml?persistentId=${plain}`,
    `https://localhost/dataset.xhtml?persistentId=${plain}`,
  ])("not %s", (uri) => expect(dataverse.parse({ uri })).toBeUndefined());

  test("a revision is a version", () => {
    expect(dataverse.parse({ uri: at(plain), revision: "2.0" })).toEqual({ ...all, version: "2.0" });
    expect(dataverse.parse({ uri: at(plain), revision: "main" })).toBeUndefined();
  });
});

describe("a host", () => {
  const csv = "id,name\n1,a\n2,b\n";
  const table = { name: "t.tab", header: "id\tname\n", rows: "1\ta\n2\tb\n" };
  const one = { "a.txt": { bytes: "a\n" }, "b.txt": { bytes: "b\n", folder: "docs/new" } };
  const many = Object.fromEntries(
    Array.from({ length: 1500 }, (_none, number) => [`${number}.txt`, { bytes: `${number}` }]),
  );
  const id = (name: string) => `doi:10.70122/FK2/${name}`;
  let hosts: ResearchHosts;
  beforeAll(async () => {
    hosts = await startResearchHosts({
      dataverse: [
        {
          id: plain,
          versions: [one, { ...one, "a.txt": { bytes: "a new\n" } }],
          license: { name: "CC0 1.0", uri: "http://creativecommons.org/publicdomain/zero/1.0" },
        },
        { id: id("TABLE"), versions: [{ "t.csv": { bytes: csv, table, folder: "data" } }], license: "CC0" },
        { id: id("UNNAMED"), versions: [{ "t.csv": { bytes: csv, table: { ...table, unnamed: true } } }] },
        { id: id("SAME"), versions: [{ "t.tab": { bytes: csv, table } }] },
        {
          id: id("CLOSED"),
          versions: [
            {
              "a.txt": { bytes: "a\n", restricted: true },
              "b.txt": { bytes: "b\n", embargo: "2099-01-31" },
              "c.txt": { bytes: "c\n", embargo: "2001-01-31" },
            },
          ],
          license: "NONE",
          terms: "Ask us.",
        },
        { id: id("DRAFT"), versions: [one], unpublished: true },
        { id: id("MANY"), versions: [many] },
        { id: id("OLD"), versions: [Object.fromEntries(Object.entries(many).slice(0, 1000))], old: true },
        ...(["SHA-1", "SHA-256", "SHA-512"] as const).map((checksum) => ({
          id: id(checksum),
          versions: [one],
          checksum,
        })),
      ],
    });
  });
  afterAll(() => hosts?.close());
  const ask = asking(dataverse, http, () => hosts);
  const withKey = () => ({
    setting: async (name: string) => (name === `dataverse.token:${hosts.url}` ? hosts.token : undefined),
  });

  test("a version is a pin, and its files are as the host says", async () => {
    const found = await ask(at(plain, "1.0"));
    expect(found).toMatchObject({
      status: "found",
      revision: "1.0",
      pinned: true,
      licensePublished: "CC0 1.0",
      facts: { host, dataset: plain, versionState: "RELEASED" },
    });
    expect(found).not.toHaveProperty("signs");
    const objects = await byPath(found);
    expect(Object.keys(objects)).toEqual(["a.txt", "docs/new/b.txt"]);
    expect(objects["a.txt"]).toMatchObject({ size: 2, digest: { md5: digestOf("md5", "a\n") }, listed: true });
    expect(await fetched(objects["a.txt"])).toBe("a\n");
    expect(await ask(at(plain, "1"))).toMatchObject({ revision: "1", pinned: true });
  });

  test("without a version the newest published is meant, which is no pin", async () => {
    const found = await ask(`https://${host}/citation?persistentId=${plain}`);
    expect(found).toMatchObject({ revision: "2.0", pinned: false, signs: [{ code: "version-chosen", at: "2.0" }] });
    expect(await fetched((await byPath(found))["a.txt"])).toBe("a new\n");
  });

  test("of a converted table the digest and size are those of the upload, and both forms are listed", async () => {
    const found = await ask(at(id("TABLE"), "1.0"));
    expect(found).toMatchObject({ licensePublished: "CC0" });
    const objects = await byPath(found);
    expect(Object.keys(objects)).toEqual(["data/t.csv", "data/t.tab"]);
    const { "data/t.csv": upload, "data/t.tab": converted } = objects;
    // The host's word, held against the bytes that it really serves.
    const bytes = await fetched(upload);
    expect(bytes).toBe(csv);
    expect(upload).toMatchObject({
      size: bytes.length,
      digest: { md5: digestOf("md5", bytes) },
      mediaType: "text/csv",
    });
    expect(await fetched(converted)).toBe(table.header + table.rows);
    expect(converted).not.toHaveProperty("digest");
    expect(converted).not.toHaveProperty("size");
  });

  test("nothing is claimed of a conversion whose upload has no name, and one name means the upload", async () => {
    const unnamed = await byPath(await ask(at(id("UNNAMED"))));
    expect(Object.keys(unnamed)).toEqual(["t.tab"]);
    expect(unnamed["t.tab"]).not.toHaveProperty("digest");
    const same = await byPath(await ask(at(id("SAME"))));
    expect(Object.keys(same)).toEqual(["t.tab"]);
    expect(await fetched(same["t.tab"])).toBe(csv);
  });

  test.each([
    ["SHA-1", "sha1"],
    ["SHA-256", "sha256"],
    ["SHA-512", "sha512"],
  ])("a digest by %s is %s", async (type, algorithm) => {
    expect((await byPath(await ask(at(id(type)))))["a.txt"]).toMatchObject({
      digest: { [algorithm]: digestOf(algorithm, "a\n") },
    });
  });

  test("closed files are named, and asked for only with a key", async () => {
    const found = await ask(at(id("CLOSED")));
    expect(found).not.toHaveProperty("licensePublished");
    expect(found).toMatchObject({ facts: { termsOfUse: "Ask us." } });
    const objects = await byPath(found);
    const gated = { kind: "denied", reason: "gated" };
    expect(objects["a.txt"]).toMatchObject({ size: 2, refusal: gated });
    expect(objects["b.txt"]).toMatchObject({ refusal: { ...gated, message: expect.stringContaining("2099-01-31") } });
    expect(objects["c.txt"]).not.toHaveProperty("refusal");
    const within = await ask(at(id("CLOSED")), withKey());
    const { "a.txt": file = { url: "" } } = await byPath(within);
    expect(file).not.toHaveProperty("refusal");
    const own = within.status === "found" ? await within.authorize?.(file) : undefined;
    expect(own).toEqual({ scheme: "headers", headers: { "x-dataverse-key": hosts.token } });
    expect(JSON.stringify([within, file])).not.toContain(hosts.token);
  });

  test.each([
    [at(id("DRAFT")), "denied", "authentication-required"],
    [at(id("NOTHING")), "absent", "not-found"],
    [at(plain, "3.0"), "absent", "not-found"],
    [`https://${host}/file.xhtml?fileId=42`, "absent", "not-found"],
  ])("%s is %s: %s", async (uri, kind, reason) => {
    expect(await ask(uri)).toMatchObject({ status: "refused", kind, reason });
  });

  test("a draft has no version, and is no pin", async () => {
    const found = await ask(at(id("DRAFT")), withKey());
    expect(found).toMatchObject({ status: "found", pinned: false, facts: { versionState: "DRAFT" } });
    expect(found).not.toHaveProperty("revision");
  });

  test.each([
    ["MANY", 1500, 1 + 2],
    ["OLD", 1000, 1 + 2],
    ["PLAIN", 2, 1 + 1],
  ])("%s: %d files take %d questions", async (name, files, questions) => {
    const before = hosts.asked.length;
    expect(Object.keys(await byPath(await ask(at(id(name)))))).toHaveLength(files);
    expect(hosts.asked.length - before).toBe(questions);
  });

  test("a file's own page is that file, a table's is what was uploaded", async () => {
    const { "data/t.csv": upload } = await byPath(await ask(at(id("TABLE"))));
    const number = /datafile\/(\d+)/.exec(upload?.url ?? "")?.[1];
    for (const query of [`fileId=${number}`, `persistentId=${id("TABLE")}/F${number}&version=1`]) {
      const found = await ask(`https://${host}/file.xhtml?${query}`);
      expect(found).toMatchObject({ status: "found", single: true, licensePublished: "CC0" });
      expect(await listed(found)).toMatchObject([{ path: "t.csv", digest: { md5: digestOf("md5", csv) } }]);
    }
    const unpacked = await ask({ uri: `https://${host}/file.xhtml?fileId=${number}`, path: "in", unpack: true });
    expect(await listed(unpacked)).toMatchObject([{ members: { strip: 0, prefix: "in" } }]);
  });

  test("files and folders are selected", async () => {
    expect(Object.keys(await byPath(await ask({ uri: at(plain), path: "docs" })))).toEqual(["new/b.txt"]);
    expect(await ask({ uri: at(plain), path: "a.txt" })).toMatchObject({ single: true });
    expect(await ask({ uri: at(plain), path: "none" })).toMatchObject({ kind: "absent", reason: "not-found" });
  });
});

describe("a host that says otherwise", () => {
  const version = { versionNumber: 1, versionMinorNumber: 0, versionState: "RELEASED" };
  const file = (more: object = {}, data: object = {}) => ({
    label: "a.txt",
    dataFile: { id: 1, filesize: 1, ...data },
    ...more,
  });
  const path = "/dataverse/api/datasets/:persistentId/versions/1.0";
  const answers = async (files: unknown, first: unknown = version, status = 200) => {
    const hosts = await startResearchHosts({
      answers: {
        [path]: { status, body: { status: "OK", data: first } },
        [`${path}/files`]: { body: { status: "OK", data: files } },
      },
    });
    try {
      const resolution = await asking(dataverse, http, () => hosts)(at(plain, "1.0"));
      return { resolution, objects: resolution.status === "found" ? await listed(resolution) : [] };
    } finally {
      await hosts.close();
    }
  };

  test.each([
    ["another version", { ...version, versionNumber: 2 }],
    ["a draft", { ...version, versionState: "DRAFT" }],
    ["no state", { versionNumber: 1 }],
    ["a negative version", { ...version, versionNumber: -1 }],
    ["nothing", null],
  ])("%s is reply-invalid", async (_what, first) => {
    expect((await answers([], first)).resolution).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
  });

  test.each([
    [[file({ label: "../a" })]],
    [[file({ directoryLabel: "../.." })]],
    [[file({ label: "a/../../b" })]],
    [[file({}, { filesize: -1 })]],
    [[file({}, { id: "../../x" })]],
    [{}],
    ["<html>"],
  ])("a listing of %j is not passed on", async (files) => {
    expect((await answers(files)).objects).toMatchObject([{ status: "refused", reason: "reply-invalid" }]);
  });

  test("a name that comes twice is told", async () => {
    const { objects } = await answers([file(), file({}, { id: 2 })]);
    expect(objects).toMatchObject([{ path: "a.txt" }, { reason: "reply-invalid" }]);
  });

  test.each([
    [{ checksum: { type: "CRC32", value: "00000000" } }],
    [{ checksum: { type: "MD5", value: "zz" } }],
    [{ checksum: { type: "constructor", value: "0".repeat(32) } }],
    [{ md5: "" }],
    [{ checksum: 7 }],
  ])("%j is no digest", async (data) => {
    const { objects } = await answers([file({}, data)]);
    expect(objects).toMatchObject([{ path: "a.txt", size: 1 }]);
    expect(objects[0]).not.toHaveProperty("digest");
  });

  test.each([
    [401, "denied"],
    [403, "denied"],
    [404, "absent"],
    [410, "absent"],
    [429, "unreachable"],
    [500, "unreachable"],
  ])("%d is %s", async (status, kind) => {
    expect((await answers([], version, status)).resolution).toMatchObject({ kind, httpStatus: status });
  });
});
