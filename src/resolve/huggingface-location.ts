/** How places at the hub are written: `hf:` and `hf://`, package URLs, and what people copy out of a browser. */
import type { Location } from "../model/manifest.ts";
import { pathSegments, selectedPath } from "./path.ts";
import { type PurlParts, parsePurl } from "./purl-parts.ts";

/** The kinds of repositories that hold files under version control. */
export type HubType = "models" | "datasets" | "spaces";

/** What a location at the hub means. */
export type HubRef = {
  readonly type: HubType;
  /** `org/name`, or `name` alone for what was there before organisations were. */
  readonly id: string;
  /** A commit in lower case, a branch, a tag or a ref. Absent: what the hub shows first. */
  readonly revision?: string;
  /** The revision is the location's `revision` and no commit. */
  readonly namedByRevision?: true;
  /** A folder or a file in the repository; `""` is all of it. */
  readonly path: string;
  /** The location says that the path is a file. */
  readonly file?: true;
  /** The file is an archive whose members are meant, below this path. */
  readonly members?: string;
  /** Another instance that the location itself names, with a `/` at the end. */
  readonly hub?: string;
};

/** A place before the location's own `revision`, `path` and `unpack` are looked at. */
interface Place {
  readonly type: HubType;
  readonly id: string;
  readonly revision?: string | undefined;
  readonly path: string;
  readonly file: boolean;
  readonly hub?: string;
}

const types: readonly HubType[] = ["models", "datasets", "spaces"];
const hosts: ReadonlySet<string> = new Set(["huggingface.co", "www.huggingface.co", "hf.co"]);
/** First segments at the hub that are no organisation, and kinds of repositories that are not read here. */
const reserved: ReadonlySet<string> = new Set(
  (
    "api blog buckets chat changelog collections docs enterprise front inference inference-endpoints jobs join kernels " +
    "languages learn login logout models new notifications oauth organizations papers posts pricing privacy resources " +
    "search settings spaces datasets storage support tasks terms-of-service users"
  ).split(" "),
);
/** What may stand behind a browser's address without changing what it shows. */
const harmlessQuery: ReadonlySet<string> = new Set(["download", "library", "not-for-all-audiences"]);
/** The pages and downloads that name a revision. */
const views: ReadonlySet<string> = new Set(["tree", "blob", "resolve", "raw"]);

/** Longer names of repositories and revisions are nobody's. UTF-16 units. */
const nameMaxLength = 96;
const revisionMaxLength = 256;

/** Reads a location; undefined for what is not written as one of the hub's. */
export function parseHubLocation({ uri, revision, path, unpack = false }: Location): HubRef | undefined {
  const place = fromShort(uri) ?? fromPurl(uri) ?? fromBrowser(uri);
  const selected = selectedPath(path);
  if (place === undefined || selected === undefined) return undefined;
  if (revision !== undefined && !isRevision(revision)) return undefined;
  const within = whatIsMeant(place, selected, unpack);
  if (within === undefined) return undefined;
  const { type, id, hub } = place;
  return { type, id, ...(hub === undefined ? {} : { hub }), ...whichRevision(place.revision, revision), ...within };
}

/** True for a commit written out: the only thing at the hub that can not change its meaning. */
export function isCommit(revision: string | undefined): revision is string {
  return revision !== undefined && /^[0-9a-f]{40}$/.test(revision);
}

/** True for what the hub takes as a repository's name. */
export function isHubId(id: string): boolean {
  return id.split("/").length <= 2 && id.split("/").every((name) => isName(name));
}

/** A commit says more than a name: it decides, wherever it stands. Otherwise what the URI itself says comes first. */
function whichRevision(
  written: string | undefined,
  declared: string | undefined,
): Pick<HubRef, "revision" | "namedByRevision"> {
  const [own, pin] = [written, declared].map((text) =>
    text !== undefined && isCommit(text.toLowerCase()) ? text.toLowerCase() : text,
  );
  const revision = isCommit(pin) && !isCommit(own) ? pin : (own ?? pin);
  if (revision === undefined) return {};
  return revision === pin && !isCommit(pin) ? { revision, namedByRevision: true } : { revision };
}

/** Which part of the repository, and whether it is an archive to be looked into. */
function whatIsMeant(
  place: Place,
  selected: string,
  unpack: boolean,
): Pick<HubRef, "path" | "file" | "members"> | undefined {
  if (unpack) {
    // Where the URI ends at the repository the path names the archive; else the URI does, and the path is inside it.
    if (place.path !== "") return { path: place.path, file: true, members: selected };
    return selected === "" ? undefined : { path: selected, file: true, members: "" };
  }
  if (place.file) return selected === "" ? { path: place.path, file: true } : undefined;
  return { path: [place.path, selected].filter((part) => part !== "").join("/") };
}

