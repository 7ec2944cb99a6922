/** Releases whose pieces lie in research repositories, verified from end to end. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ResearchHosts, startResearchHosts } from "../services/research-hosts.ts";
import { digestOf } from "../services/research-reply.ts";
import { apache, check, entry, folder, gist, writeManifest } from "./release.ts";

const data = "id,name\n1,a\n2,b\n";
const table = { name: "rows.tab", header: "id\tname\n", rows: "1\ta\n2\tb\n" };
const dataset = { "rows.csv": { bytes: data, table }, LICENSE: { bytes: apache } };
const pdf = "%PDF-1.4\n%%EOF\n";
let hosts: ResearchHosts;
let endpoints: Readonly<Record<string, string>>;

beforeAll(async () => {
  const files = { "data.csv": data, LICENSE: apache };
  hosts = await startResearchHosts({
    zenodo: [
      { id: "101", concept: "100", files, license: "apache-2.0" },
      { id: "201", concept: "200", files, license: "cc-by-4.0" },
      { id: "301", concept: "300", files, license: "apache-2.0", access: "restricted" },
    ],
    figshare: [{ id: 7, versions: [files], license: "Apache 2.0" }],
    dataverse: [{ id: "doi:10.7910/DVN/ABCDEF", versions: [dataset], license: { name: "Apache-2.0", uri: "" } }],
    osf: [{ guid: "abcde", files: { "in/data.csv": data, LICENSE: apache } }],
    arxiv: [{ id: "2401.00001", versions: [pdf] }],
    dois: { "10.1234/data": "https://zenodo.org/records/101", "10.1234/page": "http://127.0.0.1:9/" },
  });
  const ids = ["zenodo", "figshare", "dataverse", "osf", "arxiv", "doi"];
  endpoints = Object.fromEntries(ids.map((id) => [id, hosts.endpoint(id) ?? ""]));
});
afterAll(() => hosts?.close());

const piece = (uri: string, files: readonly object[], more: object = {}) => ({
  id: "data",
  kind: "dataset",
  locations: [{ uri, ...more }],
  files,
});
const both = [entry("data.csv", data), entry("LICENSE", apache)];
const verify = async (one: ReturnType<typeof piece>, options: Parameters<typeof check>[1] = {}) =>
  check(await writeManifest(await folder(), [one]), { endpoints, ...options });

test.each([
  ["zenodo:101", both],
  ["https://zenodo.org/records/101", both],
  ["doi:10.6084/m9.figshare.7.v1", both],
  [
    "dataverse:demo.dataverse.org/doi:10.7910/DVN/ABCDEF?version=1.0",
    [entry("rows.csv", data), entry("LICENSE", apache), entry("rows.tab", table.header + table.rows)],
  ],
])("%s is verified", async (uri, files) => {
  expect(gist(await verify(piece(uri, files)))).toEqual({ outcomes: ["verified"], codes: [], exit: 0 });
});

test("what is not pinned is held fast by its digests, and told", async () => {
  const report = await verify(piece("zenodo:100", both));
  expect(gist(report)).toMatchObject({ outcomes: ["verified"], exit: 0 });
  expect(report.findings.map(({ code }) => code)).toContain("location-unpinned");
  expect(gist(await verify(piece("doi:10.1234/data", both)))).toMatchObject({ outcomes: ["verified"], exit: 0 });
  const inFolder = [entry("in/data.csv", data), entry("LICENSE", apache)];
  expect(gist(await verify(piece("osf:abcde", inFolder)))).toMatchObject({ outcomes: ["verified"], exit: 0 });
});

test("md5 alone is never verified", async () => {
  const files = [{ path: "data.csv", digest: { md5: digestOf("md5", data) } }, entry("LICENSE", apache)];
  expect(gist(await verify(piece("zenodo:101", files)))).toMatchObject({ outcomes: ["resolved"] });
});

test("at depth `probe` a record is one question, and its listing is held against what is declared", async () => {
  const before = hosts.asked.length;
  const report = await verify(piece("zenodo:101", both), { depth: "probe" });
  expect(gist(report)).toMatchObject({ outcomes: ["resolved"], exit: 0 });
  expect(hosts.asked.length - before).toBe(1);
  const wrong = [{ path: "data.csv", size: 1, digest: { md5: "0".repeat(32) } }, entry("LICENSE", apache)];
  expect(gist(await verify(piece("zenodo:101", wrong), { depth: "probe" }))).toMatchObject({ outcomes: ["broken"] });
});

test("another licence at the host is a finding", async () => {
  const report = await verify(piece("zenodo:201", both));
  expect(report.findings.map(({ code }) => code)).toContain("license-published-differs");
});

test("a closed record is gated without a token, and read with one that goes nowhere else", async () => {
  expect(gist(await verify(piece("zenodo:301", both)))).toMatchObject({ outcomes: ["gated"] });
  const report = await verify(piece("zenodo:301", both), { environment: { ZENODO_TOKEN: hosts.token } });
  expect(gist(report)).toMatchObject({ outcomes: ["verified"] });
  expect(JSON.stringify(report)).not.toContain(hosts.token);
});

test("the bytes of a paper are held against its digest, and a licence that nobody declared is told", async () => {
  const paper = { id: "paper", kind: "research-paper", licenseDeclared: undefined };
  const locations = [{ uri: "https://arxiv.org/abs/2401.00001v1" }];
  const of = async (bytes: string) =>
    check(await writeManifest(await folder(), [{ ...paper, locations, files: [entry("2401.00001v1.pdf", bytes)] }]), {
      endpoints,
    });
  expect(gist(await of(pdf))).toEqual({ outcomes: ["resolved"], codes: ["warning license-undeclared"], exit: 0 });
  expect(gist(await of("another"))).toMatchObject({ outcomes: ["broken"], exit: 1 });
});

test.each([
  ["zenodo:999", "broken"],
  ["doi:10.1234/none", "broken"],
  ["doi:10.1234/page", "inconclusive"],
])("%s is %s", async (uri, outcome) => {
  expect(gist(await verify(piece(uri, both))).outcomes).toEqual([outcome]);
});
