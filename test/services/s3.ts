/**
 * A server that speaks S3 as its documentation has it: regions, signatures, versions, checksums, archives, delete
 * markers, listings in pages, and who may list or read. Amazon's own Python client is its judge (s3.test.ts).
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { awsErrorXml, awsListXml } from "./s3-xml.ts";
import { type Keys, signatureFault } from "./sigv4.ts";

/** One version of an object; `deleted` is a delete marker. */
export interface StoredVersion {
  readonly bytes: Uint8Array;
  readonly id?: string;
  readonly deleted?: true;
  readonly storageClass?: string;
  readonly restored?: true;
  /** Answer headers beside the usual ones, as they were stored with the object. */
  readonly headers?: { readonly [name: string]: string };
  /** Told when they are asked for. */
  readonly checksums?: { readonly [name: string]: string };
}

export interface Bucket {
  readonly region?: string;
  /** What an unsigned question may do. */
  readonly anonymous: "list-and-read" | "read" | "nothing";
  /** What a signed question may do. Default: everything. */
  readonly signed?: "list-and-read" | "read" | "nothing";
  readonly requesterPays?: true;
  /** Versions of a key, the newest first; bytes alone stand for one that has no id. */
  readonly objects: { readonly [key: string]: Uint8Array | readonly StoredVersion[] };
}

export interface S3Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
}

export interface S3Server {
  /** With a `/` at the end. */
  readonly url: string;
  readonly asked: readonly S3Asked[];
  /** Ends the next answer that is longer after so many bytes of it. */
  cutNext(bytes: number): void;
  /** Answers so many questions with 503 SlowDown. */
  slowDown(times: number): void;
  close(): Promise<void>;
}

export interface S3Options {
  readonly buckets: { readonly [name: string]: Bucket };
  readonly keys: Keys;
  /** Where buckets are that say nothing else. */
  readonly region?: string;
  /** The host's clock, in milliseconds. */
  readonly now?: () => number;
}

/** A request under way. */
interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly bucketName: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly rights: Bucket["anonymous"];
}

