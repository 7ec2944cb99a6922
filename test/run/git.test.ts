/** Releases whose pieces lie in git repositories, from the manifest to the report. */
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

/** A repository of code, with everything that a tree can hold but large files. */
async function codeRepository(at: string): Promise<string> {
  const work = createRepository(join(at, "code"));
  await mkdir(join(work, "a"));
  await writeFile(join(work, "LICENSE"), apache);
  await writeFile(join(work, "a/train.py"), "print(1)\n");
  await writeFile(join(work, "a-b"), "sorts before a/\n");
  await writeFile(join(work, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  await symlink("a/train.py", join(work, "link.py"));
  await symlink("LICENSE", join(work, "LICENSE.txt"));
  await writeFile(join(work, "empty"), "");
  return work;
}

async function verified(piece: Partial<PieceText>, options: VerifyOptions = {}): Promise<Report> {
  const at = await folder();
  const manifest = await writeManifest(at, [{ id: "piece", kind: "training-code", ...piece }]);
  return check(manifest, { environment: { PATH: process.env.PATH, HOME: at }, ...options });
}

need(
  "git",
  "git-lfs",
  "nginx",
  "fcgiwrap",
)("git, end to end", () => {
  beforeAll(async () => {
    lfs = await startLfs();
    server = await startGitServer(lfsBehind(lfs));
  });
  afterAll(async () => {
    await server.close();
    await lfs.close();
  });

  test("the tree of a commit is the tree that git names, and nothing else is", async () => {
    const work = await codeRepository(await folder());
    const commit = commitAll(work);
    server.publish(work, "code.git");
    const gitTree = git(work, ["rev-parse", "HEAD^{tree}"]);
    const uri = `git+${server.at.url}/code.git`;
    const whole = await verified({ locations: [{ uri, revision: commit }], digest: { gitTree } });
    expect(gist(whole)).toEqual({ outcomes: ["verified"], codes: [], exit: 0 });
    expect(whole.pieces[0]?.counts).toMatchObject({ undeclared: 7, missing: 0 });
    const below = git(work, ["rev-parse", "HEAD:a"]);
    const part = await verified({ locations: [{ uri: `${uri}@${commit}`, path: "a" }], digest: { gitTree: below } });
    expect(part.pieces[0]?.digest.gitTree).toMatchObject({ agreement: "match" });
    const other = await verified({ locations: [{ uri, revision: commit }], digest: { gitTree: below } });
    expect(gist(other)).toMatchObject({ outcomes: ["broken"], exit: 1 });
  });

  test("files are verified by their digests, moved branches and other contents are told", async () => {
    const work = await codeRepository(await folder());
    const commit = commitAll(work);
    server.publish(work, "files.git");
    const uri = `git+${server.at.url}/files.git`;
    const files = [entry("a/train.py", "print(1)\n"), entry("LICENSE", apache)];
    expect(gist(await verified({ locations: [{ uri, revision: commit }], files }))).toMatchObject({
      outcomes: ["verified"],
      exit: 0,
    });
    const branch = gist(await verified({ locations: [{ uri, revision: "main" }], files }));
    expect(branch.codes).toContain("note location-unpinned");
    const wrong = [entry("a/train.py", "print(2)\n"), entry("gone.py", "")];
    const broken = gist(await verified({ locations: [{ uri, revision: commit }], files: wrong }));
    expect(broken.outcomes).toEqual(["broken"]);
    expect(broken.codes).toEqual(expect.arrayContaining(["error digest-mismatch", "error file-missing"]));
    const probe = await verified({ locations: [{ uri, revision: commit }], files }, { depth: "probe" });
    expect(gist(probe)).toMatchObject({ outcomes: ["resolved"], exit: 0 });
    const one = await verified({
      locations: [{ uri, revision: commit, path: "a/train.py" }],
      digest: { sha256: sha256("print(1)\n") },
      licenseDeclared: "NOASSERTION",
    });
    expect(one.pieces[0]?.digest.sha256).toMatchObject({ agreement: "match" });
  });

  test("large files are fetched from their server and verified; a pointer alone is a placeholder", async () => {
    const at = await folder();
    server.publish(createRepository(join(at, "empty")), "model.git");
    const work = createRepository(join(at, "model"));
    git(work, ["lfs", "install", "--local"]);
    git(work, ["lfs", "track", "*.safetensors"]);
    git(work, ["config", "lfs.locksverify", "false"]);
    await writeFile(join(work, "model.safetensors"), weights);
    await writeFile(join(work, "LICENSE"), apache);
    const commit = commitAll(work);
    git(work, ["remote", "add", "origin", `${server.at.url}/model.git`]);
    await gitBeside(work, ["push", "--quiet", "origin", "main"]);
    const piece = {
      kind: "weights",
      locations: [{ uri: `git+${server.at.url}/model.git`, revision: commit }],
      files: [entry("model.safetensors", weights)],
    };
    expect(gist(await verified(piece))).toMatchObject({ outcomes: ["verified"], exit: 0 });
    expect(lfs.downloads.map(({ headers }) => headers["x-key"])).toEqual(["one"]);
    // At depth probe the server's word is asked for, and no file.
    const probe = await verified(piece, { depth: "probe" });
    expect(gist(probe)).toMatchObject({ outcomes: ["resolved"], exit: 0 });
    expect(probe.pieces[0]?.files.find(({ path }) => path === "model.safetensors")?.digest.sha256).toMatchObject({
      published: sha256(weights),
    });
    expect(lfs.downloads).toHaveLength(1);

    lfs.rules.errors.set(sha256(weights), { code: 509, message: "no more" });
    expect(gist(await verified(piece))).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
    lfs.rules.errors.set(sha256(weights), { code: 404, message: "lost" });
    expect(gist(await verified(piece))).toMatchObject({ outcomes: ["broken"], exit: 1 });
    lfs.rules.errors.clear();
    lfs.rules.status = 404;
    const pointer = gist(await verified(piece));
    delete lfs.rules.status;
    expect(pointer).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(pointer.codes.join()).toMatch(/lfs-pointer|placeholder/);

    lfs.objects.set(sha256(weights), Buffer.from(safetensors(2)));
    const other = gist(await verified(piece));
    expect(other).toMatchObject({ outcomes: ["broken"], exit: 1 });
    expect(other.codes).toContain("error digest-mismatch");
  });

  test("what did not answer is never called absent", async () => {
    const files = [entry("a", "a")];
    const locked = gist(await verified({ locations: [`git+${server.at.private}/none.git`], files }));
    expect(locked).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
    const noGit = { environment: { PATH: "/nothing" } };
    const work = await codeRepository(await folder());
    commitAll(work);
    server.publish(work, "there.git");
    const missing = gist(await verified({ locations: [`git+${server.at.url}/there.git`], files }, noGit));
    expect(missing).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
    const offline = gist(await verified({ locations: [`git+${server.at.url}/there.git`], files }, { offline: true }));
    expect(offline).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
    const absent = gist(await verified({ locations: [`git+${server.at.url}/there.git@nope`], files }));
    expect(absent).toMatchObject({ outcomes: ["broken"], exit: 1 });
    const short = gist(await verified({ locations: [`git+${server.at.url}/there.git@0123456`], files }));
    expect(short).toEqual({ outcomes: ["inconclusive"], codes: ["warning location-ambiguous"], exit: 3 });
  });
});
