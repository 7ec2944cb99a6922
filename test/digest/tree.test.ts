import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  compareEntries,
  createTreeDigester,
  digestTree,
  type TreeEntry,
  treeDepthLimit,
} from "../../src/digest/tree.ts";
import { need } from "../services/need.ts";

const folders: string[] = [];
const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "wholesource-tree-"));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
const file = (path: string | Uint8Array): TreeEntry => ({ path, mode: "100644", gitBlob: blob });
const refusal = (entries: readonly TreeEntry[]): string => {
  const tree = digestTree(entries);
  return "status" in tree ? tree.reason : `accepted as ${tree.gitTree}`;
};

/** Git without anybody's configuration. */
function git(folder: string, args: readonly string[], input?: string | Buffer): string {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_DIR: join(folder, ".git"),
  };
  return execFileSync("git", [...args], { cwd: folder, env, input, encoding: "utf8", stdio: "pipe" }).trim();
}

/** What git makes of the same entries. */
function gitTree(folder: string, entries: readonly TreeEntry[]): string {
  git(folder, ["read-tree", "--empty"]);
  const lines = entries.flatMap((entry) =>
    entry.mode === "40000"
      ? []
      : [Buffer.from(`${entry.mode} ${entry.gitBlob}\t`), Buffer.from(entry.path), Buffer.of(0)],
  );
  git(folder, ["update-index", "-z", "--index-info"], Buffer.concat(lines));
  return git(folder, ["write-tree", "--missing-ok"]);
}

describe("known trees", () => {
  test("no entry", () => {
    const tree = digestTree([]);
    const empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    expect(tree).toEqual({ gitTree: empty, swhid: `swh:1:dir:${empty}`, files: 0 });
  });

  test("an empty folder counts for the SWHID alone", () => {
    const tree = digestTree([{ path: "a", mode: "40000" }, file("b")]);
    if ("status" in tree) throw new Error(tree.message);
    const without = digestTree([file("b")]);
    if ("status" in without) throw new Error(without.message);
    expect(tree.gitTree).toBe(without.gitTree);
    expect(without.swhid).toBe(`swh:1:dir:${without.gitTree}`);
    expect(tree.swhid).not.toBe(without.swhid);
    // By `git hash-object -t tree --literally` of an entry `a` that is the empty tree, and `b`.
    expect(tree.swhid).toBe("swh:1:dir:8a1e2066412b83175957d616f75ef7c8a635cb46");
  });
});

need("git")("real git agrees", () => {
  const folder = temporary();
  git(folder, ["init", "-q"]);

  const hard = [
    "a",
    "a-b",
    "a.b",
    "a0",
    "a/b",
    "a/b-c",
    "a/b/x",
    "A",
    "é",
    "e\u0301",
    "\uffee",
    "\u{10000}",
    "\u{1f600}/x",
    "__proto__",
    "constructor/__proto__",
    "toString",
    "a\nb",
    "a\tb",
    "\\",
    " ",
    "z/y/x/w",
    "z/y-x",
  ].filter((path) => path !== "a" && path !== "a/b");

  test("names that sort differently as bytes, as UTF-16 and as folders", () => {
    const entries = hard.map((path) => file(path));
    const tree = digestTree(entries);
    expect("status" in tree ? tree : tree.gitTree).toBe(gitTree(folder, entries));
  });

  test("names that are no UTF-8", () => {
    const entries = [
      file(Buffer.from([0xff, 0xfe])),
      file(Buffer.from([0xc3])),
      file("ÿ"),
      file("x"),
      file(Buffer.from("x-/y")),
    ];
    const tree = digestTree(entries);
    expect("status" in tree ? tree : tree.gitTree).toBe(gitTree(folder, entries));
  });

  test("any set of paths, in any order", () => {
    const segment = fc.string({
      unit: fc.constantFrom("a", "b", "-", ".", "0", "é", "\ufffd", "\u{10348}"),
      minLength: 1,
      maxLength: 3,
    });
    const path = fc
      .array(
        segment.filter((s) => !/^\.+$/.test(s)),
        { minLength: 1, maxLength: 4 },
      )
      .map((s) => s.join("/"));
    const paths = fc.uniqueArray(path, { maxLength: 20 });
    fc.assert(
      fc.property(paths, (all) => {
        const entries = all.filter((one) => !all.some((other) => other.startsWith(`${one}/`))).map((one) => file(one));
        const tree = digestTree(entries);
        expect("status" in tree ? tree : tree.gitTree).toBe(gitTree(folder, entries));
        // Sorted, the same entries stream.
        const digester = createTreeDigester();
        for (const entry of entries.toSorted(compareEntries)) expect(digester.add(entry)).toBeUndefined();
        expect(digester.digest()).toEqual(tree);
      }),
      { numRuns: 40 },
    );
  });

  test("files, a program and a link as git adds them", () => {
    const work = temporary();
    git(work, ["init", "-q"]);
    mkdirSync(join(work, "d/e"), { recursive: true });
    writeFileSync(join(work, "d/e/run.sh"), "#!/bin/sh\n");
    chmodSync(join(work, "d/e/run.sh"), 0o755);
    writeFileSync(join(work, "d.txt"), "text\n");
    symlinkSync("e/run.sh", join(work, "d/link"));
    git(work, ["--work-tree", work, "add", "."]);
    const listed = git(work, ["ls-files", "-s", "-z"]).split("\0").filter(Boolean);
    const entries = listed.map((line): TreeEntry => {
      const [head = "", path = ""] = line.split("\t");
      const [mode, gitBlob = ""] = head.split(" ");
      if (mode !== "100644" && mode !== "100755" && mode !== "120000") throw new Error(line);
      return { path, mode, gitBlob };
    });
    expect(entries.map(({ mode }) => mode).sort()).toEqual(["100644", "100755", "120000"]);
    const tree = digestTree(entries);
    expect("status" in tree ? tree : tree.gitTree).toBe(git(work, ["write-tree"]));
  });
});

describe("what is no tree is refused", () => {
  test.each(["", "/a", "a/", "a//b", "..", "a/../b", "./a", "a/.", "a\0b", "\ud800"])("path %j", (path) => {
    expect(refusal([file(path)])).toBe("reply-invalid");
  });

  test("three dots are a name", () => expect("status" in digestTree([file("...")])).toBe(false));
  test("the same path twice", () => expect(refusal([file("a/b"), file("c"), file("a/b")])).toBe("reply-invalid"));
  test("a file that is a folder too", () => {
    expect(refusal([file("a"), file("a-b"), file("a/b")])).toBe("reply-invalid");
    expect(refusal([file("x/a"), file("x/a.b"), file("x/a!"), file("x/a/b/c")])).toBe("reply-invalid");
  });
  test("a blob that is no digest", () => {
    expect(refusal([{ path: "a", mode: "100644", gitBlob: `${blob}\n` }])).toBe("reply-invalid");
  });
  test("folders deeper than the limit", () => {
    expect(refusal([file(`${"d/".repeat(treeDepthLimit - 1)}f`)])).toMatch(/^accepted/);
    expect(refusal([file(`${"d/".repeat(treeDepthLimit)}f`)])).toBe("reply-invalid");
  });
  test("unsorted, where a stream was promised", () => {
    const tree = createTreeDigester();
    expect(tree.add(file("b"))).toBeUndefined();
    expect(tree.add(file("a"))?.reason).toBe("reply-invalid");
  });
});
