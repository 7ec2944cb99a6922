import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type PushOptions, pushOci } from "../../src/archive/oci-push.ts";
import { checkOciLayout } from "../../src/archive/oci-read.ts";
import { run } from "../../src/io/process.ts";
import { createSettings } from "../../src/io/settings.ts";
import { loopbackHttp, startWebServer } from "../resolve/web-server.ts";
import { need } from "../services/need.ts";
import { type ContainerRegistry, sha256Digest, startRegistry } from "../services/registry.ts";
import { startTokenServer, type TokenServer } from "../services/token-server.ts";
import { LayoutByHand, large, layout, release, scratch, tree } from "./oci-release.ts";

const http = loopbackHttp();
afterAll(() => http.close());

const options = (more: Partial<PushOptions> = {}): PushOptions => ({
  http,
  signal: new AbortController().signal,
  setting: async () => undefined,
  ...more,
});

/** A login as docker keeps it. */
function login(host: string, name: string, password: string): PushOptions["setting"] {
  const home = scratch();
  const auth = Buffer.from(`${name}:${password}`).toString("base64");
  writeFileSync(join(home, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }));
  return createSettings({ cwd: home, env: { HOME: home, DOCKER_CONFIG: home }, run });
}

const documents = (folder: string) => {
  const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
  const digest: string = index.manifests[0].digest;
  const manifest = JSON.parse(readFileSync(join(folder, "blobs", digest.replace(":", "/")), "utf8"));
  return { digest, manifest };
};
const blobsOf = (folder: string) =>
  Object.fromEntries(Object.entries(tree(folder)).filter(([path]) => path.startsWith("blobs/")));

