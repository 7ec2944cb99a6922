/** Files that are the members of several archives, from a real registry to the report. */
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startWebServer } from "../resolve/web-server.ts";
import { need } from "../services/need.ts";
import { type ContainerRegistry, type Layer, sha256Digest, startRegistry } from "../services/registry.ts";
import { startTokenServer } from "../services/token-server.ts";
import { apache, check, entry, folder, gist, type PieceText, safetensors, write, writeManifest } from "./release.ts";

const weights = safetensors();
const pack = { artifactType: "application/vnd.cncf.model.manifest.v1+json" };
const raw = (path: string, bytes: string | Uint8Array): Layer => ({
  mediaType: "application/vnd.cncf.model.weight.v1.raw",
  bytes,
  annotations: { "org.cncf.model.filepath": path },
});
const tarType = "application/vnd.cncf.model.doc.v1.tar";

/** A real archive of these files. */
async function archive(files: { readonly [path: string]: string | Uint8Array }): Promise<Uint8Array> {
  const at = await folder();
  for (const [path, bytes] of Object.entries(files)) await write(at, join("in", path), bytes);
  execFileSync("tar", ["--sort=name", "-cf", join(at, "out.tar"), "-C", join(at, "in"), ...Object.keys(files)]);
  return readFile(join(at, "out.tar"));
}
const tar = async (files: { readonly [path: string]: string | Uint8Array }): Promise<Layer> => ({
  mediaType: tarType,
  bytes: await archive(files),
});
const blobPath = ({ bytes }: Layer): string => `blobs/sha256/${sha256Digest(bytes).slice(7)}`;

