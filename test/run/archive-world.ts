/** A release that has a piece of every kind and every fault that there is, at hosts of its own that can be stopped. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VerifyOptions } from "../../src/run/options.ts";
import { commitAll, createRepository, git, gitBeside, startGitServer } from "../services/git.ts";
import { startHub } from "../services/hub.ts";
import { lfsBehind, startLfs } from "../services/lfs.ts";
import { need, type Suite } from "../services/need.ts";
import { startNginx } from "../services/nginx.ts";
import { answer, startRaw } from "../services/raw.ts";
import { startRegistry } from "../services/registry.ts";
import { needVerdaccio, startVerdaccio } from "../services/verdaccio.ts";
import { apache, entry, hurried, type PieceText, safetensors, sha256, write, writeManifest } from "./release.ts";

export interface ArchiveWorld {
  readonly manifest: string;
  readonly options: VerifyOptions;
  /** The command line's words for the same options. */
  readonly environment: { readonly [name: string]: string | undefined };
  readonly pieces: readonly PieceText[];
  /** Ends every host and removes the folder of the manifest: nobody can be asked any more. */
  stop(): Promise<void>;
}

const weights = safetensors();
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(weights)}\nsize ${weights.length}\n`;
const card = "---\nlicense: apache-2.0\n---\n# A model\n";

/** Skips where a host is missing. */
export const needArchiveWorld: Suite = (name, tests) =>
  needVerdaccio()(name, () =>
    need("git", "git-lfs", "nginx", "fcgiwrap", "docker-registry", "tar", "zip")(name, tests),
  );

/** Starts every host and writes the manifest. */
export async function startArchiveWorld(): Promise<ArchiveWorld> {
  const at = await mkdtemp(join(tmpdir(), "wholesource-world-"));
  const closes: (() => Promise<unknown>)[] = [];
  const own = async <Host extends { close(): Promise<unknown> }>(start: Promise<Host>): Promise<Host> => {
    const host = await start;
    closes.push(() => host.close());
    return host;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(closes.splice(0).map((close) => close()));
    await rm(at, { recursive: true, force: true });
  };
  try {
    const [inGit, atHub, inRegistry, npm, web] = await Promise.all([
      gitPieces(join(at, "git"), own),
      hubPieces(own),
      registryPieces(own, join(at, "layers")),
      npmPieces(own),
      webPieces(own, join(at, "web")),
    ]);
    const pieces = [...inGit, ...atHub.pieces, ...inRegistry.pieces, ...npm.pieces, ...web, ...(await localPieces(at))];
    const manifest = await writeManifest(at, [...pieces, ...withheld], { released: "2025-06-07" });
    const endpoints = { huggingface: `${atHub.url}/`, oci: inRegistry.url, npm: npm.url };
    const environment = { PATH: process.env.PATH, HOME: at };
    return { manifest, options: { ...hurried, endpoints, environment }, environment, pieces, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Own = <Host extends { close(): Promise<unknown> }>(start: Promise<Host>) => Promise<Host>;

const noLicense = { licenseDeclared: "NOASSERTION" };
const swhidOf = (tree: string): string => `swh:1:dir:${tree}`;
const digestOf = (bytes: string | Uint8Array): object => ({ sha256: sha256(bytes) });

/** A repository with large files, links, programs and names that sort unlike folders. */
async function gitPieces(at: string, own: Own): Promise<PieceText[]> {
  const lfs = await own(startLfs());
  const server = await own(startGitServer(lfsBehind(lfs)));
  server.publish(createRepository(join(at, "empty")), "code.git");
  const work = createRepository(join(at, "work"));
  git(work, ["lfs", "install", "--local"]);
  git(work, ["config", "lfs.locksverify", "false"]);
  git(work, ["lfs", "track", "*.safetensors"]);
  await mkdir(join(work, "a/deep"), { recursive: true });
  const files = { LICENSE: apache, "a/train.py": "print(1)\n", "a-b": "sorts before a/\n", empty: "" };
  for (const [path, bytes] of Object.entries(files)) await writeFile(join(work, path), bytes);
  await writeFile(join(work, "a/deep/\u00e9t\u00e9 \u2028 %.txt"), "a name with everything\n");
  for (const name of ["back\\slash", "new\nline", "tab\tulator", '"quoted"', "\u{1f600}", "\uff21"])
    await writeFile(join(work, name), `the file ${name}\n`);
  await writeFile(join(work, "model.safetensors"), weights);
  await writeFile(join(work, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  await symlink("a/train.py", join(work, "link.py"));
  await symlink("LICENSE", join(work, "COPYING"));
  await symlink("a", join(work, "folder"));
  await symlink("/etc/passwd", join(work, "out"));
  const commit = commitAll(work);
  git(work, ["remote", "add", "origin", `${server.at.url}/code.git`]);
  await gitBeside(work, ["push", "--quiet", "origin", "main"]);
  const uri = `git+${server.at.url}/code.git`;
  const code = { kind: "training-code", locations: [{ uri, revision: commit }] };
  const tree = git(work, ["rev-parse", "HEAD^{tree}"]);
  return [
    { ...code, id: "git-tree", digest: { gitTree: tree } },
    { ...code, id: "git-swhid", digest: { swhid: swhidOf(tree) } },
    {
      ...code,
      id: "git-files",
      files: [
        entry("a/train.py", "print(1)\n"),
        entry("link.py", "print(1)\n"),
        entry("run.sh", "#!/bin/sh\n"),
        entry("model.safetensors", weights),
      ],
    },
    { ...code, id: "git-false-tree", digest: { gitTree: `${"0".repeat(39)}1` } },
    { ...code, id: "git-linked-out", files: [entry("out", "secret"), entry("LICENSE", apache)] },
    {
      id: "git-below",
      kind: "training-code",
      locations: [{ uri: `${uri}@${commit}`, path: "a" }],
      digest: { gitTree: git(work, ["rev-parse", "HEAD:a"]) },
    },
    {
      id: "git-one",
      kind: "training-code",
      ...noLicense,
      locations: [{ uri, revision: commit, path: "a/train.py" }],
      digest: digestOf("print(1)\n"),
    },
    { id: "git-branch", kind: "training-code", locations: [{ uri, revision: "main" }], files: [entry("empty", "")] },
    { id: "git-gone", kind: "training-code", locations: [{ uri, revision: "1".repeat(40) }] },
  ];
}

async function hubPieces(own: Own): Promise<{ readonly url: string; readonly pieces: PieceText[] }> {
  const files = {
    LICENSE: apache,
    "README.md": card,
    "model.safetensors": { bytes: weights, lfs: true },
    "xet/model.safetensors": { bytes: weights, xet: true },
  } as const;
  const cardData = { license: "apache-2.0" };
  const hub = await own(
    startHub([
      { id: "org/open", files, cardData },
      { id: "org/gated", files, cardData, gated: "manual" },
      { id: "org/spoilt", files: { ...files, "model.safetensors": { bytes: safetensors(3), lfs: true } }, cardData },
      { id: "org/pointer", files: { LICENSE: apache, "model.safetensors": pointer }, cardData },
    ]),
  );
  hub.spoil("org/spoilt", "model.safetensors", safetensors(2));
  const declared = [entry("README.md", card), entry("model.safetensors", weights)];
  const at = (id: string): object => ({ locations: [`hf:org/${id}@${hub.commit(`org/${id}`)}`] });
  return {
    url: hub.url,
    pieces: [
      { id: "hub", ...at("open"), files: [...declared, entry("xet/model.safetensors", weights)] },
      { id: "hub-unpinned", locations: ["hf:org/open"], files: declared },
      { id: "hub-undeclared", ...at("open") },
      { id: "hub-gated", ...at("gated"), availability: "gated", availabilityReason: "terms", files: declared },
      { id: "hub-closed", ...at("gated"), files: declared },
      { id: "hub-spoilt", ...at("spoilt"), files: [entry("model.safetensors", safetensors(3))] },
      { id: "hub-pointer", ...at("pointer"), files: [entry("model.safetensors", weights)] },
    ],
  };
}

async function registryPieces(own: Own, at: string): Promise<{ readonly url: string; readonly pieces: PieceText[] }> {
  const registry = await own(startRegistry());
  await write(at, "in/LICENSE", apache);
  await write(at, "in/doc/read me.txt", "text\n");
  execFileSync("tar", ["-cf", join(at, "doc.tar"), "-C", join(at, "in"), "."]);
  const { digest } = await registry.push("org/model", "v1", {
    artifactType: "application/vnd.cncf.model.manifest.v1+json",
    config: {
      mediaType: "application/vnd.cncf.model.config.v1+json",
      bytes: JSON.stringify({ descriptor: { licenses: ["Apache-2.0"] }, modelfs: { type: "layers", diffIds: [] } }),
    },
    layers: [
      {
        mediaType: "application/vnd.cncf.model.weight.v1.raw",
        bytes: weights,
        annotations: { "org.cncf.model.filepath": "weights/model.safetensors" },
      },
      { mediaType: "application/vnd.cncf.model.doc.v1.tar", bytes: await readFile(join(at, "doc.tar")) },
    ],
  });
  const files = [entry("weights/model.safetensors", weights), entry("doc/read me.txt", "text\n")];
  const uri = `oci://registry.test/org/model@${digest}`;
  return {
    url: registry.url,
    pieces: [
      { id: "oci", locations: [uri], files },
      { id: "oci-tag", locations: ["oci://registry.test/org/model:v1"], files },
      { id: "oci-below", ...noLicense, locations: [{ uri, path: "doc" }], files: [entry("read me.txt", "text\n")] },
      { id: "oci-wrong", locations: [uri], files: [entry("doc/read me.txt", "other\n"), entry("nowhere", "x")] },
    ],
  };
}

