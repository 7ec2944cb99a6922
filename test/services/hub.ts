/**
 * A hub like Hugging Face's on a loopback port, with a second origin that gives out large files. It answers with the
 * shapes that the hub documents and that its own client reads; `test/services/hub.test.ts` lets that client judge it.
 */
import type { IncomingMessage } from "node:http";
import { startWebServer, type WebServer } from "../resolve/web-server.ts";
import { type Answer, bytesOf, failed, json, send } from "./hub-answer.ts";
import { type Commit, commitOf, type HubFiles, type HubType, type StoredFile } from "./hub-files.ts";

export interface HubRepo {
  readonly type?: HubType;
  readonly id: string;
  readonly files: HubFiles;
  readonly gated?: "auto" | "manual";
  readonly private?: boolean;
  readonly disabled?: boolean;
  readonly cardData?: object;
  readonly tags?: readonly string[];
  /** Other branches, tags and refs, by name. */
  readonly refs?: { readonly [name: string]: HubFiles };
  /** Names that lead here. */
  readonly renamedFrom?: readonly string[];
}

export interface Hub {
  /** Without a `/` at the end. */
  readonly url: string;
  readonly cdn: string;
  readonly asked: WebServer["asked"];
  readonly cdnAsked: WebServer["asked"];
  /** Of somebody who may read everything here. */
  readonly token: string;
  /** Of somebody who has an account and no more. */
  readonly strangerToken: string;
  /** The commit that a branch or tag stands for. */
  commit(id: string, revision?: string): string;
  /** From now on every request is answered `429`, and the window opens again in so many seconds; undefined ends it. */
  limit(seconds: number | undefined): void;
  /** From now on the second origin gives out these bytes for a large file; what is told of it stays. */
  spoil(id: string, path: string, bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** Entries on one page of a listing. */
const PAGE = 1000;
const token = "hf_GrantedGrantedGrantedGranted";
const strangerToken = "hf_StrangerStrangerStranger";

interface Stored extends Omit<HubRepo, "files" | "refs"> {
  readonly type: HubType;
  /** By branch, tag and ref. */
  readonly revisions: ReadonlyMap<string, Commit>;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: string;
  readonly user: "granted" | "stranger" | "invalid" | undefined;
}

/** Starts it with these repositories. */
export async function startHub(repos: readonly HubRepo[]): Promise<Hub> {
  const stored = repos.map(({ files, refs = {}, type = "model", ...repo }): Stored => {
    const all = Object.entries({ main: files, ...refs });
    return { ...repo, type, revisions: new Map(all.map(([name, tree]) => [name, commitOf(tree)])) };
  });
  const blobs = new Map<string, StoredFile>();
  for (const { revisions } of stored)
    for (const { files } of revisions.values()) for (const file of files.values()) blobs.set(file.sha256, file);
  let limit: number | undefined;
  const cdn = await startWebServer((request, response) => {
    const file = blobs.get(/^\/blobs\/([0-9a-f]{64})/.exec(request.url ?? "")?.[1] ?? "");
    if (file === undefined) send(request, response, { status: 404, body: "no such blob" });
    else send(request, response, bytesOf(request, file, `"${file.sha256}"`));
  });
  const hub = await startWebServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
    const url = new URL(request.url ?? "", hub.url);
    const r = limit === undefined ? 499 : 0;
    const rate = {
      ratelimit: `"api";r=${r};t=${limit ?? 295}`,
      "ratelimit-policy": '"fixed window";"api";q=500;w=300',
    };
    const asked = { request, url, body, user: userOf(request) };
    const answer =
      limit === undefined
        ? answerTo(stored, asked, hub.url, cdn.url)
        : failed(429, undefined, "We had to rate limit you");
    send(request, response, { ...answer, headers: { ...rate, ...answer.headers } });
  });
  return {
    url: hub.url,
    cdn: cdn.url,
    asked: hub.asked,
    cdnAsked: cdn.asked,
    token,
    strangerToken,
    commit(id, revision = "main") {
      const commit = stored.find((repo) => repo.id === id)?.revisions.get(revision);
      if (commit === undefined) throw new Error(`no ${id} at ${revision}`);
      return commit.sha;
    },
    limit(seconds) {
      limit = seconds;
    },
    spoil(id, path, bytes) {
      const file = stored
        .find((repo) => repo.id === id)
        ?.revisions.get("main")
        ?.files.get(path);
      if (file?.pointer === undefined) throw new Error(`${id} has no large file ${path}`);
      blobs.set(file.sha256, { ...file, bytes });
    },
    async close() {
      await Promise.all([hub.close(), cdn.close()]);
    },
  };
}

