import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Refusal, RemoteObject } from "../../../src/model/evidence.ts";
import type { Location } from "../../../src/model/manifest.ts";
import type { Resolution } from "../../../src/resolve/resolver.ts";
import { azure } from "../../../src/resolve/resolvers/azure.ts";
import { type AzureServer, account, startAzure } from "../../services/azure.ts";
import { needCloud } from "../../services/cloud.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp, startWebServer } from "../web-server.ts";

const http = loopbackHttp();
afterAll(() => http.close());

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const names = ["a b+c%41.bin", "caf\u00e9/\u{1f600}", "q?x=1#y", "<&>\"'", "(1)!*~"];

function at(url: string, location: Location | string, sas?: string): Promise<Resolution> {
  const ref = azure.parse(typeof location === "string" ? { uri: location } : location);
  if (ref === undefined) throw new Error("not read");
  const setting = async (name: string) => (name === `azure.sas:${account}` ? sas : undefined);
  return azure.resolve(ref, contextFor(http, { endpoint: () => url, setting }));
}

async function objects(resolution: Resolution): Promise<readonly (RemoteObject | Refusal)[]> {
  if (resolution.status !== "found") throw new Error(JSON.stringify(resolution));
  return resolution.objects === undefined ? [] : collect(resolution.objects);
}

/** A host that answers every question like this. */
async function answering(status: number, headers: { readonly [name: string]: string }, body = ""): Promise<string> {
  const server = await startWebServer((_request, response) => response.writeHead(status, headers).end(body));
  onTestFinished(() => server.close());
  return `${server.url}/`;
}

needCloud()("an Azurite", () => {
  let server: AzureServer;
  beforeAll(async () => {
    const odd = Object.fromEntries(names.map((name) => [`odd/${name}`, name]));
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`many/${index}`, `${index}`]));
    server = await startAzure({
      open: {
        access: "container",
        blobs: { ...odd, ...many, "dir/": "", "dir/a": "", model: "bytes", "model.d/a": "x" },
      },
      half: { access: "blob", blobs: { "set/a": "bytes" } },
      closed: { access: "nothing", blobs: { "set/a": "bytes" } },
    });
  }, 60_000);
  afterAll(() => server?.close());
  const in_ = (container: string, key: string): string => `az://${account}/${container}/${key}`;

  test("a blob has the host's size and md5", async () => {
    const resolution = await at(server.url, in_("open", "model"));
    expect(resolution).toMatchObject({ single: true, pinned: false });
    expect(await objects(resolution)).toMatchObject([
      { path: "model", size: 5, digest: { md5: md5("bytes") }, url: `${server.url}${account}/open/model` },
    ]);
  });

  test("names are as they are, and their bytes are where the host says", async () => {
    const listed = await objects(await at(server.url, in_("open", "odd/")));
    expect(listed.map((one) => "path" in one && one.path).sort()).toEqual([...names].sort());
    for (const one of listed) {
      if (!("path" in one)) throw new Error("refused");
      expect(one).toMatchObject({ listed: true, digest: { md5: md5(one.path) } });
      expect(await http.text({ url: one.url })).toMatchObject({ status: "ok", body: one.path });
    }
  });

  test("a folder is meant with and without its last slash, and what only stands for one is left out", async () => {
    for (const key of ["dir/", "dir"]) {
      expect(await objects(await at(server.url, in_("open", key)))).toMatchObject([{ path: "a", size: 0 }]);
    }
    expect(await objects(await at(server.url, in_("open", "many")))).toHaveLength(40);
    expect(await at(server.url, in_("open", "model"))).toMatchObject({ single: true });
  });

  test.each<[string, boolean, string, string]>([
    [in_("open", "none"), false, "absent", "not-found"],
    [in_("open", "none/"), false, "absent", "not-found"],
    [in_("closed", "none"), true, "absent", "not-found"],
    [in_("none", "a"), true, "absent", "not-found"],
    [in_("none", ""), true, "absent", "not-found"],
    [in_("closed", "set/a"), false, "denied", "forbidden"],
    [in_("none", "a"), false, "denied", "forbidden"],
  ])("%s, signed %s: %s, %s", async (uri, signed, kind, reason) => {
    expect(await at(server.url, uri, signed ? server.sas : undefined)).toMatchObject({ kind, reason });
  });

  test("a signature goes where it is needed, is a gate when it is this user's own, and is seen nowhere", async () => {
    const signature = /sig=([^&]+)/.exec(server.sas)?.[1] ?? "";
    for (const key of ["set/a", "set/"]) {
      const resolution = await at(server.url, in_("closed", key), server.sas);
      if (resolution.status !== "found") throw new Error(resolution.message);
      expect(resolution.gated).toBe("unknown");
      const [object] = await objects(resolution);
      if (object === undefined || "reason" in object) throw new Error("refused");
      const authorization = await resolution.authorize?.(object);
      expect(authorization).toMatchObject({ scheme: "query", query: server.sas });
      expect(await resolution.authorize?.({ url: "https://example.org/" })).toBeUndefined();
      if (authorization === undefined) throw new Error("unsigned");
      const reply = await http.text({ url: object.url, authorization });
      expect(reply).toMatchObject({ status: "ok", body: "bytes" });
      expect(JSON.stringify([resolution, object, reply])).not.toContain(signature);
    }
    const given = await at(server.url, `https://${account}.blob.core.windows.net/closed/set/a?${server.sas}`);
    expect(given).toMatchObject({ status: "found", single: true });
    expect(given).not.toHaveProperty("gated");
    expect(JSON.stringify([given, await objects(given)])).not.toContain(signature);
    expect(await at(server.url, in_("open", "model"), server.sas)).not.toHaveProperty("gated");
    const wrong = await at(server.url, in_("closed", "set/a"), server.sas.replace(/sig=[^&]+/, "sig=canary"));
    expect(wrong).toMatchObject({ kind: "denied" });
    expect(JSON.stringify(wrong)).not.toContain("canary");
  });

  test("a listing that nobody may see leaves the blobs to be asked for one by one", async () => {
    const resolution = await at(server.url, in_("half", "set/"));
    if (resolution.status !== "found") throw new Error(resolution.message);
    expect(resolution.objects).toBeUndefined();
    const object = resolution.objectAt?.("a");
    if (object === undefined || "reason" in object) throw new Error("refused");
    const authorization = await resolution.authorize?.(object);
    expect(authorization).toMatchObject({ scheme: "headers", headers: { "x-ms-version": expect.any(String) } });
    if (authorization === undefined) throw new Error("no version");
    expect(await http.text({ url: object.url, authorization })).toMatchObject({ body: "bytes" });
  });
});

