/** Breaks a release every way that we know of: each has its own code, the right outcome, and is never `verified`. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { need } from "../services/need.ts";
import { startNginx } from "../services/nginx.ts";
import { type Answer, answer, startRaw } from "../services/raw.ts";
import {
  apache,
  check,
  entry,
  folder,
  gist,
  type PieceText,
  safetensors,
  sha256,
  write,
  writeManifest,
} from "./release.ts";

const weights = safetensors();
const lfsPointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(weights)}\nsize ${weights.length}\n`;

/** One piece of weights in a folder, with its licence beside it. */
async function localRelease(piece: Partial<PieceText> = {}): Promise<{ at: string; manifest: string }> {
  const at = await folder();
  await write(at, "weights/model.safetensors", weights);
  await write(at, "weights/LICENSE", apache);
  const manifest = await writeManifest(at, [
    { id: "weights", locations: ["./weights"], files: [entry("model.safetensors", weights)], ...piece },
  ]);
  return { at, manifest };
}

test("the unbroken release is verified", async () => {
  const { manifest } = await localRelease();
  expect(gist(await check(manifest))).toEqual({ outcomes: ["verified"], codes: ["note file-undeclared"], exit: 0 });
});

describe("broken on this disk", () => {
  const flipped = Uint8Array.from(weights);
  flipped[150] = (flipped[150] ?? 0) ^ 1;
  test.each<[string, (at: string) => Promise<unknown>, string[], string, number]>([
    [
      "one byte flipped",
      (at) => write(at, "weights/model.safetensors", flipped),
      ["error digest-mismatch"],
      "broken",
      1,
    ],
    [
      "a pointer in place of the weights",
      (at) => write(at, "weights/model.safetensors", lfsPointer),
      ["error content-lfs-pointer", "error digest-mismatch", "error size-mismatch"],
      "broken",
      1,
    ],
    [
      "the folder deleted",
      (at) => rm(join(at, "weights"), { recursive: true }),
      ["error location-absent"],
      "broken",
      1,
    ],
    ["the file deleted", (at) => rm(join(at, "weights/model.safetensors")), ["error file-missing"], "broken", 1],
    [
      "cut short",
      (at) => write(at, "weights/model.safetensors", weights.subarray(0, weights.length - 4)),
      ["error content-truncated", "error digest-mismatch", "error size-mismatch"],
      "broken",
      1,
    ],
    [
      "emptied",
      (at) => write(at, "weights/model.safetensors", ""),
      ["error content-empty", "error digest-mismatch", "error size-mismatch"],
      "broken",
      1,
    ],
    [
      "a clause added to the licence",
      (at) =>
        appendFile(
          join(at, "weights/LICENSE"),
          "\nThe model may not be used by companies with more than 100 employees.\n",
        ),
      ["error license-modified"],
      "broken",
      1,
    ],
    ["the licence deleted", (at) => rm(join(at, "weights/LICENSE")), ["warning license-absent"], "resolved", 0],
  ])("%s", async (_, breakIt, codes, outcome, exit) => {
    const { at, manifest } = await localRelease();
    await breakIt(at);
    const seen = gist(await check(manifest));
    expect(seen.outcomes).toEqual([outcome]);
    expect(seen.codes.filter((code) => !code.startsWith("note"))).toEqual(codes);
    expect(seen.exit).toBe(exit);
  });
});

describe("declared wrongly or weakly", () => {
  const md5 = createHash("md5").update(weights).digest("hex");
  test.each<[string, object, string[], string, number]>([
    [
      "a wrong size",
      { path: "model.safetensors", size: 7, digest: { sha256: sha256(weights) } },
      ["error size-mismatch"],
      "broken",
      1,
    ],
    [
      "a wrong digest",
      { path: "model.safetensors", digest: { sha256: sha256("other") } },
      ["error digest-mismatch"],
      "broken",
      1,
    ],
    ["only md5", { path: "model.safetensors", digest: { md5 } }, ["warning digest-weak"], "resolved", 0],
    ["no digest", { path: "model.safetensors" }, ["warning digest-undeclared"], "resolved", 0],
    [
      "a placeholder",
      { path: "model.safetensors", digest: { sha256: "TODO" } },
      ["warning digest-placeholder", "warning digest-undeclared"],
      "resolved",
      0,
    ],
  ])("%s", async (_, file, codes, outcome, exit) => {
    const { manifest } = await localRelease({ files: [file] });
    const seen = gist(await check(manifest));
    expect(seen.outcomes).toEqual([outcome]);
    expect(seen.codes.filter((code) => !code.startsWith("note"))).toEqual(codes);
    expect(seen.exit).toBe(exit);
  });

  test("another licence than the one that is there", async () => {
    const { manifest } = await localRelease({ licenseDeclared: "MIT" });
    expect(gist(await check(manifest))).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(gist(await check(manifest)).codes).toContain("error license-mismatch");
  });
});

