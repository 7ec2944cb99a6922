import type { RemoteObject } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import { type AzureRef, parseAzure } from "../azure-address.ts";
import { AzureClient, azureRefusal, isClosedListing } from "../azure-client.ts";
import { archivedTier, askPage } from "../azure-page.ts";
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
import { authorizeWhereNeeded } from "../store-access.ts";

/**
 * Azure Blob Storage. A name stands for whatever was put there last; a version id pins it, in accounts that keep
 * versions. `Content-MD5` is what the uploader said, and the service does not hold it against large blobs.
 */
export const azure = defineResolver<AzureRef>({
  id: "azure",
  parse: parseAzure,
  isPinned: isPinnedRef,
  async resolve(ref, context): Promise<Resolution> {
    const client = await AzureClient.open(ref, context);
    if (isFolderKey(ref.key)) return folder(client, ref.key);
    const blob = await one(client, ref);
    const isFolder = blob === "folder";
    if (!isFolder && (blob.status === "found" || blob.reason !== "not-found" || blob.errorCode !== "BlobNotFound"))
      return blob;
    if (!isFolder && (ref.version !== undefined || ref.members !== undefined)) return blob;
    // People leave the last `/` away; that no blob has this name is known by now.
    const below = await askPage(client, `${ref.key}/`);
    if (below.status === "page" && !isEmptyPage(below)) return listed(client, `${ref.key}/`, below);
    if (!isFolder) return blob;
    return below.status === "refused" ? below : nothingBelow(`${ref.key}/`, below);
  },
});

function isPinnedRef({ key, version }: AzureRef): boolean {
  return !isFolderKey(key) && version !== undefined;
}

async function one(client: AzureClient, ref: AzureRef): Promise<Resolution | "folder"> {
  const { key, version, members } = ref;
  const query = version === undefined ? "" : `versionid=${encodeURIComponent(version)}`;
  const answer = await client.ask("HEAD", key, query);
  if (answer.status === "refused") return answer;
  if (answer.refusal !== undefined) return azureRefusal(answer, { signed: client.signs, version });
  const { headers, exchange } = answer;
  if (headers["x-ms-resource-type"] === "directory" || headers["x-ms-meta-hdi_isfolder"] === "true") return "folder";
  const told = headers["x-ms-version-id"];
  if (version !== undefined && told !== version) {
    const got = told === undefined ? "names none" : `gives \`${told.slice(0, 200)}\``;
    const message = `version \`${version}\` was asked for, and the host ${got}`;
    return refuse("reply-invalid", message, { url: exchange.finalUrl });
  }
  const size = sizeOf(headers["content-length"]);
  const md5 = hexOfBase64(headers["content-md5"], 16);
  const mediaType = headers["content-type"];
  const refusal = archivedTier(headers["x-ms-access-tier"]);
  const object: Omit<RemoteObject, "path"> = {
    ...client.at(key, query),
    ...(size === undefined ? {} : { size }),
    ...(md5 === undefined ? {} : { digest: { md5 } }),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(refusal === undefined ? {} : { refusal }),
  };
  return {
    ...foundObject(key, object, members),
    pinned: isPinnedRef(ref),
    ...(told === undefined ? {} : { revision: told }),
    exchange,
    ...access(client, headerFacts(headers, shownHeaders)),
  };
}

async function folder(client: AzureClient, prefix: string): Promise<Resolution> {
  const first = await askPage(client, prefix);
  if (first.status === "page") return isEmptyPage(first) ? nothingBelow(prefix, first) : listed(client, prefix, first);
  if (!isClosedListing(first)) return first;
  // Many containers give their blobs to everybody and their listing to nobody.
  const authorize = authorizeWhereNeeded(client);
  return {
    ...foundFolder(storeOf(client), prefix, undefined),
    authorize,
    facts: { container: client.base, listing: "denied" },
  };
}

function nothingBelow(prefix: string, { exchange }: StorePage): Resolution {
  const what = prefix === "" ? "the container is empty" : `no blob's name begins with \`${prefix}\``;
  return refuse("not-found", what, { url: exchange.finalUrl });
}

function listed(client: AzureClient, prefix: string, first: StorePage): Resolved {
  return { ...foundFolder(storeOf(client), prefix, first), ...access(client, {}) };
}

function storeOf(client: AzureClient): ObjectStore {
  return { at: (key) => client.at(key), page: (prefix, next) => askPage(client, prefix, next) };
}

/** A signature of the environment that was needed is a gate: whoever has none does not get in. */
function access(
  client: AzureClient,
  facts: { readonly [name: string]: Json },
): Pick<Resolved, "gated" | "authorize" | "facts"> {
  return {
    ...(client.isGate ? { gated: "unknown" } : {}),
    authorize: client.authorize,
    facts: { container: client.base, ...facts },
  };
}

/** Headers with a fact that a report may show, and what it is called there. */
const shownHeaders: { readonly [header: string]: string } = {
  etag: "etag",
  "last-modified": "lastModified",
  "content-encoding": "contentEncoding",
  "x-ms-blob-type": "blobType",
  "x-ms-access-tier": "accessTier",
  "x-ms-archive-status": "archiveStatus",
};
