import { z } from "zod";
import type { Refusal, RemoteObject } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import { explained } from "../explained.ts";
import { bearing, type HostBase, hostBase } from "../host-base.ts";
import { listOsf, type OsfAsk, OsfFile, osfObject } from "../osf-files.ts";
import { type OsfRef, parseOsf } from "../osf-location.ts";
import { defineResolver, type Resolution, type ResolveContext, type Resolved } from "../resolver.ts";
import { select } from "../selection.ts";

const Related = z.lazy(() =>
  z.object({
    data: z.object({ id: z.string() }).nullish().catch(undefined),
    links: z
      .object({ related: z.union([z.string(), z.object({ href: z.string() }).transform(({ href }) => href)]) })
      .nullish()
      .catch(undefined),
  }),
);

/** Whatever a guid stands for: the host answers with the thing itself. */
const Referent = z.lazy(() =>
  z.object({
    data: z.object({
      id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
      type: z.string(),
      attributes: z
        .object({ withdrawn: z.boolean().nullish(), title: z.string().nullish() })
        .nullish()
        .catch(undefined),
      relationships: z
        .object({
          license: Related.nullish().catch(undefined),
          primary_file: Related.nullish().catch(undefined),
        })
        .nullish()
        .catch(undefined),
    }),
  }),
);
type Referent = z.output<typeof Referent>["data"];

const FileReply = z.lazy(() => z.object({ data: OsfFile }));
const VersionReply = z.lazy(() =>
  z.object({ data: z.object({ attributes: z.object({ size: z.int().nonnegative().nullish() }) }) }),
);
const LicenseReply = z.lazy(() => z.object({ data: z.object({ attributes: z.object({ name: z.string() }) }) }));

/** Words of a project that go into messages and reports. UTF-16 units. */
const wordMaxLength = 200;
/** Where OSF keeps files of its own, with versions and digests. */
const ownStorage = "osfstorage";

/**
 * The Open Science Framework. A project's files change at any time, and no id stands for their state; a registration
 * is frozen for good. A single file has versions that stay.
 */
export const osf = defineResolver<OsfRef>({
  id: "osf",
  parse: parseOsf,
  isPinned: ({ version }) => version !== undefined,
  async resolve(ref, context) {
    const family = ["https://files.osf.io", "https://files.us.osf.io", "https://osf.io"];
    const base = hostBase(context, "osf", "https://api.osf.io/v2/", family);
    const token = await context.setting("osf.token");
    const authorization = bearing("authorization", token && `Bearer ${token}`);
    const { http, signal } = context;
    const ask: OsfAsk = (path) => {
      const request = { url: `${base.url}${path}`, signal, operatorEndpoint: base.operatorEndpoint };
      return authorization === undefined ? request : { ...request, authorization };
    };
    const reply = await http.json(ask(`guids/${ref.guid}/`), Referent);
    if (reply.status !== "ok") return explained(reply, meanings);
    const found = await foundReferent(ref, reply.body.data, { base, ask, http });
    if (found.status !== "found") return { url: reply.exchange.url, ...explained(found, meanings) };
    const authorize: Resolved["authorize"] = async ({ url }) => (base.owns(url) ? authorization : undefined);
    return { ...found, exchange: reply.exchange, authorize };
  },
});

const meanings = {
  "authentication-required": "it is there, and private",
  forbidden: "it is there, and private to others",
  gone: "it was deleted",
} as const;

interface Asking {
  readonly base: HostBase;
  readonly ask: OsfAsk;
  readonly http: ResolveContext["http"];
}

async function foundReferent(ref: OsfRef, referent: Referent, asking: Asking): Promise<Resolution> {
  const { id, type } = referent;
  if (ref.file !== undefined) return foundFile(ref, ref.file, asking);
  switch (type) {
    case "files":
      return foundFile(ref, id, asking);
    case "preprints": {
      const file = idOf(referent.relationships?.primary_file);
      if (file === undefined) return refuse("reply-invalid", `the answer names no file of the preprint \`${id}\``);
      const found = await foundFile(ref, file, asking);
      return found.status === "found" ? { ...found, ...(await licenseOf(referent, asking)) } : found;
    }
    case "nodes":
    case "registrations":
      return foundNode(ref, referent, asking);
    default:
      return refuse("not-listable", `\`${ref.guid}\` is none of the things that hold files: ${type.slice(0, 40)}`);
  }
}

