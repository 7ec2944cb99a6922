/** Questions to the resolver of registries, and what is pushed for them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";
import { run } from "../../src/io/process.ts";
import { createSettings } from "../../src/io/settings.ts";
import type { Refusal, RemoteObject } from "../../src/model/evidence.ts";
import type { Location } from "../../src/model/manifest.ts";
import type { Resolution, ResolveContext } from "../../src/resolve/resolver.ts";
import { oci } from "../../src/resolve/resolvers/oci.ts";
import { type Layer, sha256Digest } from "../services/registry.ts";
import { collect } from "./conformance.ts";
import { contextFor } from "./context.ts";
import { loopbackHttp } from "./web-server.ts";

/** Reaches loopback. */
export const http = loopbackHttp();
afterAll(() => http.close());

/** A context whose registry is at this address. */
export const at = (url: string, more: Partial<ResolveContext> = {}): ResolveContext =>
  contextFor(http, { endpoint: (id) => (id === "oci" ? url : undefined), ...more });

/** What the resolver answers for a location. */
export async function resolve(location: Location | string, context: ResolveContext): Promise<Resolution> {
  const ref = oci.parse(typeof location === "string" ? { uri: location } : location);
  if (ref === undefined) throw new Error(`not read: ${JSON.stringify(location)}`);
  return oci.resolve(ref, context);
}

/** What it finds, listed. */
export async function found(location: Location | string, context: ResolveContext) {
  const resolution = await resolve(location, context);
  if (resolution.status !== "found") throw new Error(JSON.stringify(resolution));
  if (resolution.objects === undefined) throw new Error("nothing is listed");
  return { ...resolution, list: await collect(resolution.objects) };
}

/** The paths of a list, and the messages of what has none. */
export const paths = (list: readonly (RemoteObject | Refusal)[]): string[] =>
  list.map((one) => ("path" in one ? one.path : one.message));
/** A layer of a ModelPack that is a file. */
export const raw = (path: string, bytes: string, more: Partial<Layer> = {}): Layer => ({
  mediaType: "application/vnd.cncf.model.weight.v1.raw",
  bytes,
  annotations: { "org.cncf.model.filepath": path },
  ...more,
});
/** A layer of a plain artifact that is a file. */
export const titled = (path: string, bytes: string, more: object = {}): Layer => ({
  mediaType: "application/vnd.oci.image.layer.v1.tar",
  bytes,
  annotations: { "org.opencontainers.image.title": path, ...more },
});
/** The path that a layer without a name goes by. */
export const blob = (bytes: string): string => `blobs/sha256/${sha256Digest(bytes).slice(7)}`;

/** A login file of this host, as the user's own. */
export function loginFile(auths: object, more: object = {}): ResolveContext["setting"] {
  const home = mkdtempSync(join(tmpdir(), "wholesource-oci-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  writeFileSync(join(home, "config.json"), JSON.stringify({ auths, ...more }));
  return createSettings({ cwd: home, env: { HOME: home, DOCKER_CONFIG: home }, run });
}

/** As a login is written. */
export const base64 = (text: string): string => Buffer.from(text).toString("base64");
