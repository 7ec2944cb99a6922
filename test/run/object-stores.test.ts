/** Releases in object stores, as a whole: closed ones, large ones, cut ones; and what becomes of the secrets. */
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { AwsClient, AwsV4Signer } from "aws4fetch";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Evidence } from "../../src/model/evidence.ts";
import type { VerifyOptions } from "../../src/run/options.ts";
import { account, startAzure } from "../services/azure.ts";
import { needCloud, startS3rver } from "../services/cloud.ts";
import { startGs } from "../services/gs.ts";
import { type Bucket, type S3Server, startS3 } from "../services/s3.ts";
import { apache, check, entry, folder, gist, type PieceText, sha256, writeManifest } from "./release.ts";

const keys = { accessKeyId: "AKIACANARY", secretAccessKey: "secret-canary", sessionToken: "token-canary" };
const environment = {
  AWS_ACCESS_KEY_ID: keys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  AWS_SESSION_TOKEN: keys.sessionToken,
};
const model = randomBytes(3 * 1024 * 1024);
const licence = Buffer.from(apache);
const files = [entry("model.bin", model), entry("LICENSE", apache)];

async function serve(bucket: Bucket): Promise<S3Server> {
  const server = await startS3({ keys, buckets: { data: bucket }, region: "eu-west-1" });
  onTestFinished(() => server.close());
  return server;
}

/** The report of one piece, with everything that was told on the way. */
async function look(piece: Partial<PieceText>, options: VerifyOptions) {
  const evidence: Evidence[] = [];
  const manifest = await writeManifest(await folder(), [{ id: "weights", ...piece }]);
  const report = await check(manifest, { allowPrivate: false, ...options, onEvidence: (one) => evidence.push(one) });
  return { report, evidence, told: JSON.stringify([report, evidence]) };
}

describe("a closed bucket", () => {
  const bucket: Bucket = { anonymous: "nothing", objects: { "set/model.bin": model, "set/LICENSE": licence } };

  test("is verified with keys, goes on after a cut, and tells no secret", async () => {
    const server = await serve(bucket);
    server.cutNext(2 * 1024 * 1024);
    const piece = { locations: ["s3://data/set/"], files };
    const { report, evidence, told } = await look(piece, {
      endpoints: { s3: server.url },
      environment,
      concurrency: 1,
    });
    expect(gist(report)).toMatchObject({ outcomes: ["verified"], exit: 0 });
    expect(gist(report).codes).toContain("note location-gated");
    const ranges = server.asked.map(({ headers }) => headers.range).filter((range) => range !== undefined);
    expect(ranges).toEqual([expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
    expect(evidence.flatMap(({ transfer }) => transfer?.exchange?.attempts ?? [])).toHaveLength(1);
    expect(told).not.toMatch(/canary|AKIA|x-amz-signature|aws4/i);
  });

  test("is not there for anybody else, and not absent either", async () => {
    const server = await serve(bucket);
    for (const locations of [["s3://data/set/"], ["s3://data/set/model.bin"]]) {
      const { report } = await look({ locations, files }, { endpoints: { s3: server.url } });
      expect(gist(report)).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
    }
  });

  test("with objects for all and a listing for none is verified as it is", async () => {
    const server = await serve({ ...bucket, anonymous: "read" });
    const { report } = await look({ locations: ["s3://data/set/"], files }, { endpoints: { s3: server.url } });
    expect(gist(report)).toMatchObject({ outcomes: ["verified"], exit: 0 });
  });
});

test("twenty thousand keys are listed page by page and asked for no more", { timeout: 60_000 }, async () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `${Math.floor(index / 500)}/${index}.bin`);
  const server = await serve({
    anonymous: "list-and-read",
    objects: Object.fromEntries(names.map((name) => [name, Buffer.from(name)])),
  });
  const declared = names.slice(0, 1000).map((name) => entry(name, name));
  const { report } = await look(
    { locations: ["s3://data/"], files: declared },
    { endpoints: { s3: server.url }, depth: "probe" },
  );
  expect(gist(report).codes.filter((code) => code.startsWith("error"))).toEqual([]);
  expect(server.asked).toHaveLength(20);
});