describe("inside an archive", () => {
  async function archived(name: string): Promise<string> {
    const at = await folder();
    await write(at, `in/${name}`, weights);
    await write(at, "in/LICENSE", apache);
    execFileSync("tar", ["-czf", join(at, "weights.tar.gz"), "-C", join(at, "in"), "."]);
    await rm(join(at, "in"), { recursive: true });
    return writeManifest(at, [
      {
        id: "weights",
        locations: [{ uri: "./weights.tar.gz", unpack: true }],
        files: [entry("model.safetensors", weights)],
      },
    ]);
  }

  test("the members are verified without unpacking", async () => {
    expect(gist(await check(await archived("model.safetensors")))).toMatchObject({ outcomes: ["verified"], exit: 0 });
  });

  test("a renamed member is missing, and the new name is told", async () => {
    const report = await check(await archived("weights.safetensors"));
    expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(gist(report).codes).toContain("error file-missing");
    expect(report.findings).toContainEqual(
      expect.objectContaining({ code: "file-undeclared", args: { path: "weights.safetensors" } }),
    );
  });

  test("a cut archive makes its members unknown, not missing", async () => {
    const manifest = await archived("model.safetensors");
    const archive = join(manifest, "../weights.tar.gz");
    const bytes = await readFile(archive);
    await write(join(manifest, ".."), "weights.tar.gz", bytes.subarray(0, bytes.length >> 1));
    const seen = gist(await check(manifest));
    expect(seen).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(seen.codes).toContain("error archive-truncated");
    expect(seen.codes).not.toContain("error file-missing");
  });
});

/** A file of the release behind a server that does what it is told. */
async function behind(answers: { readonly [path: string]: Answer }, path = "/model.safetensors"): Promise<string> {
  const server = await startRaw(answers);
  onTestFinished(() => server.close());
  return remote(`${server.origin}${path}`);
}

async function remote(uri: string): Promise<string> {
  return writeManifest(await folder(), [
    { id: "weights", locations: [uri], files: [entry("model.safetensors", weights)] },
  ]);
}

const body = Buffer.from(weights).toString("latin1");
const whole = `Content-Length: ${weights.length}`;
const serve =
  (head: string, content: string): Answer =>
  (socket, { method }) =>
    socket.write(Buffer.from(head + (method === "HEAD" ? "" : content), "latin1"));

