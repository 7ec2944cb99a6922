/**
 * A server that speaks the JSON API of Google Cloud Storage as its documentation has it: descriptions, pages,
 * generations, media with their hashes, and who may list or read. Google's own Python client is its judge (gs.test.ts).
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";

/** One generation of an object. */
export interface Generation {
  readonly bytes: Uint8Array;
  readonly generation: string;
  /** `gzip`: unpacked on its way to whoever does not ask for gzip. */
  readonly contentEncoding?: "gzip";
}

export interface GsBucket {
  /** What a question without a token may do. */
  readonly anonymous: "list-and-read" | "read" | "nothing";
  /** What one with the token may do. Default: everything. */
  readonly withToken?: "list-and-read" | "read" | "nothing";
  readonly requesterPays?: true;
  /** Generations of a name, the newest first. */
  readonly objects: { readonly [name: string]: readonly Generation[] };
}

export interface GsServer {
  /** With a `/` at the end. */
  readonly url: string;
  readonly asked: readonly { readonly url: string; readonly headers: IncomingMessage["headers"] }[];
  close(): Promise<void>;
}

export async function startGs(buckets: { readonly [name: string]: GsBucket }, token: string): Promise<GsServer> {
  const asked: { url: string; headers: IncomingMessage["headers"] }[] = [];

  function fail(response: ServerResponse, status: number, reason: string, message: string): undefined {
    response.writeHead(status, { "content-type": "application/json; charset=UTF-8" });
    response.end(JSON.stringify({ error: { code: status, message, errors: [{ message, domain: "global", reason }] } }));
  }

  function handle(request: IncomingMessage, response: ServerResponse): undefined {
    asked.push({ url: request.url ?? "", headers: request.headers });
    const url = new URL(request.url ?? "/", "http://host");
    const [, download, bucketName = "", rest] =
      /^(\/download)?\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    const bucket = Object.hasOwn(buckets, bucketName) ? buckets[bucketName] : undefined;
    if (bucket === undefined) return fail(response, 404, "notFound", "The specified bucket does not exist.");
    const given = request.headers.authorization;
    if (given !== undefined && given !== `Bearer ${token}`) {
      return fail(response, 401, "authError", "Invalid Credentials");
    }
    if (bucket.requesterPays === true) {
      return fail(response, 400, "required", "Bucket is a requester pays bucket but no user project provided.");
    }
    const rights = given === undefined ? bucket.anonymous : (bucket.withToken ?? "list-and-read");
    const isAllowed = rest === undefined ? rights === "list-and-read" : rights !== "nothing";
    const name = rest === undefined ? undefined : decodeURIComponent(rest);
    const hidden = name !== undefined && bucket.objects[name] === undefined && rights !== "list-and-read";
    if (!isAllowed || hidden) {
      const who = given === undefined ? "Anonymous caller" : "somebody@example.org";
      const what = rest === undefined ? "storage.objects.list" : "storage.objects.get";
      const status = given === undefined ? 401 : 403;
      const message = `${who} does not have ${what} access to the Google Cloud Storage ${rest === undefined ? "bucket" : "object"}. Permission '${what}' denied on resource (or it may not exist).`;
      return fail(response, status, status === 401 ? "required" : "forbidden", message);
    }
    if (name === undefined) list(response, bucketName, bucket, url.searchParams);
    else object(request, response, bucketName, bucket, name, url.searchParams, download !== undefined);
  }

  function list(response: ServerResponse, bucketName: string, bucket: GsBucket, query: URLSearchParams): void {
    const prefix = query.get("prefix") ?? "";
    const size = Math.min(1000, Number(query.get("maxResults") ?? 1000));
    const names = Object.keys(bucket.objects)
      .filter((name) => name.startsWith(prefix))
      .sort();
    const start = Number(query.get("pageToken") ?? 0);
    const items = names.slice(start, start + size).flatMap((name) => {
      const [newest] = bucket.objects[name] ?? [];
      return newest === undefined ? [] : [describe(bucketName, name, newest)];
    });
    const next = start + size < names.length ? { nextPageToken: String(start + size) } : {};
    response.writeHead(200, { "content-type": "application/json; charset=UTF-8" });
    response.end(JSON.stringify({ kind: "storage#objects", ...next, ...(items.length === 0 ? {} : { items }) }));
  }

  function object(
    request: IncomingMessage,
    response: ServerResponse,
    bucketName: string,
    bucket: GsBucket,
    name: string,
    query: URLSearchParams,
    isDownload: boolean,
  ): undefined {
    const wanted = query.get("generation");
    const all = bucket.objects[name] ?? [];
    const found = wanted === null ? all[0] : all.find(({ generation }) => generation === wanted);
    if (found === undefined) return fail(response, 404, "notFound", `No such object: ${bucketName}/${name}`);
    if (!isDownload && query.get("alt") !== "media") {
      response.writeHead(200, { "content-type": "application/json; charset=UTF-8" });
      response.end(JSON.stringify(describe(bucketName, name, found)));
      return;
    }
    const { md5Hash, generation } = describe(bucketName, name, found);
    const unpacks = found.contentEncoding === "gzip" && !/gzip/.test(String(request.headers["accept-encoding"] ?? ""));
    const bytes = unpacks ? gunzipSync(found.bytes) : found.bytes;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? Number.NaN);
    const isPart = !Number.isNaN(from) && !unpacks;
    const part = isPart ? bytes.subarray(from) : bytes;
    response.writeHead(isPart ? 206 : 200, {
      "content-type": "application/octet-stream",
      "x-goog-generation": generation,
      "x-goog-hash": `md5=${md5Hash}`,
      etag: `"${generation}"`,
      ...(found.contentEncoding !== undefined && !unpacks ? { "content-encoding": found.contentEncoding } : {}),
      ...(isPart ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
      ...(unpacks ? {} : { "content-length": part.length }),
    });
    response.end(part);
  }

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function describe(bucket: string, name: string, { bytes, generation, contentEncoding }: Generation) {
  return {
    kind: "storage#object",
    bucket,
    name,
    size: String(bytes.length),
    generation,
    metageneration: "1",
    contentType: "application/octet-stream",
    storageClass: "STANDARD",
    md5Hash: createHash("md5").update(bytes).digest("base64"),
    updated: "2024-01-01T00:00:00.000Z",
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
  };
}