need("docker-registry", "zstd")("layers", () => {
  let registry: ContainerRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.close());

  async function report(name: string, piece: Partial<PieceText>, options: object = {}, endpoint = registry.url) {
    const manifest = await writeManifest(await folder(), [
      { id: "weights", locations: [`oci://registry.test/${name}`], ...piece },
    ]);
    return check(manifest, { endpoints: { oci: endpoint }, ...options });
  }
  /** Pushes a ModelPack; how it is named by its digest. */
  async function pinned(name: string, layers: readonly Layer[], more: object = pack): Promise<string> {
    const { digest } = await registry.push(name, "v1", { ...more, layers });
    return `${name}@${digest}`;
  }

  test("raw files and archives together are the piece, in both directions", async () => {
    const docs = await tar({ LICENSE: apache, "docs/card.md": "# card" });
    const code = await tar({ "train.py": "pass", "extra.py": "x" });
    const name = await pinned("whole", [raw("model.safetensors", weights), docs, code]);
    const files = [entry("model.safetensors", weights), entry("docs/card.md", "# card"), entry("train.py", "pass")];
    const whole = await report(name, { files });
    expect(gist(whole)).toMatchObject({ outcomes: ["verified"], exit: 0 });
    expect(whole.pieces[0]?.counts).toMatchObject({
      declared: 3,
      present: 3,
      verified: 3,
      missing: 0,
      undeclared: 2,
    });
    expect(whole.pieces[0]?.license.agreement).toBe("match");
    const listed = whole.pieces[0]?.files ?? [];
    expect(listed.find(({ path }) => path === "train.py")).toMatchObject({
      containedIn: blobPath(code),
      presence: "present",
    });
    const gone = await report(name, { files: [...files, entry("gone.py", "x")] });
    expect(gist(gone)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(gone.findings.map(({ code: one }) => one)).toContain("file-missing");
    const changed = await report(name, { files: [entry("train.py", "fail")] });
    expect(gist(changed)).toMatchObject({ outcomes: ["broken"] });
    expect(gist(changed).codes).toContain("error digest-mismatch");
  });

  test("a folder of it, and a listing of its files", async () => {
    const name = await pinned("folder", [
      raw("a/model.safetensors", weights),
      await tar({ "a/b/c.txt": "c", "d.txt": "d" }),
    ]);
    const at = await folder();
    const text = [entry("model.safetensors", weights), entry("b/c.txt", "c")]
      .map((one) => `${JSON.stringify(one)}\n`)
      .join("");
    await write(at, "files.jsonl", text);
    const location = { uri: `oci://registry.test/${name}`, path: "a" };
    const piece = {
      id: "p",
      locations: [location],
      licenseDeclared: "NOASSERTION",
      listing: { uri: "./files.jsonl", format: "jsonl" },
    };
    const seen = await check(await writeManifest(at, [piece]), { endpoints: { oci: registry.url } });
    expect(seen.pieces[0]?.counts).toMatchObject({ declared: 2, verified: 2, undeclared: 0 });
  });

  test("at depth `probe` nothing is read, and nothing in an archive is called missing", async () => {
    const name = await pinned("probe", [raw("model.safetensors", weights), await tar({ "a.txt": "a" })]);
    const files = [entry("model.safetensors", weights), entry("a.txt", "a"), entry("nowhere.txt", "x")];
    const seen = await report(name, { files }, { depth: "probe" });
    expect(gist(seen)).toMatchObject({ outcomes: ["resolved"] });
    expect(seen.pieces[0]?.counts).toMatchObject({ present: 1, missing: 0, bytes: 0 });
    const lie = await report(name, { files: [entry("model.safetensors", "other")] }, { depth: "probe" });
    expect(gist(lie)).toMatchObject({ outcomes: ["broken"] });
  });

  test("of two layers with one path the last counts, whichever came first, and it is told", async () => {
    const [one, other] = [await tar({ "a.txt": "one" }), await tar({ "a.txt": "other" })];
    const name = await pinned("twice", [one, other]);
    const last = await report(name, { files: [entry("a.txt", "other")] });
    expect(gist(last).codes).toContain("warning archive-ambiguous");
    expect(gist(last).outcomes).toEqual(["resolved"]);
    expect(gist(await report(name, { files: [entry("a.txt", "one")] }))).toMatchObject({ outcomes: ["broken"] });
    const mixed = await pinned("mixed", [raw("a.txt", "one"), other]);
    expect(gist(await report(mixed, { files: [entry("a.txt", "one")] })).codes).toContain("error digest-mismatch");
    const same = await pinned("same", [raw("a.txt", "other"), other]);
    expect(
      gist(await report(same, { files: [entry("a.txt", "other")], licenseDeclared: "NOASSERTION" })).codes,
    ).not.toContain("warning archive-ambiguous");
  });

  test("two raw layers of one path with other bytes: nobody can tell which is meant", async () => {
    const name = await pinned("raw-twice", [raw("a.txt", "one"), raw("a.txt", "other")]);
    expect(gist(await report(name, { files: [entry("a.txt", "one")] }))).toMatchObject({
      outcomes: ["inconclusive"],
      exit: 3,
    });
  });

  test("a path that leads outside is no file, and what is missed beside it is not called missing", async () => {
    const name = await pinned("outside", [raw("../x", "x"), raw("a.txt", "a")]);
    expect(gist(await report(name, { files: [entry("a.txt", "a"), entry("x", "x")] }))).toMatchObject({
      outcomes: ["inconclusive"],
    });
    const layered = await pinned("outside-layered", [raw("../x", "x"), await tar({ "a.txt": "a" })]);
    expect(gist(await report(layered, { files: [entry("x", "x")] }))).toMatchObject({ outcomes: ["inconclusive"] });
  });

  test("an archive that can not be read leaves open what it holds", async () => {
    const at = await folder();
    await writeFile(join(at, "a.tar"), await archive({ "a.txt": "a" }));
    execFileSync("zstd", ["-q", join(at, "a.tar")]);
    const packed = { mediaType: `${tarType}+zstd`, bytes: await readFile(join(at, "a.tar.zst")) };
    const name = await pinned("zstd", [packed, await tar({ "b.txt": "b" })]);
    const seen = await report(name, { files: [entry("a.txt", "a"), entry("b.txt", "b")] });
    expect(gist(seen)).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
    expect(seen.pieces[0]?.counts).toMatchObject({ verified: 1, missing: 0 });
  });

  test("layers of an image lie over each other: what one takes away is not there", async () => {
    const image = { config: { mediaType: "application/vnd.oci.image.config.v1+json", bytes: "{}" } };
    const layer = async (files: { readonly [path: string]: string }): Promise<Layer> => ({
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      bytes: await archive(files),
    });
    const layers = [
      await layer({
        "kept/a.txt": "a",
        "gone/b.txt": "b",
        "emptied/c.txt": "c",
        "over.txt": "first",
        "back.txt": "old",
      }),
      await layer({
        ".wh.gone": "",
        "emptied/.wh..wh..opq": "",
        "emptied/new.txt": "new",
        "over.txt": "second",
        ".wh.back.txt": "",
      }),
      await layer({ "back.txt": "back" }),
    ];
    const name = await pinned("image", layers, image);
    const there = [
      entry("kept/a.txt", "a"),
      entry("over.txt", "second"),
      entry("emptied/new.txt", "new"),
      entry("back.txt", "back"),
    ];
    const seen = await report(name, { files: there, licenseDeclared: "NOASSERTION" });
    expect(gist(seen).codes).not.toContain("warning archive-ambiguous");
    expect(seen.pieces[0]?.counts).toMatchObject({ verified: 4, missing: 0 });
    for (const file of [entry("gone/b.txt", "b"), entry("emptied/c.txt", "c"), entry("over.txt", "first")]) {
      expect(gist(await report(name, { files: [file] }))).toMatchObject({ outcomes: ["broken"] });
    }
  });

  test("a size that lies, other bytes than the digest, and a layer that is not there", async () => {
    const layers = [raw("model.safetensors", weights), await tar({ "a.txt": "a" })];
    const lying = await pinned("lying", [{ ...raw("model.safetensors", weights), lie: { size: 7 } }]);
    const files = [entry("model.safetensors", weights), entry("a.txt", "a")];
    expect(gist(await report(lying, { files: files.slice(0, 1) })).codes).toContain("warning size-published-differs");
    const name = await pinned("swapped", layers);
    const proxy = (change: (url: string, bytes: Buffer) => Buffer | undefined) =>
      startWebServer(async (request, response) => {
        const headers = { accept: request.headers.accept ?? "*/*" };
        const reply = await fetch(new URL(request.url ?? "", registry.url), {
          method: request.method ?? "GET",
          headers,
        });
        const bytes = change(request.url ?? "", Buffer.from(await reply.arrayBuffer()));
        response.writeHead(bytes === undefined ? 404 : reply.status);
        response.end(bytes);
      });
    const swapped = await proxy((url, bytes) =>
      url.includes("/blobs/") ? Buffer.from(bytes.toString("latin1").replace("a", "b"), "latin1") : bytes,
    );
    onTestFinished(() => swapped.close());
    const swap = await report(name, { files }, {}, `${swapped.url}/`);
    expect(gist(swap)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(gist(swap).codes).toContain("error digest-mismatch");
    const missing = await proxy((url, bytes) =>
      url.includes(blobPath(layers[1] ?? raw("", "")).slice(13)) ? undefined : bytes,
    );
    onTestFinished(() => missing.close());
    // With and without declared files: the manifest names a layer that its registry does not have.
    for (const declared of [{ files }, {}]) {
      const lacking = await report(name, declared, {}, `${missing.url}/`);
      expect(gist(lacking)).toMatchObject({ outcomes: ["broken"] });
      expect(gist(lacking).codes).toContain("error file-missing");
    }
  });

  test("a tag can move: the piece resolves and is not verified", async () => {
    await registry.push("moving", "v1", { ...pack, layers: [raw("a.txt", "a")] });
    const seen = await report("moving:v1", { files: [entry("a.txt", "a")] });
    expect(seen.pieces[0]).toMatchObject({ locations: [{ resolver: "oci", pinned: false }] });
  });

  test("a licence of ollama is a text that is read", async () => {
    const part = (name: string, bytes: string | Uint8Array): Layer => ({
      mediaType: `application/vnd.ollama.image.${name}`,
      bytes,
    });
    await registry.push("library/tiny", "v1", {
      config: { mediaType: "application/vnd.docker.container.image.v1+json", bytes: "{}" },
      layers: [part("model", weights), part("license", apache)],
    });
    const manifest = await writeManifest(await folder(), [
      { id: "w", locations: ["ollama:tiny:v1"], files: [entry("model", weights)] },
    ]);
    const seen = await check(manifest, { endpoints: { oci: registry.url } });
    expect(seen.pieces[0]?.license).toMatchObject({ agreement: "match" });
  });
});

describe("logins", () => {
  const secret = "s3cret-of-the-test";
  need("docker-registry", "htpasswd")("a password", () => {
    test("fetches every layer, and is nowhere in the report", async () => {
      const registry = await startRegistry({ user: { name: "tester", password: secret } });
      onTestFinished(() => registry.close());
      const docs = await tar({ LICENSE: apache });
      const { digest } = await registry.push("private", "v1", {
        ...pack,
        layers: [raw("model.safetensors", weights), docs],
      });
      const at = await folder();
      const auth = Buffer.from(`tester:${secret}`).toString("base64");
      await write(at, "docker/config.json", JSON.stringify({ auths: { [registry.host]: { auth } } }));
      const files = [entry("model.safetensors", weights)];
      const manifest = await writeManifest(at, [{ id: "w", locations: [`oci://r.test/private@${digest}`], files }]);
      const options = { endpoints: { oci: registry.url } };
      const environment = { HOME: at, DOCKER_CONFIG: join(at, "docker") };
      const seen = await check(manifest, { ...options, environment });
      expect(gist(seen)).toMatchObject({ outcomes: ["verified"], exit: 0 });
      expect(JSON.stringify(seen)).not.toMatch(new RegExp(`${secret}|${auth}`));
      expect(gist(await check(manifest, { ...options, environment: { HOME: at } }))).toMatchObject({
        outcomes: ["inconclusive"],
      });
    });
  });

  need("docker-registry", "openssl")("a token", () => {
    test("is had anew when it ran out, and is nowhere in the report", async () => {
      const tokens = await startTokenServer();
      onTestFinished(() => tokens.close());
      tokens.behave({ life: 0 });
      const registry = await startRegistry({ tokens, authorization: async (scope) => `Bearer ${tokens.token(scope)}` });
      onTestFinished(() => registry.close());
      const docs = await tar({ LICENSE: apache });
      const { digest } = await registry.push("private", "v1", {
        ...pack,
        layers: [raw("model.safetensors", weights), docs],
      });
      const files = [entry("model.safetensors", weights)];
      const manifest = await writeManifest(await folder(), [
        { id: "w", locations: [`oci://r.test/private@${digest}`], files },
      ]);
      const seen = await check(manifest, { endpoints: { oci: registry.url } });
      expect(gist(seen)).toMatchObject({ outcomes: ["verified"], exit: 0 });
      expect(JSON.stringify(seen)).not.toContain("eyJ");
    });
  });
});
