import { z } from "zod";
import type { Exchange, Found, HostSign, Refusal, RemoteObject } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import { notTheObject, only, pathSegments, selectedPath } from "../path.ts";
import { defineResolver, type Resolved } from "../resolver.ts";
import { openSwhApi, type SwhApi } from "../swh-api.ts";
import { askTree, contentObject, findEntry, listTree, type Tree } from "../swh-tree.ts";
import { parseSwhPlace, type Swhid, swhidText } from "../swhid.ts";

type Ref = {
  readonly swhid: Swhid;
  /** Below the folder that the identifier leads to; `""` for all of it. */
  readonly path: string;
  /** Of a snapshot: the branch that the location's `revision` names. */
  readonly branch?: string;
  /** What is meant are the members of the one archive that the identifier names. */
  readonly unpack?: true;
};

const hash = z.lazy(() => z.string().regex(/^[0-9a-f]{40}$/));
const Content = z.lazy(() =>
  z.object({
    length: z.number().int().nonnegative().nullish().catch(undefined),
    status: z.string().optional().catch(undefined),
    checksums: z.object({
      sha1_git: hash,
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional()
        .catch(undefined),
    }),
  }),
);
const Revision = z.lazy(() => z.object({ id: hash, directory: hash }));
const Release = z.lazy(() => z.object({ id: hash, name: z.string(), target: hash, target_type: z.string() }));
const Branch = z.lazy(() => z.object({ target: z.string(), target_type: z.string() }));
const Snapshot = z.lazy(() => z.object({ id: hash, branches: z.record(z.string(), Branch.nullable()) }));

/** Objects that are followed from one to the next: tags of tags, and aliases of branches. */
const hopsMax = 16;

const typeOf: { readonly [target: string]: Swhid["type"] } = {
  content: "cnt",
  directory: "dir",
  revision: "rev",
  release: "rel",
  snapshot: "snp",
};

/**
 * The Software Heritage archive. Its identifiers are digests of what they name, so none of them can ever change its
 * meaning; a folder's listing is held against its identifier before anything is believed of it.
 */
export const swh = defineResolver<Ref>({
  id: "swh",
  parse({ uri, revision, path, unpack = false }) {
    const place = parseSwhPlace(uri);
    const selected = selectedPath(path);
    if (place === undefined || selected === undefined) return undefined;
    // Two ways to say where: neither is guessed to be the one meant.
    if (place.path !== "" && selected !== "") return undefined;
    const { swhid } = place;
    const below = place.path === "" ? selected : place.path;
    if (swhid.type === "cnt") {
      // A path inside one file has no meaning unless that file is an archive.
      if (below !== "" && !unpack) return undefined;
      return { swhid, path: below, ...(unpack ? { unpack } : {}) };
    }
    if (unpack) return undefined;
    const names = swhid.type === "snp" && revision !== undefined && !/^[0-9a-f]{7,40}$/i.test(revision);
    return { swhid, path: below, ...(names ? { branch: revision } : {}) };
  },
  isPinned: () => true,
  async resolve(ref, context) {
    const api = openSwhApi(context);
    const found = await find(ref, api);
    if (found.status === "refused") return found;
    const authorize: Resolved["authorize"] = async ({ url }) =>
      url.startsWith(api.base) ? await api.authorization() : undefined;
    return { ...found, authorize };
  },
});

/** What an identifier led to. */
interface Way {
  readonly to: Pick<Swhid, "type" | "hash">;
  /** The commit on the way, or else what it led to. */
  readonly revision: string;
  readonly facts: { readonly [name: string]: Json };
  readonly signs: readonly HostSign[];
}

async function find(ref: Ref, api: SwhApi): Promise<Found | Refusal> {
  const way = await follow(ref, api);
  if ("reason" in way) return way;
  const { origin, lines } = ref.swhid.qualifiers;
  const base = {
    status: "found",
    pinned: true,
    revision: way.revision,
    ...(ref.branch === undefined ? {} : { revisionIsName: true }),
    facts: {
      swhid: swhidText(ref.swhid),
      ...way.facts,
      ...(origin === undefined ? {} : { origin }),
      ...(lines === undefined ? {} : { lines }),
    },
  } as const;
  const signed = (signs: readonly HostSign[]) => (signs.length === 0 ? {} : { signs });
  if (way.to.type === "cnt") {
    const content = await askContent(ref, way.to.hash, api);
    if ("reason" in content) return content;
    return { ...base, ...signed(way.signs), ...one(content.object), exchange: content.exchange };
  }
  const reply = await askTree(api, way.to.hash);
  if (reply.status === "refused") return reply;
  const at = await findEntry(api, reply.body, ref.path);
  if ("reason" in at) return at;
  if ("file" in at) {
    const name = at.file.name;
    const object = contentObject(api, name, at.file);
    if (object.refusal !== undefined) return object.refusal;
    return { ...base, ...signed(way.signs), ...one(object), exchange: reply.exchange };
  }
  // Filled while the listing is read: only then are submodules met.
  const signs = [...way.signs];
  return { ...base, signs, objects: treeObjects(api, at.tree, signs), exchange: reply.exchange };
}

function one(object: RemoteObject): Pick<Found, "single" | "objects" | "objectAt"> {
  const objects = { [Symbol.asyncIterator]: () => only(object) };
  if (object.members !== undefined) return { single: true, objects };
  return {
    single: true,
    objects,
    objectAt: (path) => (path === object.path ? object : notTheObject(path, object.path)),
  };
}