test("an object that was deleted is gone, a busy host is asked again", async () => {
  const server = await serve({
    anonymous: "list-and-read",
    objects: { a: [{ bytes: model, deleted: true, id: "m" }] },
  });
  const one = { locations: ["s3://data/a"], digest: { sha256: sha256(model) } };
  expect(gist((await look(one, { endpoints: { s3: server.url } })).report).outcomes).toEqual(["broken"]);
  server.slowDown(10);
  expect(gist((await look(one, { endpoints: { s3: server.url } })).report).outcomes).toEqual(["inconclusive"]);
});

test("an archived object is neither verified nor missing", async () => {
  const server = await serve({
    anonymous: "list-and-read",
    objects: { a: [{ bytes: model, storageClass: "GLACIER" }] },
  });
  for (const depth of ["full", "probe"] as const) {
    const piece = { locations: ["s3://data/a"], digest: { sha256: sha256(model) } };
    const { report } = await look(piece, { endpoints: { s3: server.url }, depth });
    expect(gist(report)).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
    expect(JSON.stringify(report)).toContain("archived");
  }
});

test("a closed bucket at Google's is verified with a token, which is told to nobody", async () => {
  const generation = "1700000000000001";
  const objects = { "set/model.bin": [{ bytes: model, generation }], "set/LICENSE": [{ bytes: licence, generation }] };
  const server = await startGs({ data: { anonymous: "nothing", objects } }, "token-canary");
  onTestFinished(() => server.close());
  const { report, told } = await look(
    { locations: ["gs://data/set/"], files },
    { endpoints: { gs: server.url }, environment: { GOOGLE_OAUTH_ACCESS_TOKEN: "token-canary" } },
  );
  expect(gist(report)).toMatchObject({ outcomes: ["verified"], exit: 0 });
  expect(told).not.toContain("canary");
});

