import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { arxiv } from "../../../src/resolve/resolvers/arxiv.ts";
import { type ResearchHosts, startResearchHosts } from "../../services/research-hosts.ts";
import { asking, fetched, listed } from "../research-ask.ts";
import { loopbackHttp } from "../web-server.ts";

const http = loopbackHttp();
afterAll(() => http.close());

describe("parse", () => {
  test.each([
    ["arxiv:2401.00001v2", { id: "2401.00001", version: 2 }],
    ["arXiv:0704.0001", { id: "0704.0001" }],
    ["arxiv:hep-th/9901001", { id: "hep-th/9901001" }],
    ["arxiv:math.GT/0309136v1", { id: "math/0309136", version: 1 }],
    ["https://arxiv.org/abs/2401.00001", { id: "2401.00001" }],
    ["https://www.arxiv.org/pdf/2401.00001v2.pdf", { id: "2401.00001", version: 2 }],
    ["http://export.arxiv.org/pdf/cond-mat/0211022v3", { id: "cond-mat/0211022", version: 3 }],
    ["doi:10.48550/arXiv.2401.00001", { id: "2401.00001" }],
    ["https://doi.org/10.48550/arxiv.hep-th/9901001", { id: "hep-th/9901001" }],
  ])("%s", (uri, expected) => {
    expect(arxiv.parse({ uri })).toEqual(expected);
    expect(arxiv.isPinned(expected)).toBe("version" in expected);
  });

  test.each([
    { uri: "arxiv:2401" },
    { uri: "arxiv:2401.00001v0" },
    { uri: "arxiv:../../x" },
    { uri: "https://arxiv.org/src/2401.00001" },
    { uri: "https://arxiv.org/abs/2401.00001/extra" },
    { uri: "https://arxiv.org.evil.example/abs/2401.00001" },
    { uri: "arxiv:2401.00001", path: "a" },
    { uri: "arxiv:2401.00001", unpack: true },
    { uri: "arxiv:2401.00001", revision: "final" },
  ])("not %j", (location) => expect(arxiv.parse(location)).toBeUndefined());

  test("a revision is a version", () => {
    expect(arxiv.parse({ uri: "arxiv:2401.00001", revision: "v1" })).toEqual({ id: "2401.00001", version: 1 });
  });
});

describe("a host", () => {
  let hosts: ResearchHosts;
  const license = "http://creativecommons.org/licenses/by/4.0/";
  beforeAll(async () => {
    hosts = await startResearchHosts({
      arxiv: [
        { id: "2401.00001", versions: ["%PDF-one", "%PDF-two"], license },
        { id: "hep-th/9901001", versions: ["%PDF-old"] },
        { id: "2401.00002", versions: ["%PDF"], deleted: true },
      ],
    });
  });
  afterAll(() => hosts?.close());
  const ask = asking(arxiv, http, () => hosts);

  test("without a version the newest is meant, with its licence, and it is no pin", async () => {
    const found = await ask("https://arxiv.org/abs/2401.00001");
    expect(found).toMatchObject({
      single: true,
      revision: "v2",
      pinned: false,
      licensePublished: license,
      signs: [{ code: "version-chosen", at: "v2" }],
    });
    const [object] = await listed(found);
    expect(object).toMatchObject({ path: "2401.00001.pdf", mediaType: "application/pdf", operatorEndpoint: true });
    expect(await fetched(object as { path: string; url: string })).toBe("%PDF-two");
  });

  test("a version is a pin, and the newest one's licence is not taken for its own", async () => {
    const found = await ask("arxiv:2401.00001v1");
    expect(found).toMatchObject({ revision: "v1", pinned: true, facts: { licenseOfNewest: license } });
    for (const key of ["licensePublished", "signs", "exchange"]) expect(found).not.toHaveProperty(key);
    const [object] = await listed(found);
    expect(object).toMatchObject({ path: "2401.00001v1.pdf" });
    expect(await fetched(object as { path: string; url: string })).toBe("%PDF-one");
    expect(await ask("arxiv:2401.00001v2")).toMatchObject({ pinned: true, licensePublished: license });
  });

  test("old numbers", async () => {
    expect(await listed(await ask("arxiv:hep-th/9901001v1"))).toMatchObject([
      { path: "9901001v1.pdf", url: `${hosts.url}/arxiv/pdf/hep-th/9901001v1` },
    ]);
  });

  test.each([
    ["arxiv:2401.99999", "not-found"],
    ["arxiv:2401.00001v3", "revision-not-found"],
    ["arxiv:2401.00002", "gone"],
  ])("%s is absent: %s", async (uri, reason) => {
    expect(await ask(uri)).toMatchObject({ status: "refused", kind: "absent", reason });
  });
});

describe("a host that says otherwise", () => {
  const record = (inside: string, header = "") =>
    `<OAI-PMH><GetRecord><record><header${header}/><metadata><arXivRaw>${inside}</arXivRaw></metadata></record></GetRecord></OAI-PMH>`;
  const id = "<id>2401.00001</id>";
  const answers = async (body: string, status = 200) => {
    const hosts = await startResearchHosts({ answers: { "/arxiv/oai": { status, body } } });
    try {
      return await asking(arxiv, http, () => hosts)("arxiv:2401.00001");
    } finally {
      await hosts.close();
    }
  };

  test.each([
    "",
    "<html><body>maintenance</body></html>",
    "<OAI-PMH>",
    `<!DOCTYPE x [<!ENTITY a "b">]>${record(`${id}<version version="v1"/>`)}`,
    "<OAI-PMH/>",
    record(id),
    record(`${id}<version version="v0"/>`),
    record(`${id}<version version="new"/>`),
    record('<id>2401.00002</id><version version="v1"/>'),
    '<OAI-PMH><error code="badArgument">no</error></OAI-PMH>',
  ])("%j is reply-invalid", async (body) => {
    expect(await answers(body)).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
  });

  test.each([
    [403, "denied"],
    [429, "unreachable"],
    [503, "unreachable"],
  ])("%d is %s", async (status, kind) => {
    expect(await answers("", status)).toMatchObject({ kind, httpStatus: status });
  });
});
