import { describe, expect, test } from "vitest";
import { isRefName } from "../../src/resolve/git-refs.ts";
import { readRemote } from "../../src/resolve/git-remote.ts";
import { isPinnedRevision } from "../../src/resolve/git-repository.ts";
import { git } from "../../src/resolve/resolvers/git.ts";

const url = "https://example.org/a/x.git";
const commit = "0123456789abcdef0123456789abcdef01234567";

describe("what is read", () => {
  test.each([
    ["git+https://example.org/a/x.git", {}, { url, path: "" }],
    ["GIT+HTTPS://EXAMPLE.org/a/x.git/", {}, { url, path: "" }],
    [`git+https://example.org/a/x.git@${commit}`, {}, { url, path: "", revision: commit }],
    ["git+https://example.org/a/x.git@feature/one", {}, { url, path: "", revision: "feature/one" }],
    ["git+https://example.org/a/x@v1", {}, { url: "https://example.org/a/x", path: "", revision: "v1" }],
    ["git+https://example.org/@scope/x", {}, { url: "https://example.org/@scope/x", path: "" }],
    ["git+https://example.org/a/x.git#v1.0", {}, { url, path: "", revision: "v1.0" }],
    ["git+https://example.org/a/x.git@v1#/src/a.c", {}, { url, path: "src/a.c", revision: "v1" }],
    ["git+https://example.org/a/x.git@v1#subdirectory=data&egg=x", {}, { url, path: "data", revision: "v1" }],
    ["git+https://example.org/a/x.git#subdirectory=data", {}, { url, path: "data" }],
    ["git+https://example.org/a/x.git", { revision: "v1" }, { url, path: "", revision: "v1", declaredRevision: true }],
    ["git+https://example.org/a/x.git@v1", { revision: "v1" }, { url, path: "", revision: "v1" }],
    ["git+https://example.org/a/x.git", { path: "./data/" }, { url, path: "data" }],
    ["git+http://example.org:8080/x", {}, { url: "http://example.org:8080/x", path: "" }],
    ["git+https://example.org:443/a/x.git", {}, { url, path: "" }],
    ["git+https://example.org/%61/x.git", {}, { url: "https://example.org/%61/x.git", path: "" }],
    ["git+ssh://git@example.org/x.git", {}, { url: "ssh://git@example.org/x.git", path: "" }],
    [
      "git+ssh://git@example.org:2222/x.git@v1",
      {},
      { url: "ssh://git@example.org:2222/x.git", path: "", revision: "v1" },
    ],
    ["git+ssh://[2001:db8::1]/x.git", {}, { url: "ssh://[2001:db8::1]/x.git", path: "" }],
    ["git+file:///srv/x.git@v1", {}, { folder: "/srv/x.git", path: "", revision: "v1" }],
    ["git+file:./x.git", {}, { folder: "./x.git", path: "" }],
    ["git+file:x%20y#main", {}, { folder: "x y", path: "", revision: "main" }],
  ])("%s %j", (uri, more, ref) => {
    expect(git.parse({ uri, ...more })).toEqual(ref);
  });
});

describe("what is not read", () => {
  test.each([
    ["https://example.org/a/x.git"],
    ["git@example.org:a/x.git"],
    ["git://example.org/x.git"],
    ["git+git://example.org/x.git"],
    ["git+ext::sh -c id"],
    ["ext::sh -c id"],
    ["git+ftp://example.org/x.git"],
    ["git+https://"],
    ["git+https://example.org"],
    ["git+https://example.org/"],
    ["git+https://user:word@example.org/x.git"],
    ["git+https://token@example.org/x.git"],
    ["git+ssh://git:word@example.org/x.git"],
    ["git+ssh://-oProxyCommand=id/x.git"],
    ["git+ssh://-oProxyCommand=id@example.org/x.git"],
    ["git+https://example.org/x.git?a=b"],
    ["git+https://example.org/x.git@"],
    ["git+https://example.org/x.git#"],
    ["git+https://example.org/x.git#semver:^1"],
    ["git+https://example.org/x.git@--upload-pack=id"],
    ["git+https://example.org/x.git#--upload-pack=id"],
    ["git+https://example.org/x.git@a..b"],
    ["git+https://example.org/x.git@v1#../a"],
    ["git+https://example.org/x.git@v1#subdirectory=..%2fa"],
    ["git+https://example.org/x.git@%zz"],
    ["git+https://example.org/a b.git"],
    ["git+https://example.org/a\\b.git"],
    ["git+https://example.org/a\nb.git"],
    ["git+file://host/x.git"],
    ["git+file:////host/x.git"],
    ["git+file:"],
    ["git+file:a%00b"],
  ])("%s", (uri) => {
    expect(git.parse({ uri })).toBeUndefined();
  });

  test.each([[{ revision: "v2" }], [{ path: "../a" }], [{ path: "/" }], [{ unpack: true }]])(
    "%j beside a tag",
    (more) => {
      expect(git.parse({ uri: "git+https://example.org/x.git@v1", ...more })).toBeUndefined();
    },
  );
  test("two paths that differ", () => {
    expect(git.parse({ uri: "git+https://example.org/x.git@v1#a", path: "b" })).toBeUndefined();
    expect(git.parse({ uri: "git+https://example.org/x.git@v1#a", path: "a" })).toMatchObject({ path: "a" });
  });
});

test.each([
  [undefined, false],
  ["main", false],
  ["0123456", false],
  [commit, true],
  [commit.toUpperCase(), true],
  ["a".repeat(64), true],
  [`${commit}0`, false],
])("a pin is a whole id: %s is %s", (revision, pinned) => {
  expect(isPinnedRevision(revision)).toBe(pinned);
});

test.each([
  ["main", true],
  ["feature/one", true],
  ["v1.0-rc.1", true],
  ["caf\u00e9", true],
  ["a@b", true],
  ["", false],
  ["@", false],
  ["-a", false],
  ["a..b", false],
  ["a b", false],
  ["a~1", false],
  ["a^{}", false],
  ["a:b", false],
  ["a*", false],
  ["a@{1}", false],
  ["/a", false],
  ["a/", false],
  ["a//b", false],
  [".a", false],
  ["a/.b", false],
  ["a.lock", false],
  ["a.lock/b", false],
  ["a.", false],
  ["a\u0000", false],
  ["a".repeat(256), false],
])("%j can be a name: %s", (name, can) => {
  expect(isRefName(name)).toBe(can);
});

test("an address keeps nothing that a URL parser would read otherwise", () => {
  expect(readRemote("https://example.org/a/../b")).toMatchObject({ url: "https://example.org/b" });
  expect(readRemote("https://0x7f.1/x")).toMatchObject({ hostname: "127.0.0.1", url: "https://127.0.0.1/x" });
  expect(readRemote("file:///srv/x")).toBeUndefined();
});