describe("broken behind a server", () => {
  const type = "Content-Type: application/octet-stream";
  const html = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>hello</body></html>";
  test.each<[string, Answer | undefined, string, string, number]>([
    [
      "404",
      (socket) => socket.write(answer("404 Not Found", ["Content-Length: 0"])),
      "error location-absent",
      "broken",
      1,
    ],
    ["410", (socket) => socket.write(answer("410 Gone", ["Content-Length: 0"])), "error location-absent", "broken", 1],
    [
      "403",
      (socket) => socket.write(answer("403 Forbidden", ["Content-Length: 0"])),
      "warning location-denied",
      "inconclusive",
      3,
    ],
    [
      "429",
      (socket) => socket.write(answer("429 Too Many Requests", ["Content-Length: 0"])),
      "warning location-unreachable",
      "inconclusive",
      3,
    ],
    [
      "503 with a Retry-After beyond our patience",
      (socket) => socket.write(answer("503 Service Unavailable", ["Retry-After: 3600", "Content-Length: 0"])),
      "warning location-unreachable",
      "inconclusive",
      3,
    ],
    ["a server that never answers", () => undefined, "warning location-unreachable", "inconclusive", 3],
    [
      "a page with status 200",
      serve(answer("200 OK", [`Content-Length: ${html.length}`, "Content-Type: text/html"]), html),
      "error content-html",
      "broken",
      1,
    ],
    [
      "a body that ends early",
      (socket, { method }) =>
        method === "HEAD"
          ? socket.write(answer("200 OK", [whole, type]))
          : socket.end(Buffer.from(answer("200 OK", [whole, type], body.slice(0, 100)), "latin1")),
      "warning file-malformed",
      "inconclusive",
      3,
    ],
    [
      "a body that is longer than announced",
      serve(answer("200 OK", [whole, type]), `${body}and more`),
      "warning file-malformed",
      "inconclusive",
      3,
    ],
    [
      "a body that stalls",
      (socket, { method }) =>
        socket.write(
          Buffer.from(answer("200 OK", [whole, type], method === "HEAD" ? "" : body.slice(0, 100)), "latin1"),
        ),
      "warning file-unreachable",
      "inconclusive",
      3,
    ],
  ])("%s", async (_, act, code, outcome, exit) => {
    const manifest = await behind(act === undefined ? {} : { "/model.safetensors": act });
    const seen = gist(await check(manifest));
    expect(seen.outcomes).toEqual([outcome]);
    expect(seen.codes).toContain(code);
    expect(seen.exit).toBe(exit);
  });

  test("503 with a short Retry-After is waited for", async () => {
    let asked = 0;
    const manifest = await behind({
      "/model.safetensors": (socket, request) => {
        asked += 1;
        if (asked === 1) socket.write(answer("503 Service Unavailable", ["Retry-After: 1", "Content-Length: 0"]));
        else serve(answer("200 OK", [whole, type]), body)(socket, request);
      },
      "/LICENSE": serve(answer("200 OK", [`Content-Length: ${Buffer.byteLength(apache)}`]), apache),
    });
    expect(gist(await check(manifest))).toMatchObject({ outcomes: ["verified"], exit: 0 });
  });

  test("a closed port", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const report = await check(await remote(`http://127.0.0.1:${port}/model.safetensors`));
    expect(gist(report)).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
    expect(report.pieces[0]?.locations[0]?.refusal?.reason).toBe("connection-refused");
  });

  test("a private address is not reached unless the operator says so", async () => {
    const server = await startRaw({});
    onTestFinished(() => server.close());
    const report = await check(await remote(`${server.origin}/model.safetensors`), { allowPrivate: false });
    expect(gist(report)).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
    expect(report.pieces[0]?.locations[0]?.refusal?.reason).toBe("address-blocked");
    expect(server.connections()).toBe(0);
  });

  test("offline opens no socket and calls nothing absent", async () => {
    const server = await startRaw({});
    onTestFinished(() => server.close());
    const report = await check(await remote(`${server.origin}/model.safetensors`), { offline: true });
    expect(gist(report)).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
    expect(server.connections()).toBe(0);
  });
});

need("nginx")("behind a real web server", () => {
  test("a whole folder, its licence, and the second place when the first fails", async () => {
    const nginx = await startNginx();
    onTestFinished(() => nginx.close());
    await write(nginx.root, "release/model.safetensors", weights);
    await write(nginx.root, "release/LICENSE", apache);
    const at = await folder();
    const files = [entry("model.safetensors", weights)];
    const manifest = await writeManifest(at, [
      { id: "one", locations: [`${nginx.origin}/release/`], files },
      { id: "two", locations: [`${nginx.origin}/gone/`, `${nginx.origin}/release/`], files },
    ]);
    const report = await check(manifest);
    expect(gist(report)).toMatchObject({ outcomes: ["verified", "verified"], exit: 0 });
    expect(gist(report).codes).toContain("warning location-fallback");
    expect(report.pieces[1]?.location).toBe(1);
  });

  test("a folder named without its `/` is one when the server says so", async () => {
    const nginx = await startNginx();
    onTestFinished(() => nginx.close());
    await write(nginx.root, "release/model.safetensors", weights);
    await write(nginx.root, "release/LICENSE", apache);
    const files = [entry("model.safetensors", weights)];
    const manifest = await writeManifest(await folder(), [
      { id: "one", locations: [`${nginx.origin}/release`], files },
    ]);
    expect(gist(await check(manifest))).toMatchObject({ outcomes: ["verified"], exit: 0 });
  });

  test("at depth probe nothing is verified, and a size that differs is told", async () => {
    const nginx = await startNginx();
    onTestFinished(() => nginx.close());
    await write(nginx.root, "model.safetensors", weights.subarray(0, 100));
    const report = await check(await remote(`${nginx.origin}/model.safetensors`), { depth: "probe" });
    expect(gist(report)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    await write(nginx.root, "model.safetensors", weights);
    expect(gist(await check(await remote(`${nginx.origin}/model.safetensors`), { depth: "probe" }))).toMatchObject({
      outcomes: ["resolved"],
      exit: 0,
    });
  });
});

test("the same release twice gives the same report, times aside", async () => {
  const { manifest } = await localRelease();
  const timeless = async (): Promise<string> => {
    const report = await check(manifest);
    return JSON.stringify({ ...report, timeVerified: "", durationSeconds: 0 });
  };
  expect(await timeless()).toBe(await timeless());
});
