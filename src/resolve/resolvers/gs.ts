import { z } from "zod";
import type { Answer } from "../../io/http.ts";
import type { Refusal, RemoteObject } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import { type GsRef, parseGs } from "../gs-address.ts";
import { GsClient, type GsError, gsRefusal } from "../gs-client.ts";
import { jsonOf } from "../json-bytes.ts";
import {
  foundFolder,
  foundObject,
  hexOfBase64,
  isEmptyPage,
  isFolderKey,
  type ObjectStore,
  type StorePage,
  sizeOf,
} from "../object-store.ts";
import { defineResolver, type Resolution, type Resolved } from "../resolver.ts";
import { authorizeWhereNeeded } from "../store-access.ts";

const Stored = z.lazy(() =>
  z.object({
    name: z.string().min(1),
    size: z.string(),
    generation: z.string().optional().catch(undefined),
    md5Hash: z.string().optional().catch(undefined),
    crc32c: z.string().optional().catch(undefined),
    contentType: z.string().optional().catch(undefined),
    contentEncoding: z.string().optional().catch(undefined),
    storageClass: z.string().optional().catch(undefined),
    updated: z.string().optional().catch(undefined),
    componentCount: z.number().optional().catch(undefined),
  }),
);

const Page = z.lazy(() =>
  z.object({
    kind: z.literal("storage#objects").optional(),
    items: z.array(Stored).optional(),
    nextPageToken: z.string().min(1).optional(),
  }),
);

const Failure = z.lazy(() =>
  z.object({
    error: z.object({
      message: z.string().optional().catch(undefined),
      errors: z
        .array(z.object({ reason: z.string().optional().catch(undefined) }))
        .optional()
        .catch(undefined),
    }),
  }),
);

const listedFields = "kind,nextPageToken,items(name,size,md5Hash,contentType,contentEncoding)";
/** Names that a page has at most, by the service. */
const PAGE_NAMES = 1000;
/** Characters of foreign text that are repeated. */
const TEXT_MAX_LENGTH = 200;

/**
 * Google Cloud Storage. A name stands for whatever was put there last; its generation is a number that is given to one
 * put alone, and pins it.
 */
export const gs = defineResolver<GsRef>({
  id: "gs",
  parse: parseGs,
  isPinned: isPinnedRef,
  async resolve(ref, context): Promise<Resolution> {
    const client = await GsClient.open(ref.bucket, context);
    if (isFolderKey(ref.key)) return folder(client, ref.key);
    const object = await one(client, ref);
    if (object.status === "found" || object.reason !== "not-found") return object;
    if (ref.generation !== undefined || ref.members !== undefined) return object;
    // People leave the last `/` away; that no object has this name is known by now.
    const below = await askPage(client, `${ref.key}/`);
    return below.status === "refused" || isEmptyPage(below) ? object : listed(client, `${ref.key}/`, below);
  },
});

function isPinnedRef({ key, generation }: GsRef): boolean {
  return !isFolderKey(key) && generation !== undefined;
}

async function one(client: GsClient, ref: GsRef): Promise<Resolution> {
  const { key, generation, members } = ref;
  const query = generation === undefined ? "" : `?generation=${generation}`;
  const answer = await client.ask(`o/${encodeURIComponent(key)}${query}`);
  if (answer.status === "refused") return answer;
  if (answer.refusal !== undefined)
    return gsRefusal(answer, errorOf(answer), { withToken: client.usesToken, generation });
  const { exchange } = answer;
  const stored = Stored.safeParse(jsonOf(answer.bytes)).data;
  const invalid = (what: string): Refusal => refuse("reply-invalid", what, { url: exchange.finalUrl });
  if (stored === undefined || stored.name !== key)
    return invalid("the answer is not about the object that was asked for");
  if (generation !== undefined && stored.generation !== generation) {
    const got = stored.generation?.slice(0, TEXT_MAX_LENGTH) ?? "none";
    return invalid(`generation \`${generation}\` was asked for, and the host gives \`${got}\``);
  }
  const told = objectOf(stored);
  if (told === undefined) return invalid("the object's size can not be read");
  return {
    ...foundObject(key, { ...client.at(key, generation), ...told }, members),
    pinned: isPinnedRef(ref),
    ...(stored.generation === undefined ? {} : { revision: stored.generation }),
    // The question was put to the object's description, not to its bytes: at depth `probe` it serves for both.
    exchange,
    ...access(client, factsOf(stored)),
  };
}

