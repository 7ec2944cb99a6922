/**
 * A stand-in for ModelScope on loopback: the answers that its own client reads, in the shapes that this client's source
 * asks for. The client itself is the judge: see `hub-clients.test.ts` beside this file.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";

export interface ModelscopeThing {
  readonly kind: "models" | "datasets";
  /** `owner/name`. */
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly license?: string;
  readonly private?: boolean;
  readonly gated?: boolean;
}

export interface ModelscopeServer {
  /** With a `/` at the end. */
  readonly url: string;
  readonly token: string;
  readonly asked: readonly { readonly url: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

/** Entries after which a listing is cut without a word, as at the host. */
const cutAt = 3000;

export async function startModelscope(things: readonly ModelscopeThing[]): Promise<ModelscopeServer> {
  const token = "ms-0123456789";
  const asked: { url: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    asked.push({ url: request.url ?? "", authorization });
    const url = new URL(request.url ?? "", "http://host");
    const parts = url.pathname
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent);
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const [kind, owner, name] = parts.slice(2);
    const thing = things.find((one) => one.kind === kind && one.name === `${owner}/${name}`);
    const isOpen = thing?.private !== true || authorization === `Bearer ${token}`;
    if (thing === undefined || !isOpen) {
      return json(404, { Code: 10010205001, Success: false, Message: "not found", Data: null });
    }
    if (parts[0] === "openapi") {
      return json(200, { success: true, data: { license: thing.license ?? null, gated: thing.gated ?? false } });
    }
    if (parts[5] === "revisions") {
      const map = { Branches: [{ Revision: "master", CreatedAt: 1 }], Tags: [] };
      return json(200, { Code: 200, Success: true, Data: { RevisionMap: map } });
    }
    const query = url.searchParams;
    if (parts[6] === "files" || parts[6] === "tree") {
      const all = entries(thing, query.get("Root") ?? "", query.get("Recursive") === "True");
      const size = Number(query.get("PageSize") ?? cutAt);
      const from = (Number(query.get("PageNumber") ?? "1") - 1) * size;
      return json(200, { Code: 200, Success: true, Data: { Files: all.slice(from, from + Math.min(size, cutAt)) } });
    }
    const content = thing.files[query.get("FilePath") ?? ""];
    if (content === undefined) return json(404, { Code: 404, Success: false, Message: "no file", Data: null });
    const bytes = Buffer.from(content);
    response.writeHead(200, { "content-length": bytes.length, "content-type": "application/octet-stream" }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    token,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function entries({ files }: ModelscopeThing, root: string, recursive: boolean): readonly unknown[] {
  const base = root === "" ? "" : `${root}/`;
  const folders = new Set<string>();
  const found: unknown[] = [];
  for (const [path, content] of Object.entries(files)) {
    if (!path.startsWith(base)) continue;
    const below = path.slice(base.length).split("/");
    for (let depth = 1; depth < below.length && (recursive || depth === 1); depth += 1) {
      folders.add(base + below.slice(0, depth).join("/"));
    }
    if (!recursive && below.length > 1) continue;
    const sha = createHash("sha256").update(content).digest("hex");
    found.push({ Name: below.at(-1), Path: path, Type: "blob", Size: Buffer.byteLength(content), Sha256: sha });
  }
  return [...folders]
    .map((path): unknown => ({ Name: path, Path: path, Type: "tree", Size: 0, Sha256: "" }))
    .concat(found);
}
