import { z } from "zod";
import type { Refusal, RemoteObject } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import { browserUrl, doiOf } from "../browser-url.ts";
import { explained } from "../explained.ts";
import { bearing, type HostBase, hostBase } from "../host-base.ts";
import { hostDigest, withDigest } from "../host-digest.ts";
import { defineResolver, type Resolution } from "../resolver.ts";
import { type Selection, select, selectionOf } from "../selection.ts";

type Ref = {
  /** A record's number: of one version, or of all versions together, which only the host can tell apart. */
  readonly id: string;
  /** The location's revision: the number of the version meant, or what its author calls it. */
  readonly revision?: string;
  readonly selection: Selection;
};

const Id = z.lazy(() => z.union([z.int().nonnegative(), z.string().regex(/^\d{1,15}$/)]).transform(String));

/** Files come in two shapes: `key`, and `filename` as deposits and a few weeks of 2023 have it. One record has one. */
const File = z.lazy(() =>
  z.object({
    key: z.string().optional(),
    filename: z.string().optional(),
    size: z.int().nonnegative().optional(),
    filesize: z.int().nonnegative().optional(),
    checksum: z.string().optional(),
    links: z
      .object({ self: z.string().optional().catch(undefined) })
      .optional()
      .catch(undefined),
  }),
);

const Record = z.lazy(() =>
  z.object({
    id: Id,
    conceptrecid: Id.optional(),
    files: z.array(File).optional(),
    status: z.string().optional().catch(undefined),
    submitted: z.boolean().optional().catch(undefined),
    metadata: z.object({
      access_right: z.string().nullish(),
      embargo_date: z.string().nullish().catch(undefined),
      version: z.string().nullish().catch(undefined),
      license: z
        .union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])
        .nullish()
        .catch(undefined),
    }),
  }),
);
type Record = z.output<typeof Record>;

/** Words of a record that go into messages and reports. UTF-16 units. */
const wordMaxLength = 200;

/**
 * Zenodo. The files of a published record never change: a change is a new record with a number of its own. A further
 * number (the concept) stands for whatever version is the newest; it is written the same way.
 */
export const zenodo = defineResolver<Ref>({
  id: "zenodo",
  parse(location) {
    const place = placeOf(location.uri);
    const selection = place && selectionOf(location, place.file);
    if (place === undefined || selection === undefined) return undefined;
    const { revision } = location;
    return { id: place.id, ...(revision === undefined ? {} : { revision }), selection };
  },
  // A concept's number is found out when the host is asked.
  isPinned: () => true,
  async resolve(ref, context) {
    const base = hostBase(context, "zenodo", "https://zenodo.org/");
    const token = await context.setting("zenodo.token");
    const authorization = bearing("authorization", token && `Bearer ${token}`);
    const asked = numberIn(ref.revision) ?? ref.id;
    const { url: origin, operatorEndpoint } = base;
    const url = `${origin}api/records/${asked}`;
    const request = { url, signal: context.signal, operatorEndpoint };
    const reply = await context.http.json(authorization ? { ...request, authorization } : request, Record);
    if (reply.status !== "ok") return explained(reply, meanings);
    const found = await foundRecord(ref, asked, reply.body, base);
    if (found.status !== "found") return { url, ...found };
    const authorize = async (object: Pick<RemoteObject, "url">) => (base.owns(object.url) ? authorization : undefined);
    return { ...found, exchange: reply.exchange, authorize };
  },
});

const meanings = {
  "not-found": "no record is published under this number; a draft would look the same",
  gone: "the record was withdrawn; its page says why",
  forbidden: "a record that is not for everybody, or the host refuses this client",
} as const;

function placeOf(uri: string): { readonly id: string; readonly file?: string } | undefined {
  const short = /^zenodo:(\d{1,15})$/i.exec(uri)?.[1] ?? /^10\.5281\/zenodo\.(\d{1,15})$/i.exec(doiOf(uri) ?? "")?.[1];
  if (short !== undefined) return { id: short };
  const url = browserUrl(uri);
  if (url?.host !== "zenodo.org") return undefined;
  const [kind = "", id, below, ...name] = url.segments[0] === "api" ? url.segments.slice(1) : url.segments;
  if (!/^records?$/.test(kind) || id === undefined || numberIn(id) === undefined) return undefined;
  if (below === undefined) return { id };
  const rest = name.at(-1) === "content" && url.segments[0] === "api" ? name.slice(0, -1) : name;
  return /^(?:files|preview)$/.test(below) && rest.length > 0 ? { id, file: rest.join("/") } : undefined;
}

function numberIn(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? text : undefined;
}

