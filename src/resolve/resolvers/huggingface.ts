import { z } from "zod";
import type { Found, Refusal, RemoteObject } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import { cardFacts, cardLicense } from "../huggingface-card.ts";
import {
  bearer,
  downloadUrl,
  type Hub,
  type HubAnswer,
  type HubRepository,
  openHub,
  repositoryName,
} from "../huggingface-hub.ts";
import { type HubRef, type HubType, isCommit, isHubId, parseHubLocation } from "../huggingface-location.ts";
import { disabled } from "../huggingface-refusal.ts";
import { listTree, objectOf, type Tree, type TreeEntry } from "../huggingface-tree.ts";
import { only, pathRefused, pathSegments } from "../path.ts";
import { defineResolver, type Resolved } from "../resolver.ts";

const Info = z.lazy(() =>
  z.object({
    id: z.string(),
    sha: z.string().refine(isCommit),
    _id: z.string().max(100).optional().catch(undefined),
    private: z.boolean().optional().catch(undefined),
    disabled: z.boolean().optional().catch(undefined),
    // Whatever is not a plain "no" is a gate.
    gated: z.unknown().optional(),
    lastModified: z.string().max(100).optional().catch(undefined),
    cardData: z.unknown().optional(),
    tags: z.array(z.string()).optional().catch(undefined),
  }),
);

const size = z.lazy(() => z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).optional().catch(undefined));
const Entry = z.lazy(() =>
  z.object({
    type: z.string(),
    path: z.string(),
    size,
    oid: z
      .string()
      .regex(/^[0-9a-f]{40}$/)
      .optional()
      .catch(undefined),
    // Present in any shape, it says that `oid` is not of the content.
    lfs: z
      .object({
        oid: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional()
          .catch(undefined),
        size,
      })
      .optional()
      .catch({}),
    xetHash: z.unknown().optional(),
  }),
);
const Entries = z.lazy(() => z.array(Entry));

/** Only these are asked for: the plain answer names every file, in a listing without digests and without an end. */
const fields = ["sha", "private", "disabled", "lastModified", "cardData", "tags"] as const;
/** The hub answers `400` for fields that a kind of repository does not have, and spaces have no gates. */
const fieldsOf: { readonly [Type in HubType]: readonly string[] } = {
  models: [...fields, "gated"],
  datasets: [...fields, "gated"],
  spaces: fields,
};

/**
 * Models, datasets and spaces at the Hugging Face hub. A commit can not change; a branch, a tag and a ref can, so the
 * commit that one stands for now is asked for once, and everything after it is asked for at that commit. A repository
 * can be renamed, and its old name then leads to the new one.
 */
export const huggingface = defineResolver<HubRef>({
  id: "huggingface",
  parse: parseHubLocation,
  isPinned: ({ revision }) => isCommit(revision),
  async resolve(ref, context) {
    const hub = await openHub(ref.hub, context);
    const { type, id, revision, path } = ref;
    const at = revision === undefined ? "" : `/revision/${encodeURIComponent(revision)}`;
    const query = fieldsOf[type].map((name) => `expand=${name}`).join("&");
    // Whether the card is the one at this revision or the newest one is not documented.
    const asked = await hub.ask({ type, id, revision, path }, `${at}?${query}`);
    if (asked.status === "refused") return asked;
    const info = readInfo(asked, ref);
    if ("status" in info) return info;
    const of: HubRepository = { type, id: info.id, revision: info.sha, path };
    const gated = gateOf(info.gated);
    const closed = gated === undefined || context.depth === "probe" ? undefined : await closedGate(hub, of);
    const tree: Tree = { hub, of, commit: info.sha, refusal: closed, read: readEntries };
    const single = path === "" ? undefined : await fileAt(tree, ref);
    if (single !== undefined && "reason" in single) return single;
    const found: Found = {
      status: "found",
      revision: info.sha,
      ...(isNameOf(ref, info.sha) ? { revisionIsName: true } : {}),
      pinned: isCommit(revision),
      ...licenseOf(info),
      ...(gated === undefined ? {} : { gated }),
      ...signsOf(info, ref),
      facts: factsOf(info, ref, hub),
      exchange: asked.answer.exchange,
      ...(single ?? filesOf(tree, context.depth === "full")),
    };
    const { token, base } = hub;
    const authorize: Resolved["authorize"] = async ({ url }) =>
      token !== undefined && url.startsWith(base) ? bearer(token) : undefined;
    return { ...found, authorize };
  },
});

type Info = z.infer<typeof Info>;

/** An old name leads on, and not always to what was meant. Names differ by more than their case only when renamed. */
function signsOf({ id }: Info, ref: HubRef): Pick<Found, "signs"> {
  if (id.toLowerCase() === ref.id.toLowerCase()) return {};
  return { signs: [{ code: "renamed", at: id, detail: `the hub answered for \`${ref.id}\` with this name` }] };
}

