import type { DigestSet } from "../model/digest.ts";
import type { Refusal, RemoteObject } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { downloadUrl, encodedPath, type Hub, type HubRepository } from "./huggingface-hub.ts";
import { nextLink } from "./link-header.ts";
import { pathRefused, pathSegments } from "./path.ts";

/** Pages of one listing, 1,000 entries each: more than any repository may have. A host must not list for ever. */
const PAGES_MAX = 100_000;
/** Longer cursors are no cursors. UTF-16 units. */
const cursorMaxLength = 4096;

/** An entry of a listing, read. */
export interface TreeEntry {
  readonly type: string;
  readonly path: string;
  readonly size?: number | undefined;
  /** The git blob. Of a file that is stored elsewhere it is the pointer's, not the content's. */
  readonly oid?: string | undefined;
  readonly lfs?: { readonly oid?: string | undefined; readonly size?: number | undefined } | undefined;
  /** A hash of the Xet storage's own making: no digest of the bytes that anybody else could compute. */
  readonly xetHash?: unknown;
}

/** What a listing is of. */
export interface Tree {
  readonly hub: Hub;
  readonly of: HubRepository;
  readonly commit: string;
  /** Beforehand known of all files: the gate before them is closed for us. */
  readonly refusal?: Refusal | undefined;
  /** Reads a page's entries, or says that they are none. */
  readonly read: (body: unknown) => readonly TreeEntry[] | undefined;
}

/** Every file below the repository's path, page by page, in the hub's order. */
export async function* listTree(tree: Tree): AsyncGenerator<RemoteObject | Refusal, void, undefined> {
  const { hub, of, commit, read } = tree;
  const folder = of.path === "" ? "" : `/${encodedPath(of.path)}`;
  let query: string | undefined = "recursive=true&expand=false";
  // Of all queries so far one is remembered, at the powers of two: enough to notice any circle of pages.
  let remembered: string = query;
  for (let page = 1; query !== undefined; page += 1) {
    const asked = await hub.ask({ ...of, revision: commit }, `/tree/${commit}${folder}?${query}`);
    if (asked.status === "refused") return yield asked;
    const { answer } = asked;
    const invalid = (what: string): Refusal =>
      refuse("reply-invalid", `the hub's listing ${what}`, { url: answer.exchange.url });
    const entries = read(asked.body);
    if (entries === undefined) return yield invalid("is not one");
    for (const entry of entries) {
      if (entry.type !== "directory") yield objectOf(tree, entry) ?? invalid("names a file outside its folder");
    }
    const next = nextQuery(answer.headers.link);
    if (next === "invalid") return yield invalid("has a next page that can not be asked for");
    if (next === remembered) return yield invalid("goes round in a circle");
    if (page >= PAGES_MAX) return yield refuse("too-large", `the listing has more than ${PAGES_MAX} pages`);
    query = next;
    if (next !== undefined && (page & (page - 1)) === 0) remembered = next;
  }
}

/** One file as it was listed; undefined for one that lies elsewhere. */
export function objectOf(tree: Tree, entry: TreeEntry): RemoteObject | Refusal | undefined {
  const { hub, of, commit, refusal } = tree;
  if (pathSegments(entry.path) === undefined) return pathRefused(entry.path);
  const below = of.path === "" ? entry.path : relative(entry.path, of.path);
  if (below === undefined) return undefined;
  const size = sizeOf(entry);
  const digest = digestOf(entry);
  const treeBlob = entry.lfs === undefined ? undefined : entry.oid;
  const other = entry.type === "file" ? refusal : notAFile(entry);
  return {
    path: below,
    url: downloadUrl(hub, of, commit, entry.path),
    ...(size === undefined ? {} : { size }),
    ...(digest === undefined ? {} : { digest }),
    ...(treeBlob === undefined ? {} : { treeBlob }),
    ...(hub.operatorEndpoint ? { operatorEndpoint: true } : {}),
    listed: true,
    ...(other === undefined ? {} : { refusal: other }),
  };
}

/** A file's own name where the path is the file itself. */
function relative(path: string, folder: string): string | undefined {
  if (path === folder) return path.slice(path.lastIndexOf("/") + 1);
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

function sizeOf({ size, lfs }: TreeEntry): number | undefined {
  return lfs?.size ?? size;
}

/** What the hub says of the content, and not what it says of a pointer to it. */
function digestOf({ oid, lfs, xetHash }: TreeEntry): DigestSet | undefined {
  if (lfs !== undefined) return lfs.oid === undefined ? undefined : { sha256: lfs.oid };
  return oid === undefined || (xetHash !== undefined && xetHash !== null) ? undefined : { gitBlob: oid };
}

function notAFile({ type, path }: TreeEntry): Refusal {
  return refuse("not-a-file", `\`${path.slice(0, 200)}\` is listed as \`${type.slice(0, 50)}\` and not as a file`);
}

/**
 * The question for the next page. Only the query of the link is taken: a mirror may pass on the hub's own addresses, and
 * the token must not follow them.
 */
function nextQuery(link: string | undefined): string | "invalid" | undefined {
  const target = nextLink(link);
  if (target === undefined) return undefined;
  const query = /\?([^#]*)/.exec(target)?.[1] ?? "";
  const parameters = new URLSearchParams(query);
  const cursor = parameters.get("cursor");
  if (cursor === null || cursor === "" || cursor.length > cursorMaxLength) return "invalid";
  const next = new URLSearchParams({ recursive: "true", expand: "false", cursor });
  const limit = parameters.get("limit");
  if (limit !== null && /^\d{1,6}$/.test(limit)) next.set("limit", limit);
  return next.toString();
}
