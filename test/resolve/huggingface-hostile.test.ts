/** A hub that lies, loops and lists for ever: the answer is a refusal or stays inside, and never an exception. */
import type { RequestListener } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Http } from "../../src/io/http.ts";
import type { Refusal, RemoteObject } from "../../src/model/evidence.ts";
import type { Json } from "../../src/model/json.ts";
import type { Location } from "../../src/model/manifest.ts";
import type { Resolution } from "../../src/resolve/resolver.ts";
import { huggingface } from "../../src/resolve/resolvers/huggingface.ts";
import { collect } from "./conformance.ts";
import { contextFor } from "./context.ts";
import { loopbackHttp, startWebServer, type WebServer } from "./web-server.ts";

const sha = "0123456789abcdef0123456789abcdef01234567";
const info: Json = { id: "org/name", sha };
const oid = "f".repeat(40);
const lfsOid = "e".repeat(64);
const token = "hf_secret";

let server: WebServer;
let http: Http;
let answers: { readonly [path: string]: Json | RequestListener };
beforeAll(async () => {
  http = loopbackHttp();
  server = await startWebServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const answer = answers[path];
    if (typeof answer === "function") answer(request, response);
    else if (answer === undefined) response.writeHead(404).end("{}");
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
});
afterAll(async () => {
  await http.close();
  await server.close();
});

const at = "/api/models/org/name";
const tree = `${at}/tree/${sha}`;

async function ask(location: Location = { uri: "hf:org/name" }): Promise<Resolution> {
  const ref = huggingface.parse(location);
  if (ref === undefined) throw new Error("not parsed");
  const setting = async (name: string) => (name === "huggingface.token" ? token : undefined);
  return huggingface.resolve(ref, contextFor(http, { setting, endpoint: () => `${server.url}/` }));
}

async function list(entries: Json | RequestListener): Promise<readonly (RemoteObject | Refusal)[]> {
  answers = { [at]: info, [tree]: entries };
  const resolution = await ask();
  if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
  return collect(resolution.objects);
}

