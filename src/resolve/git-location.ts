import type { Location } from "../model/manifest.ts";
import { isObjectId, isRefName } from "./git-refs.ts";
import { readRemote } from "./git-remote.ts";
import { selectedPath } from "./path.ts";

/** What a `git+` uri names. */
export interface GitLocation {
  /** Of a repository at a host. */
  readonly url?: string;
  /** Of a repository on this machine: absolute, or relative to the manifest's folder. */
  readonly folder?: string;
  readonly revision?: string;
  /** `""` for everything. */
  readonly path: string;
  /** The revision is the location's own. */
  readonly declaredRevision?: true;
}

/** Longer uris are no one's. UTF-16 units. */
const uriMaxLength = 4096;

/**
 * Reads `git+https://host/x.git@revision#path`, as SPDX and pip write it, and `git+https://host/x.git#revision`, as npm
 * does. Undefined for what is neither, and where two ways to say the same thing say different things.
 */
export function parseGitUri({ uri, revision, path, unpack = false }: Location): GitLocation | undefined {
  const scheme = /^git\+(https?|ssh|file):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined || unpack || uri.length > uriMaxLength || uri.includes("?")) return undefined;
  const hash = uri.indexOf("#");
  const main = hash === -1 ? uri : uri.slice(0, hash);
  const fragment = hash === -1 ? undefined : uri.slice(hash + 1);
  const { address, written } = withoutRevision(main.slice("git+".length));
  const said = written === undefined ? fragmentAlone(fragment) : fragmentBehind(fragment, written);
  const below = selectedPath(path);
  if (said === undefined || below === undefined) return undefined;
  const at = agreed(said.revision, revision);
  const selected = agreed(said.path, below === "" ? undefined : below);
  if (at === "differ" || selected === "differ") return undefined;
  if (at !== undefined && at.value !== undefined && !isObjectId(at.value) && !isRefName(at.value)) return undefined;
  const place = scheme === "file" ? localFolder(address) : hostUrl(address);
  if (place === undefined) return undefined;
  return {
    ...place,
    ...(at?.value === undefined ? {} : { revision: at.value }),
    path: selected?.value ?? "",
    ...(said.revision === undefined && revision !== undefined ? { declaredRevision: true } : {}),
  };
}

interface Said {
  readonly revision?: string;
  readonly path?: string;
}

/** Takes the revision off the end of an address. An `@` before the path is a login's, and one that begins a segment a name's. */
function withoutRevision(address: string): { readonly address: string; readonly written: string | undefined } {
  const begin = /^[a-z]+:\/\/[^/]*/i.exec(address)?.[0].length ?? address.indexOf(":") + 1;
  const path = address.slice(begin);
  const git = path.indexOf(".git@");
  const at = git === -1 ? path.lastIndexOf("@") : git + ".git".length;
  if (at <= 0 || path[at - 1] === "/") return { address, written: undefined };
  return { address: address.slice(0, begin + at), written: path.slice(at + 1) };
}

/** Behind a revision there is a path. */
function fragmentBehind(fragment: string | undefined, written: string): Said | undefined {
  const revision = decoded(written);
  if (revision === undefined || revision === "") return undefined;
  if (fragment === undefined) return { revision };
  const isPips = /^(?:subdirectory|egg)=/.test(fragment);
  const path = isPips ? pathIn(fragment) : selectedPath(decoded(fragment.replace(/^\//, "")) ?? "..");
  return path === undefined ? undefined : { revision, path };
}

/** Alone it is the revision, or pip's way to name a path. */
function fragmentAlone(fragment: string | undefined): Said | undefined {
  if (fragment === undefined) return {};
  const path = pathIn(fragment);
  if (path !== undefined) return { path };
  const revision = decoded(fragment);
  // A range of versions is chosen from by npm's rules, and not by ours.
  return revision === undefined || revision === "" || /[=&]|^semver:/.test(revision) ? undefined : { revision };
}

/** The `subdirectory` of pip's fragments. */
function pathIn(fragment: string): string | undefined {
  const parts = new Map(fragment.split("&").map((part) => [part.split("=", 1)[0], part.slice(part.indexOf("=") + 1)]));
  const known = [...parts.keys()].every((key) => key === "subdirectory" || key === "egg");
  const path = parts.get("subdirectory");
  if (!known || path === undefined || !fragment.includes("=")) return undefined;
  return selectedPath(decoded(path) ?? "..");
}

/** The one value of two that mean the same; `differ` where they do not. */
function agreed(
  first: string | undefined,
  second: string | undefined,
): { readonly value: string | undefined } | "differ" | undefined {
  if (first === undefined || second === undefined) return { value: first ?? second };
  return first === second ? { value: first } : "differ";
}

function hostUrl(address: string): Pick<GitLocation, "url"> | undefined {
  const remote = readRemote(address);
  return remote === undefined ? undefined : { url: remote.url };
}

function localFolder(address: string): Pick<GitLocation, "folder"> | undefined {
  const path = /^file:(?:\/\/(?=\/))?(.*)$/is.exec(address)?.[1];
  const folder = path === undefined ? undefined : decoded(path);
  // Another host's files are not ours, and `file:` alone is no folder.
  if (folder === undefined || folder === "" || folder.startsWith("//") || /[\0\n]|\p{Surrogate}/u.test(folder)) {
    return undefined;
  }
  return { folder };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