function userOf({ headers }: IncomingMessage): Asked["user"] {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  if (authorization === `Bearer ${token}`) return "granted";
  return authorization === `Bearer ${strangerToken}` ? "stranger" : "invalid";
}

function answerTo(repos: readonly Stored[], asked: Asked, origin: string, cdn: string): Answer {
  const { url, user } = asked;
  if (user === "invalid") return failed(401, undefined, "Invalid credentials in Authorization header");
  const api = /^\/api\/(model|dataset|space)s\/(.+)$/.exec(url.pathname);
  const cached = /^\/api\/resolve-cache\/(model|dataset|space)s\/(.+)$/.exec(url.pathname);
  const page = /^\/(?:(dataset|space)s\/)?(.+)$/.exec(url.pathname);
  const [, type = "model", rest = ""] = cached ?? api ?? page ?? [];
  const names = rest.split("/");
  const named = (id: string) => (repo: Stored) =>
    repo.type === type && [repo.id, ...(repo.renamedFrom ?? [])].includes(id);
  const id = [2, 1].map((count) => names.slice(0, count).join("/")).find((one) => repos.some(named(one))) ?? "";
  const repo = repos.find(named(id));
  const hidden = repo?.private === true && user !== "granted";
  // Anonymous people are not told what exists; somebody with an account is told that it is not there for them.
  if (repo === undefined || hidden) {
    if (user === undefined) return failed(401, undefined, "Invalid username or password.");
    return failed(404, "RepoNotFound", "Repository not found");
  }
  if (repo.id !== id) {
    const location = url.pathname.replace(id, repo.id) + url.search;
    return { status: 307, headers: { location, "content-type": "text/plain; charset=utf-8" }, body: location };
  }
  const after = names.slice(id.split("/").length);
  if (cached !== null) return fromCache(repo, after, asked);
  return api === null ? download(repo, after, asked, cdn) : question(repo, after, asked, origin);
}

function question(repo: Stored, [what, ...rest]: readonly string[], asked: Asked, origin: string): Answer {
  const { url, request } = asked;
  if (what === "auth-check") return gate(repo, asked) ?? json("OK");
  if (what === undefined || what === "revision") {
    const { commit } = revisionOf(repo, what === undefined ? ["main"] : rest);
    return commit === undefined ? noRevision(rest[0] ?? "") : json(infoOf(repo, commit, url.searchParams));
  }
  // Information is given of a disabled repository; nothing else is.
  if (repo.disabled === true) return failed(403, undefined, "Access to this resource is disabled.");
  const { commit, path } = revisionOf(repo, rest);
  if (commit === undefined) return noRevision(rest[0] ?? "");
  if (what === "tree") return treePage(commit, path, url, origin);
  if (what === "paths-info" && request.method === "POST") {
    const { paths = [] }: { readonly paths?: readonly string[] } = JSON.parse(asked.body);
    return json(commit.entries.filter((entry) => paths.includes(entry.path)));
  }
  return failed(404, undefined, "Sorry, we can't find the page you are looking for.");
}

function infoOf(repo: Stored, { sha, files }: Commit, query: URLSearchParams): object {
  const { id, cardData, gated = false, disabled = false, tags = [] } = repo;
  const whole = {
    ...(repo.type === "space" ? {} : { gated }),
    private: repo.private ?? false,
    disabled,
    sha,
    lastModified: "2026-01-02T03:04:05.000Z",
    tags,
    likes: 0,
    downloads: 0,
    ...(cardData === undefined ? {} : { cardData }),
    siblings: [...files.keys()].map((rfilename) => ({ rfilename })),
  };
  const expand = query.getAll("expand");
  const shown = Object.entries(whole).filter(([name]) => expand.length === 0 || expand.includes(name));
  return { _id: "65f000000000000000000001", id, ...Object.fromEntries(shown) };
}

