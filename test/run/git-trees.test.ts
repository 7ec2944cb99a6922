/** What a commit's tree counts and what its links stand for, from the manifest to the report. */
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Report } from "../../src/model/report.ts";
import type { VerifyOptions } from "../../src/run/options.ts";
import { commitAll, createRepository, type GitServer, git, gitBeside, startGitServer } from "../services/git.ts";
import { type LfsServer, lfsBehind, startLfs } from "../services/lfs.ts";
import { need } from "../services/need.ts";
import { apache, check, entry, folder, gist, type PieceText, safetensors, sha256, writeManifest } from "./release.ts";

const weights = safetensors();
let lfs: LfsServer;
let server: GitServer;

async function verified(piece: Partial<PieceText>, options: VerifyOptions = {}): Promise<Report> {
  const at = await folder();
  const manifest = await writeManifest(at, [{ id: "piece", kind: "training-code", ...piece }]);
  return check(manifest, { environment: { PATH: process.env.PATH, HOME: at }, ...options });
}

interface Published {
  readonly work: string;
  readonly uri: string;
  readonly commit: string;
  /** As git names it. */
  readonly gitTree: string;
  readonly locations: readonly object[];
}

/** Publishes what `fill` puts into a new repository; large files go through git-lfs. */
async function published(name: string, fill: (work: string) => Promise<void>): Promise<Published> {
  const at = await folder();
  server.publish(createRepository(join(at, "empty")), name);
  const work = createRepository(join(at, "work"));
  git(work, ["lfs", "install", "--local"]);
  git(work, ["config", "lfs.locksverify", "false"]);
  await writeFile(join(work, "LICENSE"), apache);
  await fill(work);
  const commit = commitAll(work);
  git(work, ["remote", "add", "origin", `${server.at.url}/${name}`]);
  await gitBeside(work, ["push", "--quiet", "origin", "main"]);
  const uri = `git+${server.at.url}/${name}`;
  const gitTree = git(work, ["rev-parse", "HEAD^{tree}"]);
  return { work, uri, commit, gitTree, locations: [{ uri, revision: commit }] };
}

