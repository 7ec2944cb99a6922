/** The stand-ins for research repositories, as the hosts' own clients see them: where these fail, the stand-in is wrong. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { askClient, needResearchClients, type ResearchHosts, startResearchHosts } from "./research-hosts.ts";
import { digestOf } from "./research-reply.ts";

const files = { "a.csv": "a,b\n1,2\n", "read me.txt": "words\n" };
const said = (bytes: string) => ({ said: `md5:${digestOf("md5", bytes)}`, sha256: digestOf("sha256", bytes) });
const table = { name: "t.tab", header: "a\tb\n", rows: "1\t2\n" };

needResearchClients()("clients of research repositories", () => {
  let hosts: ResearchHosts;
  beforeAll(async () => {
    hosts = await startResearchHosts({
      zenodo: [
        { id: "101", concept: "100", files, shape: "key" },
        { id: "102", concept: "100", files, shape: "filename" },
      ],
      figshare: [{ id: 7, versions: [{ "old.txt": "old\n" }, files] }],
      dataverse: [
        { id: "doi:10.7910/DVN/PLAIN", versions: [{ "a.csv": { bytes: files["a.csv"] } }] },
        { id: "doi:10.7910/DVN/TABLE", versions: [{ "t.csv": { bytes: "a,b\n1,2\n", table } }] },
      ],
      osf: [{ guid: "abcde", files: { "a.csv": files["a.csv"], "sub/deep/b.txt": "b\n" }, license: "CC0 1.0" }],
      arxiv: [{ id: "2401.00001", versions: ["one", "two"], license: "http://creativecommons.org/licenses/by/4.0/" }],
      dois: {
        "10.5281/zenodo.101": "https://zenodo.org/records/101",
        "10.5281/zenodo.102": "https://zenodo.org/records/102",
        "10.6084/m9.figshare.7.v2": "https://figshare.com/articles/dataset/title/7/2",
        "10.7910/DVN/PLAIN": "https://dataverse.example.org/citation?persistentId=doi:10.7910/DVN/PLAIN",
        "10.7910/DVN/TABLE": "https://dataverse.example.org/citation?persistentId=doi:10.7910/DVN/TABLE",
      },
    });
  });
  afterAll(() => hosts?.close());

  test.each(["10.5281/zenodo.101", "10.6084/m9.figshare.7.v2"])("pooch lists and fetches %s", async (doi) => {
    const expected = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, said(bytes)]));
    expect(await askClient(hosts, "pooch", doi)).toEqual(expected);
  });

  test("pooch lists and fetches the shape of deposits", async () => {
    expect(await askClient(hosts, "pooch", "10.5281/zenodo.102")).toMatchObject({ "a.csv": said(files["a.csv"]) });
  });

  test("pooch lists and fetches a dataset, and falls over its converted tables", async () => {
    expect(await askClient(hosts, "pooch", "10.7910/DVN/PLAIN")).toEqual({ "a.csv": said(files["a.csv"]) });
    expect(await askClient(hosts, "pooch", "10.7910/DVN/TABLE")).toEqual({
      "t.tab": { said: `md5:${digestOf("md5", "a,b\n1,2\n")}`, error: expect.stringContaining("hash") },
    });
  });

  test("osfclient walks folders and fetches", async () => {
    const of = (bytes: string) => ({
      said: { md5: digestOf("md5", bytes), sha256: digestOf("sha256", bytes) },
      size: bytes.length,
      sha256: digestOf("sha256", bytes),
    });
    expect(await askClient(hosts, "osf", "abcde")).toEqual({
      "a.csv": of(files["a.csv"]),
      "sub/deep/b.txt": of("b\n"),
    });
  }, 30_000);

  test("a harvester reads the record of a paper", async () => {
    expect(await askClient(hosts, "oai", "2401.00001")).toEqual({
      id: "2401.00001",
      license: "http://creativecommons.org/licenses/by/4.0/",
      versions: ["v1", "v2"],
    });
  });
});