async function foundRecord(ref: Ref, asked: string, record: Record, base: HostBase): Promise<Resolution> {
  const { id, conceptrecid: concept, metadata } = record;
  const version = metadata.version?.slice(0, wordMaxLength);
  if (id !== asked && concept !== asked) return refuse("reply-invalid", `the answer is about record \`${id}\``);
  if (ref.id !== asked && concept !== ref.id) {
    return refuse("revision-not-found", `record \`${asked}\` is no version of \`${ref.id}\``);
  }
  const isNamed = ref.revision !== undefined && numberIn(ref.revision) === undefined;
  if (isNamed && version !== ref.revision) {
    const named = version === undefined ? "names no version" : `is version \`${version}\``;
    return refuse("revision-not-found", `record \`${id}\` ${named}, and not \`${ref.revision?.slice(0, 100)}\``);
  }
  const closed = closedTo(record);
  if (closed !== undefined) return closed;
  const { access_right: access } = metadata;
  if (record.files === undefined) return refuse("reply-invalid", `the answer says nothing of the files of \`${id}\``);
  const objects = objectsOf(id, record.files, base);
  if ("status" in objects) return objects;
  async function* list(): AsyncGenerator<RemoteObject> {
    yield* objects as readonly RemoteObject[];
  }
  const selected = await select(list, ref.selection, `record \`${id}\``);
  if ("status" in selected) return selected;
  const isConcept = concept === asked;
  const isDraft = record.status === "draft" || record.submitted === false;
  const facts: { [name: string]: Json } = { record: id };
  if (concept !== undefined) facts.concept = concept;
  if (version !== undefined) facts.version = version;
  if (access != null) facts.access = access.slice(0, wordMaxLength);
  if (isDraft) facts.draft = true;
  return {
    status: "found",
    revision: id,
    ...(isNamed ? { revisionIsName: true } : {}),
    pinned: !isConcept && !isDraft,
    ...(metadata.license ? { licensePublished: metadata.license.slice(0, wordMaxLength) } : {}),
    ...(access == null || access === "open" ? {} : { gated: access === "restricted" ? "manual" : "unknown" }),
    ...selected,
    ...(isConcept ? { signs: [{ code: "version-chosen", at: id, detail: "the newest version" }] } : {}),
    facts,
  };
}

/** A record that is there, and whose files are not shown to us: to call them missing would be wrong. */
function closedTo({ id, files, metadata }: Record): Refusal | undefined {
  const { access_right: access, embargo_date: until } = metadata;
  if (access == null || access === "open" || (files !== undefined && files.length > 0)) return undefined;
  switch (access) {
    case "restricted":
      return refuse("gated", `record \`${id}\` is there; who wants its files has to ask its owner`);
    case "embargoed":
      return refuse(
        "gated",
        `record \`${id}\` is there; its files are under embargo until \`${(until ?? "?").slice(0, 40)}\``,
      );
    default:
      return refuse("forbidden", `record \`${id}\` is there; access to its files is \`${access.slice(0, 40)}\``);
  }
}

function objectsOf(id: string, files: NonNullable<Record["files"]>, base: HostBase): readonly RemoteObject[] | Refusal {
  const isLegacy = files.every(({ key }) => key !== undefined);
  if (!isLegacy && !files.every(({ filename }) => filename !== undefined)) {
    return refuse("reply-invalid", `the answer names the files of \`${id}\` in no known way`);
  }
  return files.map((file) => {
    const path = (isLegacy ? file.key : file.filename) ?? "";
    const name = path.split("/").map(encodeURIComponent).join("/");
    const own = isLegacy
      ? `${base.url}api/records/${id}/files/${name}/content`
      : `${base.url}records/${id}/files/${name}?download=1`;
    // The links of the newer shape lead nowhere.
    const url = isLegacy && namesFile(file.links?.self, path) ? new URL(file.links?.self ?? own).href : own;
    const size = file.size ?? file.filesize;
    return {
      path,
      url,
      ...(size === undefined ? {} : { size }),
      ...withDigest(digestOf(file.checksum)),
      ...base.mark(url),
      listed: true,
    };
  });
}

/** The host does not encode the names in its links, so that a `#`, `?` or `%` in one leads to another address. */
function namesFile(link: string | undefined, path: string): boolean {
  if (link === undefined || !/^https?:\/\//i.test(link) || !URL.canParse(link)) return false;
  const { pathname, search, hash } = new URL(link);
  try {
    const decoded = decodeURIComponent(pathname);
    return search === "" && hash === "" && (decoded.endsWith(`/${path}`) || decoded.endsWith(`/${path}/content`));
  } catch {
    return false;
  }
}

/** `md5:<hex>`, or the hex alone, which is md5 as well. */
function digestOf(checksum: string | undefined) {
  const [, algorithm = "md5", hex] = /^(?:(md5|sha1|sha256|sha512):)?([0-9a-f]{1,128})$/i.exec(checksum ?? "") ?? [];
  return hostDigest(algorithm.toLowerCase() as "md5" | "sha1" | "sha256" | "sha512", hex);
}
