/** An archive that is there is asked about: what did not change is not read again, and what changed is, and only that. */
import { readFile, stat, utimes, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { verifyArchive } from "../../src/run/verify-archive.ts";
import { startWebServer } from "../resolve/web-server.ts";
import { type HubRepo, startHub } from "../services/hub.ts";
import { need } from "../services/need.ts";
import { startNginx } from "../services/nginx.ts";
import { startRegistry } from "../services/registry.ts";
import { archived } from "./archive-small.ts";
import { apache, entry, folder, safetensors, sha256, write, writeManifest } from "./release.ts";

/** Seconds since 1970. */
const LONG_AGO = 1_700_000_000;

const bytesOf = (fill: string): Buffer => Buffer.alloc(100_000, fill);

/** Passes questions on to a host and counts what comes back. */
async function counting(origin: string) {
  const bodies = new Map<string, number>();
  const server = await startWebServer((request: IncomingMessage, response: ServerResponse) => {
    const { host: _host, connection: _own, ...headers } = request.headers;
    const pass = async (): Promise<void> => {
      const asked = await fetch(`${origin}${request.url}`, {
        method: request.method ?? "GET",
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
        redirect: "manual",
      });
      const body = Buffer.from(await asked.arrayBuffer());
      const url = request.url ?? "";
      if (asked.status === 200 && body.length > 0) bodies.set(url, (bodies.get(url) ?? 0) + body.length);
      const kept = [...asked.headers].filter(([name]) => !["connection", "keep-alive"].includes(name));
      response.writeHead(asked.status, Object.fromEntries(kept)).end(body);
    };
    void pass().catch(() => response.destroy());
  });
  onTestFinished(() => server.close());
  return { url: server.url, bodies, asked: server.asked };
}

need("nginx")("files behind a web server", () => {
  test("nothing is read again, then the changed piece alone", { timeout: 60_000 }, async () => {
    const nginx = await startNginx();
    onTestFinished(() => nginx.close());
    const web = await counting(nginx.origin);
    await write(nginx.root, "one.bin", bytesOf("a"));
    await write(nginx.root, "two.bin", bytesOf("b"));
    // What was written a moment ago may be written again in the same second, under the same tag.
    for (const name of ["one.bin", "two.bin"]) await utimes(join(nginx.root, name), LONG_AGO, LONG_AGO);
    const at = await folder();
    const piece = (name: string, digest?: object) => ({
      id: name,
      licenseDeclared: "NOASSERTION",
      locations: [`${web.url}/${name}.bin`],
      ...(digest === undefined ? {} : { digest }),
    });
    const manifest = await writeManifest(at, [piece("one", { sha256: sha256(bytesOf("a")) }), piece("two")]);
    const to = join(at, "out/bag");
    const first = await archived(manifest, to);
    expect(first.unchanged).toBe(false);
    expect([...web.bodies]).toEqual([
      ["/one.bin", 100_000],
      ["/two.bin", 100_000],
    ]);
    web.bodies.clear();
    const before = await readFile(join(to, "wholesource/report.json"));
    const same = await archived(manifest, to);
    expect(same).toMatchObject({ unchanged: true });
    expect([...web.bodies]).toEqual([]);
    expect(await readFile(join(to, "wholesource/report.json"))).toEqual(before);

    await write(nginx.root, "two.bin", bytesOf("c"));
    const other = await archived(manifest, to);
    expect(other).toMatchObject({ unchanged: false });
    expect([...web.bodies]).toEqual([["/two.bin", 100_000]]);
    expect(await readFile(join(to, "data/two/two.bin"))).toEqual(bytesOf("c"));
    expect(await readFile(join(to, "data/one/one.bin"))).toEqual(bytesOf("a"));
    expect((await verifyArchive(to))?.check).toMatchObject({ valid: true, faults: [] });
  });
});

need("nginx")("files that are being written", () => {
  test("a tag from the second in which the bytes were read proves nothing", { timeout: 60_000 }, async () => {
    const nginx = await startNginx();
    onTestFinished(() => nginx.close());
    await write(nginx.root, "one.bin", bytesOf("a"));
    const at = await folder();
    const manifest = await writeManifest(at, [{ id: "one", locations: [`${nginx.origin}/one.bin`] }]);
    const to = join(at, "out/bag");
    await archived(manifest, to);
    const { mtime } = await stat(join(nginx.root, "one.bin"));
    await write(nginx.root, "one.bin", bytesOf("c"));
    await utimes(join(nginx.root, "one.bin"), mtime, mtime);
    expect(await archived(manifest, to)).toMatchObject({ unchanged: false });
    expect(await readFile(join(to, "data/one/one.bin"))).toEqual(bytesOf("c"));
  });
});

test("a host that says nothing of its bytes is read again", async () => {
  const asked: string[] = [];
  const server = await startWebServer((request, response) => {
    asked.push(`${request.method}`);
    const body = bytesOf("a");
    response.writeHead(200, { "content-length": body.length }).end(request.method === "HEAD" ? "" : body);
  });
  onTestFinished(() => server.close());
  const at = await folder();
  const piece = {
    id: "one",
    licenseDeclared: "NOASSERTION",
    locations: [`${server.url}/one.bin`],
    digest: { sha256: sha256(bytesOf("a")) },
  };
  const manifest = await writeManifest(at, [piece]);
  const to = join(at, "out/bag");
  await archived(manifest, to);
  asked.length = 0;
  expect(await archived(manifest, to)).toMatchObject({ unchanged: false });
  expect(asked).toContain("GET");
});

test("a repository of a hub: its listing is asked for, and no file", async () => {
  const files = {
    LICENSE: apache,
    "model.safetensors": { bytes: safetensors(), lfs: true },
  } satisfies HubRepo["files"];
  const hub = await startHub([{ id: "org/open", files, cardData: { license: "apache-2.0" } }]);
  onTestFinished(() => hub.close());
  const at = await folder();
  const manifest = await writeManifest(at, [
    {
      id: "weights",
      locations: [`hf:org/open@${hub.commit("org/open")}`],
      files: [entry("model.safetensors", safetensors())],
    },
  ]);
  const more = { endpoints: { huggingface: `${hub.url}/` } };
  const to = join(at, "out/bag");
  await archived(manifest, to, more);
  const gets = (all: typeof hub.asked): string[] =>
    all.filter(({ method, url }) => method === "GET" && !url.startsWith("/api/")).map(({ url }) => url);
  const before = [gets(hub.asked).length, gets(hub.cdnAsked).length];
  expect(await archived(manifest, to, more)).toMatchObject({ unchanged: true });
  expect([gets(hub.asked).length, gets(hub.cdnAsked).length]).toEqual(before);
});

need("docker-registry")("a registry", () => {
  test("its manifest is asked for, and no blob", async () => {
    const registry = await startRegistry();
    onTestFinished(() => registry.close());
    const { digest } = await registry.push("org/model", "v1", {
      layers: [
        {
          mediaType: "application/octet-stream",
          bytes: safetensors(),
          annotations: { "org.opencontainers.image.title": "model.safetensors" },
        },
      ],
      artifactType: "application/vnd.example.model",
    });
    const host = await counting(registry.url.replace(/\/$/, ""));
    const at = await folder();
    const manifest = await writeManifest(at, [
      {
        id: "weights",
        licenseDeclared: "NOASSERTION",
        locations: [`oci://registry.test/org/model@${digest}`],
        files: [entry("model.safetensors", safetensors())],
      },
    ]);
    const more = { endpoints: { oci: `${host.url}/` } };
    const to = join(at, "out/bag");
    await archived(manifest, to, more);
    const blobs = (): number =>
      host.asked.filter(({ method, url }) => method === "GET" && url.includes("/blobs/")).length;
    const before = blobs();
    expect(before).toBeGreaterThan(0);
    expect(await archived(manifest, to, more)).toMatchObject({ unchanged: true });
    expect(blobs()).toBe(before);
  });
});

test("an archive of another manifest is not taken for this one's", async () => {
  const at = await folder();
  await write(at, "w/a.bin", "a");
  const manifest = await writeManifest(at, [{ id: "w", locations: ["./w"], files: [entry("a.bin", "a")] }]);
  const to = join(at, "out/bag");
  await archived(manifest, to);
  await writeFile(manifest, `${await readFile(manifest, "utf8")}\n`);
  await expect(archived(manifest, to)).rejects.toMatchObject({ code: "usage" });
});
