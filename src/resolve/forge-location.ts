import type { Location } from "../model/manifest.ts";
import { isObjectId, isRefName } from "./git-refs.ts";
import { selectedPath } from "./path.ts";
import { parsePurl } from "./purl-parts.ts";
import type { Selection } from "./selection.ts";

/** Where a forge keeps names: a page's address does not always say which. */
export type Namespace = "heads" | "tags";

/** What a location means at a forge. */
export type ForgeRef = {
  /** The forge's host, lower case. */
  readonly host: string;
  /** The project's path at the forge: `owner/name`, or deeper where groups nest. */
  readonly repository: string;
} & ForgeTarget;

export type ForgeTarget =
  | {
      readonly kind: "tree";
      readonly revision?: string;
      /** The revision is the location's own. */
      readonly declaredRevision?: true;
      /** The name of a branch or a tag, and a path behind it: only the repository knows where the one ends. */
      readonly named?: readonly string[];
      /** Where that name is to be looked for; everywhere when absent. */
      readonly namespace?: Namespace;
      /** A folder or a file; `""` for everything. Behind `named`, what the location adds. */
      readonly path: string;
      /** It is an archive whose members are meant, below this path of it. */
      readonly members?: string;
    }
  | {
      readonly kind: "release";
      /** Absent for whichever is the latest. */
      readonly tag?: string;
      /** Of the files that were uploaded for it. */
      readonly selection: Selection;
    }
  | {
      readonly kind: "archive";
      /** Below the forge's own address, encoded. */
      readonly address: string;
      readonly name: string;
      /** When it is made of a commit and not of a name. */
      readonly commit?: string;
      /** Its members are meant, below this path of them. */
      readonly members?: string;
    };

/** Longer names of releases and the like are no one's. UTF-16 units. */
const nameMaxLength = 255;

/** The repository, at the location's own revision where there is one. */
export function wholeRepository({ revision, path, unpack = false }: Location): ForgeTarget | undefined {
  return atRevision(undefined, { revision, path, unpack });
}

/**
 * The repository at the revision that the uri names. The location's own has to be the same, unless it is a commit: a
 * whole id says what the name stood for, and pins it.
 */
export function atRevision(
  written: string | undefined,
  { revision, path, unpack }: Pick<Location, "revision" | "path" | "unpack">,
): ForgeTarget | undefined {
  const selected = selectedPath(path);
  const own = revision === undefined || revision === written ? undefined : revision;
  if (selected === undefined || (own !== undefined && written !== undefined && !isObjectId(own))) return undefined;
  const at = own ?? written;
  if (at !== undefined && !isObjectId(at) && !isRefName(at)) return undefined;
  // Without a path there is no archive to unpack.
  if (unpack === true && selected === "") return undefined;
  return {
    kind: "tree",
    ...(at === undefined ? {} : { revision: at }),
    ...(own === undefined ? {} : { declaredRevision: true }),
    path: selected,
    ...(unpack === true ? { members: "" } : {}),
  };
}

/** A page of a folder or a file: what stands behind `tree` or `blob` is a name and a path in one. */
export function behindName(
  parts: readonly string[],
  location: Location,
  options: { readonly file?: boolean; readonly namespace?: Namespace | undefined } = {},
): ForgeTarget | undefined {
  const { revision, path, unpack = false } = location;
  const { file = false, namespace } = options;
  const segments = parts.flatMap((part) => part.split("/"));
  const below = selectedPath(path);
  if (below === undefined || parts.length === 0 || selectedPath(segments.join("/")) === undefined) return undefined;
  // A path inside a file has no meaning unless that file is an archive.
  if (file && (segments.length < 2 || (below !== "" && !unpack))) return undefined;
  const [first = ""] = segments;
  const pin = revision !== undefined && isObjectId(revision) && revision !== first ? revision : undefined;
  const known = pin === undefined && revision !== undefined ? revision : lengthOne(segments);
  const more = file ? "" : below;
  const members = unpack ? { members: file ? below : "" } : {};
  const pinned = pin === undefined ? {} : { revision: pin, declaredRevision: true as const };
  if (known === undefined) {
    const where = namespace === undefined ? {} : { namespace };
    return { kind: "tree", ...pinned, named: segments, ...where, path: more, ...members };
  }
  const names = known.split("/");
  // The location's own name has to be the one that the page's address begins with.
  if (segments.slice(0, names.length).join("/") !== known || !(isObjectId(known) || isRefName(known))) return undefined;
  const inside = [...segments.slice(names.length), more].filter((part) => part !== "").join("/");
  if ((unpack || file) && inside === "") return undefined;
  const isWhole = namespace === undefined || isObjectId(known) || known.startsWith("refs/");
  return {
    kind: "tree",
    revision: isWhole ? known : `refs/${namespace}/${known}`,
    ...pinned,
    path: inside,
    ...members,
  };
}