need(
  "git",
  "git-lfs",
  "nginx",
  "fcgiwrap",
)("trees and links of git, end to end", () => {
  beforeAll(async () => {
    lfs = await startLfs();
    server = await startGitServer(lfsBehind(lfs));
  });
  afterAll(async () => {
    await server.close();
    await lfs.close();
  });

  test("a tree with large files is git's own, or that of the files, and their bytes still count", async () => {
    const { work, gitTree, locations } = await published("large.git", async (at) => {
      git(at, ["lfs", "track", "*.safetensors"]);
      await writeFile(join(at, "model.safetensors"), weights);
    });
    const piece = { kind: "weights", locations };
    const ofGit = await verified({ ...piece, digest: { gitTree } });
    expect(gist(ofGit)).toEqual({ outcomes: ["verified"], codes: [], exit: 0 });
    expect(ofGit.pieces[0]?.digest.gitTree).toMatchObject({ declared: gitTree, measured: gitTree });

    // The same files without git-lfs are another tree, and as true a one.
    const plain = createRepository(join(await folder(), "plain"));
    for (const [path, bytes] of [
      ["LICENSE", apache],
      ["model.safetensors", weights],
      [".gitattributes", `${git(work, ["cat-file", "blob", "HEAD:.gitattributes"])}\n`],
    ] as const) {
      await writeFile(join(plain, path), bytes);
    }
    git(plain, ["-c", "filter.lfs.clean=cat", "-c", "filter.lfs.process=", "add", "--all"]);
    const ofFiles = git(plain, ["write-tree"]);
    expect(ofFiles).not.toBe(gitTree);
    expect(gist(await verified({ ...piece, digest: { gitTree: ofFiles } }))).toMatchObject({
      outcomes: ["verified"],
      exit: 0,
    });

    lfs.objects.set(sha256(weights), Buffer.from(safetensors(2)));
    const other = await verified({ ...piece, digest: { gitTree } });
    expect(gist(other)).toMatchObject({ outcomes: ["broken"], exit: 1 });
    lfs.objects.set(sha256(weights), Buffer.from(weights));
    lfs.rules.errors.set(sha256(weights), { code: 509, message: "no more" });
    const unread = await verified({ ...piece, digest: { gitTree } });
    lfs.rules.errors.clear();
    expect(gist(unread).outcomes).not.toEqual(["verified"]);
    expect(unread.pieces[0]?.digest.gitTree).toMatchObject({ agreement: "unmeasured" });
  });

  test("a link that is declared is the file that it leads to; the tree has the link", async () => {
    const { gitTree, locations, uri, commit } = await published("links.git", async (at) => {
      git(at, ["lfs", "track", "*.bin"]);
      await mkdir(join(at, "deep/er"), { recursive: true });
      await writeFile(join(at, "data"), "the data\n");
      await writeFile(join(at, "deep/er/long"), "long\n".repeat(1_000));
      await writeFile(join(at, "model.bin"), weights);
      await symlink("data", join(at, "alias"));
      await symlink("alias", join(at, "again"));
      await symlink("../data", join(at, "deep/up"));
      await symlink("deep/er", join(at, "folder"));
      await symlink("folder/long", join(at, "through"));
      await symlink("model.bin", join(at, "model"));
    });
    const files = [
      entry("alias", "the data\n"),
      entry("again", "the data\n"),
      entry("deep/up", "the data\n"),
      entry("through", "long\n".repeat(1_000)),
      entry("model", weights),
    ];
    const whole = await verified({ locations, files, digest: { gitTree } });
    expect(gist(whole)).toMatchObject({ outcomes: ["verified"], exit: 0 });
    expect(whole.pieces[0]?.digest.gitTree).toMatchObject({ agreement: "match" });
    expect(whole.pieces[0]?.counts).toMatchObject({ declared: 5, verified: 5, missing: 0 });
    // From a folder a link leads to all of the repository, and one link may be all that is meant.
    const below = await verified({
      locations: [{ uri, revision: commit, path: "deep" }],
      files: [entry("up", "the data\n")],
    });
    expect(below.pieces[0]?.counts).toMatchObject({ declared: 1, verified: 1 });
    const one = await verified({
      locations: [{ uri, revision: commit, path: "deep/up" }],
      digest: { sha256: sha256("the data\n") },
      licenseDeclared: "NOASSERTION",
    });
    expect(one.pieces[0]?.digest.sha256).toMatchObject({ agreement: "match" });
    const wrong = await verified({ locations, files: [entry("alias", "other data\n")] });
    expect(gist(wrong)).toMatchObject({ outcomes: ["broken"], exit: 1 });

    const probe = await verified({ locations, files }, { depth: "probe" });
    expect(gist(probe)).toMatchObject({ outcomes: ["resolved"], exit: 0 });
    const blob = (text: string) => git("/", ["hash-object", "--stdin"], text);
    const named = (gitBlob: string) => [{ path: "again", digest: { gitBlob } }];
    for (const depth of ["full", "probe"] as const) {
      const outcome = depth === "full" ? "verified" : "resolved";
      for (const text of ["the data\n", "alias"]) {
        const report = await verified({ locations, files: named(blob(text)) }, { depth });
        expect(gist(report).outcomes, `${depth} ${text}`).toEqual([outcome]);
      }
    }
  });

  test("a declared link that leads nowhere in the repository is a file that is not there", async () => {
    const { gitTree, locations } = await published("astray.git", async (at) => {
      await mkdir(join(at, "folder"));
      await writeFile(join(at, "folder/file"), "file\n");
      await symlink("../outside", join(at, "out"));
      await symlink("/etc/hostname", join(at, "absolute"));
      await symlink("nothing", join(at, "dangling"));
      await symlink("round", join(at, "round"));
      await symlink("LICENSE/x", join(at, "through-a-file"));
      await symlink("folder", join(at, "to-a-folder"));
      await symlink("folder/file", join(at, "good"));
    });
    for (const path of ["out", "absolute", "dangling", "round", "through-a-file", "to-a-folder"]) {
      const report = await verified({ locations, files: [{ path }], digest: { gitTree } });
      expect(gist(report).outcomes, path).toEqual(["broken"]);
      expect(
        gist(report).codes.filter((code) => code.startsWith("error")),
        path,
      ).toEqual(["error file-missing"]);
      expect(report.pieces[0]?.digest.gitTree, path).toMatchObject({ agreement: "match" });
    }
    const good = await verified({ locations, files: [entry("good", "file\n")] });
    expect(good.pieces[0]?.counts).toMatchObject({ verified: 1 });
  });

  test("a tree that holds what can not be looked at is not measured, and not called another", async () => {
    const { work, uri } = await published("strange.git", async (at) => writeFile(join(at, "data"), "data\n"));
    const blob = git(work, ["rev-parse", "HEAD:data"]);
    const trees = {
      bytes: Buffer.concat([Buffer.from(`100644 blob ${blob}\t`), Buffer.from([0xe9, 0x0a])]),
      both: Buffer.concat([Buffer.from(`100644 blob ${blob}\tdata\n100644 blob ${blob}\t`), Buffer.from([0xe9, 0x0a])]),
      submodule: Buffer.from(`100644 blob ${blob}\tdata\n160000 commit ${git(work, ["rev-parse", "HEAD"])}\tother\n`),
    };
    for (const [name, listed] of Object.entries(trees)) {
      const gitTree = git(work, ["mktree"], listed);
      const commit = git(work, ["commit-tree", "-m", name, gitTree]);
      await gitBeside(work, ["push", "--quiet", "origin", `${commit}:refs/heads/${name}`]);
      const report = await verified({
        locations: [{ uri, revision: commit }],
        digest: { gitTree },
        licenseDeclared: "NOASSERTION",
      });
      expect(
        gist(report).codes.filter((code) => code.startsWith("error")),
        name,
      ).toEqual([]);
      // What nobody can name is part of a piece that names no files.
      expect(gist(report).outcomes, name).toEqual([name === "submodule" ? "resolved" : "inconclusive"]);
      if (name !== "submodule") expect(gist(report).codes, name).toContain("warning location-malformed");
      expect(report.pieces[0]?.digest.gitTree, name).toMatchObject({ agreement: "unmeasured" });
    }
  });
});
