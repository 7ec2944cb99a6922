import { z } from "zod";
import type { Refusal } from "../model/evidence.ts";
import type { Json } from "../model/json.ts";
import { refuse } from "../model/refusal.ts";
import type { ResolveContext } from "./resolver.ts";
import { openSwhApi } from "./swh-api.ts";

/** Identifiers that one question may hold, as the archive documents it. */
const idsMax = 1000;

const Known = z.lazy(() => z.record(z.string(), z.object({ known: z.boolean() })));
const SaveRequest = z.lazy(() =>
  z.object({
    save_request_status: z.enum(["accepted", "rejected", "pending"]),
    save_task_status: z.string().optional().catch(undefined),
    note: z.string().nullish().catch(undefined),
  }),
);

/** What the resolvers of git repositories know of a place: its address, or its forge and its name there. */
const Place = z.lazy(() =>
  z.object({
    url: z.string().optional(),
    host: z.string().optional(),
    repository: z.string().optional(),
  }),
);

/** Which of these identifiers, without qualifiers, Software Heritage has; all of them or none are told. */
export async function areKnown(
  ids: readonly string[],
  context: ResolveContext,
): Promise<ReadonlyMap<string, boolean> | Refusal> {
  const api = openSwhApi(context);
  const wanted = [...new Set(ids)];
  const known = new Map<string, boolean>();
  for (let from = 0; from < wanted.length; from += idsMax) {
    const some = wanted.slice(from, from + idsMax);
    const reply = await api.post("known/", some, Known, "these identifiers");
    if (reply.status === "refused") return reply;
    for (const id of some) {
      const told = Object.hasOwn(reply.body, id) ? reply.body[id] : undefined;
      if (told === undefined) {
        const message = `Software Heritage was asked for \`${id}\` and answered for others`;
        return refuse("reply-invalid", message, { url: reply.exchange.url });
      }
      known.set(id, told.known);
    }
  }
  return known;
}

/** What became of the wish to have a repository archived. */
export interface SaveAnswer {
  readonly status: "asked";
  /** `pending`: somebody at the archive looks at it first. */
  readonly request: "accepted" | "rejected" | "pending";
  /** How far the archive is with it, in its own words. Foreign text. */
  readonly task?: string;
}

/** Asks Software Heritage to archive a git repository as it is now. */
export async function askToSave(originUrl: string, context: ResolveContext): Promise<SaveAnswer | Refusal> {
  if (!isPublicOrigin(originUrl)) {
    return refuse("scheme-blocked", "the repository's address is none that the archive could be given");
  }
  const api = openSwhApi(context);
  // The address stands in the path as it is; what would end the path is encoded.
  const origin = originUrl.replaceAll("%", "%25").replaceAll("?", "%3F").replaceAll("#", "%23");
  const reply = await api.post(`origin/save/git/url/${origin}/`, {}, SaveRequest, "this repository");
  if (reply.status === "refused") return reply;
  const { save_request_status: request, save_task_status: task, note } = reply.body;
  const told = note ?? task;
  return { status: "asked", request, ...(told === undefined ? {} : { task: told.slice(0, 300) }) };
}

function isPublicOrigin(originUrl: string): boolean {
  if (!/^https?:\/\/[^\s\\]+$/i.test(originUrl) || !URL.canParse(originUrl)) return false;
  const { username, password, search, hash } = new URL(originUrl);
  // What could be a secret is told to nobody.
  return username === "" && password === "" && search === "" && hash === "";
}

/** The commit that a location of a git host stands for, and where its repository is cloned from. */
export interface GitCommit {
  readonly swhid: string;
  /** Undefined where nobody but the owner of this machine could clone it from. */
  readonly origin?: string;
}

const gitResolvers: ReadonlySet<string> = new Set(["git", "github", "gitlab", "forgejo", "huggingface"]);

/** What can be asked of the archive about a location: nothing where it is no git repository, or of another object format. */
export function gitCommitOf(
  resolver: string,
  ref: Json,
  { revision, facts = {} }: { readonly revision?: string; readonly facts?: { readonly [name: string]: Json } },
): GitCommit | undefined {
  if (!gitResolvers.has(resolver)) return undefined;
  // A tag has an id of its own: what it stands for is the commit.
  const commit = typeof facts.commit === "string" ? facts.commit : revision;
  if (commit === undefined || !/^[0-9a-f]{40}$/.test(commit)) return undefined;
  const origin = originOf(resolver, ref, facts);
  return { swhid: `swh:1:rev:${commit}`, ...(origin === undefined ? {} : { origin }) };
}

/** The address that the archive lists a repository by, where this is one that anybody may be told. */
function originOf(resolver: string, ref: Json, facts: { readonly [name: string]: Json }): string | undefined {
  const { hub, type, id } = facts;
  if (typeof hub === "string" && typeof type === "string" && typeof id === "string") {
    return `${hub}${type === "model" ? "" : `${type}s/`}${id}`;
  }
  const { url, host, repository } = Place.safeParse(ref).data ?? {};
  // GitHub's are listed without the ending, all others as they are cloned.
  const ofForge = `https://${host}/${repository}${resolver === "github" ? "" : ".git"}`;
  const origin = host === undefined || repository === undefined ? url : ofForge;
  return origin !== undefined && isPublicOrigin(origin) ? origin : undefined;
}