function treePage(commit: Commit, path: string, url: URL, origin: string): Answer {
  const recursive = url.searchParams.get("recursive") === "true";
  const below = commit.entries.filter((entry) => {
    if (path !== "" && !entry.path.startsWith(`${path}/`)) return false;
    const rest = path === "" ? entry.path : entry.path.slice(path.length + 1);
    return recursive || !rest.includes("/");
  });
  if (path !== "" && below.length === 0) return failed(404, "EntryNotFound", `${path} does not exist`);
  const from = Number(Buffer.from(url.searchParams.get("cursor") ?? "", "base64").toString() || "0");
  const entries = below.slice(from, from + PAGE);
  if (from + PAGE >= below.length) return json(entries);
  const next = new URL(origin + url.pathname + url.search);
  next.searchParams.set("cursor", Buffer.from(String(from + PAGE)).toString("base64"));
  next.searchParams.set("limit", String(PAGE));
  return json(entries, { link: `<${next.href}>; rel="next"` });
}

function download(repo: Stored, [view, ...rest]: readonly string[], asked: Asked, cdn: string): Answer {
  if (view !== "resolve" && view !== "raw")
    return { status: 200, headers: { "content-type": "text/html" }, body: "<html>" };
  if (repo.disabled === true) return failed(403, undefined, "Access to this resource is disabled.");
  const closed = gate(repo, asked);
  if (closed !== undefined) return closed;
  const { commit, path } = revisionOf(repo, rest);
  if (commit === undefined) return noRevision(rest[0] ?? "");
  const file = commit.files.get(path);
  if (file === undefined) return failed(404, "EntryNotFound", "Entry not found");
  const headers = { "x-repo-commit": commit.sha, "accept-ranges": "bytes", etag: `"${file.oid}"` };
  if (view === "raw" && file.pointer !== undefined) {
    return { status: 200, headers: { ...headers, "content-type": "text/plain" }, body: file.pointer };
  }
  if (file.pointer === undefined) {
    const location = `/api/resolve-cache/${repo.type}s/${repo.id}/${commit.sha}/${path.split("/").map(encodeURIComponent).join("/")}`;
    return { status: 307, headers: { ...headers, location }, body: location };
  }
  const linked = {
    ...headers,
    "x-linked-etag": `"${file.sha256}"`,
    "x-linked-size": String(file.bytes.length),
    ...(file.xetHash === undefined ? {} : { "x-xet-hash": file.xetHash }),
  };
  if (file.xetHash !== undefined && (asked.request.headers.accept ?? "").includes("vnd.xet-fileinfo+json")) {
    const link = `<${cdn}/xet/auth>; rel="xet-auth", <${cdn}/xet/${file.xetHash}>; rel="xet-reconstruction-info"`;
    return {
      ...json({ hash: file.xetHash }),
      headers: { ...linked, link, "content-type": "application/vnd.xet-fileinfo+json" },
    };
  }
  return { status: 302, headers: { ...linked, location: `${cdn}/blobs/${file.sha256}?Signature=secret` } };
}

function fromCache(repo: Stored, [sha, ...rest]: readonly string[], asked: Asked): Answer {
  const closed = gate(repo, asked);
  if (closed !== undefined) return closed;
  const commit = [...repo.revisions.values()].find((one) => one.sha === sha);
  const file = commit?.files.get(rest.map(decodeURIComponent).join("/"));
  return file === undefined
    ? failed(404, "EntryNotFound", "Entry not found")
    : bytesOf(asked.request, file, `"${file.oid}"`);
}

function gate({ gated, id, type }: Stored, { user }: Asked): Answer | undefined {
  if (gated === undefined || user === "granted") return undefined;
  const restricted = `Access to ${type} ${id} is restricted`;
  return user === undefined
    ? failed(
        401,
        "GatedRepo",
        `${restricted}. You must have access to it and be authenticated to access it. Please log in.`,
      )
    : failed(
        403,
        "GatedRepo",
        `${restricted} and you are not in the authorized list. Visit the page to ask for access.`,
      );
}

/** A revision is one segment, encoded, or a ref written out. */
function revisionOf(
  { revisions }: Stored,
  segments: readonly string[],
): { readonly commit?: Commit | undefined; readonly path: string } {
  const length = segments[0] === "refs" ? 3 : 1;
  const name = segments.slice(0, length).map(decodeURIComponent).join("/");
  const commit =
    revisions.get(name === "HEAD" ? "main" : name) ?? [...revisions.values()].find(({ sha }) => sha === name);
  return { commit, path: segments.slice(length).map(decodeURIComponent).join("/") };
}

function noRevision(revision: string): Answer {
  return failed(404, "RevisionNotFound", `Invalid rev id: ${decodeURIComponent(revision)}`);
}
