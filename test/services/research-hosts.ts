/**
 * Stand-ins for Zenodo, Figshare, a Dataverse installation, OSF, arXiv and the host of DOIs on one loopback port, below
 * a path each. That they answer as the hosts do is tried with the hosts' own clients in research.test.ts.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { needThat, type Suite } from "./need.ts";
import { type ArxivPaper, arxivHost } from "./research-arxiv.ts";
import { type Dataset, dataverseHost } from "./research-dataverse.ts";
import { type FigshareArticle, figshareHost } from "./research-figshare.ts";
import { researchFolder } from "./research-folder.mjs";
import { type OsfProject, osfHost } from "./research-osf.ts";
import type { Host, HostReply } from "./research-reply.ts";
import { type ZenodoRecord, zenodoHost } from "./research-zenodo.ts";

/** What there is at the hosts. */
export interface ResearchWorld {
  readonly zenodo?: readonly ZenodoRecord[];
  readonly figshare?: readonly FigshareArticle[];
  readonly dataverse?: readonly Dataset[];
  readonly osf?: readonly OsfProject[];
  readonly arxiv?: readonly ArxivPaper[];
  /** Where each DOI leads. */
  readonly dois?: Readonly<Record<string, string>>;
  /** Answers that come first, by path and query: whatever a host says that it should not. */
  readonly answers?: Readonly<Record<string, HostReply>>;
}

export interface ResearchHosts {
  /** Without a `/` at the end. */
  readonly url: string;
  /** What `context.endpoint` answers. */
  readonly endpoint: (id: string) => string | undefined;
  /** A credential that every host takes. */
  readonly token: string;
  /** Every question: the path with its query, and the credential that came along. */
  readonly asked: readonly {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingMessage["headers"];
  }[];
  close(): Promise<void>;
}

const token = "s3cr3t-of-research";

export async function startResearchHosts(world: ResearchWorld): Promise<ResearchHosts> {
  const hosts: Readonly<Record<string, Host>> = {
    zenodo: zenodoHost(world.zenodo ?? [], token),
    figshare: figshareHost(world.figshare ?? []),
    dataverse: dataverseHost(world.dataverse ?? [], token),
    osf: osfHost(world.osf ?? [], token),
    arxiv: arxivHost(world.arxiv ?? []),
    doi: ({ path }) => {
      const target = Object.entries(world.dois ?? {}).find(([doi]) => doi.toLowerCase() === path.toLowerCase())?.[1];
      return target === undefined
        ? { status: 404, headers: { "content-type": "text/html" }, body: "<html>DOI Not Found</html>" }
        : { status: 302, headers: { location: target }, body: "<html>Handle Redirect</html>" };
    },
  };
  const asked: { method: string; url: string; headers: IncomingMessage["headers"] }[] = [];
  let origin = "";
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    asked.push({ method, url, headers });
    const { pathname, searchParams } = new URL(url, origin);
    const [, name = "", path = ""] = /^\/([a-z]+)\/(.*)$/.exec(pathname) ?? [];
    const question = { path: decodeURIComponent(path), query: searchParams, headers, base: `${origin}/${name}/` };
    send(response, world.answers?.[url] ?? world.answers?.[pathname] ?? hosts[name]?.(question) ?? { status: 404 });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  origin = `http://127.0.0.1:${address.port}`;
  const apis: Readonly<Record<string, string>> = { figshare: "figshare/v2/", osf: "osf/v2/" };
  return {
    url: origin,
    endpoint: (id) => (Object.hasOwn(hosts, id) ? `${origin}/${apis[id] ?? `${id}/`}` : undefined),
    token,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body = "" }: HostReply): void {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const bytes = Buffer.from(isRaw ? body : JSON.stringify(body));
  const type = isRaw ? {} : { "content-type": "application/json" };
  response.writeHead(status, { ...type, "content-length": String(bytes.length), ...headers }).end(bytes);
}

/** `describe` for tests that need the hosts' own clients; skipped with a word that says so where they are not installed. */
export const needResearchClients = (): Suite =>
  needThat(
    existsSync(join(researchFolder, "done")),
    "clients of research repositories",
    "node test/services/install-research.mjs",
  );

/** What a host's own client makes of our server, which it takes for the host. */
export async function askClient(
  hosts: ResearchHosts,
  client: "pooch" | "osf" | "oai",
  subject: string,
): Promise<unknown> {
  const places: Readonly<Record<string, string>> = {
    "doi.org": "doi",
    "zenodo.org": "zenodo",
    "api.figshare.com": "figshare",
    "figshare.com": "figshare",
    "dataverse.example.org": "dataverse",
    "api.osf.io": "osf",
    "oaipmh.arxiv.org": "arxiv",
  };
  const map = Object.fromEntries(Object.entries(places).map(([host, path]) => [host, `${hosts.url}/${path}/`]));
  const script = resolve(import.meta.dirname, "research-client.py");
  const argv = [script, JSON.stringify(map), client, subject];
  const { stdout } = await promisify(execFile)(join(researchFolder, "bin", "python"), argv, { encoding: "utf8" });
  return JSON.parse(stdout);
}