/** The first reader takes the folder that is at hand, which is then let go; a later one asks again. */
function treeObjects(api: SwhApi, tree: Tree, signs: HostSign[]): AsyncIterable<RemoteObject | Refusal> {
  const { hash: id } = tree;
  let atHand: Tree | undefined = tree;
  return {
    async *[Symbol.asyncIterator]() {
      let root = atHand;
      atHand = undefined;
      if (root === undefined) {
        const reply = await askTree(api, id);
        if (reply.status === "refused") {
          yield reply;
          return;
        }
        root = reply.body;
      }
      yield* listTree(api, root, signs);
    },
  };
}

async function askContent(
  { swhid, path, unpack }: Ref,
  id: string,
  api: SwhApi,
): Promise<{ readonly object: RemoteObject; readonly exchange: Exchange } | Refusal> {
  const about = `the file \`swh:1:cnt:${id}\``;
  const reply = await api.get(`content/sha1_git:${id}/`, Content, about);
  if (reply.status === "refused") return reply;
  const { length, status, checksums } = reply.body;
  const { exchange } = reply;
  if (checksums.sha1_git !== id) {
    return refuse("reply-invalid", `the reply about ${about} is about another file`, { url: exchange.url });
  }
  if (status === "absent") {
    return refuse("not-found", `Software Heritage knows ${about} and does not keep its bytes`, {
      url: exchange.url,
    });
  }
  const name = pathSegments(swhid.qualifiers.path?.replace(/^\//, "") ?? "")?.at(-1) ?? id;
  const { listed: _asked, ...object } = contentObject(api, name, {
    target: id,
    unkept: false,
    ...(length === undefined || length === null ? {} : { size: length }),
    ...(checksums.sha256 === undefined ? {} : { sha256: checksums.sha256 }),
  });
  if (unpack !== true) return { object, exchange };
  return { object: { ...object, members: path === "" ? { strip: 0 } : { strip: 0, prefix: path } }, exchange };
}

/** Goes from a snapshot, a release or a revision to the folder or file that it stands for. */
async function follow(ref: Ref, api: SwhApi): Promise<Way | Refusal> {
  let to: Pick<Swhid, "type" | "hash"> = ref.swhid;
  let revision: string | undefined;
  const facts: { [name: string]: Json } = {};
  const signs: HostSign[] = [];
  for (let hop = 0; hop < hopsMax; hop++) {
    const about = `\`${swhidText(to)}\``;
    const { hash: id } = to;
    const other = (url: string) => refuse("reply-invalid", `the reply about ${about} is about another object`, { url });
    if (to.type === "cnt" || to.type === "dir") return { to, revision: revision ?? id, facts, signs };
    if (to.type === "rev") {
      const reply = await api.get(`revision/${id}/`, Revision, about);
      if (reply.status === "refused") return reply;
      if (reply.body.id !== id) return other(reply.exchange.url);
      revision = id;
      facts.commit = id;
      to = { type: "dir", hash: reply.body.directory };
    } else if (to.type === "rel") {
      const reply = await api.get(`release/${id}/`, Release, about);
      if (reply.status === "refused") return reply;
      const { id: told, name, target, target_type: targetType } = reply.body;
      const type = Object.hasOwn(typeOf, targetType) ? typeOf[targetType] : undefined;
      if (told !== id || type === undefined) return other(reply.exchange.url);
      facts.release = name.slice(0, 300);
      to = { type, hash: target };
    } else {
      const chosen = await chooseBranch(ref.branch, id, about, api);
      if ("reason" in chosen) return chosen;
      facts.branch = chosen.branch;
      if (ref.branch === undefined) {
        const detail = "its HEAD, of all the branches that the snapshot holds";
        signs.push({ code: "version-chosen", at: chosen.branch, detail });
      }
      to = chosen.to;
    }
  }
  return refuse("reply-invalid", `\`${swhidText(ref.swhid)}\` leads through more than \`${hopsMax}\` objects`);
}

/** Asks for single branches, for a snapshot can hold a hundred thousand. */
async function chooseBranch(
  wanted: string | undefined,
  id: string,
  about: string,
  api: SwhApi,
): Promise<{ readonly to: Pick<Swhid, "type" | "hash">; readonly branch: string } | Refusal> {
  const tries = wanted === undefined ? ["HEAD"] : [wanted, `refs/heads/${wanted}`, `refs/tags/${wanted}`];
  for (const first of tries) {
    let name = first;
    for (let alias = 0; alias < hopsMax; alias++) {
      const query = new URLSearchParams({ branches_from: name, branches_count: "1" });
      const reply = await api.get(`snapshot/${id}/?${query}`, Snapshot, about);
      if (reply.status === "refused") return reply;
      if (reply.body.id !== id) {
        return refuse("reply-invalid", `the reply about ${about} is about another one`, {
          url: reply.exchange.url,
        });
      }
      const branch = Object.hasOwn(reply.body.branches, name) ? reply.body.branches[name] : undefined;
      if (branch === undefined) break;
      if (branch === null) {
        return refuse("revision-not-found", `the branch \`${name.slice(0, 200)}\` of ${about} leads nowhere`);
      }
      const { target, target_type: targetType } = branch;
      if (targetType === "alias") {
        name = target;
        continue;
      }
      const type = Object.hasOwn(typeOf, targetType) ? typeOf[targetType] : undefined;
      if (type === undefined || !hash.safeParse(target).success) {
        return refuse("reply-invalid", `the branch \`${name.slice(0, 200)}\` of ${about} names no object`);
      }
      return { to: { type, hash: target }, branch: name };
    }
  }
  if (wanted !== undefined) {
    return refuse("revision-not-found", `${about} has no branch \`${wanted.slice(0, 200)}\``);
  }
  const message = `${about} has no HEAD that leads to a commit: name a branch as the location's \`revision\`, or a commit`;
  return refuse("not-listable", message);
}
