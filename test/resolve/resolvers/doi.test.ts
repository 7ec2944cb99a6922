import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { doi } from "../../../src/resolve/resolvers/doi.ts";
import { type ResearchHosts, startResearchHosts } from "../../services/research-hosts.ts";
import { asking, listed } from "../research-ask.ts";
import { loopbackHttp, startWebServer, type WebServer } from "../web-server.ts";

const http = loopbackHttp();
afterAll(() => http.close());

describe("parse", () => {
  test.each([
    ["doi:10.1000/182", "10.1000/182"],
    ["DOI:10.1000/182", "10.1000/182"],
    ["doi://10.1000/182", "10.1000/182"],
    ["https://doi.org/10.1000/182", "10.1000/182"],
    ["http://dx.doi.org/10.1000/182", "10.1000/182"],
    ["https://www.doi.org/10.1000.10/a/b", "10.1000.10/a/b"],
    ["https://doi.org/10.1002/(SICI)1097%3C1%3E", "10.1002/(SICI)1097<1>"],
  ])("%s", (uri, expected) => expect(doi.parse({ uri })).toEqual({ doi: expected }));

  test.each([
    { uri: "doi:" },
    { uri: "doi:10.1000" },
    { uri: "doi:10.1000/" },
    { uri: "doi:11.1000/182" },
    { uri: "doi:10.1000/a b" },
    { uri: "https://doi.org/" },
    { uri: "https://doi.org/the-identifier" },
    { uri: "https://doi.org.evil.example/10.1000/182" },
    { uri: "doi:10.1000/182", path: "../a" },
  ])("not %j", (location) => expect(doi.parse(location)).toBeUndefined());

  test("alone it is no pin", () => {
    expect(doi.isPinned({ doi: "10.1000/182" })).toBe(false);
    expect(doi.isPinned({ doi: "10.1000/182", revision: "1.0" })).toBe(true);
  });
});

describe("a host of DOIs", () => {
  let hosts: ResearchHosts;
  let pages: WebServer;
  beforeAll(async () => {
    pages = await startWebServer(({ url = "" }, response) => {
      if (url.startsWith("/moved")) response.writeHead(301, { location: "/page" }).end();
      else if (url.startsWith("/to-zenodo"))
        response.writeHead(302, { location: "https://zenodo.org/records/101" }).end();
      else if (url.startsWith("/round")) response.writeHead(302, { location: `${url}o` }).end();
      else if (url.startsWith("/gone")) response.writeHead(404).end();
      else response.writeHead(200, { "content-type": "text/html" }).end("<html>A journal</html>".repeat(1000));
    });
    hosts = await startResearchHosts({
      zenodo: [
        { id: "101", concept: "100", files: { "a.csv": "a\n" } },
        { id: "201", concept: "200", files: {}, access: "restricted" },
      ],
      figshare: [{ id: 7, versions: [{ "a.csv": "a\n" }, { "a.csv": "b\n" }] }],
      dataverse: [
        { id: "doi:10.7910/DVN/ABCDEF", versions: [{ "a.txt": { bytes: "a" } }, { "a.txt": { bytes: "b" } }] },
      ],
      osf: [{ guid: "abcde", files: { "a.csv": "a\n" } }],
      arxiv: [{ id: "2401.00001", versions: ["%PDF"] }],
      dois: {
        "10.1234/zenodo": "https://zenodo.org/records/101",
        "10.1234/concept": "https://zenodo.org/records/100",
        "10.1234/closed": "https://zenodo.org/records/201",
        "10.1234/figshare": "https://figshare.com/articles/dataset/title/7/1",
        "10.7910/DVN/ABCDEF": "https://dataverse.example.org/citation?persistentId=doi:10.7910/DVN/ABCDEF",
        "10.1234/osf": "https://osf.io/abcde/",
        "10.1234/arxiv": "https://arxiv.org/abs/2401.00001",
        "10.1234/a(b)c<d>;e": "https://zenodo.org/records/101",
        "10.1234/hops": `${pages.url}/to-zenodo`,
        "10.1234/page": `${pages.url}/page`,
        "10.1234/moved": `${pages.url}/moved`,
        "10.1234/gone": `${pages.url}/gone`,
        "10.1234/round": `${pages.url}/round`,
        "10.1234/script": "javascript:alert(1)",
        "10.1234/file": "file:///etc/passwd",
        "10.1234/nowhere": "http://127.0.0.1:9/",
      },
      answers: { "/doi/10.1234/empty": { status: 200, body: "<html></html>" }, "/doi/10.1234/down": { status: 503 } },
    });
  });
  afterAll(async () => {
    await hosts?.close();
    await pages?.close();
  });
  const ask = asking(doi, http, () => hosts);

  test.each([
    ["10.1234/zenodo", "zenodo", "101"],
    ["10.1234/concept", "zenodo", "101"],
    ["10.1234/figshare", "figshare", "1"],
    ["10.7910/DVN/ABCDEF", "dataverse", "2.0"],
    ["10.1234/osf", "osf", undefined],
    ["10.1234/arxiv", "arxiv", "v1"],
    ["10.1234/a(b)c<d>;e", "zenodo", "101"],
    ["10.1234/hops", "zenodo", "101"],
  ])("%s leads to %s, version %s", async (name, host, revision) => {
    const found = await ask(`doi:${name}`);
    expect(found).toMatchObject({ status: "found", pinned: false, facts: { doi: name, host } });
    expect("revision" in found ? found.revision : undefined).toBe(revision);
    expect(await listed(found)).toHaveLength(1);
  });

  test("what the host says of versions is passed on", async () => {
    expect(await ask("doi:10.1234/concept")).toMatchObject({ signs: [{ code: "version-chosen", at: "101" }] });
  });

  test("a revision and a path are for the host that it leads to", async () => {
    const found = await ask({ uri: "https://doi.org/10.7910/DVN/ABCDEF", revision: "1.0", path: "a.txt" });
    expect(found).toMatchObject({ revision: "1.0", pinned: true, single: true });
    expect(await ask({ uri: "doi:10.1234/zenodo", path: "b.csv" })).toMatchObject({
      kind: "absent",
      reason: "not-found",
    });
  });

  test("the host's refusal is passed on, with the way there", async () => {
    const message = expect.stringContaining("https://zenodo.org/records/201");
    expect(await ask("doi:10.1234/closed")).toMatchObject({ kind: "denied", reason: "gated", message });
  });

  test("no such DOI is absent", async () => {
    expect(await ask("doi:10.1234/none")).toMatchObject({ kind: "absent", reason: "not-found", httpStatus: 404 });
  });

  test.each(["page", "moved", "gone", "nowhere"])(
    "a page of a host that we do not know is no absence: %s",
    async (name) => {
      const before = pages.asked.length;
      const refusal = await ask(`doi:10.1234/${name}`);
      expect(refusal).toMatchObject({ kind: "malformed", reason: "not-listable" });
      expect(refusal).toMatchObject({ message: expect.stringContaining("http://127.0.0.1") });
      for (const { method } of pages.asked.slice(before)) expect(method).toBe("HEAD");
    },
  );

  test.each([
    ["round", "malformed", "redirect-limit"],
    ["script", "malformed", "redirect-invalid"],
    ["file", "malformed", "redirect-invalid"],
    ["empty", "malformed", "reply-invalid"],
    ["down", "unreachable", "server-error"],
  ])("%s is %s: %s", async (name, kind, reason) => {
    expect(await ask(`doi:10.1234/${name}`)).toMatchObject({ status: "refused", kind, reason });
  });
});
