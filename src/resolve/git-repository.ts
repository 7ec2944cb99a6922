import type { Authorization } from "../io/http.ts";
import type { Found, HostSign, Refusal, RemoteObject } from "../model/evidence.ts";
import type { Json } from "../model/json.ts";
import { redactUrl } from "../model/redact.ts";
import { refuse } from "../model/refusal.ts";
import { type Access, type Door, knock } from "./git-door.ts";
import { type Fetched, fetchTarget } from "./git-fetch.ts";
import { openFollow } from "./git-follow.ts";
import { type LargeFiles, openLargeFiles } from "./git-lfs.ts";
import { findModules, lfsAddress } from "./git-modules.ts";
import { listObjects } from "./git-objects.ts";
import { type Git, openGit } from "./git-program.ts";
import { findTarget, isObjectId, isRefName } from "./git-refs.ts";
import { type Remote, readRemote } from "./git-remote.ts";
import { entryAt, type TreeEntry, treeEntries } from "./git-tree.ts";
import { only, pathRefused, selectedPath } from "./path.ts";
import type { Resolution, ResolveContext } from "./resolver.ts";

/** What is wanted of a repository. */
export interface RepositoryLocation {
  /** `https:`, `http:` or `ssh:`, without a password, a query or a fragment; or what `localRemote` makes of a folder. */
  readonly url: string | Remote;
  /** A commit's whole id, a branch, a tag, or a full name such as `refs/heads/main`; the host's choice when absent. */
  readonly revision?: string | undefined;
  /** A folder or a file in it; everything when absent or empty. */
  readonly path?: string | undefined;
  /** True when `revision` is the manifest's own `revision` and not part of its uri. */
  readonly declaredRevision?: boolean;
}

/** How a forge's repository is asked; a plain one needs none of it. */
export interface RepositoryAccess {
  /** Sent to the repository's origin alone. */
  readonly authorization?: Authorization | undefined;
  /** The operator's own configuration names the origin: it may be at any address. */
  readonly operatorEndpoint?: boolean;
  /** The host answers for what is private as for what is not there, so that a 404 tells nothing. */
  readonly hidesPrivate?: boolean;
}

/** Whether this revision is a commit's whole id, which can not change its meaning. No I/O. */
export function isPinnedRevision(revision: string | undefined): boolean {
  return revision !== undefined && isObjectId(revision);
}

/**
 * Asks a git server for one commit and lists its files. A whole commit id is a pin: git computes the id of everything
 * that it fetches, so what comes is what was named, or does not come. A branch or a tag means what it means today.
 */
export async function resolveRepository(
  location: RepositoryLocation,
  context: ResolveContext,
  access: RepositoryAccess = {},
): Promise<Resolution> {
  const { revision } = location;
  const path = selectedPath(location.path);
  if (path === undefined) return pathRefused(location.path ?? "");
  const remote = typeof location.url === "string" ? readRemote(location.url) : location.url;
  if (remote === undefined) return refuse("scheme-blocked", "this is no address that git is sent to");
  if (revision !== undefined && !isObjectId(revision) && !isRefName(revision)) {
    return refuse("revision-not-found", "no branch and no tag can be called that");
  }
  const isWeb = remote.scheme === "https" || remote.scheme === "http";
  const door = isWeb ? await knock(remote, context, access) : { remote, filters: true, givesAny: true };
  if ("status" in door) return door;
  const opened = await openGit(door.remote, context, access);
  if ("status" in opened) return opened;
  const target = await findTarget(opened, revision);
  if ("status" in target) return target;
  const key = `git ${door.remote.url} ${target.id} ${target.ref ?? ""} ${context.depth}`;
  const brought = await context.share(key, async () => {
    const fetched = await fetchTarget(opened, target, context.depth, door);
    return "status" in fetched ? fetched : { git: opened, fetched };
  });
  if ("status" in brought) return brought;
  const { git, fetched } = brought;
  const selected = await select(git, fetched.tree, path);
  if ("status" in selected) return selected;
  const modules = selected.type === "tree" ? await findModules(git, fetched.tree, selected) : [];
  if ("status" in modules) return modules;
  const large = isWeb ? await largeFilesOf(git, fetched.tree, context, access) : { facts: {} };
  return toFound({ location, context, git, door, fetched, ref: target.ref, selected, modules, large });
}

/** What the location's path leads to. */
interface Selected {
  readonly type: "tree" | "blob";
  readonly tree: string;
  /** What comes before the paths of its files in the repository. */
  readonly prefix: string;
  readonly entry?: TreeEntry;
}