function readInfo({ body, answer }: HubAnswer, ref: HubRef): Info | Refusal {
  const { url } = answer.exchange;
  const read = Info.safeParse(body);
  if (!read.success) {
    const place = read.error.issues[0]?.path.join(".") ?? "";
    const what = place === "" ? "" : `: \`${place}\` is not as expected`;
    return refuse("reply-invalid", `the hub's answer is not about a repository${what}`, { url });
  }
  const { data } = read;
  if (!isHubId(data.id)) {
    return refuse("reply-invalid", `the hub calls it \`${data.id.slice(0, 200)}\`, which is no name`, { url });
  }
  if (isCommit(ref.revision) && data.sha !== ref.revision) {
    return refuse("reply-invalid", `asked for commit \`${ref.revision}\`, the hub answered \`${data.sha}\``, {
      url,
    });
  }
  return data.disabled === true ? refuse("forbidden", disabled(repositoryName(ref)), { url }) : data;
}

/** A declared revision that is the beginning of the commit is that commit, written short. */
function isNameOf({ revision = "", namedByRevision }: HubRef, commit: string): boolean {
  return namedByRevision === true && !(revision.length >= 7 && commit.startsWith(revision.toLowerCase()));
}

function gateOf(gated: unknown): Found["gated"] {
  if (gated === undefined || gated === null || gated === false) return undefined;
  return gated === "auto" || gated === "manual" ? gated : "unknown";
}

/** Whether the gate is closed for this user. Only the hub's plain word counts: else each file says it for itself. */
async function closedGate(hub: Hub, of: HubRepository): Promise<Refusal | undefined> {
  const asked = await hub.ask(of, "/auth-check");
  return asked.status === "refused" && asked.reason === "gated" ? asked : undefined;
}

function licenseOf({ cardData, tags }: Info): Pick<Found, "licensePublished"> {
  const licensePublished = cardLicense(cardData, tags);
  return licensePublished === undefined ? {} : { licensePublished };
}

function factsOf(info: Info, ref: HubRef, { base }: Hub): { readonly [name: string]: Json } {
  const { id, _id, private: isPrivate, lastModified } = info;
  return {
    hub: base,
    type: ref.type.slice(0, -1),
    id,
    // A name can come to stand for another repository; this can not.
    ...(_id === undefined ? {} : { repositoryId: _id }),
    ...(isPrivate === true ? { private: true } : {}),
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(ref.revision?.startsWith("refs/pr/") === true ? { pullRequest: ref.revision } : {}),
    ...cardFacts(info.cardData),
  };
}

/** The listing of a folder. A file's own place is only offered where every file is downloaded anyway. */
function filesOf(tree: Tree, downloads: boolean): Pick<Found, "objects" | "objectAt"> {
  const objects = { [Symbol.asyncIterator]: () => listTree(tree) };
  return downloads ? { objects, objectAt: (path) => placeOf(tree, path) } : { objects };
}

/** Where a file would be: nothing is said of it, and it may turn out not to be there. */
function placeOf({ hub, of, commit, refusal }: Tree, path: string): RemoteObject | Refusal {
  if (pathSegments(path) === undefined) return pathRefused(path);
  const url = downloadUrl(hub, of, commit, of.path === "" ? path : `${of.path}/${path}`);
  return {
    path,
    url,
    ...(hub.operatorEndpoint ? { operatorEndpoint: true } : {}),
    ...(refusal === undefined ? {} : { refusal }),
  };
}

function readEntries(body: unknown): readonly TreeEntry[] | undefined {
  return Entries.safeParse(body).data;
}

/** What lies at the location's path: one file, a folder (undefined), or nothing. */
async function fileAt(
  tree: Tree,
  ref: HubRef,
): Promise<Pick<Found, "single" | "objects" | "exchange"> | Refusal | undefined> {
  const { hub, of, commit, read } = tree;
  const asked = await hub.ask(of, `/paths-info/${commit}`, { paths: [of.path], expand: false });
  if (asked.status === "refused") return asked;
  const { exchange } = asked.answer;
  const entries = read(asked.body);
  if (entries === undefined)
    return refuse("reply-invalid", "the hub's answer is no list of files", { url: exchange.url });
  const entry = entries.find(({ path }) => path === of.path);
  const shown = `\`${of.path.slice(0, 200)}\``;
  if (entry === undefined) {
    const message = `the ${repositoryName(of)} has no ${shown} at commit \`${commit}\``;
    return refuse("not-found", message, { url: exchange.url });
  }
  if (entry.type === "directory") {
    if (ref.file !== true) return undefined;
    return refuse("not-a-file", `${shown} in the ${repositoryName(of)} is a folder`, { url: exchange.url });
  }
  const object = objectOf(tree, entry);
  if (object === undefined || "reason" in object) return object;
  const { members: prefix } = ref;
  const members = prefix === undefined ? {} : { members: { strip: 0, ...(prefix === "" ? {} : { prefix }) } };
  return { single: true, exchange, objects: { [Symbol.asyncIterator]: () => only({ ...object, ...members }) } };
}
