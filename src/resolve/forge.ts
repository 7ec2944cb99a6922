import type { Exchange, Refusal, RemoteObject } from "../model/evidence.ts";
import type { Json } from "../model/json.ts";
import { refuse } from "../model/refusal.ts";
import type { ForgeRef, ForgeTarget } from "./forge-location.ts";
import { partName } from "./forge-name.ts";
import { type Access, knock } from "./git-door.ts";
import { isObjectId } from "./git-refs.ts";
import { readRemote } from "./git-remote.ts";
import { resolveRepository } from "./git-repository.ts";
import { type HostBase, hostBase } from "./host-base.ts";
import { only } from "./path.ts";
import type { Resolution, ResolveContext } from "./resolver.ts";
import { again, select } from "./selection.ts";

/** A kind of forge: what differs between them. */
export interface Forge {
  readonly id: string;
  /** The address that an operator's endpoint stands in for, with a `/` at the end. */
  readonly usual: string;
  /** Where the file of a release is that its page calls by this name. */
  readonly assetAddress: (repository: string, tag: string | undefined, name: string) => string;
  /** Asks the forge for a release: its files, or what it says instead. */
  readonly release: (
    place: { readonly base: HostBase; readonly repository: string; readonly tag: string | undefined },
    context: ResolveContext,
  ) => Promise<ReleaseAnswer | Refusal>;
}

export interface ReleaseAnswer {
  readonly status: "release";
  readonly tag: string;
  readonly assets: readonly RemoteObject[];
  readonly facts: { readonly [name: string]: Json };
}

/** Whether a location at a forge can not change its meaning. No I/O. */
export function isPinnedForge(ref: ForgeRef): boolean {
  if (ref.kind === "tree") return ref.revision !== undefined && isObjectId(ref.revision);
  return ref.kind === "archive" && ref.commit !== undefined;
}

type Target<Kind extends ForgeTarget["kind"]> = Extract<ForgeRef, { readonly kind: Kind }>;

/** What the parts of an answer share. */
interface Place {
  readonly forge: Forge;
  readonly context: ResolveContext;
  readonly base: HostBase;
  /** Of the repository, for git. */
  readonly repository: string;
  readonly access: Access;
}

/** Asks a forge: its repositories through git, its releases and archives as a browser does. */
export async function resolveForge(forge: Forge, ref: ForgeRef, context: ResolveContext): Promise<Resolution> {
  const usual = `https://${ref.host}/`;
  // The operator's endpoint stands in for the one instance that everybody means, and for no other.
  const base =
    usual === forge.usual
      ? hostBase(context, forge.id, usual)
      : hostBase({ endpoint: () => undefined }, forge.id, usual);
  const repository = `${base.url}${ref.repository}.git`;
  const credential = await context.setting(`git.authorization:${repository}`);
  const access: Access = {
    hidesPrivate: true,
    operatorEndpoint: base.operatorEndpoint,
    ...(credential === undefined
      ? {}
      : { authorization: { scheme: "headers", headers: { authorization: credential } } }),
  };
  const place = { forge, context, base, repository, access };
  if (ref.kind === "tree") return tree(ref, place);
  return ref.kind === "archive" ? archive(ref, place) : release(ref, place);
}

async function tree(ref: Target<"tree">, { context, repository, access }: Place): Promise<Resolution> {
  const parted =
    ref.named === undefined ? undefined : await partName(repository, ref.named, ref.namespace, context, access);
  if (parted !== undefined && "status" in parted) return parted;
  const path = [parted?.path ?? "", ref.path].filter((part) => part !== "").join("/");
  // The location's own commit says what the name stood for when it was written.
  const revision = ref.revision ?? parted?.revision;
  const declaredRevision = ref.declaredRevision === true ? { declaredRevision: true } : {};
  const resolution = await resolveRepository({ url: repository, revision, path, ...declaredRevision }, context, access);
  if (ref.members === undefined || resolution.status !== "found") return resolution;
  const { objects, single } = resolution;
  if (single !== true || objects === undefined) return refuse("not-a-file", `\`${path}\` is a folder, not an archive`);
  return { ...resolution, objects: again(() => unpacked(objects, ref.members ?? "")) };
}

async function* unpacked(
  objects: AsyncIterable<RemoteObject | Refusal>,
  prefix: string,
): AsyncGenerator<RemoteObject | Refusal> {
  const members = prefix === "" ? { strip: 0 } : { strip: 0, prefix };
  for await (const object of objects) yield "status" in object ? object : { ...object, members };
}

