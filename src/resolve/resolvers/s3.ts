import type { Answer } from "../../io/http.ts";
import type { DigestSet } from "../../model/digest.ts";
import type { RemoteObject } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import {
  foundFolder,
  foundObject,
  headerFacts,
  hexOfBase64,
  isEmptyPage,
  isFolderKey,
  type ObjectStore,
  type StorePage,
  sizeOf,
} from "../object-store.ts";
import { defineResolver, type Resolution, type Resolved } from "../resolver.ts";
import { parseS3, type S3Ref } from "../s3-address.ts";
import { archivedByHeaders } from "../s3-archive.ts";
import { S3Client } from "../s3-client.ts";
import { askPage } from "../s3-page.ts";
import { isPlainDenial, s3Refusal } from "../s3-refusal.ts";
import { authorizeWhereNeeded } from "../store-access.ts";

/**
 * Amazon S3 and what speaks its protocol. A key stands for whatever was put there last, so only a version id pins, and
 * only one object. The ETag is an opaque word: it is an md5 of the bytes for some objects and of something else for
 * others (parts, encryption with a managed key), and nothing in the answer proves which, so it is never a digest here.
 */
export const s3 = defineResolver<S3Ref>({
  id: "s3",
  parse: parseS3,
  isPinned: isPinnedRef,
  async resolve(ref, context): Promise<Resolution> {
    const client = await S3Client.open(ref, context);
    if (isFolderKey(ref.key)) return folder(client, ref.key);
    const object = await one(client, ref);
    if (object.status === "found" || object.reason !== "not-found" || object.errorCode !== "NoSuchKey") return object;
    if (ref.version !== undefined || ref.members !== undefined) return object;
    // People leave the last `/` away; that no object has this name is known by now.
    const below = await askPage(client, `${ref.key}/`);
    return below.status === "refused" || isEmptyPage(below) ? object : listed(client, `${ref.key}/`, below);
  },
});

/** Bytes of an error document. */
const ERROR_MAX_BYTES = 64 * 1024;

/** The `null` version is the one that is written over. */
function isPinnedRef({ key, version }: S3Ref): boolean {
  return !isFolderKey(key) && version !== undefined && version !== "null";
}

async function one(client: S3Client, ref: S3Ref): Promise<Resolution> {
  const { key, version } = ref;
  const query = version === undefined ? "" : `versionId=${encodeURIComponent(version)}`;
  const head = await client.ask({ method: "HEAD", key, query, headers: { "x-amz-checksum-mode": "ENABLED" } });
  if (head.status === "refused") return head;
  if (head.refusal === undefined) return objectOf(client, ref, head, query);
  // A refused HEAD has no text: the same question for one byte tells the host's own code.
  const byte = await client.ask({
    method: "GET",
    key,
    query,
    headers: { range: "bytes=0-0" },
    maxBytes: ERROR_MAX_BYTES,
  });
  if (byte.status === "refused") return byte;
  // Of an empty object no byte can be had.
  const isThere =
    byte.refusal === undefined || (byte.httpStatus === 416 && byte.headers["content-range"] === "bytes */0");
  if (isThere) return objectOf(client, ref, byte, query);
  const deleted = [head, byte].some(({ headers }) => headers["x-amz-delete-marker"] === "true");
  return s3Refusal(byte, { signed: client.signs, unsupported: client.unsupported, deleted });
}