describe("what is stored encoded", () => {
  const rows = '{"a": 1}\n'.repeat(1000);
  const stored = gzipSync(rows);
  const declared = (bytes: string | Uint8Array) => [entry("rows.jsonl.gz", bytes)];

  test("at S3 is what was stored, and not what it decodes to", async () => {
    const headers = { "content-encoding": "gzip", "content-type": "application/json" };
    const objects = { "set/rows.jsonl.gz": [{ bytes: stored, headers }], "set/LICENSE": licence };
    const server = await serve({ anonymous: "list-and-read", objects });
    const options = { endpoints: { s3: server.url } };
    for (const uri of ["s3://data/set/", "s3://data/set/rows.jsonl.gz"]) {
      for (const depth of ["full", "probe"] as const) {
        const { report } = await look({ locations: [uri], files: declared(stored) }, { ...options, depth });
        expect(
          gist(report).codes.filter((code) => code.startsWith("error")),
          uri,
        ).toEqual([]);
        expect(report.pieces[0]?.files[0]?.size).toMatchObject({ published: stored.length });
        if (depth === "full") expect(report.pieces[0]?.counts).toMatchObject({ verified: 1 });
      }
      const other = await look({ locations: [uri], files: declared(rows) }, options);
      expect(gist(other.report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    }
  });

  test("goes on after a cut, in the stored bytes", async () => {
    const large = gzipSync(model);
    const objects = { "rows.jsonl.gz": [{ bytes: large, headers: { "content-encoding": "gzip" } }] };
    const server = await serve({ anonymous: "list-and-read", objects });
    server.cutNext(2 * 1024 * 1024);
    const piece = { locations: ["s3://data/rows.jsonl.gz"], files: declared(large) };
    const { report, evidence } = await look(piece, { endpoints: { s3: server.url } });
    expect(report.pieces[0]?.counts).toMatchObject({ verified: 1 });
    expect(evidence.flatMap(({ transfer }) => transfer?.exchange?.attempts ?? [])).toHaveLength(1);
  });

  needCloud()("in real servers", () => {
    test("s3rver", async () => {
      const server = await startS3rver("data");
      onTestFinished(() => server.close());
      const client = new AwsClient({ accessKeyId: "S3RVER", secretAccessKey: "S3RVER", region: "us-east-1" });
      const headers = { "content-encoding": "gzip" };
      const body = Uint8Array.from(stored);
      const url = `${server.url}data/rows.jsonl.gz`;
      const put = await client.fetch(url, { method: "PUT", body, headers, aws: { service: "s3" } });
      expect(put.status).toBe(200);
      const { report } = await look(
        { locations: ["s3://data/rows.jsonl.gz"], files: declared(stored) },
        {
          endpoints: { s3: server.url },
          environment: { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" },
        },
      );
      expect(report.pieces[0]?.counts).toMatchObject({ verified: 1 });
      // The server really said so: else this would prove nothing.
      expect(
        (await client.fetch(url, { method: "HEAD", aws: { service: "s3" } })).headers.get("content-encoding"),
      ).toBe("gzip");
    });

    test("Azurite", { timeout: 60_000 }, async () => {
      const blobs = { "set/rows.jsonl.gz": stored.toString("latin1") };
      const server = await startAzure({ data: { access: "container", blobs, contentEncoding: "gzip" } });
      onTestFinished(() => server.close());
      const { report } = await look(
        { locations: [`az://${account}/data/set/`], files: declared(stored) },
        { endpoints: { azure: server.url } },
      );
      expect(report.pieces[0]?.counts).toMatchObject({ verified: 1 });
      const said = await fetch(`${server.url}${account}/data/set/rows.jsonl.gz`, { method: "HEAD" });
      expect(said.headers.get("content-encoding")).toBe("gzip");
    });
  });
});

needCloud()("real servers", () => {
  test("s3rver: a bucket is verified, and so is a presigned address, whose signature is in no evidence", async () => {
    const server = await startS3rver("data");
    onTestFinished(() => server.close());
    const own = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER", region: "us-east-1", service: "s3" };
    const client = new AwsClient(own);
    for (const [key, body] of [
      ["set/model.bin", model],
      ["set/LICENSE", licence],
    ] as const) {
      const put = await client.fetch(`${server.url}data/${key}`, { method: "PUT", body: Uint8Array.from(body) });
      expect(put.status).toBe(200);
    }
    const options = {
      endpoints: { s3: server.url },
      environment: { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" },
    };
    const bucket = await look({ locations: ["s3://data/set/"], files }, options);
    expect(gist(bucket.report)).toMatchObject({ outcomes: ["verified"], exit: 0 });

    const signer = new AwsV4Signer({ ...own, url: `${server.url}data/set/model.bin`, signQuery: true });
    const { url } = await signer.sign();
    const piece = { locations: [url.href], files: [entry("model.bin", model)] };
    const presigned = await look(piece, { allowPrivate: true });
    expect(gist(presigned.report)).toMatchObject({ outcomes: ["verified"], exit: 0 });
    const signature = url.searchParams.get("X-Amz-Signature") ?? "none";
    expect(JSON.stringify(presigned.evidence)).not.toContain(signature);
  });

  test("Azurite: a closed container is verified with a signature, which is told to nobody", {
    timeout: 60_000,
  }, async () => {
    const server = await startAzure({
      data: { access: "nothing", blobs: { "set/model.txt": "bytes", "set/LICENSE": apache } },
    });
    onTestFinished(() => server.close());
    const signature = /sig=([^&]+)/.exec(server.sas)?.[1] ?? "none";
    const small = [entry("model.txt", "bytes"), entry("LICENSE", apache)];
    const own = { AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_SAS_TOKEN: server.sas };
    const kept = await look(
      { locations: [`az://${account}/data/set/`], files: small },
      { endpoints: { azure: server.url }, environment: own },
    );
    expect(gist(kept.report)).toMatchObject({ outcomes: ["verified"], exit: 0 });
    expect(kept.told).not.toContain(signature);
    const given = await look(
      { locations: [`https://${account}.blob.core.windows.net/data/set/?${server.sas}`], files: small },
      { endpoints: { azure: server.url } },
    );
    expect(gist(given.report)).toMatchObject({ outcomes: ["verified"], exit: 0 });
    expect(JSON.stringify(given.evidence)).not.toContain(signature);
  });
});
