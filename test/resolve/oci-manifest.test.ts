/** Registries that say what is not so. */
import type { RequestListener } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Resolution } from "../../src/resolve/resolver.ts";
import { emptyConfig, indexType, manifestType, sha256Digest } from "../services/registry.ts";
import { at, resolve } from "./oci-ask.ts";
import { startWebServer, type WebServer } from "./web-server.ts";

describe("a registry that lies", () => {
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: emptyConfig.mediaType, digest: sha256Digest("{}"), size: 2 },
    layers: [],
  };
  const serve = async (listener: RequestListener): Promise<WebServer> => {
    const server = await startWebServer(listener);
    onTestFinished(() => server.close());
    return server;
  };
  const saying =
    (body: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): RequestListener =>
    (request, response) => {
      const isManifest =
        request.url?.includes("/manifests/v1") === true || request.url?.includes("/manifests/sha256:") === true;
      response.writeHead(isManifest ? status : 404, isManifest ? headers : {});
      response.end(isManifest ? (typeof body === "string" ? body : JSON.stringify(body)) : "");
    };
  const ask = (server: WebServer, name = "a:v1"): Promise<Resolution> =>
    resolve(`oci://registry.test/${name}`, at(`${server.url}/`));

  test.each<[string, unknown, Readonly<Record<string, string>>]>([
    ["a digest of other bytes in the header", manifest, { "docker-content-digest": `sha256:${"0".repeat(64)}` }],
    ["a media type of an index", manifest, { "content-type": indexType }],
    ["a manifest that is also an index", { ...manifest, manifests: [] }, {}],
    ["an image of the first schema", { schemaVersion: 1, fsLayers: [] }, {}],
    ["a size below nothing", { ...manifest, layers: [{ mediaType: "a", digest: sha256Digest("a"), size: -1 }] }, {}],
    ["a digest that climbs", { ...manifest, layers: [{ mediaType: "a", digest: "sha256:../../x", size: 1 }] }, {}],
    ["a page", "<html>", {}],
  ])("%s", async (_, body, headers) => {
    expect(await ask(await serve(saying(body, headers)))).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
  });

  test("other bytes than the digest that was asked for", async () => {
    const server = await serve(saying(manifest));
    const good = sha256Digest(JSON.stringify(manifest));
    expect(await ask(server, `a@${good}`)).toMatchObject({ status: "found", revision: good });
    expect(await ask(server, `a@sha256:${"1".repeat(64)}`)).toMatchObject({ reason: "reply-invalid" });
  });

  test("a content type of another kind is no lie: some registries say text/plain", async () => {
    expect(await ask(await serve(saying(manifest, { "content-type": "text/plain" })))).toMatchObject({
      status: "found",
    });
  });

  test("a manifest without an end", async () => {
    const server = await serve(saying(`{"a":"${"x".repeat(4 * 1024 * 1024)}"}`));
    expect(await ask(server)).toMatchObject({ reason: "too-large" });
  });

  test("an index that leads round and round", async () => {
    const inner = { schemaVersion: 2, mediaType: indexType, manifests: [] as object[] };
    const bodies = new Map<string, string>();
    let body = JSON.stringify(manifest);
    for (let depth = 0; depth < 6; depth++) {
      const digest = sha256Digest(body);
      bodies.set(digest, body);
      const mediaType = depth === 0 ? manifestType : indexType;
      body = JSON.stringify({ ...inner, manifests: [{ mediaType, digest, size: body.length }] });
    }
    const deep = await serve((request, response) => {
      const digest = decodeURIComponent(request.url?.split("/manifests/")[1] ?? "");
      response.end(digest === "v1" ? body : bodies.get(digest));
    });
    expect(await ask(deep)).toMatchObject({ reason: "reply-invalid", message: expect.stringContaining("more than 4") });
  });

  test("a host that is no registry says nothing of the piece by its 404", async () => {
    expect(await ask(await serve(saying("not found", {}, 404)))).toMatchObject({ kind: "malformed" });
    const error = { errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] };
    expect(await ask(await serve(saying(error, {}, 404)))).toMatchObject({ kind: "absent" });
    const denied = { errors: [{ code: "DENIED" }] };
    expect(await ask(await serve(saying(denied, {}, 403)))).toMatchObject({ kind: "denied", reason: "forbidden" });
  });

  test("a configuration of other bytes is not believed", async () => {
    const config = { mediaType: "application/vnd.cncf.model.config.v1+json", digest: sha256Digest("{}"), size: 60 };
    const server = await serve((request, response) => {
      if (request.url?.includes("/manifests/v1") === true) return response.end(JSON.stringify({ ...manifest, config }));
      if (request.url?.includes("/blobs/") === true) return response.end('{"descriptor":{"licenses":["MIT"]}}');
      response.writeHead(404);
      return response.end();
    });
    const seen = await ask(server);
    expect(seen).toMatchObject({ status: "found", facts: { configUnread: expect.stringContaining("digest") } });
    expect(seen).not.toHaveProperty("licensePublished");
  });
});