/** Archives are made when they are asked for: their content is the repository's, their bytes are nobody's promise. */
async function archive(ref: Target<"archive">, place: Place): Promise<Resolution> {
  const { base } = place;
  const { name, commit, members } = ref;
  const found = await plain(`${base.url}${ref.address}`, name, place);
  if ("status" in found) return found;
  // All of it lies in one folder that is called after the project and the revision.
  const strip = members === undefined ? {} : { members: members === "" ? { strip: 1 } : { strip: 1, prefix: members } };
  const detail = "the same files may be packed into other bytes tomorrow";
  return {
    status: "found",
    ...(commit === undefined ? {} : { revision: commit }),
    pinned: commit !== undefined,
    single: true,
    signs: [{ code: "archive-unstable", at: name, detail }],
    objects: again(() => only({ ...found.object, ...strip })),
    exchange: found.exchange,
  };
}

async function release(ref: Target<"release">, place: Place): Promise<Resolution> {
  const { forge, context, base, repository, access } = place;
  const { tag, selection } = ref;
  const answer = await forge.release({ base, repository: ref.repository, tag }, context);
  const isAsset = selection.file === true;
  if (answer.status === "refused") {
    // A question too many for the forge's API is no word on the file, which has an address of its own.
    if (isAsset) return asset(ref, place, { releaseUnread: answer.message.slice(0, 300) });
    if (answer.kind !== "absent" || tag === undefined) return orHidden(answer, place);
    return atTag(tag, "there is none of this tag");
  }
  const sign = { code: "version-chosen", at: answer.tag, detail: "the latest release" } as const;
  const common = {
    status: "found",
    pinned: false,
    facts: { ...answer.facts, tag: answer.tag },
    ...(tag === undefined ? { signs: [sign] } : {}),
  } as const;
  if (isAsset && !answer.assets.some(({ path }) => path === selection.path)) {
    return asset(ref, place, common.facts);
  }
  // A page without uploads offers what the tag holds, as archives; the files themselves are in the repository.
  if (answer.assets.length === 0) return atTag(answer.tag, "no file was uploaded for it");
  const files = await select(() => listed(answer.assets), selection, `the release \`${answer.tag}\``);
  return "status" in files ? files : { ...common, ...files };

  async function atTag(name: string, why: string): Promise<Resolution> {
    const wanted = { url: repository, revision: `refs/tags/${name}`, path: selection.path };
    const found = await resolveRepository(wanted, context, access);
    return found.status === "found" ? { ...found, facts: { ...found.facts, release: why } } : found;
  }
}

async function* listed(assets: readonly RemoteObject[]): AsyncGenerator<RemoteObject> {
  yield* assets;
}

/** A file of a release that is not in what the forge told of it: asked for itself. */
async function asset(
  { tag, selection, repository }: Target<"release">,
  place: Place,
  facts: { readonly [name: string]: Json },
): Promise<Resolution> {
  const { forge, base } = place;
  const name = selection.path;
  const found = await plain(`${base.url}${forge.assetAddress(repository, tag, name)}`, name, place);
  if ("status" in found) return found;
  const members =
    selection.members === undefined
      ? {}
      : { members: selection.members === "" ? { strip: 0 } : { strip: 0, prefix: selection.members } };
  return {
    status: "found",
    pinned: false,
    single: true,
    facts,
    objects: again(() => only({ ...found.object, ...members })),
    exchange: found.exchange,
  };
}

interface Plain {
  readonly object: RemoteObject;
  readonly exchange: Exchange;
}

/** A file with an address of its own. */
async function plain(url: string, name: string, place: Place): Promise<Plain | Refusal> {
  const { context, base } = place;
  const reply = await context.http.probe({ url, signal: context.signal, operatorEndpoint: base.operatorEndpoint });
  if (reply.status !== "ok") return orHidden(reply, place);
  const { exchange } = reply;
  const page = new URL(exchange.finalUrl).pathname;
  if (/(?:^|\/)(?:login|sign_in|users\/sign_in|user\/login)\/?$/.test(page)) {
    return refuse("authentication-required", "the host sends us to its login page", { url: exchange.finalUrl });
  }
  const object: RemoteObject = {
    path: name,
    url,
    ...(exchange.contentLength === undefined ? {} : { size: exchange.contentLength }),
    ...(exchange.mediaType === undefined ? {} : { mediaType: exchange.mediaType }),
    ...base.mark(url),
  };
  return { object, exchange };
}

/** A forge answers for what is private as for what is not there; only beside a repository that it shows is a 404 one. */
async function orHidden(refusal: Refusal, { repository, context, access }: Place): Promise<Refusal> {
  if (refusal.kind !== "absent" || refusal.httpStatus !== 404) return refusal;
  const remote = readRemote(repository);
  if (remote === undefined) return refusal;
  const { authorization: _secret, ...anonymous } = access;
  const door = await knock(remote, context, anonymous);
  return "status" in door
    ? door
    : { ...refusal, message: `the repository is there, and this is not: ${refusal.message}` };
}