/**
 * The host's word on what will be read. An object that is stored gzipped is unpacked on its way to whoever does not ask
 * for gzip: its size and md5 are those of other bytes.
 */
function objectOf(stored: z.infer<typeof Stored>): Omit<RemoteObject, "path" | "url"> | undefined {
  const size = sizeOf(stored.size);
  if (size === undefined) return undefined;
  const { contentType: mediaType, contentEncoding = "" } = stored;
  const type = mediaType === undefined ? {} : { mediaType };
  if (contentEncoding !== "") return type;
  const md5 = hexOfBase64(stored.md5Hash, 16);
  return { size, ...(md5 === undefined ? {} : { digest: { md5 } }), ...type };
}

async function askPage(client: GsClient, prefix: string, next?: string): Promise<StorePage | Refusal> {
  const query = new URLSearchParams({ maxResults: String(PAGE_NAMES), fields: listedFields });
  if (prefix !== "") query.set("prefix", prefix);
  if (next !== undefined) query.set("pageToken", next);
  const answer = await client.ask(`o?${query}`);
  if (answer.status === "refused") return answer;
  if (answer.refusal !== undefined) {
    return gsRefusal(answer, errorOf(answer), { withToken: client.usesToken, generation: undefined });
  }
  const { exchange } = answer;
  const page = Page.safeParse(jsonOf(answer.bytes)).data;
  const entries = page?.items?.map((stored) => ({ key: stored.name, object: objectOf(stored) })) ?? [];
  const readable = entries.flatMap(({ key, object }) => (object === undefined ? [] : [{ key, object }]));
  // An answer without any of a listing's fields is no listing: `{}` would say that nothing is there.
  const isPage = page !== undefined && (page.kind ?? page.items) !== undefined && readable.length === entries.length;
  if (!isPage) return refuse("reply-invalid", "the answer is not a listing of the bucket", { url: exchange.finalUrl });
  const { nextPageToken } = page;
  return {
    status: "page",
    entries: readable,
    exchange,
    ...(nextPageToken === undefined ? {} : { next: nextPageToken }),
  };
}

async function folder(client: GsClient, prefix: string): Promise<Resolution> {
  const first = await askPage(client, prefix);
  if (first.status === "refused") {
    // Many buckets give their objects to everybody and their listing to nobody.
    if (first.httpStatus !== 403 && !(first.httpStatus === 401 && !client.usesToken)) return first;
    if (first.reason === "rate-limited") return first;
    const authorize = authorizeWhereNeeded(client);
    return {
      ...foundFolder(storeOf(client), prefix, undefined),
      authorize,
      facts: { bucket: client.bucket, listing: "denied" },
    };
  }
  if (!isEmptyPage(first)) return listed(client, prefix, first);
  const what = prefix === "" ? "the bucket is empty" : `no object's name begins with \`${prefix}\``;
  return refuse("not-found", what, { url: first.exchange.url });
}

function listed(client: GsClient, prefix: string, first: StorePage): Resolved {
  return { ...foundFolder(storeOf(client), prefix, first), ...access(client, {}) };
}

function storeOf(client: GsClient): ObjectStore {
  return { at: (key) => client.at(key), page: (prefix, next) => askPage(client, prefix, next) };
}

/** A token that was needed is a gate: whoever has none does not get in. */
function access(
  client: GsClient,
  facts: { readonly [name: string]: Json },
): Pick<Resolved, "gated" | "authorize" | "facts"> {
  const { bucket, base, isOperators, usesToken } = client;
  return {
    ...(usesToken ? { gated: "unknown" } : {}),
    authorize: client.authorize,
    facts: { bucket, ...(isOperators ? { endpoint: base } : {}), ...facts },
  };
}

function factsOf(stored: z.infer<typeof Stored>): { readonly [name: string]: Json } {
  const { crc32c, storageClass, updated, contentEncoding, componentCount } = stored;
  const facts = Object.entries({ crc32c, storageClass, updated, contentEncoding, componentCount });
  return Object.fromEntries(
    facts.flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === "string" ? value.slice(0, TEXT_MAX_LENGTH) : value]],
    ),
  );
}

function errorOf(answer: Answer): GsError | undefined {
  const failure = Failure.safeParse(jsonOf(answer.bytes)).data?.error;
  if (failure === undefined) return undefined;
  const reason = failure.errors?.[0]?.reason ?? "";
  return { message: (failure.message ?? "").slice(0, TEXT_MAX_LENGTH), reason: reason.slice(0, TEXT_MAX_LENGTH) };
}
