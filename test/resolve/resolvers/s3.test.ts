import { createHash } from "node:crypto";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import type { Http } from "../../../src/io/http.ts";
import type { Refusal, RemoteObject } from "../../../src/model/evidence.ts";
import type { Location } from "../../../src/model/manifest.ts";
import type { Resolution, ResolveContext } from "../../../src/resolve/resolver.ts";
import { s3 } from "../../../src/resolve/resolvers/s3.ts";
import { type Bucket, type S3Options, type S3Server, startS3 } from "../../services/s3.ts";
import { awsHttp } from "../aws-http.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp, startWebServer } from "../web-server.ts";

const http = loopbackHttp();
afterAll(() => http.close());

const bytes = Buffer.from("some bytes of a model");
const sha256 = createHash("sha256").update(bytes).digest();
const keys = { accessKeyId: "AKIATEST", secretAccessKey: "secret-canary", sessionToken: "token-canary" };
const withKeys = {
  "s3.accessKeyId": keys.accessKeyId,
  "s3.secretAccessKey": keys.secretAccessKey,
  "s3.sessionToken": keys.sessionToken,
};

type Settings = { readonly [name: string]: string };

async function serve(bucket: Bucket, more: Partial<S3Options> = {}): Promise<S3Server> {
  const server = await startS3({ keys, buckets: { data: bucket }, ...more });
  onTestFinished(() => server.close());
  return server;
}

function resolve(
  location: Location | string,
  context: Partial<ResolveContext>,
  settings: Settings = {},
): Promise<Resolution> {
  const ref = s3.parse(typeof location === "string" ? { uri: location } : location);
  if (ref === undefined) throw new Error("not read");
  return s3.resolve(ref, contextFor(http, { setting: async (name) => settings[name], ...context }));
}

/** At an endpoint of the operator's. */
const at = (server: S3Server, location: Location | string, settings: Settings = {}) =>
  resolve(location, { endpoint: () => server.url }, settings);

/** At Amazon's own host names. */
const aws = (server: S3Server, location: Location | string, settings: Settings = {}, over: Http = http) =>
  resolve(location, { http: awsHttp(over, server.url) }, settings);

async function objects(resolution: Resolution): Promise<readonly (RemoteObject | Refusal)[]> {
  if (resolution.status !== "found") throw new Error(JSON.stringify(resolution));
  return resolution.objects === undefined ? [] : collect(resolution.objects);
}

const open = (stored: Bucket["objects"]): Bucket => ({ anonymous: "list-and-read", objects: stored });