async function npmPieces(own: Own): Promise<{ readonly url: string; readonly pieces: PieceText[] }> {
  const registry = await own(startVerdaccio());
  registry.publish(
    { name: "tiny-data", version: "1.2.3", license: "Apache-2.0" },
    { LICENSE: apache, "data/a.csv": "a\n" },
  );
  const locations = ["pkg:npm/tiny-data@1.2.3"];
  const kind = "libraries";
  return {
    url: registry.url,
    pieces: [
      { id: "npm", kind, locations, files: [entry("data/a.csv", "a\n"), entry("LICENSE", apache)] },
      { id: "npm-wrong", kind, locations, files: [entry("data/a.csv", "b\n"), entry("data/none.csv", "")] },
      { id: "npm-absent", kind, locations: ["pkg:npm/tiny-data@9.9.9"], files: [entry("data/a.csv", "a\n")] },
    ],
  };
}

/** Single files, packed ones, a folder page by page, and answers that are none. */
async function webPieces(own: Own, at: string): Promise<PieceText[]> {
  const nginx = await own(startNginx("location /list/ { autoindex on; }"));
  const faulty = await own(
    startRaw({
      "/short.bin": (socket) => {
        socket.end(answer("200 OK", [`Content-Length: ${weights.length + 100}`], "too little"));
      },
      "/paid.bin": (socket) => socket.write(answer("402 Payment Required", ["Content-Length: 0"])),
      "/busy.bin": (socket) => socket.write(answer("503 Service Unavailable", ["Content-Length: 0"])),
    }),
  );
  const files: { readonly [path: string]: string | Uint8Array } = {
    "one/LICENSE": apache,
    "one/model.safetensors": weights,
    "list/LICENSE": apache,
    "list/data set.csv": "1,2\n",
    "list/sub/more.csv": "3,4\n",
    "page.html": "<!doctype html><title>Sign in</title>\n",
    "pointer.bin": pointer,
    "cut.safetensors": weights.subarray(0, weights.length - 4),
    "empty.bin": "",
  };
  for (const [path, bytes] of Object.entries(files)) await write(nginx.root, path, bytes);
  await cp(join(nginx.root, "one"), join(at, "in"), { recursive: true });
  execFileSync("tar", ["-czf", join(nginx.root, "packed.tar.gz"), "-C", at, "in"]);
  execFileSync("zip", ["-qr", join(nginx.root, "packed.zip"), "in"], { cwd: at });
  const single = (id: string, uri: string, bytes: string | Uint8Array, more: object = {}): PieceText => ({
    id,
    ...noLicense,
    locations: [uri],
    digest: digestOf(bytes),
    ...more,
  });
  const { origin } = nginx;
  const packed = { unpack: true };
  const members = [entry("in/model.safetensors", weights), entry("in/LICENSE", apache)];
  return [
    single("web-file", `${origin}/one/model.safetensors`, weights, { licenseDeclared: "Apache-2.0" }),
    single("web-moved", `${origin}/one/gone.safetensors`, weights, {
      locations: [`${origin}/gone.bin`, `${faulty.origin}/busy.bin`, `${origin}/one/model.safetensors`],
    }),
    single("web-page", `${origin}/page.html`, weights),
    single("web-pointer", `${origin}/pointer.bin`, weights),
    single("web-cut", `${origin}/cut.safetensors`, weights),
    single("web-empty", `${origin}/empty.bin`, weights),
    single("web-wrong", `${origin}/one/model.safetensors`, "other"),
    single("web-undigested", `${origin}/one/model.safetensors`, weights, { digest: undefined }),
    single("web-weak", `${origin}/one/model.safetensors`, weights, {
      digest: { md5: createHash("md5").update(weights).digest("hex") },
    }),
    single("web-gone", `${origin}/gone.bin`, weights),
    single("web-short", `${faulty.origin}/short.bin`, weights),
    single("web-paid", `${faulty.origin}/paid.bin`, weights),
    single("web-busy", `${faulty.origin}/busy.bin`, weights),
    single("web-closed", "http://127.0.0.1:9/nobody.bin", weights),
    { id: "web-tar", locations: [{ uri: `${origin}/packed.tar.gz`, ...packed }], files: members },
    { id: "web-zip", locations: [{ uri: `${origin}/packed.zip`, ...packed }], files: members },
    {
      id: "web-list",
      kind: "dataset",
      locations: [`${origin}/list/`],
      files: [entry("data set.csv", "1,2\n"), entry("sub/more.csv", "3,4\n")],
    },
  ];
}

