/** A real container registry on loopback, empty at the start and gone at the end, with a small client that fills it. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { find } from "./need.ts";
import { freePort, startProgram } from "./program.ts";

export interface Layer {
  readonly mediaType: string;
  readonly bytes: string | Uint8Array;
  readonly annotations?: { readonly [key: string]: string };
  /** What the manifest says instead of the truth. */
  readonly lie?: { readonly size?: number; readonly digest?: string };
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: { readonly [key: string]: string };
  readonly [field: string]: unknown;
}

export interface Artifact {
  readonly config?: Layer;
  readonly layers: readonly Layer[];
  readonly artifactType?: string;
  readonly annotations?: { readonly [key: string]: string };
  readonly mediaType?: string;
  readonly [field: string]: unknown;
}

export interface ContainerRegistry {
  /** With a `/` at the end. */
  readonly url: string;
  /** With the port. */
  readonly host: string;
  /** The file that a blob is kept in. */
  fileOf(digest: string): string;
  /** Uploads the blobs and the manifest under a tag; its descriptor. */
  push(repository: string, tag: string, artifact: Artifact): Promise<Descriptor>;
  /** Uploads any manifest as it is. */
  putManifest(repository: string, reference: string, body: object, mediaType?: string): Promise<Descriptor>;
  pushBlob(repository: string, bytes: Uint8Array): Promise<string>;
  close(): Promise<void>;
}

export interface RegistryOptions {
  /** Who may come in, with Basic. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Who gives out tokens, and the certificate that its tokens are checked with. */
  readonly tokens?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    readonly certificate: string;
  };
  /** What our own client says when it pushes. */
  readonly authorization?: (scope: string) => Promise<string>;
}

export const manifestType = "application/vnd.oci.image.manifest.v1+json";
export const indexType = "application/vnd.oci.image.index.v1+json";
/** The configuration of what has none. */
export const emptyConfig: Layer = { mediaType: "application/vnd.oci.empty.v1+json", bytes: "{}" };

export const sha256Digest = (bytes: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

export async function startRegistry(options: RegistryOptions = {}): Promise<ContainerRegistry> {
  const program = find("docker-registry");
  if (program === undefined) throw new Error("docker-registry is missing");
  const folder = mkdtempSync(join(tmpdir(), "wholesource-registry-"));
  const port = await freePort();
  const { user, tokens } = options;
  const config = {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "storage") } },
    http: { addr: `127.0.0.1:${port}` },
    ...(user === undefined ? {} : { auth: { htpasswd: { realm: "test", path: join(folder, "htpasswd") } } }),
    ...(tokens === undefined
      ? {}
      : {
          auth: {
            token: {
              realm: tokens.realm,
              service: tokens.service,
              issuer: tokens.issuer,
              rootcertbundle: join(folder, "certificate.pem"),
            },
          },
        }),
  };
  if (user !== undefined) {
    const made = spawnSync(find("htpasswd") ?? "htpasswd", ["-nbB", user.name, user.password], { encoding: "utf8" });
    writeFileSync(join(folder, "htpasswd"), made.stdout);
  }
  if (tokens !== undefined) writeFileSync(join(folder, "certificate.pem"), tokens.certificate);
  // YAML reads JSON.
  writeFileSync(join(folder, "config.yml"), JSON.stringify(config));
  const url = `http://127.0.0.1:${port}/`;
  const close = await startProgram({
    program,
    argv: ["serve", join(folder, "config.yml")],
    folder,
    env: { OTEL_TRACES_EXPORTER: "none" },
    url: `${url}v2/`,
    statuses: [200, 401],
  });
  const basic =
    user === undefined ? undefined : `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`;
  const send = async (repository: string, path: string, init: RequestInit): Promise<Response> => {
    const authorization = basic ?? (await options.authorization?.(`repository:${repository}:pull,push`));
    const target = path.startsWith("http") ? path : `${url}v2/${repository}/${path}`;
    const headers = new Headers(init.headers);
    if (authorization !== undefined) headers.set("authorization", authorization);
    const reply = await fetch(target, { ...init, headers });
    if (!reply.ok) throw new Error(`${init.method} ${target}: ${reply.status} ${await reply.text()}`);
    await reply.arrayBuffer();
    return reply;
  };
  const pushBlob: ContainerRegistry["pushBlob"] = async (repository, bytes) => {
    const digest = sha256Digest(bytes);
    const begun = await send(repository, "blobs/uploads/", { method: "POST" });
    const at = new URL(begun.headers.get("location") ?? "", url);
    at.searchParams.set("digest", digest);
    const headers = { "content-type": "application/octet-stream" };
    await send(repository, at.href, { method: "PUT", body: Buffer.from(bytes), headers });
    return digest;
  };
  const describe = async (repository: string, layer: Layer): Promise<Descriptor> => {
    const bytes = Buffer.from(layer.bytes);
    const digest = await pushBlob(repository, bytes);
    const { mediaType, annotations, lie } = layer;
    return { mediaType, digest, size: bytes.length, ...(annotations === undefined ? {} : { annotations }), ...lie };
  };
  const putManifest: ContainerRegistry["putManifest"] = async (
    repository,
    reference,
    body,
    mediaType = manifestType,
  ) => {
    const bytes = Buffer.from(JSON.stringify(body));
    const digest = sha256Digest(bytes);
    const name = reference === "" ? digest : reference;
    await send(repository, `manifests/${name}`, { method: "PUT", body: bytes, headers: { "content-type": mediaType } });
    return { mediaType, digest, size: bytes.length };
  };
  return {
    url,
    host: `127.0.0.1:${port}`,
    fileOf(digest) {
      const [algorithm = "", hex = ""] = digest.split(":");
      return join(folder, "storage/docker/registry/v2/blobs", algorithm, hex.slice(0, 2), hex, "data");
    },
    pushBlob,
    putManifest,
    async push(repository, tag, { config: own = emptyConfig, layers, mediaType = manifestType, ...more }) {
      const described: Descriptor[] = [];
      for (const layer of layers) described.push(await describe(repository, layer));
      const body = { schemaVersion: 2, mediaType, ...more, config: await describe(repository, own), layers: described };
      return putManifest(repository, tag, body, mediaType);
    },
    close,
  };
}
