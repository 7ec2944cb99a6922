/** One page of a container's listing (List Blobs). */

import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { type AzureClient, azureRefusal } from "./azure-client.ts";
import { decodePart, hexOfBase64, type StoreEntry, type StorePage, sizeOf } from "./object-store.ts";
import { childOf, childText, parseXml, type XmlElement } from "./xml.ts";

/** Blobs that a page has at most, by the protocol. */
const PAGE_BLOBS = 5000;

/** Asks for the blobs whose names begin with `prefix`, from where `next` says. */
export async function askPage(client: AzureClient, prefix: string, next?: string): Promise<StorePage | Refusal> {
  const query = [
    ["restype", "container"],
    ["comp", "list"],
    ["maxresults", String(PAGE_BLOBS)],
    ...(prefix === "" ? [] : [["prefix", prefix]]),
    ...(next === undefined ? [] : [["marker", next]]),
  ];
  const answer = await client.ask("GET", "", query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&"));
  if (answer.status === "refused") return answer;
  if (answer.refusal !== undefined) return azureRefusal(answer, { signed: client.signs, version: undefined });
  const { exchange, bytes } = answer;
  const root = parseXml(new TextDecoder().decode(bytes));
  const blobs = root?.name === "EnumerationResults" ? childOf(root, "Blobs") : undefined;
  const invalid = (what: string): Refusal => refuse("reply-invalid", what, { url: exchange.finalUrl });
  if (blobs === undefined) return invalid("the answer is not a listing of Azure");
  const entries: StoreEntry[] = [];
  for (const child of blobs.children) {
    if (child.name !== "Blob" || isFolder(child)) continue;
    const entry = entryOf(child);
    if (entry === undefined) return invalid("an entry of the listing has no name or no size that can be read");
    entries.push(entry);
  }
  const marker = childText(root, "NextMarker") ?? "";
  return { status: "page", entries, exchange, ...(marker === "" ? {} : { next: marker }) };
}

/** Accounts that know folders list them between their files. */
const isFolder = (blob: XmlElement): boolean => childText(childOf(blob, "Properties"), "ResourceType") === "directory";

function entryOf(blob: XmlElement): StoreEntry | undefined {
  const name = childOf(blob, "Name");
  const properties = childOf(blob, "Properties");
  // Names that XML can not carry come percent-encoded.
  const key = name?.attributes.Encoded === "true" ? decodePart(name.text) : name?.text;
  const size = sizeOf(childText(properties, "Content-Length"));
  if (key === undefined || key === "" || size === undefined) return undefined;
  const md5 = hexOfBase64(childText(properties, "Content-MD5"), 16);
  const mediaType = childText(properties, "Content-Type") ?? "";
  const refusal = archivedTier(childText(properties, "AccessTier"));
  return {
    key,
    object: {
      size,
      ...(md5 === undefined ? {} : { digest: { md5 } }),
      ...(mediaType === "" ? {} : { mediaType }),
      ...(refusal === undefined ? {} : { refusal }),
    },
  };
}

/** What is said of a blob in the one tier that can not be read; while it is restored it stays there. */
export const archivedTier = (tier: string | undefined): Refusal | undefined =>
  tier === "Archive"
    ? refuse("archived", "the blob is archived (`Archive`), and has to be restored before it can be read")
    : undefined;
