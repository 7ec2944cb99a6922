import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { spreadFrom } from "../../src/digest/spread.ts";
import { digestAlgorithms } from "../../src/model/digest.ts";
import { type HashEntry, type HashOptions, hashPaths } from "../../src/run/hash.ts";
import { need } from "../services/need.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "wholesource-hash-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const make = (path: string, bytes: string | Buffer): string => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), bytes);
  return join(root, path);
};
async function hash(paths: readonly string[], options: Partial<HashOptions> = {}): Promise<readonly HashEntry[]> {
  const entries: HashEntry[] = [];
  await hashPaths(paths, { onEntry: (entry) => void entries.push(entry), ...options });
  return entries;
}
const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

test("a named file has its size and sha256", async () => {
  const path = make("a", "abc");
  expect(await hash([path])).toEqual([{ kind: "file", path, size: 3, digest: { sha256: sha256("abc") } }]);
});

test("only what is asked for, every kind when all are", async () => {
  const path = make("a", "abc");
  const [some] = await hash([path], { algorithms: ["md5", "gitBlob"] });
  expect(some).toMatchObject({
    digest: { md5: "900150983cd24fb0d6963f7d28e17f72", gitBlob: "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f" },
  });
  expect(Object.keys(some?.kind === "file" ? some.digest : {})).toEqual(["md5", "gitBlob"]);
  const [all] = await hash([path], { algorithms: digestAlgorithms });
  expect(Object.keys(all?.kind === "file" ? all.digest : {})).toEqual(
    digestAlgorithms.filter((one) => one !== "gitTree"),
  );
});

test("what can not be hashed is told in its place", async () => {
  const good = make("good", "x");
  const pipe = join(root, "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(await hash([join(root, "nowhere"), good, pipe])).toMatchObject([
    { kind: "refused", refusal: { reason: "not-found" } },
    { kind: "file", path: good },
    { kind: "refused", path: pipe, refusal: { reason: "not-a-file" } },
  ]);
});

test("a named link is followed", async () => {
  make("d/a", "abc");
  symlinkSync("d", join(root, "to-folder"));
  symlinkSync("d/a", join(root, "to-file"));
  expect(await hash([join(root, "to-file"), join(root, "to-folder")])).toMatchObject([
    { kind: "file", size: 3 },
    { kind: "folder", files: 1, size: 3 },
  ]);
});

test("files of a folder are told when asked for, before the folder", async () => {
  const a = make("d/b/a", "abc");
  const b = make("d/b.txt", "b");
  symlinkSync("b.txt", join(root, "d/link"));
  const entries = await hash([join(root, "d")], { files: true, algorithms: ["sha256"] });
  expect(entries).toEqual([
    { kind: "file", path: b, size: 1, digest: { sha256: sha256("b") } },
    { kind: "file", path: a, size: 3, digest: { sha256: sha256("abc") } },
    { kind: "symlink", path: join(root, "d/link"), target: "b.txt" },
    { kind: "folder", path: join(root, "d"), files: 3, size: 4, digest: {} },
  ]);
});

need("git")("folders as git sees them", () => {
  const git = (args: readonly string[], input = ""): string => {
    const env = { PATH: process.env.PATH, HOME: root, LC_ALL: "C", GIT_CONFIG_NOSYSTEM: "1" };
    return execFileSync("git", args, { cwd: join(root, "work"), env, input, encoding: "utf8" }).trim();
  };

  test("the tree that git writes, with programs, links and names that are no UTF-8", async () => {
    make("work/a/x", "1");
    make("work/a-b", "2");
    make("work/a.b", "3");
    make("work/é/\u{1f600}", "4");
    make("work/__proto__", "5");
    chmodSync(make("work/run", "#!/bin/sh\n"), 0o755);
    symlinkSync("../nowhere", join(root, "work/a/link"));
    writeFileSync(Buffer.concat([Buffer.from(join(root, "work/")), Buffer.of(0xff)]), "6");
    git(["init", "-q"]);
    git(["add", "."]);
    const tree = git(["write-tree"]);
    expect(await hash([join(root, "work")])).toEqual([
      {
        kind: "folder",
        path: join(root, "work"),
        files: 8,
        size: 16,
        digest: { gitTree: tree, swhid: `swh:1:dir:${tree}` },
      },
    ]);
  });

  test("more files than one wave holds, on several threads", async () => {
    const paths = Array.from({ length: 8300 }, (_, n) => `${n % 10}/${n}`);
    for (const path of paths) make(`work/${path}`, path);
    git(["init", "-q"]);
    const blobs = git(["hash-object", "--stdin-paths", "--no-filters"], paths.join("\n")).split("\n");
    const lines = paths.map((path, n) => `100644 ${blobs[n]}\t${path}\n`);
    git(["update-index", "--index-info"], lines.join(""));
    const [folder] = await hash([join(root, "work")], { concurrency: 2 });
    expect(folder).toMatchObject({ files: 8300, digest: { gitTree: git(["write-tree", "--missing-ok"]) } });
  }, 60_000);
});

test("a folder with something unreadable in it has no digest, and no other either", async () => {
  make("d/a", "abc");
  execFileSync("mkfifo", [join(root, "d/pipe")]);
  expect(await hash([join(root, "d")])).toMatchObject([
    { kind: "refused", path: join(root, "d/pipe") },
    { kind: "folder", files: 1, digest: {} },
  ]);
});

describe("on several threads", () => {
  test("the same answers in the same order as on one", async () => {
    for (let n = 0; n < 1500; n++) make(`d/${n % 7}/${n}`, randomBytes(n % 100));
    make("d/big", randomBytes(20 * 1024 * 1024));
    const options = { files: true, algorithms: ["sha256", "blake3", "gitTree"] } as const;
    const one = await hash([join(root, "d")], { ...options, concurrency: 1 });
    const two = await hash([join(root, "d")], { ...options, concurrency: 3 });
    expect(two).toEqual(one);
    expect(one).toHaveLength(1502);
  });

  test("the algorithms of one big file are shared out and come back together", async () => {
    const path = make("sparse", "head");
    truncateSync(path, spreadFrom + 1);
    const [one] = await hash([path], { algorithms: ["sha256", "md5", "sha1", "gitBlob"], concurrency: 1 });
    const [two] = await hash([path], { algorithms: ["sha256", "md5", "sha1", "gitBlob"], concurrency: 2 });
    expect(one).toMatchObject({ digest: { md5: execFileSync("md5sum", [path], { encoding: "utf8" }).slice(0, 32) } });
    expect(two).toEqual(one);
  });

  test("bytes are counted as they are read", async () => {
    let bytes = 0;
    await hash([make("a", randomBytes(1000)), make("b", randomBytes(24))], {
      onBytes: (delta) => {
        bytes += delta;
      },
    });
    expect(bytes).toBe(1024);
  });
});

test("an interruption ends it, as our own error", async () => {
  const path = make("sparse", "head");
  truncateSync(path, 2 ** 36);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  const start = performance.now();
  await expect(hash([path], { signal: stop.signal })).rejects.toMatchObject({ code: "interrupted" });
  await expect(hash([path, path, path], { signal: stop.signal })).rejects.toMatchObject({ code: "interrupted" });
  expect(performance.now() - start).toBeLessThan(5000);
});
