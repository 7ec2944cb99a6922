import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Http } from "../../../src/io/http.ts";
import type { RemoteObject } from "../../../src/model/evidence.ts";
import type { Json } from "../../../src/model/json.ts";
import type { Location } from "../../../src/model/manifest.ts";
import { readIndexPage } from "../../../src/resolve/pypi-html.ts";
import { licenseOfMetadata } from "../../../src/resolve/pypi-metadata.ts";
import type { Resolution } from "../../../src/resolve/resolver.ts";
import { pypi } from "../../../src/resolve/resolvers/pypi.ts";
import {
  makePackages,
  needPypi,
  type PythonIndex,
  pipDownload,
  startHtmlIndex,
  startJsonIndex,
} from "../../services/pypi-index.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp, startWebServer, type WebServer } from "../web-server.ts";

let http: Http;
beforeAll(() => {
  http = loopbackHttp();
});
afterAll(() => http.close());

type Settings = Readonly<Record<string, string>>;

async function resolved(location: Location | string, settings: Settings, endpoint?: string): Promise<Resolution> {
  const ref = pypi.parse(typeof location === "string" ? { uri: location } : location);
  if (ref === undefined) throw new Error("not parsed");
  const setting = async (name: string) =>
    settings[name] ??
    Object.entries(settings).find(([key]) => key.endsWith("*") && name.startsWith(key.slice(0, -1)))?.[1];
  return pypi.resolve(ref, contextFor(http, { setting, endpoint: (id) => (id === "pypi" ? endpoint : undefined) }));
}

async function listed(resolution: Resolution): Promise<readonly RemoteObject[]> {
  if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
  const all = await collect(resolution.objects);
  return all.map((object) => {
    if ("reason" in object) throw new Error("refused");
    return object;
  });
}
const paths = async (resolution: Resolution) => (await listed(resolution)).map(({ path }) => path);

describe("parse", () => {
  const file = "a-1.0.tar.gz";
  test.each([
    [{ uri: "pkg:pypi/A.b__c@1.0" }, { name: "a-b-c", version: "1.0" }],
    [{ uri: "pkg:PyPI/a@1.0%2Bcu118" }, { name: "a", version: "1.0+cu118" }],
    [
      { uri: "pkg:pypi/a", revision: "1!2.0" },
      { name: "a", version: "1!2.0" },
    ],
    [{ uri: "pkg:pypi/a" }, { name: "a" }],
    [{ uri: `pkg:pypi/a@1.0?file_name=${file}` }, { name: "a", version: "1.0", file }],
    [
      { uri: "pkg:pypi/a@1.0", path: file },
      { name: "a", version: "1.0", file },
    ],
    [
      { uri: `pkg:pypi/a@1.0?file_name=${file}`, path: file },
      { name: "a", version: "1.0", file },
    ],
    [
      { uri: "pkg:pypi/a@1.0", unpack: true },
      { name: "a", version: "1.0", prefix: "" },
    ],
    [
      { uri: `pkg:pypi/a@1.0?file_name=${file}`, path: "src/", unpack: true },
      { name: "a", version: "1.0", file, prefix: "src" },
    ],
    [
      { uri: "pkg:pypi/a@1.0#src", unpack: true },
      { name: "a", version: "1.0", prefix: "src" },
    ],
    [{ uri: "https://pypi.org/project/A_b/1.0/" }, { name: "a-b", version: "1.0" }],
    [{ uri: "https://pypi.org/project/a/#history" }, { name: "a" }],
  ])("%j", (location, expected) => {
    const ref = pypi.parse(location);
    expect(ref).toEqual(expected);
    expect(ref !== undefined && pypi.isPinned(ref)).toBe("version" in expected);
  });

  test.each([
    { uri: "pkg:pypi/a@>=1.0" },
    { uri: "pkg:pypi/a@1.*" },
    { uri: "pkg:pypi/a/b@1.0" },
    { uri: "pkg:pypi/-a@1.0" },
    { uri: "pkg:pypi/a%2Fb@1.0" },
    { uri: "pkg:pypi/a@1.0?file_name=..%2Fb" },
    { uri: "pkg:pypi/a@1.0?file_name=x&file_name=y" },
    { uri: "pkg:pypi/a@1.0?checksum=sha256:00" },
    { uri: "pkg:pypi/a@1.0#src" },
    { uri: "pkg:pypi/a@1.0", path: "x/y" },
    { uri: `pkg:pypi/a@1.0?file_name=${file}`, path: "other" },
    { uri: "https://pypi.org/project/a/1.0/x" },
    { uri: "https://pypi.org/project/a/?q" },
  ])("not %j", (location) => expect(pypi.parse(location)).toBeUndefined());
});