function objectOf(client: S3Client, ref: S3Ref, { headers, exchange }: Answer, query: string): Resolution {
  const told = headers["x-amz-version-id"];
  if (ref.version !== undefined && told !== ref.version) {
    const got = told === undefined ? "names none" : `gives \`${told.slice(0, 200)}\``;
    const message = `version \`${ref.version.slice(0, 200)}\` was asked for, and the host ${got}`;
    return refuse("reply-invalid", message, { url: exchange.url });
  }
  const size = sizeOf(/\/(\d+)$/.exec(headers["content-range"] ?? "")?.[1] ?? headers["content-length"]);
  const digest = checksums(headers);
  const mediaType = headers["content-type"];
  const refusal = archivedByHeaders(headers);
  const object: Omit<RemoteObject, "path"> = {
    ...client.at(ref.key, query),
    ...(size === undefined ? {} : { size }),
    ...(Object.keys(digest).length === 0 ? {} : { digest }),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(refusal === undefined ? {} : { refusal }),
  };
  return {
    ...foundObject(ref.key, object, ref.members),
    pinned: isPinnedRef(ref),
    ...(told === undefined || told === "null" ? {} : { revision: told }),
    exchange,
    ...access(client, headers),
  };
}

async function folder(client: S3Client, prefix: string): Promise<Resolution> {
  const first = await askPage(client, prefix);
  if (first.status === "refused") {
    // Many buckets give their objects to everybody and their listing to nobody.
    if (!isPlainDenial(first)) return first;
    const authorize = authorizeWhereNeeded(client);
    return {
      ...foundFolder(storeOf(client), prefix, undefined),
      authorize,
      facts: factsOf(client, { listing: "denied" }),
    };
  }
  if (!isEmptyPage(first)) return listed(client, prefix, first);
  const what = prefix === "" ? "the bucket is empty" : `no key begins with \`${prefix}\``;
  return refuse("not-found", what, { url: first.exchange.url });
}

function listed(client: S3Client, prefix: string, first: StorePage): Resolved {
  return { ...foundFolder(storeOf(client), prefix, first), ...access(client, {}) };
}

function storeOf(client: S3Client): ObjectStore {
  return { at: (key) => client.at(key), page: (prefix, next) => askPage(client, prefix, next) };
}

/** What stands between the public and the bucket, and how it is passed. */
function access(client: S3Client, headers: Answer["headers"]): Pick<Resolved, "gated" | "authorize" | "facts"> {
  return {
    // Keys that were needed are a gate: whoever has none does not get in.
    ...(client.signs ? { gated: "unknown" } : {}),
    authorize: client.authorize,
    facts: factsOf(client, headerFacts(headers, shownHeaders)),
  };
}

function factsOf(client: S3Client, more: { readonly [name: string]: Json }): { readonly [name: string]: Json } {
  const { bucket, region, endpoint, signs } = client;
  return { bucket, ...(endpoint === undefined ? { region } : { endpoint }), signed: signs, ...more };
}

/** Headers with a fact that a report may show, and what it is called there. */
const shownHeaders: { readonly [header: string]: string } = {
  etag: "etag",
  "last-modified": "lastModified",
  "content-encoding": "contentEncoding",
  "x-amz-storage-class": "storageClass",
  "x-amz-restore": "restore",
  "x-amz-archive-status": "archiveStatus",
  "x-amz-request-charged": "requestCharged",
  "x-amz-server-side-encryption": "encryption",
  "x-amz-checksum-type": "checksumType",
  "x-amz-checksum-crc32": "crc32",
  "x-amz-checksum-crc32c": "crc32c",
  "x-amz-checksum-crc64nvme": "crc64nvme",
  "x-amz-checksum-sha1": "sha1",
  "x-amz-checksum-sha256": "sha256",
};

/** The host's checksums of the whole object. One made of parts' checksums (`COMPOSITE`, `-3` at its end) is none of the bytes. */
function checksums(headers: Answer["headers"]): DigestSet {
  if ((headers["x-amz-checksum-type"] ?? "FULL_OBJECT") !== "FULL_OBJECT") return {};
  const sha256 = hexOfBase64(headers["x-amz-checksum-sha256"], 32);
  const sha1 = hexOfBase64(headers["x-amz-checksum-sha1"], 20);
  return { ...(sha256 === undefined ? {} : { sha256 }), ...(sha1 === undefined ? {} : { sha1 }) };
}
