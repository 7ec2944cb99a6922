/**
 * A stand-in for Kaggle on loopback: the answers that its own client reads, in the shapes that this client's source
 * asks for. The client itself is the judge: see `hub-clients.test.ts` beside this file.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface KaggleThing {
  /** `owner/name`, or `owner/name/framework/variation`. */
  readonly name: string;
  readonly version: number;
  readonly license: string;
  readonly files: Readonly<Record<string, string>>;
  /** Only with the login. */
  readonly private?: boolean;
  /** Files that are handed out packed. */
  readonly packed?: readonly string[];
}

export interface KaggleServer {
  /** With a `/` at the end. */
  readonly url: string;
  readonly login: { readonly user: string; readonly key: string };
  readonly asked: readonly { readonly url: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

/** Files that one answer lists: few, so that listings have pages. */
const pageMax = 2;

export async function startKaggle(things: readonly KaggleThing[]): Promise<KaggleServer> {
  const login = { user: "tester", key: "a-key-of-the-test" };
  const asked: { url: string; authorization: string | undefined }[] = [];
  const basic = `Basic ${Buffer.from(`${login.user}:${login.key}`).toString("base64")}`;
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    asked.push({ url: request.url ?? "", authorization });
    const url = new URL(request.url ?? "", "http://host");
    const parts = url.pathname
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent);
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const bytes = (body: Buffer) =>
      response.writeHead(200, { "content-length": body.length, "accept-ranges": "bytes" }).end(body);
    if (parts[0] === "store") return bytes(pack({ [parts.at(-1)?.replace(/\.zip$/, "") ?? ""]: stored(parts) }));
    const [, , kind, ...rest] = parts;
    const isModel = kind === "models";
    const name = (isModel ? rest.slice(0, 4) : rest.slice(1, 3)).join("/");
    const thing = things.find((one) => one.name === name);
    if (thing === undefined) return json(404, { code: 404, message: "Not found" });
    if (thing.private === true && authorization !== basic)
      return json(403, { code: 403, message: "Permission denied" });
    const file = (path: string) => {
      const content = thing.files[path];
      if (content === undefined) return json(404, { code: 404, message: "Not found" });
      if (thing.packed?.includes(path) !== true) return bytes(Buffer.from(content));
      return response.writeHead(302, { location: `/store/${thing.name}/${encodeURIComponent(path)}.zip` }).end();
    };
    if (isModel) {
      if (rest[4] === "get") return json(200, { versionNumber: thing.version, licenseName: thing.license });
      if (rest[5] === "files") {
        const from = Number(url.searchParams.get("page_token") ?? "0");
        const names = Object.keys(thing.files);
        const files = names.slice(from, from + pageMax).map((one) => ({ name: one, size: thing.files[one]?.length }));
        const next = from + pageMax < names.length ? String(from + pageMax) : "";
        return json(200, { files, nextPageToken: next });
      }
      return rest.length === 6 ? bytes(pack(thing.files)) : file(rest.slice(6).join("/"));
    }
    if (rest[0] === "view") {
      return json(200, { ref: name, currentVersionNumber: thing.version, licenseName: thing.license });
    }
    const path = url.searchParams.get("file_name");
    return path === null ? bytes(pack(thing.files)) : file(path);
  });
  const stored = (parts: readonly string[]): string => {
    const path = parts.at(-1)?.replace(/\.zip$/, "") ?? "";
    return things.find(({ name }) => name === parts.slice(1, -1).join("/"))?.files[path] ?? "";
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    login,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A real archive of these files. */
function pack(files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "wholesource-kaggle-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    execFileSync("zip", ["-q", "-r", "-X", "archive.zip", ...Object.keys(files)], { cwd: folder });
    return readFileSync(join(folder, "archive.zip"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