describe("about a repository", () => {
  test.each<[string, Json]>([
    ["no commit", { id: "org/name" }],
    ["a branch for a commit", { id: "org/name", sha: "main" }],
    ["a commit in capitals", { id: "org/name", sha: sha.toUpperCase() }],
    ["no name", { sha }],
    ["a name that leads out", { id: "../../x", sha }],
    ["a name of three parts", { id: "a/b/c", sha }],
  ])("%s is reply-invalid", async (_what, answer) => {
    answers = { [at]: answer };
    expect(await ask()).toMatchObject({ status: "refused", kind: "malformed", reason: "reply-invalid" });
  });

  test("another commit than the one asked for is none", async () => {
    answers = { [`${at}/revision/${oid}`]: info };
    expect(await ask({ uri: `hf:org/name@${oid}` })).toMatchObject({ reason: "reply-invalid" });
  });

  test.each<[Json, string | undefined]>([
    [false, undefined],
    [null, undefined],
    ["auto", "auto"],
    [true, "unknown"],
    ["soon", "unknown"],
    [{}, "unknown"],
  ])("gated %j is %s", async (gated, expected) => {
    answers = { [at]: { id: "org/name", sha, gated } };
    expect(await ask()).toMatchObject(expected === undefined ? { status: "found" } : { gated: expected });
  });

  test("a card of any shape does no harm", async () => {
    for (const cardData of [
      7,
      "x",
      [],
      { license: 7 },
      { license: [[], {}, "mit"] },
      { base_model: {} },
      { license: "x".repeat(9000) },
    ]) {
      answers = { [at]: { id: "org/name", sha, cardData } };
      const resolution = await ask();
      expect(resolution.status).toBe("found");
      expect(JSON.stringify(resolution).length).toBeLessThan(5000);
    }
  });

  test.each([301, 302, 307])("%d to a login page is no absence", async (status) => {
    answers = {
      [at]: (_request, response) => response.writeHead(status, { location: "/login?next=x" }).end(),
      "/login": (_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    };
    expect(await ask()).toMatchObject({ kind: "denied", reason: "authentication-required" });
  });

  test("a word of the host's that repeats the token is not repeated", async () => {
    answers = { [at]: (_request, response) => response.writeHead(403, { "x-error-message": `no ${token}` }).end("{}") };
    const refusal = await ask();
    expect(refusal).toMatchObject({ reason: "forbidden", message: expect.stringContaining("no ***") });
    expect(JSON.stringify(refusal)).not.toContain(token);
  });

  test("a 404 that is not the hub's own says nothing either", async () => {
    answers = {};
    expect(await ask()).toMatchObject({ kind: "denied", httpStatus: 404 });
  });
});

describe("a listing", () => {
  test("stays inside, whatever it names", async () => {
    const names = ["../x", "/etc/passwd", "a//b", "a/../../b", "", "."];
    const objects = await list(names.map((path) => ({ type: "file", path, size: 1, oid })));
    expect(objects).toHaveLength(names.length);
    for (const object of objects) expect(object).toMatchObject({ status: "refused", reason: "outside-blocked" });
  });

  test("of a folder holds what is below it", async () => {
    answers = {
      [at]: info,
      [`${at}/paths-info/${sha}`]: [{ type: "directory", path: "data", oid, size: 0 }],
      [`${tree}/data`]: [
        { type: "file", path: "data/a", size: 1, oid },
        { type: "file", path: "database", size: 1, oid },
      ],
    };
    const resolution = await ask({ uri: "hf:org/name", path: "data" });
    if (resolution.status !== "found" || resolution.objects === undefined) throw new Error("not found");
    expect(await collect(resolution.objects)).toMatchObject([{ path: "a" }, { reason: "reply-invalid" }]);
  });

  test("says what it knows of the content, and nothing of pointers", async () => {
    const digests = async (more: { readonly [key: string]: Json }) => {
      const [object] = await list([{ type: "file", path: "a", size: 3, ...more }]);
      return object !== undefined && "path" in object ? { digest: object.digest, size: object.size } : object;
    };
    expect(await digests({ oid })).toEqual({ digest: { gitBlob: oid }, size: 3 });
    expect(await digests({ oid, lfs: { oid: lfsOid, size: 9 } })).toEqual({ digest: { sha256: lfsOid }, size: 9 });
    expect(await digests({ oid, lfs: { oid: "short" } })).toEqual({ digest: undefined, size: 3 });
    expect(await digests({ oid, lfs: "yes" })).toEqual({ digest: undefined, size: 3 });
    expect(await digests({ oid, xetHash: lfsOid })).toEqual({ digest: undefined, size: 3 });
    expect(await digests({ oid: "F".repeat(40) })).toEqual({ digest: undefined, size: 3 });
    expect(await digests({ oid, size: -1 })).toEqual({ digest: { gitBlob: oid }, size: undefined });
    expect(await digests({ oid, size: 1.5 })).toEqual({ digest: { gitBlob: oid }, size: undefined });
  });

  test("names what is no file as such", async () => {
    const objects = await list([
      { type: "directory", path: "a", oid, size: 0 },
      { type: "unknown", path: "b", oid, size: 0 },
    ]);
    expect(objects).toMatchObject([{ path: "b", refusal: { kind: "absent", reason: "not-a-file" } }]);
  });

  test.each<[string, Json]>([
    ["no list", {}],
    ["an entry without a path", [{ type: "file" }]],
    ["text", "x"],
  ])("%s is reply-invalid", async (_what, entries) => {
    expect(await list(entries)).toMatchObject([{ kind: "malformed", reason: "reply-invalid" }]);
  });

  const paged =
    (next: (page: number) => string | undefined): RequestListener =>
    (request, response) => {
      const page = Number(new URL(request.url ?? "", "http://h").searchParams.get("cursor") ?? "0");
      const link = next(page);
      response.writeHead(200, link === undefined ? {} : { link: `<${link}>; rel="next"` });
      response.end(JSON.stringify([{ type: "file", path: `${page}`, size: 1, oid }]));
    };

  test("goes on at the hub, wherever the link leads", async () => {
    const elsewhere = await startWebServer((_request, response) => response.end("[]"));
    const before = server.asked.length;
    const objects = await list(
      paged((page) => (page < 2 ? `${elsewhere.url}/x?cursor=${page + 1}&recursive=false` : undefined)),
    );
    await elsewhere.close();
    expect(objects.map((object) => ("path" in object ? object.path : object.reason))).toEqual(["0", "1", "2"]);
    expect(elsewhere.asked).toEqual([]);
    for (const { url } of server.asked.slice(before + 1)) expect(url).toContain("recursive=true");
  });

  test.each([1, 2, 3, 7, 100])("that goes round %d pages ends", async (length) => {
    const objects = await list(paged((page) => `/x?cursor=${(page % length) + 1}`));
    expect(objects.at(-1)).toMatchObject({ status: "refused", reason: "reply-invalid" });
    expect(objects.length).toBeLessThan(5 * length + 10);
  });

  test.each(["/x", "/x?cursor=", `/x?cursor=${"c".repeat(5000)}`])("does not go on to %#", async (link) => {
    expect((await list(paged(() => link))).at(-1)).toMatchObject({ reason: "reply-invalid" });
  });
});
