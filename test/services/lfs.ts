/** A server of git-lfs's large files, small and real: the client of git-lfs pushes to it and pulls from it. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What the server is told to do. A test may change it while it runs. */
export interface LfsRules {
  /** What is answered for these files instead of an address. */
  readonly errors: Map<string, { readonly code: number; readonly message: string }>;
  /** The status of every answer, instead of 200. */
  status?: number;
  /** Instead of the answer to a question. */
  reply?: unknown;
  /** Seconds that an address holds. */
  expiresIn?: number;
  /** What a file has to be asked with. */
  key: string;
  /** Instead of this server's own address of a file. */
  href?: (oid: string) => string;
}

export interface LfsServer {
  readonly port: number;
  readonly objects: Map<string, Buffer>;
  readonly rules: LfsRules;
  /** How many files each question was about. */
  readonly questions: number[];
  /** Paths of files that were asked for, with the headers. */
  readonly downloads: { readonly oid: string; readonly headers: IncomingMessage["headers"] }[];
  close(): Promise<void>;
}

interface Question {
  readonly operation: "download" | "upload";
  readonly objects: readonly { readonly oid: string; readonly size: number }[];
}

const mediaType = "application/vnd.git-lfs+json";

/** Starts it on loopback. It answers below any path that ends in `/info/lfs`. */
export async function startLfs(): Promise<LfsServer> {
  const objects = new Map<string, Buffer>();
  const rules: LfsRules = { errors: new Map(), key: "one" };
  const questions: number[] = [];
  const downloads: { oid: string; headers: IncomingMessage["headers"] }[] = [];

  const batch = ({ operation, objects: wanted }: Question, base: string): unknown => {
    questions.push(wanted.length);
    const answered = wanted.map(({ oid, size }) => {
      const header = { "X-Key": rules.key };
      const href = rules.href?.(oid) ?? `${base}/files/${oid}`;
      const action = { href, header, ...(rules.expiresIn === undefined ? {} : { expires_in: rules.expiresIn }) };
      if (operation === "upload") return { oid, size, actions: objects.has(oid) ? {} : { upload: action } };
      const error = rules.errors.get(oid) ?? (objects.has(oid) ? undefined : { code: 404, message: "not here" });
      return error === undefined ? { oid, size, actions: { download: action } } : { oid, size, error };
    });
    return { transfer: "basic", objects: answered, hash_algo: "sha256" };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const path = request.url ?? "";
    const [, prefix, file] = /^(.*\/info\/lfs)\/files\/([0-9a-f]{64})$/.exec(path) ?? [];
    if (prefix !== undefined && file !== undefined) {
      if (request.headers["x-key"] !== rules.key) return void response.writeHead(403).end();
      if (request.method === "PUT") {
        const isIt = createHash("sha256").update(body).digest("hex") === file;
        if (isIt) objects.set(file, body);
        return void response.writeHead(isIt ? 200 : 422).end();
      }
      downloads.push({ oid: file, headers: request.headers });
      const bytes = objects.get(file);
      return void response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    }
    if (request.method !== "POST" || !path.endsWith("/info/lfs/objects/batch"))
      return void response.writeHead(404).end();
    if (request.headers["content-type"]?.startsWith(mediaType) !== true) return void response.writeHead(415).end();
    const base = `http://${request.headers.host ?? ""}${path.replace(/\/objects\/batch$/, "")}`;
    const reply = rules.reply ?? batch(JSON.parse(body.toString("utf8")) as Question, base);
    response.writeHead(rules.status ?? 200, { "content-type": mediaType }).end(JSON.stringify(reply));
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    objects,
    rules,
    questions,
    downloads,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The nginx block that makes it part of a git server. */
export function lfsBehind(server: LfsServer): string {
  return `location ~ /info/lfs/ {
    client_max_body_size 0;
    proxy_set_header Host $http_host;
    proxy_pass http://127.0.0.1:${server.port};
  }`;
}
