/**
 * A server that answers as Software Heritage's API documents it, over a real git repository: git's own object ids are
 * the archive's. `swh.web.client` is held against it in its test.
 */
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { needThat, type Suite } from "./need.ts";
import { swhFolder } from "./swh-folder.mjs";

const python = join(swhFolder, "bin", "python");

/** `describe` for tests that need the archive's own client; skipped with a word that says so where it is not installed. */
export const needSwhClient = (): Suite =>
  needThat(existsSync(join(swhFolder, "done")), "swh.web.client", "node test/services/install-swh.mjs");

/** Runs Python with the archive's client, and returns what it prints. */
export function runSwhPython(script: string, ...argv: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(python, ["-c", script, ...argv], (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr));
    });
  });
}

interface Branch {
  readonly target: string;
  readonly target_type: string;
}

export interface SwhServer {
  /** With a `/` at the end. */
  readonly url: string;
  readonly asked: { readonly method: string; readonly url: string; readonly authorization: string | undefined }[];
  /** Origins that were asked to be saved. */
  readonly saved: string[];
  /** The snapshot of the repository as it is now. */
  snapshot(): string;
  /** Changes an answer, by the path behind the base: a status with a body, in place of the archive's own. */
  override(
    path: string,
    answer: { status: number; body: unknown; headers?: { readonly [name: string]: string } },
  ): void;
  close(): Promise<void>;
}

export interface SwhServerOptions {
  /** Ids that the archive does not have. */
  readonly absent?: ReadonlySet<string>;
  /** Contents that it knows by name alone. */
  readonly unkept?: ReadonlySet<string>;
  /** Ids that it keeps and gives to nobody. */
  readonly masked?: ReadonlySet<string>;
  /** Branches on one page of a snapshot. */
  readonly pageSize?: number;
}