/** `hf:org/name`, `hf:datasets/org/name@revision/path`, the same with `//`. Only the revision may be encoded. */
function fromShort(uri: string): Place | undefined {
  const rest = /^hf:(?:\/\/)?([^/].*)$/is.exec(uri)?.[1]?.replace(/\/$/, "");
  if (rest === undefined) return undefined;
  const segments = rest.split("/");
  const type = typeOf(segments);
  const names = segments.slice(type.length);
  const at = names.slice(0, 2).findIndex((name) => name.includes("@"));
  if (at === -1) return placeAt(type.type, names.slice(0, 2), undefined, names.slice(2), false);
  const marked = names[at] ?? "";
  const cut = marked.indexOf("@");
  const after = [marked.slice(cut + 1), ...names.slice(at + 1)];
  const { revision, path } = cutRevision(after);
  if (revision === undefined) return undefined;
  return placeAt(type.type, [...names.slice(0, at), marked.slice(0, cut)], revision, path, false);
}

/** `pkg:huggingface/org/name@commit#path`; `repository_url` names another instance. */
function fromPurl(uri: string): Place | undefined {
  const purl: PurlParts | undefined = /^pkg:/i.test(uri) ? parsePurl(uri, "huggingface") : undefined;
  if (purl === undefined || [...purl.qualifiers.keys()].some((key) => key !== "repository_url")) return undefined;
  const segments = [...purl.namespace, purl.name];
  const type = typeOf(segments);
  const path = purl.subpath?.split("/") ?? [];
  const place = placeAt(type.type, segments.slice(type.length), purl.version, path, false);
  const url = purl.qualifiers.get("repository_url");
  if (place === undefined || url === undefined) return place;
  const hub = instance(url);
  if (hub === undefined) return undefined;
  return hosts.has(new URL(hub).hostname) ? place : { ...place, hub };
}

function instance(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === "";
  return isPlain ? (url.href.endsWith("/") ? url.href : `${url.href}/`) : undefined;
}

/** `https://huggingface.co/org/name`, and below it `tree`, `blob`, `resolve` and `raw` with a revision and a path. */
function fromBrowser(uri: string): Place | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (!/^https?:\/\//i.test(uri) || /[\u0000-\u0020\u007f\\]/.test(uri) || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  if (!hosts.has(url.hostname) || url.port !== "" || `${url.username}${url.password}` !== "") return undefined;
  if ([...url.searchParams.keys()].some((key) => !harmlessQuery.has(key))) return undefined;
  const segments = url.pathname.replace(/\/$/, "").split("/").slice(1).map(decoded);
  if (!segments.every((segment) => segment !== undefined)) return undefined;
  const type = typeOf(segments);
  const names = segments.slice(type.length);
  // A repository can be called like a view: then the view stands behind it.
  const isSingle = views.has(names[1] ?? "") && names.length > 2 && !(views.has(names[2] ?? "") && names.length > 3);
  const id = names.slice(0, isSingle ? 1 : 2);
  const [view, ...after] = names.slice(id.length);
  if (view === undefined) return placeAt(type.type, id, undefined, [], false);
  const { revision, path } = cutRevision(after);
  if (!views.has(view) || revision === undefined) return undefined;
  const isFile = view !== "tree";
  return isFile && path.length === 0 ? undefined : placeAt(type.type, id, revision, path, isFile);
}

function typeOf([first]: readonly string[]): { readonly type: HubType; readonly length: 0 | 1 } {
  const type = types.find((one) => one === first);
  return type === undefined ? { type: "models", length: 0 } : { type, length: 1 };
}

/** The revision that segments begin with: one of them, or a ref, which holds slashes of its own. */
function cutRevision(segments: readonly string[]): { readonly revision?: string; readonly path: readonly string[] } {
  const isRef = segments[0] === "refs" && (segments[1] === "pr" || segments[1] === "convert");
  const length = isRef ? 3 : 1;
  const revision = decoded(segments.slice(0, length).join("/"));
  return { ...(revision === undefined ? {} : { revision }), path: segments.slice(length) };
}

function placeAt(
  type: HubType,
  names: readonly string[],
  revision: string | undefined,
  segments: readonly string[],
  file: boolean,
): Place | undefined {
  const path = segments.join("/");
  const isInside = segments.length === 0 || pathSegments(path)?.length === segments.length;
  if (!names.every(isName) || names.length === 0 || names.length > 2 || reserved.has(names[0] ?? "")) return undefined;
  if (!isInside || (revision !== undefined && !isRevision(revision))) return undefined;
  return { type, id: names.join("/"), revision, path, file };
}

function isName(name: string): boolean {
  const fits = name.length <= nameMaxLength && /^\w(?:[\w.-]*\w)?$/.test(name);
  // An address that ends in `.git` is for git.
  return fits && !name.includes("..") && !name.endsWith(".git");
}

/** What git takes for the name of a branch, a tag or a commit. */
function isRevision(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (text.length > revisionMaxLength || !/^[^\u0000-\u0020\u007f~^:?*[\\]+$/.test(text)) return false;
  return !text.startsWith("-") && !text.includes("..") && !text.includes("@{") && pathSegments(text) !== undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