describe("one object", () => {
  test("has the host's size and checksum, and no digest of its ETag", async () => {
    const checksums = { "x-amz-checksum-sha256": sha256.toString("base64"), "x-amz-checksum-type": "FULL_OBJECT" };
    const server = await serve(open({ "a/model.bin": [{ bytes, id: "v9", checksums }] }));
    const resolution = await at(server, "s3://data/a/model.bin");
    expect(resolution).toMatchObject({ status: "found", single: true, pinned: false, revision: "v9" });
    expect(resolution).not.toHaveProperty("gated");
    expect(await objects(resolution)).toEqual([
      {
        path: "model.bin",
        url: `${server.url}data/a/model.bin`,
        operatorEndpoint: true,
        encodedAtRest: true,
        size: bytes.length,
        mediaType: "binary/octet-stream",
        digest: { sha256: sha256.toString("hex") },
      },
    ]);
    expect(server.asked).toHaveLength(1);
  });

  test.each([
    [
      "of parts, by its type",
      { "x-amz-checksum-sha256": sha256.toString("base64"), "x-amz-checksum-type": "COMPOSITE" },
    ],
    ["of parts, by its form", { "x-amz-checksum-sha256": `${sha256.toString("base64")}-3` }],
    ["of another length", { "x-amz-checksum-sha256": "AAAA" }],
    ["that is no digest", { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-crc64nvme": "AAAAAAAAAAA=" }],
  ])("has no digest for a checksum %s", async (_name, checksums) => {
    const server = await serve(open({ a: [{ bytes, checksums }] }));
    const [object] = await objects(await at(server, "s3://data/a"));
    expect(object).not.toHaveProperty("digest");
  });

  test("an empty one is there", async () => {
    const server = await serve(open({ a: new Uint8Array() }));
    expect(await objects(await at(server, "s3://data/a"))).toMatchObject([{ path: "a", size: 0 }]);
  });

  test("is an archive whose members are meant", async () => {
    const server = await serve(open({ "a.tar": bytes }));
    const resolution = await at(server, { uri: "s3://data/a.tar", unpack: true, path: "x" });
    expect(await objects(resolution)).toMatchObject([{ path: "a.tar", members: { strip: 0, prefix: "x" } }]);
  });

  test("is pinned by a version", async () => {
    const old = Buffer.from("old");
    const server = await serve(
      open({
        a: [
          { bytes, id: "v2" },
          { bytes: old, id: "v1" },
        ],
      }),
    );
    const resolution = await at(server, { uri: "s3://data/a", revision: "v1" });
    expect(resolution).toMatchObject({ status: "found", pinned: true, revision: "v1" });
    expect(await objects(resolution)).toMatchObject([{ size: 3, url: `${server.url}data/a?versionId=v1` }]);
    expect(await at(server, "s3://data/a?versionId=v0")).toMatchObject({
      kind: "absent",
      reason: "revision-not-found",
    });
  });

  test("a host that knows no versions does not give one", async () => {
    const server = await startWebServer((_request, response) => response.writeHead(200, { "content-length": 3 }).end());
    onTestFinished(() => server.close());
    const resolution = await resolve("s3://data/a?versionId=v1", { endpoint: () => `${server.url}/` });
    expect(resolution).toMatchObject({ status: "refused", reason: "reply-invalid" });
  });

  test("in an archive is there and can not be read", async () => {
    const server = await serve(
      open({
        cold: [{ bytes, storageClass: "DEEP_ARCHIVE" }],
        thawed: [{ bytes, storageClass: "GLACIER", restored: true }],
        instant: [{ bytes, storageClass: "GLACIER_IR" }],
        tiered: [{ bytes, storageClass: "INTELLIGENT_TIERING", headers: { "x-amz-archive-status": "ARCHIVE_ACCESS" } }],
      }),
    );
    const refused = async (key: string) =>
      (await objects(await at(server, `s3://data/${key}`))).map((one) => "refusal" in one && one.refusal?.reason);
    expect(await refused("cold")).toEqual(["archived"]);
    expect(await refused("tiered")).toEqual(["archived"]);
    expect(await refused("thawed")).toEqual([false]);
    expect(await refused("instant")).toEqual([false]);
    const listed = await objects(await aws(server, "s3://data/"));
    expect(listed.filter((one) => "refusal" in one).map((one) => "path" in one && one.path)).toEqual(["cold"]);
    // Elsewhere nobody says whether it was restored.
    expect((await objects(await at(server, "s3://data/"))).filter((one) => "refusal" in one)).toEqual([]);
  });
});

describe("what is refused", () => {
  const stored = {
    a: bytes,
    deleted: [
      { bytes, deleted: true as const, id: "m" },
      { bytes, id: "v1" },
    ],
  };
  test.each<[string, Bucket["anonymous"], string, string]>([
    ["s3://data/none", "list-and-read", "absent", "not-found"],
    ["s3://data/none/", "list-and-read", "absent", "not-found"],
    ["s3://none/a", "list-and-read", "absent", "not-found"],
    ["s3://none/", "list-and-read", "absent", "not-found"],
    ["s3://data/deleted", "list-and-read", "absent", "gone"],
    ["s3://data/none", "read", "denied", "forbidden"],
    ["s3://data/a", "nothing", "denied", "forbidden"],
    ["s3://data/none", "nothing", "denied", "forbidden"],
  ])("%s where the public has %s: %s, %s", async (uri, anonymous, kind, reason) => {
    const server = await serve({ anonymous, objects: stored });
    const resolution = await at(server, uri);
    expect(resolution).toMatchObject({ status: "refused", kind, reason });
    if (reason === "forbidden")
      expect(resolution).toMatchObject({ message: expect.stringContaining("does not tell which") });
  });

  test("keys that the host does not know, and a clock that is wrong, speak of neither the object nor the bucket", async () => {
    const bucket: Bucket = { anonymous: "nothing", objects: stored };
    const server = await serve(bucket);
    const wrong = { ...withKeys, "s3.secretAccessKey": "wrong" };
    for (const uri of ["s3://data/a", "s3://data/"]) {
      expect(await at(server, uri, wrong)).toMatchObject({ kind: "denied", reason: "authentication-required" });
    }
    const late = await serve(bucket, { now: () => Date.now() - 3600_000 });
    expect(await at(late, "s3://data/a", withKeys)).toMatchObject({ kind: "unreachable", reason: "status-unexpected" });
  });

  test("a host that asks for patience is not asked on, and nothing is absent", async () => {
    const server = await serve(open(stored));
    server.slowDown(2);
    expect(await at(server, "s3://data/a")).toMatchObject({ kind: "unreachable", reason: "rate-limited" });
    expect(await at(server, "s3://data/")).toMatchObject({ kind: "unreachable", reason: "rate-limited" });
    expect(await at(server, "s3://data/a")).toMatchObject({ status: "found" });
  });

  test("a bucket whose reader pays is opened by whoever agreed to", async () => {
    const server = await serve({ anonymous: "nothing", requesterPays: true, objects: stored });
    const refused = await at(server, "s3://data/a", withKeys);
    expect(refused).toMatchObject({ reason: "forbidden", message: expect.stringContaining("AWS_REQUEST_PAYER") });
    const settings = { ...withKeys, "s3.requestPayer": "requester" };
    expect(await at(server, "s3://data/a", settings)).toMatchObject({ status: "found" });
  });

  test.each([
    ["nothing", ""],
    ["a page", "<!DOCTYPE html><html></html>"],
    ["JSON", "{}"],
    ["another document", "<Other/>"],
    ["an entry without a size", "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>"],
    [
      "half an escape",
      "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%E0</Key><Size>1</Size></Contents></ListBucketResult>",
    ],
    ["an end that is none", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"],
  ])("a listing that is %s is invalid", async (_name, text) => {
    const server = await startWebServer((_request, response) => response.end(text));
    onTestFinished(() => server.close());
    const resolution = await resolve("s3://data/", { endpoint: () => `${server.url}/` });
    expect(resolution).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
  });
});

describe("a listing", () => {
  test("comes page by page, each key once, and only what was asked for", async () => {
    const names = Array.from({ length: 2_500 }, (_, index) => `set/${String(index).padStart(4, "0")}.bin`);
    const server = await serve(open({ ...Object.fromEntries(names.map((name) => [name, bytes])), "settle/x": bytes }));
    const resolution = await at(server, "s3://data/set/");
    expect(server.asked).toHaveLength(1);
    const listed = await objects(resolution);
    expect(listed.map((one) => "path" in one && `set/${one.path}`)).toEqual(names);
    expect(listed[0]).toMatchObject({ size: bytes.length, listed: true, url: `${server.url}data/set/0000.bin` });
    expect(server.asked).toHaveLength(3);
    const first = resolution.status === "found" ? resolution.objects?.[Symbol.asyncIterator]() : undefined;
    await first?.next();
    expect(server.asked).toHaveLength(3);
  });

  test("has keys as they are, and refuses those that are no paths", async () => {
    const names = ["a b+c%41.bin", "caf\u00e9/\u{1f600}", "q?x=1#y", "x\u0001y", "<&>\"'", "(1)!*~"];
    const odd = ["x//y", "../up", "/root", "a/./b", "dir/"];
    const stored = Object.fromEntries(
      [...names, ...odd].map((name) => [`p/${name}`, name === "dir/" ? new Uint8Array() : bytes]),
    );
    const server = await serve(open({ "p/": new Uint8Array(), ...stored }));
    const listed = await objects(await at(server, "s3://data/p/"));
    expect(listed.flatMap((one) => ("path" in one ? [one.path] : [])).sort()).toEqual([...names].sort());
    expect(listed.flatMap((one) => ("reason" in one ? [one.reason] : []))).toEqual(Array(4).fill("outside-blocked"));
    for (const one of listed) {
      if (!("url" in one)) continue;
      expect(await http.text({ url: one.url })).toMatchObject({ status: "ok", body: bytes.toString() });
    }
  });

  test("is meant where the last slash was left away and no object has the name", async () => {
    const server = await serve(open({ "set/a": bytes, both: bytes, "both/a": bytes }));
    expect(await objects(await at(server, "s3://data/set"))).toMatchObject([{ path: "a" }]);
    expect(await at(server, { uri: "s3://data", path: "set" })).toMatchObject({ status: "found" });
    expect(await at(server, "s3://data/both")).toMatchObject({ single: true });
    expect(await at(server, "s3://data/se")).toMatchObject({ reason: "not-found" });
  });

  test("that breaks off, or goes in a circle, says so", async () => {
    const page = (token: string) =>
      `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>`;
    const circle = await startWebServer((_request, response) => response.end(page("x")));
    const broken = await startWebServer(({ url }, response) => {
      if (url?.includes("continuation-token") === true) response.writeHead(500);
      response.end(page("x"));
    });
    onTestFinished(() => circle.close());
    onTestFinished(() => broken.close());
    for (const [{ url }, reason] of [
      [circle, "reply-invalid"],
      [broken, "server-error"],
    ] as const) {
      const listed = await objects(await resolve("s3://data/", { endpoint: () => `${url}/` }));
      expect(listed.at(-1)).toMatchObject({ status: "refused", reason });
    }
  });

  test("that nobody may see leaves the objects to be asked for one by one, signed only where that is needed", async () => {
    for (const [anonymous, scheme] of [
      ["read", undefined],
      ["nothing", "aws-sigv4"],
    ] as const) {
      const server = await serve({ anonymous, signed: "read", objects: { "set/a": bytes } });
      const resolution = await at(server, "s3://data/set/", withKeys);
      if (resolution.status !== "found") throw new Error(resolution.message);
      expect(resolution.objects).toBeUndefined();
      const [none, object] = ["none", "a"].map((path) => resolution.objectAt?.(path));
      if (object === undefined || none === undefined || "reason" in object || "reason" in none)
        throw new Error("refused");
      await resolution.authorize?.(none);
      expect((await resolution.authorize?.(object))?.scheme).toBe(scheme);
    }
  });
});

describe("at Amazon", () => {
  test("the bucket is asked in the region where it is", async () => {
    const server = await serve({ ...open({ a: bytes, "set/b": bytes }), region: "eu-central-1" });
    const base = "https://data.s3.eu-central-1.amazonaws.com/";
    expect(await objects(await aws(server, "s3://data/a"))).toMatchObject([{ url: `${base}a` }]);
    expect(await objects(await aws(server, "s3://data/set/"))).toMatchObject([{ url: `${base}set/b` }]);
    const asked = server.asked.length;
    expect(await objects(await aws(server, `${base}a`))).toMatchObject([{ url: `${base}a` }]);
    expect(server.asked.length).toBe(asked + 1);
  });

  test("a redirect that leads elsewhere is not followed", async () => {
    const server = await startWebServer((_request, response) =>
      response.writeHead(301, { location: "http://127.0.0.1:1/data", "x-amz-bucket-region": "evil.example/" }).end(),
    );
    onTestFinished(() => server.close());
    const resolution = await resolve("s3://data/a", { http: awsHttp(http, `${server.url}/`) });
    expect(resolution).toMatchObject({ status: "refused", reason: "redirect-invalid" });
    expect(new Set(server.asked.map(({ headers }) => headers["x-test-host"]))).toEqual(
      new Set(["data.s3.us-east-1.amazonaws.com"]),
    );
  });

  test("an endpoint of the environment is for `s3://` alone, the operator's for all", async () => {
    const server = await serve(open({ a: bytes }));
    const settings = { "s3.endpoint": server.url };
    expect(await objects(await resolve("s3://data/a", {}, settings))).toMatchObject([{ url: `${server.url}data/a` }]);
    const pasted = "https://data.s3.us-east-1.amazonaws.com/a";
    expect(await objects(await aws(server, pasted, settings))).toMatchObject([{ url: pasted }]);
    expect(await objects(await at(server, pasted))).toMatchObject([{ url: `${server.url}data/a` }]);
  });
});

describe("keys", () => {
  test("sign only what is closed without them, in the region that the host names, and are a gate", async () => {
    const server = await serve({ anonymous: "nothing", region: "eu-north-1", objects: { "set/a": bytes } });
    for (const uri of ["s3://data/set/a", "s3://data/set/"]) {
      const resolution = await at(server, uri, withKeys);
      if (resolution.status !== "found") throw new Error(resolution.message);
      expect(resolution.gated).toBe("unknown");
      const [object] = await objects(resolution);
      if (object === undefined || "reason" in object) throw new Error("refused");
      const authorization = await resolution.authorize?.(object);
      expect(authorization).toMatchObject({ scheme: "aws-sigv4", region: "eu-north-1", service: "s3" });
      expect(await resolution.authorize?.({ url: "https://example.org/set/a" })).toBeUndefined();
      if (authorization === undefined) throw new Error("unsigned");
      expect(await http.text({ url: object.url, authorization })).toMatchObject({ status: "ok" });
      expect(JSON.stringify([resolution, await objects(resolution)])).not.toMatch(/canary|AKIA/);
    }
    const free = await serve(open({ a: bytes }));
    const public_ = await at(free, "s3://data/a", withKeys);
    expect(public_).not.toHaveProperty("gated");
    expect(free.asked.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  test("stay out of what is refused", async () => {
    const server = await serve({ anonymous: "nothing", signed: "nothing", objects: {} });
    expect(JSON.stringify(await at(server, "s3://data/a", withKeys))).not.toMatch(/canary|AKIA/);
    const signed = () => server.asked.filter(({ headers }) => headers.authorization !== undefined).length;
    const before = signed();
    const unsigned = await at(server, "s3://data/a", { ...withKeys, "s3.unsigned": "yes" });
    expect(unsigned).toMatchObject({ reason: "forbidden" });
    expect([before, signed()]).toEqual([2, 2]);
    const told = await at(server, "s3://data/a", { "s3.unsupported": "credential_process" });
    expect(told).toMatchObject({ message: expect.stringContaining("credential_process") });
  });
});
