import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { walkDepthLimit, walkFolder } from "../../src/io/files-walk.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "wholesource-walk-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const make = (path: string, bytes = ""): void => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), bytes);
};
const paths = (): readonly string[] => Array.from(walkFolder(root), ({ path }) => path);

test("names come sorted by bytes, a folder as if its name ended in a slash", () => {
  for (const path of ["a/x", "a-b", "a0", "a.txt", "é", "\uffee", "\u{10000}", "Z", "__proto__/constructor"])
    make(path);
  expect(paths()).toEqual(["Z", "__proto__/constructor", "a-b", "a.txt", "a/x", "a0", "é", "\uffee", "\u{10000}"]);
});

test("files with size and mode, links with their target, empty folders", () => {
  make("file", "12345");
  make("run", "x");
  chmodSync(join(root, "run"), 0o755);
  mkdirSync(join(root, "empty/deeper"), { recursive: true });
  symlinkSync("/etc", join(root, "link"));
  expect([...walkFolder(root)]).toEqual([
    { path: "empty/deeper", kind: "empty-folder" },
    { path: "file", kind: "file", size: 5, mode: "100644" },
    { path: "link", kind: "symlink", mode: "120000", target: Buffer.from("/etc") },
    { path: "run", kind: "file", size: 1, mode: "100755" },
  ]);
});

test("pipes and sockets are told and not opened", () => {
  execFileSync("mkfifo", [join(root, "pipe")]);
  expect([...walkFolder(root)]).toEqual([{ path: "pipe", kind: "other" }]);
});

test("a name that is no UTF-8 keeps its bytes, and its place among the others", () => {
  const odd = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x62, 0xff])]);
  mkdirSync(odd);
  writeFileSync(Buffer.concat([odd, Buffer.from("/in")]), "x");
  make("a");
  make("c");
  make("true \ufffd name");
  const entries = [...walkFolder(root)];
  expect(entries.map(({ path }) => path)).toEqual(["a", "b\ufffd/in", "c", "true \ufffd name"]);
  expect(entries.map(({ pathBytes }) => pathBytes)).toEqual([
    undefined,
    Buffer.from([0x62, 0xff, 0x2f, 0x69, 0x6e]),
    undefined,
    undefined,
  ]);
  expect(entries[1]).toMatchObject({ kind: "file", size: 1 });
});

test("the folder's own `.git` may be left out, another one not", () => {
  for (const path of [".git/config", ".gitignore", "sub/.git/config"]) make(path);
  expect(paths()).toEqual([".git/config", ".gitignore", "sub/.git/config"]);
  const without = Array.from(walkFolder(root, { ignoreGit: true }), ({ path }) => path);
  expect(without).toEqual([".gitignore", "sub/.git/config"]);
});

test("a folder that is not there, and one that we may not list", () => {
  make("closed/x");
  make("open");
  expect([...walkFolder(join(root, "nowhere"))]).toMatchObject([
    { path: "", kind: "refused", refusal: { reason: "not-found" } },
  ]);
  chmodSync(root, 0o755);
  chmodSync(join(root, "closed"), 0);
  const us = process.geteuid?.();
  if (us === 0) process.seteuid?.(65534);
  try {
    expect([...walkFolder(root)]).toMatchObject([
      { path: "closed", kind: "refused", refusal: { kind: "denied", reason: "permission" } },
      { path: "open", kind: "file" },
    ]);
  } finally {
    if (us === 0) process.seteuid?.(0);
    chmodSync(join(root, "closed"), 0o755);
  }
});

test("a loop of links is no loop", () => {
  make("d/file");
  symlinkSync("..", join(root, "d/up"));
  expect(paths()).toEqual(["d/file", "d/up"]);
});

test("deep folders end at the limit, or where the system's paths end, and nothing is lost silently", () => {
  make(`${"d/".repeat(walkDepthLimit - 1)}file`);
  expect(paths()).toHaveLength(1);
  mkdirSync(join(root, `${"d/".repeat(walkDepthLimit + 1)}`), { recursive: true });
  expect([...walkFolder(root)].filter(({ kind }) => kind === "refused")).toMatchObject([
    { refusal: { reason: "too-large" } },
  ]);
});

test("an empty folder has nothing to tell", () => expect(paths()).toEqual([]));