test("without an index nobody is asked", async () => {
  expect(await resolved("pkg:pypi/a@1.0", {})).toMatchObject({ kind: "unreachable", reason: "offline" });
});

const packages = [
  { name: "demo-data", version: "1.0", metadata: "License-Expression: MIT\n", files: { "data/a.csv": "1,2\n" } },
  { name: "demo-data", version: "1.10.0", metadata: "License: Apache-2.0\n" },
  { name: "demo-data", version: "1.9", only: "source" as const },
  { name: "demo-data", version: "2.0rc1" },
];

needPypi()("a real index that speaks JSON", () => {
  let index: PythonIndex;
  let settings: Settings;
  beforeAll(async () => {
    index = await startJsonIndex(packages);
    settings = { "pypi.index": index.url, [`pypi.operator:${index.url.replace("simple/", "")}*`]: "yes" };
  }, 60_000);
  afterAll(() => index?.close());

  test("a version is found with what the index says of it, and its files are those that pip fetches", async () => {
    const found = await resolved("pkg:pypi/Demo_Data@1.0.0", settings);
    expect(found).toMatchObject({
      revision: "1.0.0",
      pinned: true,
      licensePublished: "MIT",
      signs: [],
      facts: { index: index.url, name: "demo-data", files: 2 },
    });
    const objects = await listed(found);
    expect(objects.map(({ path }) => path)).toEqual(["demo_data-1.0-py3-none-any.whl", "demo_data-1.0.tar.gz"]);
    const folder = mkdtempSync(join(tmpdir(), "wholesource-pip-"));
    try {
      await pipDownload(index.url, folder, "demo-data==1.0");
      expect(readdirSync(folder)).toEqual(["demo_data-1.0-py3-none-any.whl"]);
      const bytes = readFileSync(join(folder, "demo_data-1.0-py3-none-any.whl"));
      const [wheel] = objects;
      expect(wheel).toMatchObject({ size: bytes.length, listed: true, operatorEndpoint: true });
      expect(Buffer.from(await (await fetch(wheel?.url ?? "")).arrayBuffer())).toEqual(bytes);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("without a version the newest release is taken, and that is told", async () => {
    const found = await resolved("pkg:pypi/demo-data", settings);
    expect(found).toMatchObject({
      revision: "1.10.0",
      pinned: false,
      licensePublished: "Apache-2.0",
      signs: [{ code: "version-chosen", at: "1.10.0" }],
    });
  });

  test("one file, and the members of the source distribution", async () => {
    const one = await resolved("pkg:pypi/demo-data@1.0?file_name=demo_data-1.0-py3-none-any.whl", settings);
    expect(one).toMatchObject({ single: true });
    expect(await paths(one)).toEqual(["demo_data-1.0-py3-none-any.whl"]);
    const unpacked = await resolved({ uri: "pkg:pypi/demo-data@1.0", unpack: true, path: "data" }, settings);
    expect(unpacked).toMatchObject({ single: true });
    expect(await listed(unpacked)).toMatchObject([
      { path: "demo_data-1.0.tar.gz", members: { strip: 1, prefix: "data" } },
    ]);
  });

  test("a mirror of the operator's is asked instead", async () => {
    const found = await resolved("pkg:pypi/demo-data@1.9", { "pypi.index": "http://127.0.0.1:9/simple/" }, index.url);
    expect(await listed(found)).toMatchObject([{ path: "demo_data-1.9.tar.gz", operatorEndpoint: true }]);
  });

  test.each([
    ["pkg:pypi/nothing@1.0", "not-found"],
    ["pkg:pypi/demo-data@3.0", "revision-not-found"],
    ["pkg:pypi/demo-data@1.9?file_name=demo_data-1.9-py3-none-any.whl", "not-found"],
  ])("%s is absent: %s", async (uri, reason) => {
    expect(await resolved(uri, settings)).toMatchObject({ status: "refused", kind: "absent", reason });
  });

  test("absence is not believed where pip would ask further indexes", async () => {
    const refusal = await resolved("pkg:pypi/nothing@1.0", { ...settings, "pypi.extra": "yes" });
    expect(refusal).toMatchObject({ kind: "unreachable", message: expect.stringContaining("extra indexes") });
  });
});

needPypi()("a real index that speaks HTML alone, to those who have the password", () => {
  let index: PythonIndex;
  beforeAll(async () => {
    index = await startHtmlIndex(packages, "open sesame");
  }, 60_000);
  afterAll(() => index?.close());

  test("denied without, found with it, with the digests of the real bytes", async () => {
    const settings = { "pypi.index": index.url };
    expect(await resolved("pkg:pypi/demo-data@1.0", settings)).toMatchObject({ status: "refused", kind: "denied" });
    const authorization = `Basic ${Buffer.from("tester:open sesame").toString("base64")}`;
    const known = { ...settings, [`pypi.authorization:${new URL(index.url).origin}*`]: authorization };
    const found = await resolved("pkg:pypi/demo-data@1.0", known);
    const objects = await listed(found);
    expect(objects).toHaveLength(2);
    for (const { url, digest, path } of objects) {
      const given = found.status === "found" ? await found.authorize?.({ url }) : undefined;
      const reply = await fetch(url, { headers: given?.headers ?? {} });
      const bytes = Buffer.from(await reply.arrayBuffer());
      expect([path, digest]).toEqual([path, { sha256: createHash("sha256").update(bytes).digest("hex") }]);
    }
    expect(JSON.stringify([found, objects])).not.toContain(authorization);
  });
});

describe("an index as the specification describes it", () => {
  let server: WebServer;
  let page: Json | string | number | RequestListener;
  let metadata = "";
  let headers: Readonly<Record<string, string>>;
  const bytes = Buffer.from("not really a package");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const entry = (filename: string, more: { readonly [key: string]: Json } = {}) => ({
    filename,
    url: `/files/${filename}`,
    hashes: { sha256 },
    size: bytes.length,
    ...more,
  });
  const project = (files: Json, more: { readonly [key: string]: Json } = {}): Json => ({
    meta: { "api-version": "1.4" },
    name: "A",
    versions: ["1.0", "9.0"],
    files,
    ...more,
  });
  beforeAll(async () => {
    server = await startWebServer((request, response) => {
      const url = request.url ?? "";
      if (url.endsWith(".metadata")) response.writeHead(200).end(metadata);
      else if (url.startsWith("/files/")) response.writeHead(200).end(bytes);
      else if (typeof page === "function") page(request, response);
      else if (typeof page === "number") response.writeHead(page).end();
      else response.writeHead(200, headers).end(typeof page === "string" ? page : JSON.stringify(page));
    });
  });
  afterAll(() => server.close());
  const json = { "content-type": "application/vnd.pypi.simple.v1+json" };
  const ask = (location: Location | string, answer: typeof page, type: typeof headers = json) => {
    [page, headers] = [answer, type];
    return resolved(location, { "pypi.index": `${server.url}/simple/` });
  };

  test("yanked, requires-python, attestations, status and metadata", async () => {
    metadata = "Metadata-Version: 2.4\nName: A\nLicense-Expression: BSD-3-Clause\n\n";
    const announced = createHash("sha256").update(metadata).digest("hex");
    const answer = project(
      [
        entry("a-1.0.tar.gz", { yanked: "leaks", "requires-python": ">=3.9" }),
        entry("a-1.0-py3-none-any.whl", {
          yanked: "leaks",
          "requires-python": ">=3.9",
          "core-metadata": { sha256: announced },
          provenance: "https://index.example/integrity/a/provenance",
        }),
      ],
      { "project-status": { status: "archived", reason: "moved" } },
    );
    expect(await ask("pkg:pypi/a@1.0", answer)).toMatchObject({
      licensePublished: "BSD-3-Clause",
      signs: [
        { code: "yanked", at: "1.0", detail: "leaks" },
        { code: "deprecated", at: "a", detail: "archived: moved" },
      ],
      facts: {
        requiresPython: ">=3.9",
        provenance: { "a-1.0-py3-none-any.whl": "https://index.example/integrity/a/provenance" },
      },
    });
    expect(server.asked.at(-1)?.url).toBe("/files/a-1.0-py3-none-any.whl.metadata");
    // Other bytes than announced: nothing is taken from them.
    metadata = "License-Expression: MIT\n\n";
    const other = await ask("pkg:pypi/a@1.0", answer);
    expect(other).not.toHaveProperty("licensePublished");
    expect(other).toMatchObject({ facts: { metadataUnread: expect.stringContaining("not what the index announced") } });
  });

  needPypi()("pip agrees", () => {
    test("that this is an index, and which file is yanked", async () => {
      const root = mkdtempSync(join(tmpdir(), "wholesource-pip-"));
      try {
        makePackages(root, [{ name: "a", version: "1.0", only: "source" }]);
        const real = readFileSync(join(root, "a", "a-1.0.tar.gz"));
        const hashes = { sha256: createHash("sha256").update(real).digest("hex") };
        const files = [
          entry("a-1.1.tar.gz", { yanked: "leaks" }),
          entry("a-1.0.tar.gz", { hashes, size: real.length }),
        ];
        const answer = project(files);
        const own = await startWebServer((request, response) => {
          if (request.url === "/simple/a/") response.writeHead(200, json).end(JSON.stringify(answer));
          else response.writeHead(200).end(real);
        });
        const folder = mkdtempSync(join(root, "out-"));
        try {
          await pipDownload(`${own.url}/simple/`, folder, "a");
          expect(own.asked.map(({ url }) => url)).toEqual(["/simple/a/", "/files/a-1.0.tar.gz"]);
          expect(await resolved("pkg:pypi/a", { "pypi.index": `${own.url}/simple/` })).toMatchObject({
            revision: "1.0",
          });
        } finally {
          await own.close();
        }
      } finally {
        rmSync(root, { recursive: true });
      }
    }, 30_000);
  });

  test("a file alone that is yanked is named", async () => {
    const answer = project([entry("a-1.0.tar.gz", { yanked: true }), entry("a-1.0-py3-none-any.whl")]);
    expect(await ask("pkg:pypi/a@1.0", answer)).toMatchObject({
      signs: [{ code: "yanked", at: "a-1.0.tar.gz", detail: "no reason given" }],
    });
  });

  test.each([
    ["another project", project([entry("a-1.0.tar.gz")], { name: "b" })],
    ["another protocol", project([], { meta: { "api-version": "2.0" } })],
    ["no files", { meta: { "api-version": "1.0" }, name: "a" }],
    ["words", "hello"],
  ])("%s is reply-invalid", async (_what, answer) => {
    expect(await ask("pkg:pypi/a@1.0", answer)).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
  });

  test("entries that can not be asked for are passed over and counted", async () => {
    const answer = project([
      entry("a-1.0.tar.gz"),
      entry("../a-1.0.zip"),
      entry("a-1.0-py3-none-any.whl", { url: "file:///etc/passwd" }),
      entry("a-1.0-py2-none-any.whl", { url: "https://me:secret@elsewhere.example/x" }),
      entry("b-1.0.tar.gz"),
      7,
    ]);
    const found = await ask("pkg:pypi/a@1.0", answer);
    expect(found).toMatchObject({ facts: { files: 1, linksSkipped: 4 } });
    expect(await paths(found)).toEqual(["a-1.0.tar.gz"]);
  });

  test("a version without files, a project in quarantine, a login page", async () => {
    expect(await ask("pkg:pypi/a@9.0", project([entry("a-1.0.tar.gz")]))).toMatchObject({
      reason: "revision-not-found",
      message: expect.stringContaining("without any file"),
    });
    const quarantined = project([], { "project-status": { status: "quarantined" } });
    expect(await ask("pkg:pypi/a@1.0", quarantined)).toMatchObject({ kind: "denied", reason: "forbidden" });
    const login = "<html><form action=/login><a>Sign in</a></form></html>";
    expect(await ask("pkg:pypi/a@1.0", login, { "content-type": "text/html" })).toMatchObject({ kind: "malformed" });
  });

  test.each([
    [401, "denied"],
    [403, "denied"],
    [404, "absent"],
    [410, "absent"],
    [451, "absent"],
    [429, "unreachable"],
    [503, "unreachable"],
  ])("%s is %s", async (status, kind) => {
    expect(await ask("pkg:pypi/a@1.0", status)).toMatchObject({ status: "refused", kind });
  });

  test("the index's credential follows no redirect to another origin", async () => {
    const elsewhere = await startWebServer((_request, response) =>
      response.writeHead(200, json).end(JSON.stringify(project([entry("a-1.0.tar.gz")]))),
    );
    try {
      [page, headers] = [
        (_request, response) => response.writeHead(302, { location: `${elsewhere.url}/a/` }).end(),
        {},
      ];
      const settings = { "pypi.index": `${server.url}/simple/`, [`pypi.authorization:${server.url}*`]: "Basic s3cret" };
      const found = await resolved("pkg:pypi/a@1.0", settings);
      expect((await listed(found)).map(({ url }) => url)).toEqual([`${elsewhere.url}/files/a-1.0.tar.gz`]);
      expect(server.asked.at(-1)?.headers.authorization).toBe("Basic s3cret");
      expect(elsewhere.asked.map((asked) => asked.headers.authorization)).toEqual([undefined]);
    } finally {
      await elsewhere.close();
    }
  });

  test("HTML with all that it may hold", async () => {
    const html = `<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.0">
      <base href="${server.url}/files/x/"></head><body><!-- <a href="a-1.0-py3-none-any.whl">old</a> -->
      <A HREF='a-1.0.tar.gz#sha256=${sha256}' data-requires-python="&gt;=3.8" data-yanked>a</A>
      <a data-dist-info-metadata=true href=a-1.0-py2.py3-none-any.whl?x=1&amp;y=2 rel=internal>a</a><a name=x></a>`;
    const found = await ask("pkg:pypi/a@1.0", html, { "content-type": "text/html; charset=utf-8" });
    expect(await listed(found)).toEqual([
      {
        path: "a-1.0-py2.py3-none-any.whl",
        url: `${server.url}/files/x/a-1.0-py2.py3-none-any.whl?x=1&y=2`,
        listed: true,
      },
      { path: "a-1.0.tar.gz", url: `${server.url}/files/x/a-1.0.tar.gz`, digest: { sha256 }, listed: true },
    ]);
    expect(found).toMatchObject({ signs: [{ code: "yanked", at: "a-1.0.tar.gz" }], facts: { linksSkipped: 1 } });
  });
});

test.each([
  ["<a ".repeat(300_000)],
  [`<a${' x="'.repeat(300_000)}`],
  [`<a href="${"x".repeat(1_000_000)}`],
  ["<!--".repeat(300_000)],
  [`<a ${" ".repeat(1_000_000)}=`],
])("a hostile page takes no time (%#)", (html) => {
  const start = performance.now();
  readIndexPage(html, "https://a.example/");
  expect(performance.now() - start).toBeLessThan(1000);
});

test.each([
  ["License-Expression: MIT\nLicense: other\n", "MIT"],
  ["License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", "License :: OSI Approved :: MIT License"],
  ["License: Line one\n        line two\nClassifier: License :: A\nClassifier: License :: B\n", undefined],
  [`License: ${"x".repeat(300)}\n`, undefined],
  ["Name: a\n\nLicense: MIT\n", undefined],
  [
    "Classifier: License :: OSI Approved\nClassifier: License :: OSI Approved :: BSD License\n",
    "License :: OSI Approved :: BSD License",
  ],
  ["", undefined],
])("the licence of %j is %s", (text, license) => expect(licenseOfMetadata(text)).toBe(license));