need(
  "docker-registry",
  "skopeo",
  "htpasswd",
)("a real registry", () => {
  let registry: ContainerRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.close());

  test("takes the artifact, and skopeo brings back the same bytes", async () => {
    const folder = await layout(release(scratch()));
    const { digest, manifest } = documents(folder);
    let read = 0;
    const pushed = await pushOci(folder, `oci://${registry.host}/lab/tiny`, options({ onBytes: (n) => (read += n) }));
    const unique = new Map([manifest.config, ...manifest.layers].map((one) => [one.digest, one.size as number]));
    const bytes = [...unique.values()].reduce((sum, size) => sum + size, 0);
    expect(pushed).toEqual({
      status: "pushed",
      uri: `oci://${registry.host}/lab/tiny@${digest}`,
      digest,
      // The layout's own name for it.
      tag: "1.0.0",
      sent: { blobs: unique.size, bytes },
      present: { blobs: 0, bytes: 0 },
    });
    expect(read).toBe(bytes);
    const from = `docker://${registry.host}/lab/tiny:1.0.0`;
    const back = join(scratch(), "back");
    execFileSync("skopeo", ["copy", "-q", "--src-tls-verify=false", from, `oci:${back}:1.0.0`]);
    expect(blobsOf(back)).toEqual(blobsOf(folder));
    expect(await checkOciLayout(back)).toMatchObject({ valid: true, faults: [] });
    const inspect = (...argv: string[]) => execFileSync("skopeo", ["inspect", "--tls-verify=false", ...argv, from]);
    expect(inspect("--raw")).toEqual(readFileSync(join(folder, "blobs", digest.replace(":", "/"))));
    expect(JSON.parse(inspect("--config", "--raw").toString("utf8"))).toMatchObject({ descriptor: { name: "tiny" } });
  });

  test("what skopeo has put there is not sent again", async () => {
    const folder = await layout(release(scratch(), { name: "other" }));
    const to = `${registry.host}/lab/other:by-skopeo`;
    execFileSync("skopeo", ["copy", "-q", "--dest-tls-verify=false", `oci:${folder}:1.0.0`, `docker://${to}`]);
    const pushed = await pushOci(folder, `oci://${registry.host}/lab/other:ours`, options());
    expect(pushed).toMatchObject({ status: "pushed", sent: { blobs: 0, bytes: 0 } });
    expect(await pushOci(folder, `oci://${to}`, options())).toMatchObject({ digest: documents(folder).digest });
  });

  test("large blobs go in parts", async () => {
    const folder = await layout(
      release(scratch(), { name: "parts" }, { "weights/big.bin": Buffer.concat([large, Buffer.from("x")]) }),
    );
    const pushed = await pushOci(folder, `oci://${registry.host}/lab/parts:v1`, options({ partBytes: 500_000 }));
    expect(pushed).toMatchObject({ status: "pushed", present: { blobs: 0 } });
    const { manifest } = documents(folder);
    expect(readFileSync(registry.fileOf(manifest.layers[0].digest)).length).toBe(large.length + 1);
  });

  test("a tag that names something else is moved only when that is said", async () => {
    const [one, two] = [await layout(release(scratch())), await layout(release(scratch(), { name: "changed" }))];
    const to = `oci://${registry.host}/lab/moved:v1`;
    await pushOci(one, to, options());
    await expect(pushOci(two, to, options())).rejects.toMatchObject({ code: "usage" });
    expect(await pushOci(two, to, options({ replace: true }))).toMatchObject({
      digest: documents(two).digest,
      replaced: documents(one).digest,
      // The configuration alone is another one.
      sent: { blobs: 1 },
    });
  });

  test("by its digest, without a tag", async () => {
    const folder = await layout(release(scratch(), { name: "untagged" }));
    const { digest } = documents(folder);
    const pushed = await pushOci(folder, `oci://${registry.host}/lab/untagged@${digest}`, options());
    expect(pushed).toMatchObject({ status: "pushed", digest });
    expect(pushed).not.toHaveProperty("tag");
    const accept = "application/vnd.oci.image.manifest.v1+json";
    const url = `${registry.url}v2/lab/untagged/manifests/${digest}`;
    expect((await fetch(url, { headers: { accept } })).status).toBe(200);
    expect((await fetch(`${registry.url}v2/lab/untagged/tags/list`)).status).toBe(404);
  });

  test("a flipped bit in a blob is refused there, and no tag names what is not whole", async () => {
    const folder = await layout(release(scratch(), { name: "flipped" }));
    const { manifest } = documents(folder);
    const file = join(folder, "blobs", manifest.layers[0].digest.replace(":", "/"));
    const bytes = readFileSync(file);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const refusal = await pushOci(folder, `oci://${registry.host}/lab/flipped:v1`, options());
    expect(refusal).toMatchObject({ status: "refused", httpStatus: 400 });
    expect(refusal).toHaveProperty("message", expect.stringContaining("DIGEST_INVALID"));
    expect((await fetch(`${registry.url}v2/lab/flipped/manifests/v1`)).status).toBe(404);
  });

  test("an upload that breaks off arrives, although this registry can not take it up", async () => {
    const whole = Buffer.concat([large, large]);
    const folder = await layout(release(scratch(), { name: "broken" }, { "weights/big.bin": whole }));
    const proxy = await cutting(Number(registry.host.split(":")[1]), 2_400_000);
    const endpoint = `http://127.0.0.1:${proxy.port}/`;
    const pushed = await pushOci(
      folder,
      "oci://registry.test/lab/broken:v1",
      options({ endpoint, partBytes: 1_000_000 }),
    );
    expect(pushed).toMatchObject({ status: "pushed" });
    expect(proxy.cuts).toBe(1);
    const { manifest } = documents(folder);
    expect(readFileSync(registry.fileOf(manifest.layers[0].digest)).equals(whole)).toBe(true);
  });

  describe("with a password", () => {
    let locked: ContainerRegistry;
    beforeAll(async () => {
      locked = await startRegistry({ user: { name: "ann", password: "s3cret-word" } });
    });
    afterAll(() => locked.close());

    test.each([
      ["the right one", "s3cret-word", { status: "pushed", tag: "v1" }],
      ["a wrong one", "s3cret-w0rd", { status: "refused", kind: "denied", reason: "authentication-required" }],
    ])("%s", async (_name, password, outcome) => {
      const folder = await layout(release(scratch()));
      const setting = login(locked.host, "ann", password);
      const pushed = await pushOci(folder, `oci://${locked.host}/lab/locked:v1`, options({ setting }));
      expect(pushed).toMatchObject(outcome);
      expect(JSON.stringify(pushed)).not.toContain(password);
    });

    test("none", async () => {
      const folder = await layout(release(scratch()));
      expect(await pushOci(folder, `oci://${locked.host}/lab/none:v1`, options())).toMatchObject({ kind: "denied" });
    });

    test("skopeo brings back what went in with one", async () => {
      const folder = await layout(release(scratch()));
      const setting = login(locked.host, "ann", "s3cret-word");
      await pushOci(folder, `oci://${locked.host}/lab/back:v1`, options({ setting }));
      const back = join(scratch(), "back");
      execFileSync("skopeo", [
        "copy",
        "-q",
        "--src-tls-verify=false",
        "--src-creds=ann:s3cret-word",
        `docker://${locked.host}/lab/back:v1`,
        `oci:${back}`,
      ]);
      expect(blobsOf(back)).toEqual(blobsOf(folder));
    });
  });

  describe("with a token service", () => {
    let tokens: TokenServer;
    let guarded: ContainerRegistry;
    beforeAll(async () => {
      tokens = await startTokenServer();
      guarded = await startRegistry({ tokens });
    }, 30_000);
    afterAll(async () => {
      await guarded.close();
      await tokens.close();
    });

    test("asks for a token that lets it write, with the user's login", async () => {
      const folder = await layout(release(scratch()));
      const auth = `Basic ${Buffer.from("ann:s3cret-word").toString("base64")}`;
      tokens.behave({ login: auth });
      const setting = login(guarded.host, "ann", "s3cret-word");
      const pushed = await pushOci(folder, `oci://${guarded.host}/lab/token:v1`, options({ setting }));
      expect(pushed).toMatchObject({ status: "pushed" });
      expect(tokens.asked).toHaveLength(1);
      expect(tokens.asked[0]?.url).toBe("/token?service=registry.test&scope=repository%3Alab%2Ftoken%3Apull%2Cpush");
      expect(tokens.asked[0]?.authorization).toBe(auth);
    });
  });
});