const dataset = { kind: "dataset", locations: ["./data"] };

/** Folders, files and listings beside the manifest. */
async function localPieces(at: string): Promise<PieceText[]> {
  const files: { readonly [path: string]: string } = {
    "data/LICENSE": apache,
    "data/a/one.csv": "1\n",
    "data/a/two \u00e9\u2028.csv": "2\n",
    "data/b.csv": "3\n",
    'data/"quoted" \u{1f600}': "5\n",
    "data/\uff21 \uff5e": "6\n",
    "data/tool.sh": "#!/bin/sh\n",
    "alone/notes.txt": "notes\n",
    "alone/LICENSE": apache,
    "twice/same.bin": "same bytes\n",
    "twice/more/same.bin": "same bytes\n",
  };
  for (const [path, bytes] of Object.entries(files)) await write(at, path, bytes);
  await chmod(join(at, "data/tool.sh"), 0o755);
  await symlink("a/one.csv", join(at, "data/link.csv"));
  const declared = [
    ["a/one.csv", "1\n"],
    ["a/two \u00e9\u2028.csv", "2\n"],
    ["b.csv", "3\n"],
  ] as const;
  const sums = declared.map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`).join("");
  await write(at, "SHA256SUMS", sums);
  await write(at, "files.jsonl", declared.map(([path, bytes]) => `${JSON.stringify(entry(path, bytes))}\n`).join(""));
  await write(at, "manifest-sha256.txt", sums.replaceAll("  ", "  data/"));
  await write(at, "other.json", "{}\n");
  const listed = (id: string, uri: string, format: string, more: object = {}): PieceText => ({
    ...dataset,
    id,
    listing: { uri, format, ...more },
  });
  const work = createRepository(join(at, "tree"));
  git(work, ["--work-tree", join(at, "data"), "add", "--all"]);
  const tree = git(work, ["write-tree"]);
  await rm(work, { recursive: true });
  return [
    { ...dataset, id: "local", files: declared.map(([path, bytes]) => entry(path, bytes)) },
    { ...dataset, id: "local-tree", digest: { gitTree: tree, swhid: swhidOf(tree) } },
    { ...dataset, id: "local-link", files: [entry("link.csv", "1\n")] },
    { ...dataset, id: "local-wrong", files: [entry("b.csv", "4\n"), entry("none.csv", "")] },
    { id: "local-one", kind: "technical-report", locations: ["./alone/notes.txt"], digest: digestOf("notes\n") },
    { id: "local-twice", kind: "dataset", ...noLicense, locations: ["./twice"] },
    { id: "local-gone", kind: "dataset", locations: ["./nowhere"] },
    listed("listed-sums", "SHA256SUMS", "sha256sums", { digest: digestOf(sums) }),
    listed("listed-jsonl", "./files.jsonl", "jsonl"),
    listed("listed-bagit", "manifest-sha256.txt", "bagit"),
    listed("listed-croissant", "other.json", "croissant"),
    listed("listed-oms", "other.json", "oms"),
    listed("listed-falsely", "SHA256SUMS", "sha256sums", { digest: digestOf("another") }),
    listed("listed-nowhere", "NOWHERE", "sha256sums"),
  ];
}

const withheld: readonly PieceText[] = [
  { id: "withheld", kind: "dataset", ...noLicense, availability: "withheld", availabilityReason: "personal data" },
  { id: "on-request", kind: "dataset", ...noLicense, availability: "on-request", availabilityReason: "by letter" },
];
