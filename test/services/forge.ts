/**
 * A forge on loopback: git's own server for the repositories, real archives that git makes, and the answers of the
 * forges' interfaces for releases, in the shapes that GitHub, GitLab and Forgejo document.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { type GitServer, gitEnvironment, startGitServer } from "./git.ts";

export interface ForgeRelease {
  readonly tag: string;
  readonly assets: Readonly<Record<string, string>>;
  /** Files that are there and that the interface does not tell of. */
  readonly untold?: Readonly<Record<string, string>>;
  readonly digests?: Readonly<Record<string, string>>;
}

export interface ForgeServer {
  /** What stands in for the forge's own address, with a `/` at the end. */
  readonly url: string;
  /** Everything that was asked but git's own questions. */
  readonly asked: readonly { readonly url: string; readonly authorization: string | undefined }[];
  /** Takes a repository over as `owner/name`. */
  publish(repository: string, path: string, releases?: readonly ForgeRelease[]): void;
  /** Answers all questions to the interface with this status from now on; undefined ends it. */
  refuseApi(status: number | undefined, headers?: Readonly<Record<string, string>>): void;
  close(): Promise<void>;
}

export async function startForge(): Promise<ForgeServer> {
  const releases = new Map<string, readonly ForgeRelease[]>();
  const asked: { url: string; authorization: string | undefined }[] = [];
  let refusal: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | undefined;
  let server: GitServer | undefined;
  let url = "";
  const pages = createServer((request, response) => {
    asked.push({ url: request.url ?? "", authorization: request.headers.authorization });
    answer(request, response);
  });
  await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
  const address = pages.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  server = await startGitServer(`
    location ~ ^/git/(api/|.+/(releases|archive|-)/) { proxy_pass http://127.0.0.1:${address.port}; }`);
  url = `${server.origin}/git/`;
  const { projects } = server;

  function answer({ url: path = "" }: IncomingMessage, response: ServerResponse): void {
    const parts = path
      .replace(/^\/git\//, "")
      .split("/")
      .map(decodeURIComponent);
    if (parts[0] === "api") {
      if (refusal !== undefined) return void response.writeHead(refusal.status, refusal.headers).end("{}");
      const told = api(parts.slice(1));
      const body = JSON.stringify(told ?? { message: "Not Found" });
      return void response.writeHead(told === undefined ? 404 : 200, { "content-type": "application/json" }).end(body);
    }
    const bytes = file(parts);
    if (bytes === undefined) response.writeHead(404).end("Not Found");
    else response.writeHead(200, { "content-length": bytes.length }).end(bytes);
  }

  function api([version, ...parts]: readonly string[]): unknown {
    if (version === "v4") {
      const [, project = "", , tag] = parts;
      const release = releases.get(project)?.find((one) => one.tag === tag);
      if (release === undefined) return undefined;
      const links = Object.keys(release.assets).map((name, id) => ({
        id,
        name,
        url: `https://elsewhere.example/${id}`,
        direct_asset_url: `${url}${project}/-/releases/${encodeURIComponent(release.tag)}/downloads/${name}`,
        link_type: "other",
      }));
      return { tag_name: release.tag, name: release.tag, assets: { count: links.length, sources: [], links } };
    }
    const [, owner = "", name = "", , how, ...tag] = parts;
    const all = releases.get(`${owner}/${name}`) ?? [];
    const release = how === "latest" ? all.at(-1) : all.find((one) => one.tag === tag.join("/"));
    if (release === undefined) return undefined;
    const assets = Object.entries(release.assets).map(([asset, text], id) => ({
      id,
      name: asset,
      label: null,
      size: Buffer.byteLength(text),
      download_count: 0,
      browser_download_url: `${url}${owner}/${name}/releases/download/${encodeURIComponent(release.tag)}/${encodeURIComponent(asset)}`,
      ...(version === "v3" ? { state: "uploaded", content_type: "application/octet-stream" } : { uuid: `${id}` }),
      ...(version === "v3" ? { digest: release.digests?.[asset] ?? null } : {}),
    }));
    return { id: 1, tag_name: release.tag, draft: false, prerelease: false, immutable: false, assets };
  }

  function file(parts: readonly string[]): Buffer | undefined {
    const at = parts.findIndex((part, index) => index >= 2 && /^(?:releases|archive|-)$/.test(part));
    const project = parts.slice(0, at).join("/");
    const rest = parts.slice(at).filter((part) => part !== "-" && part !== "download" && part !== "downloads");
    const [what, ...more] = rest;
    if (what === "archive") {
      const whole = more.join("/");
      const reference = parts[at] === "-" ? more.slice(0, -1).join("/") : whole.replace(/\.(?:tar\.gz|zip)$/, "");
      const bare = join(projects, `${project}.git`);
      if (!existsSync(bare)) return undefined;
      const format = whole.endsWith(".zip") ? "zip" : "tar.gz";
      const prefix = `${project.split("/").at(-1)}-${reference.split("/").at(-1)}/`;
      try {
        return execFileSync("git", ["archive", `--format=${format}`, `--prefix=${prefix}`, reference], {
          cwd: bare,
          env: gitEnvironment,
          stdio: ["ignore", "pipe", "ignore"],
        });
      } catch {
        return undefined;
      }
    }
    const all = releases.get(project) ?? [];
    const latest = more[0] === "latest";
    const release = latest ? all.at(-1) : all.find(({ tag }) => tag === more.slice(0, -1).join("/"));
    const text = { ...release?.assets, ...release?.untold }[more.at(-1) ?? ""];
    return text === undefined ? undefined : Buffer.from(text);
  }

  return {
    url,
    asked,
    publish(repository, path, made = []) {
      server?.publish(repository, `${path}.git`);
      releases.set(path, made);
    },
    refuseApi(status, headers = {}) {
      refusal = status === undefined ? undefined : { status, headers };
    },
    async close() {
      await server?.close();
      pages.closeAllConnections();
      await new Promise((resolve) => pages.close(resolve));
    },
  };
}
