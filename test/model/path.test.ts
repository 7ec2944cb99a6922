import { posix } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pathFault, windowsFault } from "../../src/model/path.ts";

test.each([
  "a",
  "a/b",
  "data/ä/日本.txt",
  "a b",
  ".hidden",
  "...",
  "a..b",
  "-",
  "a/..b/c..",
  "👍",
  "ab:c",
  "x".repeat(255),
])("%j is sound", (path) => {
  expect(pathFault(path)).toBeUndefined();
});

test.each([
  ["", "empty"],
  ["/etc/passwd", "absolute"],
  ["//host/x", "absolute"],
  ["..", "`..`"],
  ["a/../b", "`..`"],
  ["a/..", "`..`"],
  ["./a", "`.`"],
  ["a/.", "`.`"],
  ["a//b", "empty part"],
  ["a/", "ends with"],
  ["C:\\x", "drive"],
  ["c:x", "drive"],
  ["a\\..\\b", "backslash"],
  ["a\0b", "NUL"],
  ["a\nb", "control"],
  ["a\u007fb", "control"],
  ["a\u0085b", "control"],
  ["a\ud800", "half"],
  ["x".repeat(256), "255"],
  ["ä".repeat(128), "255"],
  ["x/".repeat(2048).concat("x"), "4096"],
  ["ä/".repeat(1400).concat("x"), "4096"],
])("%j is refused", (path, reason) => {
  expect(pathFault(path)).toContain(reason);
});

test("a sound path stays below the folder that it is joined to", () => {
  const part = fc.oneof(fc.constantFrom("..", ".", "", "/", "a", "\\", "C:", "\0"), fc.string());
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const path = parts.join("/");
      if (pathFault(path) === undefined) expect(posix.join("/base", path)).toBe(`/base/${path}`);
    }),
  );
});

test.each(["con", "aux.txt", "a/NUL", "a/b.", "a /b", "a?b", "COM1.tar.gz"])("Windows can not have %s", (path) => {
  expect(windowsFault(path)).toBeDefined();
});

test.each(["console", "a/b.c", "auxiliary/x", "null"])("Windows can have %s", (path) => {
  expect(windowsFault(path)).toBeUndefined();
});