async function select(git: Git, root: string, path: string): Promise<Selected | Refusal> {
  if (path === "") return { type: "tree", tree: root, prefix: "" };
  const entry = await entryAt(git, root, path);
  if (entry === undefined) return refuse("not-found", `the commit has no \`${path.slice(0, 200)}\``);
  if ("status" in entry) return entry;
  if (entry.type === "tree") return { type: "tree", tree: entry.id, prefix: `${path}/` };
  if (entry.type === "blob") return { type: "blob", tree: root, prefix: "", entry };
  return refuse("not-a-file", `\`${path.slice(0, 200)}\` is another repository, whose commit \`${entry.id}\` is meant`);
}

async function largeFilesOf(
  git: Git,
  root: string,
  context: ResolveContext,
  access: Access,
): Promise<{ readonly server?: LargeFiles; readonly facts: { readonly [name: string]: Json } }> {
  const { remote } = git;
  const usual = `${remote.url}${remote.url.endsWith(".git") ? "" : ".git"}/info/lfs`;
  const named = await lfsAddress(git, root);
  if (named === undefined) return { server: openLargeFiles(usual, remote, context, access), facts: {} };
  const own = readRemote(named.replace(/\/+$/, ""));
  // The repository's author may not send our questions, and the credential with them, to whomever they like.
  if (own === undefined || new URL(own.url).origin !== new URL(remote.url).origin) {
    return {
      server: openLargeFiles(usual, remote, context, access),
      facts: { lfsUrlIgnored: redactUrl(named).slice(0, 300) },
    };
  }
  return { server: openLargeFiles(own.url, remote, context, access), facts: {} };
}

interface Parts {
  readonly location: RepositoryLocation;
  readonly context: ResolveContext;
  readonly git: Git;
  readonly door: Door;
  readonly fetched: Fetched;
  readonly ref: string | undefined;
  readonly selected: Selected;
  readonly modules: readonly HostSign[];
  readonly large: Awaited<ReturnType<typeof largeFilesOf>>;
}

function toFound(parts: Parts): Resolution {
  const { location, context, git, door, fetched, ref, selected, modules, large } = parts;
  const { entry, tree } = selected;
  const pinned = isPinnedRevision(location.revision);
  const source = {
    git,
    scratch: context.scratch,
    writes: context.depth === "full",
    entries: () => (entry === undefined ? treeEntries(git, tree) : only(named(entry))),
    largeFiles: large.server,
  };
  const objects = (): AsyncGenerator<RemoteObject | Refusal> => listObjects(source);
  const prefix = entry?.path === undefined ? selected.prefix : entry.path.slice(0, entry.path.lastIndexOf("/") + 1);
  const signs = [...tagSigns(fetched, ref), ...modules];
  const facts: Found["facts"] = {
    commit: fetched.commit,
    // Of the whole commit, with the pointers of git-lfs as they stand in it.
    tree: fetched.tree,
    fetchedBy: fetched.asked,
    ...(ref === undefined ? {} : { ref }),
    ...(fetched.id === fetched.commit ? {} : { tagObject: fetched.id }),
    ...(fetched.commit.length === 64 ? { objectFormat: "sha256" } : {}),
    ...((door.exchange?.hops.length ?? 0) === 0 ? {} : { movedTo: door.remote.url }),
    ...large.facts,
  };
  return {
    status: "found",
    // A tag's own id is as good a pin as its commit's.
    revision: pinned ? fetched.id : fetched.commit,
    ...(location.declaredRevision === true && !pinned ? { revisionIsName: true } : {}),
    pinned,
    ...(entry === undefined ? {} : { single: true }),
    ...(signs.length === 0 ? {} : { signs }),
    facts,
    objects: { [Symbol.asyncIterator]: objects },
    follow: openFollow({ ...source, root: fetched.tree, prefix }),
    ...(large.server === undefined ? {} : { authorize: large.server.authorize }),
    ...(door.exchange === undefined ? {} : { exchange: door.exchange }),
  };
}

/** One file goes by its own name, without the folders above it. */
function named(entry: TreeEntry): TreeEntry {
  const { path } = entry;
  return path === undefined ? entry : { ...entry, path: path.slice(path.lastIndexOf("/") + 1) };
}

/** What is told of a signature, by the words that it begins with. */
const signatures: { readonly [kind: string]: string } = {
  "PGP SIGNATURE": "it holds a PGP signature",
  "SSH SIGNATURE": "it holds an SSH signature",
  "SIGNED MESSAGE": "it holds an X.509 signature",
};

function tagSigns({ tag }: Fetched, ref: string | undefined): readonly HostSign[] {
  const kind = /^-----BEGIN ((?:PGP|SSH) SIGNATURE|SIGNED MESSAGE)-----$/m.exec(tag ?? "")?.[1];
  if (kind === undefined) return [];
  const own = /^tag ([^\n]{1,200})$/m.exec(tag ?? "")?.[1];
  const at = ref?.replace(/^refs\/tags\//, "") ?? own ?? "";
  return [{ code: "tag-signed", at, detail: signatures[kind] ?? "it holds a signature" }];
}