/** The name, where it can only be the first segment. */
function lengthOne(segments: readonly string[]): string | undefined {
  const [first = ""] = segments;
  return isObjectId(first) || first === "HEAD" || segments.length === 1 ? first : undefined;
}

/** A file that a forge makes of the repository on demand. */
export function archiveOf(
  repository: string,
  parts: readonly string[],
  reference: string,
  { path, unpack = false }: Location,
): ForgeTarget | undefined {
  const selected = selectedPath(path);
  const name = parts.at(-1)?.split("/").at(-1);
  if (selected === undefined || name === undefined || name === "" || (selected !== "" && !unpack)) return undefined;
  const address = [...repository.split("/"), ...parts.flatMap((part) => part.split("/"))].map(encodeURIComponent);
  return {
    kind: "archive",
    address: address.join("/"),
    name,
    ...(isObjectId(reference) ? { commit: reference.toLowerCase() } : {}),
    ...(unpack ? { members: selected } : {}),
  };
}

/** A release's files, or one of them. */
export function releaseOf(tag: string | undefined, selection: Selection | undefined): ForgeTarget | undefined {
  if (selection === undefined || (tag !== undefined && !isRefName(tag))) return undefined;
  return { kind: "release", ...(tag === undefined ? {} : { tag }), selection };
}

/** `id:owner/name`, `id:owner/name@revision`, `id:owner/name#revision`, and the package URL of that type. */
export function shortForm(
  id: string,
  uri: string,
): { readonly repository: string; readonly revision?: string; readonly path?: string } | undefined {
  const purl = parsePurl(uri, id);
  if (purl !== undefined) {
    const { namespace, name, version, qualifiers, subpath } = purl;
    // To ignore one (a checksum, another address) would be to check something else than was declared.
    if (qualifiers.size > 0 || namespace.length === 0) return undefined;
    return {
      repository: [...namespace, name].join("/"),
      ...(version === undefined ? {} : { revision: version }),
      ...(subpath === undefined ? {} : { path: subpath }),
    };
  }
  if (uri.slice(0, id.length + 1).toLowerCase() !== `${id}:` || uri.length > 1000) return undefined;
  const match = /^([^@#?\s:/][^@#?\s:]*)(?:[@#]([^\s@#?]+))?$/.exec(uri.slice(id.length + 1));
  const [, repository, revision] = match ?? [];
  if (repository === undefined) return undefined;
  return { repository: repository.replace(/\/$/, ""), ...(revision === undefined ? {} : { revision }) };
}

/** The location as if the path of the uri were its own; undefined where both are given. */
export function withPath(location: Location, path: string | undefined): Location | undefined {
  if (path === undefined) return location;
  return selectedPath(location.path) === "" ? { ...location, path } : undefined;
}

/** `owner/name` with nothing in it that could lead elsewhere; `.git` at the end is git's own habit. */
export function projectPath(segments: readonly string[]): string | undefined {
  const path = segments.join("/").replace(/\.git$/, "");
  if (path.length > nameMaxLength) return undefined;
  return /^[a-z0-9_][a-z0-9._-]*(?:\/[a-z0-9_.-]*[a-z0-9_-][a-z0-9_.-]*)+$/i.test(path) &&
    !/(?:^|\/)\.\.?(?:\/|$)/.test(path)
    ? path
    : undefined;
}
