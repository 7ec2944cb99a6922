import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { insideFolder, resolveInside } from "../../src/io/files.ts";

let base = "";
let root = "";
beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "wholesource-inside-")));
  root = join(base, "root");
  mkdirSync(join(root, "data/deep"), { recursive: true });
  mkdirSync(join(base, "root-beside"));
  writeFileSync(join(base, "secret"), "s");
  writeFileSync(join(base, "root-beside/secret"), "s");
  writeFileSync(join(root, "data/file"), "f");
  symlinkSync(base, join(root, "up"));
  symlinkSync("..", join(root, "data/parent"));
  symlinkSync("data/deep", join(root, "down"));
  symlinkSync("../../secret", join(root, "data/secret"));
  symlinkSync("../root-beside", join(root, "beside"));
  symlinkSync("file", join(root, "data/alias"));
  symlinkSync("loop", join(root, "loop"));
  symlinkSync("nowhere", join(root, "dangling"));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const open = (allowOutside = false) => {
  const inside = insideFolder(root, { allowOutside });
  if ("status" in inside) throw new Error(inside.message);
  return inside;
};

test.each(["data/file", "data/deep/new", "down/new", "data/parent/data/file", "data/parent/data/new", "new", "a..b"])(
  "%s stays inside",
  (path) => {
    const place = open().resolve(path);
    expect("status" in place ? place : place.path.startsWith(`${root}/`)).toBe(true);
  },
);

test.each([
  "../secret",
  "..",
  "data/../../secret",
  "data/../file",
  "/etc/passwd",
  "up/secret",
  "beside/secret",
  "up/root/data/file/../x",
])("%s leads outside", (path) => {
  for (const place of [open().resolve(path), open().follow(path), resolveInside(root, path)]) {
    expect(place).toMatchObject({ kind: "denied", reason: "outside-blocked" });
  }
});

test("through a link out and back in is inside", () => {
  expect(open().resolve("up/root/data/file")).toEqual({ path: join(root, "data/file") });
});

test("a link as the last segment is the opener's business until it is followed", () => {
  const inside = open();
  expect(inside.resolve("data/alias")).toEqual({ path: join(root, "data/alias") });
  expect(inside.follow("data/alias")).toEqual({ path: join(root, "data/file") });
  expect(inside.follow("data/secret")).toMatchObject({ reason: "outside-blocked" });
});

test("what is not there is absent, not forbidden", () => {
  const inside = open();
  expect(inside.resolve("nowhere/file")).toMatchObject({ kind: "absent", reason: "not-found" });
  expect(inside.follow("dangling")).toMatchObject({ kind: "absent", reason: "not-found" });
  expect(inside.follow("data/file/below")).toMatchObject({ kind: "absent" });
  expect(inside.follow("loop")).toMatchObject({ kind: "absent", reason: "not-a-file" });
  expect(insideFolder(join(root, "nowhere"))).toMatchObject({ reason: "not-found" });
});

test("the root itself, and a root that is reached by a link", () => {
  expect(open().resolve(".")).toEqual({ path: root });
  expect(resolveInside(join(root, "up/root"), "data/file")).toEqual({ path: join(root, "data/file") });
});

test("who allows it may go anywhere", () => {
  expect(open(true).resolve("../secret")).toEqual({ path: join(base, "secret") });
  expect(open(true).resolve("/etc/hostname")).toEqual({ path: "/etc/hostname" });
  expect(open(true).resolve("up/secret")).toEqual({ path: join(base, "secret") });
});

test("a folder is looked at once, however many files it has", () => {
  const inside = open();
  expect(inside.resolve("data/deep/0")).toEqual({ path: join(root, "data/deep/0") });
  // Whether the folder could still be resolved can no longer matter.
  rmSync(join(root, "data/deep"), { recursive: true });
  expect(inside.resolve("data/deep/1")).toEqual({ path: join(root, "data/deep/1") });
  mkdirSync(join(root, "data/deep"));
  chmodSync(join(root, "data/deep"), 0o755);
});