describe("a registry that does as it likes", () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  /** Answers 404 to what is asked for, and to POST with this Location. */
  const startOdd = async (location: string | undefined, status = 202) => {
    const server = await startWebServer((request, response) => {
      request.resume();
      request.on("end", () => {
        if (request.method === "POST") response.writeHead(status, location === undefined ? {} : { location }).end();
        else response.writeHead(404).end();
      });
    });
    closers.push(server.close);
    return server;
  };
  const push = async (url: string, more: Partial<PushOptions> = {}) =>
    pushOci(
      await layout(release(scratch())),
      "oci://registry.test/lab/odd:v1",
      options({ endpoint: `${url}/`, ...more }),
    );

  test.each([
    ["nowhere", undefined, { reason: "reply-invalid" }],
    ["to another host without encryption", "http://192.0.2.7/upload", { reason: "downgrade-blocked" }],
    ["to another scheme", "file:///etc/passwd", { reason: "downgrade-blocked" }],
  ])("sends the bytes %s", async (_name, location, outcome) => {
    const server = await startOdd(location);
    expect(await push(server.url)).toMatchObject({ status: "refused", ...outcome });
    expect(server.asked.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  test("sends the bytes to another host: no login goes along", async () => {
    const other = await startWebServer((request, response) => {
      request.resume();
      request.on("end", () => response.writeHead(201).end());
    });
    closers.push(other.close);
    const asked: string[] = [];
    const server = await startWebServer((request, response) => {
      asked.push(`${request.method} ${request.headers.authorization}`);
      request.resume();
      request.on("end", () => {
        if (request.headers.authorization === undefined) {
          response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
        } else if (request.method === "POST") response.writeHead(202, { location: `${server.url}/elsewhere` }).end();
        else if (request.method === "PUT" && request.url?.startsWith("/elsewhere")) {
          response.writeHead(307, { location: `${other.url}/stolen` }).end();
        } else response.writeHead(404).end();
      });
    });
    closers.push(server.close);
    const setting = login(server.url.slice("http://".length), "ann", "s3cret-word");
    expect(await push(server.url, { setting })).toMatchObject({ reason: "redirect-invalid" });
    expect(other.asked).toEqual([]);
    expect(asked.some((line) => line.startsWith("PUT Basic "))).toBe(true);
  });

  test("takes an upload up where it broke off", async () => {
    const uploads = new Map<string, Buffer>();
    const lines: string[] = [];
    let isBroken = false;
    const server = await startWebServer(async (request, response) => {
      const { method = "", url = "" } = request;
      const { pathname, searchParams } = new URL(url, "http://x");
      const name = pathname.slice("/upload/".length);
      const isLarge = (uploads.get(name)?.length ?? 0) >= 1_000_000;
      if (method !== "HEAD") lines.push(`${method} ${isLarge ? uploads.get(name)?.length : ""}`);
      const range = () => ({ location: pathname, range: `0-${Math.max(0, (uploads.get(name)?.length ?? 0) - 1)}` });
      let body = Buffer.alloc(0);
      for await (const chunk of request) {
        body = Buffer.concat([body, chunk]);
        if (method === "PATCH" && isLarge && !isBroken && body.length > 300_000) {
          // 300,000 bytes have arrived, and are kept.
          uploads.set(name, Buffer.concat([uploads.get(name) ?? body, body.subarray(0, 300_000)]));
          isBroken = true;
          request.socket.destroy();
          return;
        }
      }
      if (method === "HEAD") response.writeHead(404).end();
      else if (method === "GET") response.writeHead(204, range()).end();
      else if (method === "POST") {
        uploads.set(`${uploads.size}`, Buffer.alloc(0));
        response.writeHead(202, { location: `/upload/${uploads.size - 1}` }).end();
      } else if (pathname.includes("/manifests/")) response.writeHead(201).end();
      else {
        uploads.set(name, Buffer.concat([uploads.get(name) ?? body, body]));
        if (method === "PATCH") response.writeHead(202, range()).end();
        else {
          const isRight = sha256Digest(uploads.get(name) ?? "") === searchParams.get("digest");
          response.writeHead(isRight ? 201 : 400).end();
        }
      }
    });
    closers.push(server.close);
    expect(await push(server.url, { partBytes: 1_000_000 })).toMatchObject({ status: "pushed" });
    expect(isBroken).toBe(true);
    expect(lines.filter((line) => /\d/.test(line))).toEqual([
      "PATCH 1000000",
      "GET 1300000",
      "PATCH 1300000",
      "PUT 2097152",
    ]);
  });

  test("refuses with its own words", async () => {
    const server = await startWebServer((request, response) => {
      request.resume();
      request.on("end", () => {
        if (request.method !== "POST") return void response.writeHead(404).end();
        response.writeHead(403, { "content-type": "application/json" });
        return void response.end(JSON.stringify({ errors: [{ code: "DENIED", message: "quota is used up" }] }));
      });
    });
    closers.push(server.close);
    const refusal = await push(server.url);
    expect(refusal).toMatchObject({ reason: "forbidden" });
    expect(refusal).toHaveProperty("message", expect.stringContaining("DENIED: quota is used up"));
  });

  test("fails while it is asked for the tag: nothing is sent", async () => {
    const server = await startWebServer((_request, response) => void response.writeHead(503).end());
    closers.push(server.close);
    expect(await push(server.url)).toMatchObject({ status: "refused", kind: "unreachable" });
    expect(server.asked.every(({ method }) => method === "HEAD")).toBe(true);
  });

  test("forgets every upload: it is asked a few times, and no more", async () => {
    const server = await startOdd("/upload");
    expect(await push(server.url)).toMatchObject({ status: "refused" });
    expect(server.asked.filter(({ method }) => method === "PUT").length).toBeLessThan(20);
  });
});

describe("what is sent where", () => {
  const seen = async (target: string, more: Partial<PushOptions> = {}) => {
    const urls: string[] = [];
    const answer: PushOptions["http"]["answer"] = async ({ url, operatorEndpoint }) => {
      urls.push(`${operatorEndpoint === true ? "operator's " : ""}${url}`);
      return { status: "refused", kind: "unreachable", reason: "offline", message: "" };
    };
    await pushOci(await layout(release(scratch())), target, options({ http: { ...http, answer }, ...more }));
    return urls;
  };
  test.each([
    ["oci://example.org/a/b:v1", {}, "operator's https://example.org/v2/a/b/manifests/v1"],
    ["oci://10.0.0.7:5000/a/b:v1", {}, "operator's https://10.0.0.7:5000/v2/a/b/manifests/v1"],
    ["oci://10.0.0.7:5000/a/b:v1", { insecure: true }, "operator's http://10.0.0.7:5000/v2/a/b/manifests/v1"],
    ["oci://localhost:5000/a:v1", {}, "operator's http://localhost:5000/v2/a/manifests/v1"],
    ["oci://127.0.0.1/a:v1", {}, "operator's http://127.0.0.1/v2/a/manifests/v1"],
    ["oci://[::1]:5000/a:v1", {}, "operator's http://[::1]:5000/v2/a/manifests/v1"],
    ["oci://127.0.0.1.example.org/a:v1", {}, "operator's https://127.0.0.1.example.org/v2/a/manifests/v1"],
    ["oci://docker.io/a:v1", {}, "https://registry-1.docker.io/v2/library/a/manifests/v1"],
    ["oci://example.org/a", {}, "operator's https://example.org/v2/a/manifests/1.0.0"],
  ])("%s %o", async (target, more, url) => {
    expect(await seen(target, more)).toEqual([url]);
  });

  test.each([
    "example.org/a:v1",
    "https://example.org/a",
    "oci://example.org/",
    "oci://example.org/A:v1",
    "oci://e.org/a?platform=x",
    `oci://e.org/a@sha256:${"0".repeat(64)}`,
  ])("%s is no place", async (target) => {
    await expect(seen(target)).rejects.toMatchObject({ code: "usage" });
  });

  test("a layout without its blobs, and one with several artifacts", async () => {
    const made = new LayoutByHand();
    const layer = { ...made.blob("x"), size: 2 };
    const to = "oci://example.org/a:v1";
    await expect(pushOci(made.index(made.manifest({ layers: [layer] })), to, options())).rejects.toMatchObject({
      code: "input-unreadable",
    });
    const two = new LayoutByHand();
    await expect(
      pushOci(two.index(two.manifest(), two.manifest({ annotations: {} })), to, options()),
    ).rejects.toMatchObject({ code: "input-unreadable" });
  });
});

/** Passes bytes on to a port, and breaks the one connection that comes after so many. */
async function cutting(port: number, afterBytes: number) {
  const state = { port: 0, cuts: 0 };
  const sockets = new Set<Socket>();
  let carried = 0;
  const server = createServer((socket) => {
    const upstream = connect(port, "127.0.0.1");
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        socket.destroy();
        upstream.destroy();
      });
    }
    socket.on("data", (chunk: Buffer) => {
      carried += chunk.length;
      if (state.cuts === 0 && carried > afterBytes) {
        state.cuts++;
        // What was taken so far arrives.
        socket.destroy();
        upstream.end();
        return;
      }
      if (!upstream.write(chunk)) {
        socket.pause();
        upstream.once("drain", () => socket.resume());
      }
    });
    upstream.on("data", (chunk: Buffer) => void socket.write(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  state.port = address.port;
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return state;
}