/** Starts it on a loopback port of its own. */
export async function startSwh(repository: string, options: SwhServerOptions = {}): Promise<SwhServer> {
  const { absent = new Set(), unkept = new Set(), masked = new Set(), pageSize = 1000 } = options;
  const asked: SwhServer["asked"] = [];
  const saved: string[] = [];
  const overrides = new Map<string, { status: number; body: unknown; headers?: { readonly [name: string]: string } }>();
  let base = "";
  const git = (...argv: readonly string[]): Buffer =>
    execFileSync("git", ["-C", repository, ...argv], { maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
  const typeOf = (id: string): string | undefined => {
    if (absent.has(id)) return undefined;
    if (id === emptyTree) return "tree";
    const type = spawnSync("git", ["-C", repository, "cat-file", "-t", id], { encoding: "utf8" });
    return type.status === 0 ? type.stdout.trim() : undefined;
  };
  const lines = (id: string): { readonly [key: string]: string } =>
    Object.fromEntries(
      (git("cat-file", "-p", id).toString("utf8").split("\n\n", 1)[0] ?? "")
        .split("\n")
        .map((line): [string, string] => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)])
        .reverse(),
    );
  const branches = (): Map<string, Branch> => {
    const refs = git("for-each-ref", "--format=%(refname) %(objectname) %(objecttype)").toString("utf8").trim();
    const all = new Map<string, Branch>();
    const head = spawnSync("git", ["-C", repository, "symbolic-ref", "-q", "HEAD"], { encoding: "utf8" });
    if (head.status === 0) all.set("HEAD", { target: head.stdout.trim(), target_type: "alias" });
    for (const ref of refs === "" ? [] : refs.split("\n")) {
      const [name = "", target = "", type = ""] = ref.split(" ");
      all.set(name, { target, target_type: swhTypes[type] ?? "" });
    }
    return new Map([...all].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  };
  const snapshot = (): string => snapshotId(branches());
  const urlOf = ({ target, target_type: type }: Branch): { readonly target_url?: string } => {
    if (type === "alias") return {};
    return { target_url: `${base}${type}/${type === "content" ? "sha1_git:" : ""}${target}/` };
  };
  const content = (id: string): { length: number; status: string; checksums: object } => {
    const bytes = git("cat-file", "blob", id);
    const sum = (name: string): string => createHash(name).update(bytes).digest("hex");
    const weak = { sha1_git: id, sha1: sum("sha1"), sha256: sum("sha256") };
    return { length: bytes.length, status: "visible", checksums: weak };
  };
  const entries = (id: string): unknown[] =>
    (id === emptyTree ? "" : git("ls-tree", "-z", id).toString("latin1"))
      .split("\0")
      .filter((line) => line !== "")
      .map((line) => {
        const [, mode = "", type = "", target = "", raw = ""] = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
        const kind = { blob: "file", tree: "dir", commit: "rev" }[type] ?? "";
        const name = nameOf(Buffer.from(raw, "latin1"));
        const entry = { dir_id: id, type: kind, target, ...name, perms: Number.parseInt(mode, 8) };
        if (kind === "dir") return { ...entry, length: null, target_url: `${base}directory/${target}/` };
        if (kind === "rev") return { ...entry, length: null, target_url: `${base}revision/${target}/` };
        const url = { target_url: `${base}content/sha1_git:${target}/` };
        if (unkept.has(target)) return { ...entry, status: "absent", length: 5, ...url };
        if (absent.has(target)) return { ...entry, length: null, ...url };
        return { ...entry, ...content(target), ...url };
      });
  const person = (text: string) => {
    const [, fullname = "", seconds = "0"] = /^(.*>) (\d+) /.exec(text) ?? [];
    const [, name = "", email = ""] = /^(.*) <(.*)>$/.exec(fullname) ?? [];
    return { who: { fullname, name, email }, date: new Date(Number(seconds) * 1000).toISOString() };
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").replace(/^\/api\/1\//, "");
    const send = (status: number, body: unknown, headers: { readonly [name: string]: string } = {}): void => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(request.method === "HEAD" ? undefined : JSON.stringify(body));
    };
    const missing = (reason: string): void => send(404, { exception: "NotFoundExc", reason });
    const other = overrides.get(path);
    if (other !== undefined) return send(other.status, other.body, other.headers);
    if (request.method === "POST") {
      const save = /^origin\/save\/git\/url\/(.+)\/$/.exec(path)?.[1];
      if (save !== undefined) {
        saved.push(decodeURI(save));
        return send(200, saveReply(decodeURI(save), saved.length, base));
      }
      if (path !== "known/") return missing("no such endpoint");
      const ids: unknown = JSON.parse(await bodyOf(request));
      if (!Array.isArray(ids)) return send(400, { exception: "BadInputExc", reason: "not an array" });
      if (ids.length > 1000) return send(413, { exception: "LargePayloadExc", reason: "too many" });
      return send(
        200,
        Object.fromEntries(
          ids.map((id: string) => [id, { known: typeOf(id.slice(-40)) === gitTypes[id.slice(6, 9)] }]),
        ),
      );
    }
    const [address = "", query = ""] = path.split("?", 2);
    const [, view = "", id = "", raw] =
      /^(content|directory|revision|release|snapshot)\/(?:sha1_git:)?([0-9a-f]{40})\/(raw\/)?$/.exec(address) ?? [];
    if (masked.has(id)) return send(403, { exception: "MaskedObjectException", reason: "masked", masked: {} });
    if (view === "snapshot") {
      if (id !== snapshot()) return missing(`Snapshot with id ${id} not found.`);
      const parameters = new URLSearchParams(query);
      const from = parameters.get("branches_from") ?? "";
      const count = Math.min(Number(parameters.get("branches_count") ?? pageSize), pageSize);
      const after = [...branches()].filter(([name]) => name >= from);
      const next = after[count]?.[0];
      const link = `<${base}snapshot/${id}/?${new URLSearchParams({ branches_from: next ?? "", branches_count: `${count}` })}>`;
      const told = after.slice(0, count).map(([name, branch]) => [name, { ...branch, ...urlOf(branch) }]);
      const body = { id, branches: Object.fromEntries(told), next_branch: next ?? null };
      return send(200, body, next === undefined ? {} : { link: `${link}; rel="next"` });
    }
    const wanted = { content: "blob", directory: "tree", revision: "commit", release: "tag" }[view];
    if (wanted === undefined || typeOf(id) !== wanted) return missing(`${view} with sha1_git ${id} not found.`);
    if (view === "content" && raw !== undefined) {
      response.writeHead(200, { "content-type": "application/octet-stream" });
      response.end(request.method === "HEAD" ? undefined : git("cat-file", "blob", id));
      return;
    }
    if (view === "content") return send(200, { ...content(id), data_url: `${base}content/sha1_git:${id}/raw/` });
    if (view === "directory") return send(200, entries(id));
    const { tree = "", parent, author = "", committer = "", object = "", type = "", tag = "", tagger = "" } = lines(id);
    const message = git("cat-file", "-p", id).toString("utf8").split("\n\n").slice(1).join("\n\n");
    if (view === "release") {
      const { who, date } = person(tagger);
      const target = { target: object, target_type: swhTypes[type] ?? "" };
      return send(200, { id, name: tag, message, synthetic: false, author: who, date, ...target, ...urlOf(target) });
    }
    send(200, {
      id,
      type: "git",
      directory: tree,
      directory_url: `${base}directory/${tree}/`,
      message,
      author: person(author).who,
      date: person(author).date,
      committer: person(committer).who,
      committer_date: person(committer).date,
      metadata: {},
      synthetic: false,
      merge: false,
      parents: parent === undefined ? [] : [{ id: parent, url: `${base}revision/${parent}/` }],
    });
  }

  const server = createServer((request, response) => {
    asked.push({
      method: request.method ?? "",
      url: request.url ?? "",
      authorization: request.headers.authorization,
    });
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  base = `http://127.0.0.1:${address.port}/api/1/`;
  return {
    url: base,
    asked,
    saved,
    snapshot,
    override: (path, other) => void overrides.set(path, other),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const swhTypes: { readonly [git: string]: string } = {
  blob: "content",
  tree: "directory",
  commit: "revision",
  tag: "release",
};
const gitTypes: { readonly [swh: string]: string } = { cnt: "blob", dir: "tree", rev: "commit", rel: "tag" };

/** The manifest of a snapshot, as swh.model hashes it. */
function snapshotId(branches: ReadonlyMap<string, Branch>): string {
  const parts = [...branches].map(([name, { target, target_type: type }]) => {
    const bytes = type === "alias" ? Buffer.from(target) : Buffer.from(target, "hex");
    return Buffer.concat([Buffer.from(`${type} ${name}\0${bytes.length}:`), bytes]);
  });
  const manifest = Buffer.concat(parts);
  return createHash("sha1").update(`snapshot ${manifest.length}\0`).update(manifest).digest("hex");
}

function nameOf(raw: Buffer): { readonly name: string; readonly decoding_failures?: readonly string[] } {
  try {
    return { name: new TextDecoder("utf-8", { fatal: true }).decode(raw) };
  } catch {
    // As the archive does where a name is not UTF-8: bytes that are not plain ASCII are escaped here.
    const name = [...raw].map((byte) => {
      if (byte === 0x5c) return "\\\\";
      return byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`;
    });
    return { name: name.join(""), decoding_failures: ["name"] };
  }
}

function saveReply(origin: string, id: number, base: string) {
  return {
    id,
    request_url: `${base}origin/save/${id}/`,
    visit_type: "git",
    origin_url: origin,
    save_request_date: "2026-01-01T00:00:00+00:00",
    save_request_status: "accepted",
    save_task_status: "not yet scheduled",
    visit_date: null,
    visit_status: null,
    note: null,
    snapshot_swhid: null,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