async function foundNode(ref: OsfRef, referent: Referent, asking: Asking): Promise<Resolution> {
  const { id, type } = referent;
  const isFrozen = type === "registrations";
  if (ref.version !== undefined) return refuse("revision-not-found", "only single files have versions here");
  if (referent.attributes?.withdrawn === true) return refuse("gone", `the registration \`${id}\` was withdrawn`);
  const { provider = ownStorage } = ref;
  const storage = `${type}/${id}/files/${provider}`;
  const list = () => listOsf(storage, ref.selection.path, asking.base, asking.ask, asking);
  const selected = await select(list, ref.selection, `\`${id}\``);
  if ("status" in selected) return selected;
  const facts: { [name: string]: Json } = { guid: id, type, provider };
  return {
    status: "found",
    ...(isFrozen ? { revision: id } : {}),
    pinned: isFrozen,
    ...(await licenseOf(referent, asking)),
    ...selected,
    facts,
  };
}

async function foundFile(ref: OsfRef, id: string, asking: Asking): Promise<Resolution> {
  const { http, ask, base } = asking;
  const reply = await http.json(ask(`files/${id}/`), FileReply);
  if (reply.status !== "ok") return reply;
  const { data: file } = reply.body;
  const { name, kind, current_version: newest } = file.attributes;
  if (kind === "folder") {
    const { provider = ownStorage } = ref;
    return refuse(
      "not-listable",
      `\`${name.slice(0, wordMaxLength)}\` is a folder of \`${provider}\`: name the project, and the folder by \`path\``,
    );
  }
  const { members, path } = ref.selection;
  if (members === undefined && path !== "")
    return refuse("not-found", `the location is one file and holds no \`${path}\``);
  const size =
    ref.version === undefined || ref.version === newest ? undefined : await sizeOf(file.id, ref.version, asking);
  if (size !== undefined && "status" in size) return size;
  const version = size === undefined ? undefined : { number: ref.version ?? 0, size: size.size };
  const object = osfObject(file, name, base, version);
  async function* list(): AsyncGenerator<RemoteObject | Refusal> {
    yield object;
  }
  const selection = { path: name, file: true, ...(members === undefined ? {} : { members: path }) } as const;
  const selected = await select(list, selection, `\`${ref.guid}\``);
  if ("status" in selected) return selected;
  const revision = ref.version ?? newest;
  return {
    status: "found",
    ...(revision == null ? {} : { revision: String(revision) }),
    pinned: ref.version !== undefined,
    ...selected,
    ...(ref.version === undefined && newest != null
      ? { signs: [{ code: "version-chosen", at: String(newest), detail: "the newest version" }] }
      : {}),
    facts: { guid: ref.guid, type: "files", file: file.id },
  };
}

/** Of an older version the host tells the size and no digest. */
async function sizeOf(
  file: string,
  version: number,
  { http, ask }: Asking,
): Promise<{ size: number | undefined } | Refusal> {
  const reply = await http.json(ask(`files/${file}/versions/${version}/`), VersionReply);
  if (reply.status === "ok") return { size: reply.body.data.attributes.size ?? undefined };
  if (reply.reason !== "not-found") return reply;
  return { ...reply, reason: "revision-not-found", message: `the file has no version \`${version}\`` };
}

/** The licence's name, one question further; a project without one, or a question without an answer, publishes none. */
async function licenseOf(referent: Referent, { http, ask }: Asking): Promise<{ readonly licensePublished?: string }> {
  const id = idOf(referent.relationships?.license);
  if (id === undefined) return {};
  const reply = await http.json(ask(`licenses/${id}/`), LicenseReply);
  return reply.status === "ok" ? { licensePublished: reply.body.data.attributes.name.slice(0, wordMaxLength) } : {};
}

/** The id of what a relationship leads to; older answers have it in the address alone. */
function idOf(related: z.output<typeof Related> | null | undefined): string | undefined {
  const id = related?.data?.id ?? /\/([^/?#]{1,64})\/?$/.exec(related?.links?.related ?? "")?.[1];
  return id !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : undefined;
}