export async function startS3({ buckets, keys, region = "us-east-1", now = Date.now }: S3Options): Promise<S3Server> {
  const asked: S3Asked[] = [];
  let cut: number | undefined;
  let slow = 0;

  function fail(
    call: Pick<Call, "request" | "response">,
    status: number,
    code: string,
    more: Parameters<typeof awsErrorXml>[1] = {},
    headers = {},
  ): undefined {
    const body = call.request.method === "HEAD" ? "" : awsErrorXml(code, more);
    call.response.writeHead(status, { "content-type": "application/xml", ...headers });
    call.response.end(body);
  }

  function handle(request: IncomingMessage, response: ServerResponse): undefined {
    const target = request.url ?? "/";
    asked.push({ method: request.method ?? "", url: target, headers: request.headers });
    const call = { request, response };
    if (slow > 0) {
      slow -= 1;
      return fail(call, 503, "SlowDown");
    }
    const url = new URL(target, "http://host");
    // A test that plays Amazon's own host names says in this header which one was asked.
    const named = request.headers["x-test-host"];
    const aws = /^(?:(.+)\.)?s3\.([a-z0-9-]+)\.amazonaws\.com$/.exec(typeof named === "string" ? named : "");
    const path = decodeURIComponent(url.pathname.slice(1));
    const [first = "", ...rest] = path.split("/");
    const bucketName = aws?.[1] ?? first;
    const key = aws?.[1] === undefined ? rest.join("/") : path;
    const bucket = Object.hasOwn(buckets, bucketName) ? buckets[bucketName] : undefined;
    if (bucket === undefined)
      return fail(call, 404, "NoSuchBucket", { message: "The specified bucket does not exist" });
    const home = bucket.region ?? region;
    const told = { "x-amz-bucket-region": home };
    if (aws?.[2] !== undefined && aws[2] !== home) {
      return fail(call, 301, "PermanentRedirect", { endpoint: `${bucketName}.s3.${home}.amazonaws.com` }, told);
    }
    let rights = bucket.anonymous;
    if (request.headers.authorization !== undefined) {
      const signed = { method: request.method ?? "", target, headers: request.headers };
      const fault = signatureFault(signed, keys, home, now());
      if (fault === "AuthorizationHeaderMalformed") return fail(call, 400, fault, { region: home }, told);
      if (fault !== undefined) return fail(call, 403, fault, { serverTime: new Date(now()).toISOString() });
      rights = bucket.signed ?? "list-and-read";
    }
    if (bucket.requesterPays === true && request.headers["x-amz-request-payer"] !== "requester") rights = "nothing";
    const whole: Call = { request, response, bucketName, key, query: url.searchParams, rights };
    if (key === "") list(whole, bucket);
    else object(whole, bucket);
  }

  function list(call: Call, bucket: Bucket): undefined {
    const { query, rights } = call;
    if (rights !== "list-and-read") return fail(call, 403, "AccessDenied", { message: "Access Denied" });
    const prefix = query.get("prefix") ?? "";
    const size = Math.min(1000, Number(query.get("max-keys") ?? 1000));
    const from = Buffer.from(query.get("continuation-token") ?? "", "base64").toString("utf8");
    const all = Object.keys(bucket.objects)
      .filter((key) => key.startsWith(prefix) && newest(bucket, key)?.deleted !== true)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const start = from === "" ? 0 : all.indexOf(from) + 1;
    const page = all.slice(start, start + size);
    const last = start + size < all.length ? page.at(-1) : undefined;
    const wantsRestore = call.request.headers["x-amz-optional-object-attributes"] === "RestoreStatus";
    const body = awsListXml({
      bucket: call.bucketName,
      prefix,
      size,
      encoded: query.get("encoding-type") === "url",
      entries: page.map((key) => ({ key, version: newest(bucket, key) ?? { bytes: new Uint8Array() } })),
      next: last === undefined ? undefined : Buffer.from(last).toString("base64"),
      wantsRestore,
    });
    call.response.writeHead(200, { "content-type": "application/xml" });
    call.response.end(body);
  }

  function object(call: Call, bucket: Bucket): undefined {
    const { request, response, key, query, rights } = call;
    if (rights === "nothing") return fail(call, 403, "AccessDenied", { message: "Access Denied" });
    const wanted = query.get("versionId");
    const versions = versionsOf(bucket, key);
    const version = wanted === null ? versions[0] : versions.find(({ id }) => (id ?? "null") === wanted);
    const isHidden = rights !== "list-and-read";
    if (version === undefined) {
      if (versions.length > 0)
        return fail(call, 404, "NoSuchVersion", { message: "The specified version does not exist." });
      if (isHidden) return fail(call, 403, "AccessDenied", { message: "Access Denied" });
      return fail(call, 404, "NoSuchKey", { message: "The specified key does not exist." });
    }
    const versionHeader = version.id === undefined ? {} : { "x-amz-version-id": version.id };
    if (version.deleted === true) {
      return fail(call, 404, "NoSuchKey", {}, { ...versionHeader, "x-amz-delete-marker": "true" });
    }
    const archived = version.storageClass === "GLACIER" || version.storageClass === "DEEP_ARCHIVE";
    if (archived && version.restored !== true && request.method === "GET") {
      return fail(call, 403, "InvalidObjectState", {
        message: "The operation is not valid for the object's storage class",
      });
    }
    const { bytes } = version;
    const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;
    const range = rangeOf(request, etag, bytes.length);
    if (range === "beyond") return fail(call, 416, "InvalidRange", {}, { "content-range": `bytes */${bytes.length}` });
    const part = range === undefined ? bytes : bytes.subarray(range.start, range.end);
    const checksums =
      request.headers["x-amz-checksum-mode"] === "ENABLED" && range === undefined ? version.checksums : {};
    response.writeHead(range === undefined ? 200 : 206, {
      etag,
      "content-type": "binary/octet-stream",
      "last-modified": "Mon, 01 Jan 2024 00:00:00 GMT",
      "accept-ranges": "bytes",
      ...versionHeader,
      ...(version.storageClass === undefined ? {} : { "x-amz-storage-class": version.storageClass }),
      ...(version.restored === undefined
        ? {}
        : { "x-amz-restore": 'ongoing-request="false", expiry-date="Fri, 21 Dec 2040 00:00:00 GMT"' }),
      ...version.headers,
      ...checksums,
      ...(range === undefined ? {} : { "content-range": `bytes ${range.start}-${range.end - 1}/${bytes.length}` }),
      "content-length": part.length,
    });
    if (request.method === "HEAD" || cut === undefined || cut >= part.length) {
      response.end(request.method === "HEAD" ? undefined : part);
      return;
    }
    const shown = part.subarray(0, cut);
    cut = undefined;
    response.write(shown, () => setTimeout(() => response.destroy(), 20));
  }

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    asked,
    cutNext: (bytes) => {
      cut = bytes;
    },
    slowDown: (times) => {
      slow = times;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function versionsOf(bucket: Bucket, key: string): readonly StoredVersion[] {
  const stored = Object.hasOwn(bucket.objects, key) ? bucket.objects[key] : undefined;
  if (stored === undefined) return [];
  return stored instanceof Uint8Array ? [{ bytes: stored }] : stored;
}

const newest = (bucket: Bucket, key: string): StoredVersion | undefined => versionsOf(bucket, key)[0];

function rangeOf(
  { headers }: IncomingMessage,
  etag: string,
  length: number,
): { readonly start: number; readonly end: number } | "beyond" | undefined {
  const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  if (start === undefined || (headers["if-range"] !== undefined && headers["if-range"] !== etag)) return undefined;
  if (Number(start) >= length) return "beyond";
  return { start: Number(start), end: end === "" || end === undefined ? length : Math.min(length, Number(end) + 1) };
}