describe("what the host means, by its own word", () => {
  const blob = "az://account/data/a";
  test.each<[number, string, string, string]>([
    [404, "BlobNotFound", "absent", "not-found"],
    [404, "ContainerNotFound", "absent", "not-found"],
    [404, "ResourceNotFound", "denied", "authentication-required"],
    [409, "PublicAccessNotPermitted", "denied", "authentication-required"],
    [401, "NoAuthenticationInformation", "denied", "authentication-required"],
    [403, "AuthenticationFailed", "denied", "authentication-required"],
    [403, "AuthorizationFailure", "denied", "forbidden"],
    [409, "BlobArchived", "denied", "archived"],
    [409, "ContainerBeingDeleted", "absent", "gone"],
    [503, "ServerBusy", "unreachable", "rate-limited"],
    [400, "InvalidQueryParameterValue", "unreachable", "status-unexpected"],
  ])("%d %s is %s, %s", async (status, code, kind, reason) => {
    const url = await answering(status, { "x-ms-error-code": code });
    expect(await at(url, blob)).toMatchObject({ kind, reason });
  });

  test("a bare 404 is not taken for absence, neither here nor where blobs are read", async () => {
    expect(await at(await answering(404, {}), blob)).toMatchObject({ kind: "denied" });
    const url = await answering(404, { "x-ms-error-code": "ResourceNotFound" });
    expect(await at(url, "az://account/data/")).toMatchObject({ status: "found" });
    expect(await http.text({ url })).toMatchObject({ kind: "denied", reason: "authentication-required" });
    expect(
      await at(await answering(409, { "x-ms-error-code": "PublicAccessNotPermitted" }), "az://account/data/"),
    ).toMatchObject({
      kind: "denied",
    });
  });

  test("a version is a pin, and another one than asked for is no answer", async () => {
    const version = "2024-05-06T07:08:09.1234567Z";
    const url = await answering(200, { "x-ms-version-id": version, "content-length": "5" });
    const resolution = await at(url, { uri: blob, revision: version });
    expect(resolution).toMatchObject({ status: "found", pinned: true, revision: version });
    expect(await objects(resolution)).toMatchObject([
      { url: expect.stringContaining(`?versionid=${encodeURIComponent(version)}`) },
    ]);
    const other = await at(url, { uri: blob, revision: version.replace("2024", "2023") });
    expect(other).toMatchObject({ reason: "reply-invalid" });
  });

  test("a blob in the archive is there and can not be read", async () => {
    const url = await answering(200, { "x-ms-access-tier": "Archive", "content-length": "5" });
    expect(await objects(await at(url, blob))).toMatchObject([{ size: 5, refusal: { reason: "archived" } }]);
  });

  test("a page has what is a blob, in pages, and nothing else", async () => {
    const of = (name: string, more = "") =>
      `<Blob>${name}<Properties><Content-Length>1</Content-Length>${more}</Properties></Blob>`;
    const pages = [
      of("<Name>d</Name>", "<ResourceType>directory</ResourceType>") + of('<Name Encoded="true">d%2Fa%EF%BF%BE</Name>'),
      of("<Name>d/cold</Name>", "<AccessTier>Archive</AccessTier>"),
    ];
    const server = await startWebServer(({ url = "" }, response) => {
      const isSecond = url.includes("marker=two");
      const marker = isSecond ? "<NextMarker/>" : "<NextMarker>two</NextMarker>";
      response.end(
        `\ufeff<?xml version="1.0"?><EnumerationResults><Blobs>${pages[isSecond ? 1 : 0]}</Blobs>${marker}</EnumerationResults>`,
      );
    });
    onTestFinished(() => server.close());
    const listed = await objects(await at(`${server.url}/`, "az://account/data/"));
    expect(listed).toMatchObject([{ path: "d/a\ufffe" }, { path: "d/cold", refusal: { reason: "archived" } }]);
    expect(server.asked).toHaveLength(2);
  });

  test.each([
    "",
    "{}",
    "<Other/>",
    "<EnumerationResults/>",
    "<EnumerationResults><Blobs><Blob/></Blobs></EnumerationResults>",
  ])("a listing that is %j is invalid", async (text) => {
    expect(await at(await answering(200, {}, text), "az://account/data/")).toMatchObject({ reason: "reply-invalid" });
  });
});
