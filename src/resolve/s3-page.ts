/** One page of a bucket's listing (ListObjectsV2). */

import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { decodePart, type StoreEntry, type StorePage, sizeOf } from "./object-store.ts";
import { archivedRefusal, isArchiveClass } from "./s3-archive.ts";
import type { S3Client } from "./s3-client.ts";
import { s3Refusal } from "./s3-refusal.ts";
import { childOf, childText, parseXml, type XmlElement } from "./xml.ts";

/** Keys that a page has at most, by the protocol. */
const PAGE_KEYS = 1000;

/** Asks for the keys that begin with `prefix`, from where `next` says. */
export async function askPage(client: S3Client, prefix: string, next?: string): Promise<StorePage | Refusal> {
  const query = [
    ["list-type", "2"],
    // XML can not carry every character that a key may have.
    ["encoding-type", "url"],
    ["max-keys", String(PAGE_KEYS)],
    ...(prefix === "" ? [] : [["prefix", prefix]]),
    ...(next === undefined ? [] : [["continuation-token", next]]),
  ];
  const answer = await client.ask({
    method: "GET",
    key: "",
    query: query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&"),
    headers: { "x-amz-optional-object-attributes": "RestoreStatus" },
  });
  if (answer.status === "refused") return answer;
  if (answer.refusal !== undefined) {
    return s3Refusal(answer, { signed: client.signs, unsupported: client.unsupported, deleted: false });
  }
  const { exchange, bytes } = answer;
  const invalid = (what: string): Refusal => refuse("reply-invalid", what, { url: exchange.finalUrl });
  const root = parseXml(new TextDecoder().decode(bytes));
  if (root?.name !== "ListBucketResult") return invalid("the answer is not a listing of S3");
  const decode = childText(root, "EncodingType") === "url" ? decodeKey : (key: string) => key;
  const entries: StoreEntry[] = [];
  for (const child of root.children) {
    if (child.name !== "Contents") continue;
    const entry = entryOf(child, decode, client.endpoint === undefined);
    if (entry === undefined) return invalid("an entry of the listing has no key or no size that can be read");
    entries.push(entry);
  }
  if (childText(root, "IsTruncated") !== "true") return { status: "page", entries, exchange };
  const token = childText(root, "NextContinuationToken") ?? "";
  return token === ""
    ? invalid("the listing goes on, and the host does not say where")
    : { status: "page", entries, next: token, exchange };
}

/** As the AWS tools read it: a blank comes as `+`. */
const decodeKey = (key: string): string | undefined => decodePart(key.replaceAll("+", " "));

function entryOf(
  element: XmlElement,
  decode: (key: string) => string | undefined,
  isAws: boolean,
): StoreEntry | undefined {
  const written = childText(element, "Key") ?? "";
  const key = decode(written);
  const size = sizeOf(childText(element, "Size"));
  if (key === undefined || key === "" || size === undefined) return undefined;
  const storageClass = childText(element, "StorageClass");
  const isRestored = childText(childOf(element, "RestoreStatus"), "RestoreExpiryDate") !== undefined;
  // Elsewhere than at AWS nobody says whether an archived object was restored: then its own answer tells.
  if (isAws && isArchiveClass(storageClass) && !isRestored) {
    return { key, object: { size, refusal: archivedRefusal(storageClass ?? "") } };
  }
  return { key, object: { size } };
}
