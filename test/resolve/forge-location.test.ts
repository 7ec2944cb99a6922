import { describe, expect, test } from "vitest";
import type { Location } from "../../src/model/manifest.ts";
import { forgejo } from "../../src/resolve/resolvers/forgejo.ts";
import { github } from "../../src/resolve/resolvers/github.ts";
import { gitlab } from "../../src/resolve/resolvers/gitlab.ts";

const id = "0123456789abcdef0123456789abcdef01234567";
const at = (uri: string, more: Omit<Location, "uri"> = {}): Location => ({ uri, ...more });

describe("github", () => {
  const hub = "https://github.com/o/n";
  test.each([
    [at("github:o/n"), { kind: "tree", path: "" }],
    [at("github:o/n@v1"), { kind: "tree", revision: "v1", path: "" }],
    [at("github:o/n#feature/x", { path: "a/b/" }), { kind: "tree", revision: "feature/x", path: "a/b" }],
    [at(`pkg:github/o/n@${id}#a`), { kind: "tree", revision: id, path: "a" }],
    [at(hub), { kind: "tree", path: "" }],
    [at("http://www.github.com/o/n.git/?tab=readme-ov-file#readme"), { kind: "tree", path: "" }],
    [at(hub, { revision: id }), { kind: "tree", revision: id, declaredRevision: true, path: "" }],
    [at(`${hub}/tree/main`), { kind: "tree", revision: "main", path: "" }],
    [at(`${hub}/tree/main/a`), { kind: "tree", named: ["main", "a"], path: "" }],
    [at(`${hub}/tree/main/a`, { path: "b" }), { kind: "tree", named: ["main", "a"], path: "b" }],
    [at(`${hub}/tree/main/a`, { revision: "main" }), { kind: "tree", revision: "main", path: "a" }],
    [at(`${hub}/tree/x/y/a`, { revision: "x/y" }), { kind: "tree", revision: "x/y", path: "a" }],
    [
      at(`${hub}/tree/main/a`, { revision: id }),
      { kind: "tree", revision: id, declaredRevision: true, named: ["main", "a"], path: "" },
    ],
    [at(`${hub}/tree/${id}/a/b`), { kind: "tree", revision: id, path: "a/b" }],
    [at(`${hub}/tree/HEAD/a`), { kind: "tree", revision: "HEAD", path: "a" }],
    [at(`${hub}/blob/main/a%20b.txt#L3`), { kind: "tree", named: ["main", "a b.txt"], path: "" }],
    [
      at(`${hub}/blob/${id}/a.zip?raw=true`, { unpack: true, path: "in" }),
      { kind: "tree", revision: id, path: "a.zip", members: "in" },
    ],
    [at(`${hub}/commit/${id}`), { kind: "tree", revision: id, path: "" }],
    [at(`https://raw.githubusercontent.com/o/n/${id}/a/b`), { kind: "tree", revision: id, path: "a/b" }],
    [
      at("https://raw.githubusercontent.com/o/n/refs/heads/main/b"),
      { kind: "tree", named: ["refs", "heads", "main", "b"], path: "" },
    ],
    [at("https://media.githubusercontent.com/media/o/n/main/b"), { kind: "tree", named: ["main", "b"], path: "" }],
    [at(`${hub}/releases/tag/v1%2F2`), { kind: "release", tag: "v1/2", selection: { path: "" } }],
    [at(`${hub}/releases/latest`), { kind: "release", selection: { path: "" } }],
    [at(`${hub}/releases/download/v1/a.bin`), { kind: "release", tag: "v1", selection: { path: "a.bin", file: true } }],
    [at(`${hub}/releases/latest/download/a.bin`), { kind: "release", selection: { path: "a.bin", file: true } }],
    [
      at(`${hub}/archive/refs/tags/v1.tar.gz`),
      { kind: "archive", address: "o/n/archive/refs/tags/v1.tar.gz", name: "v1.tar.gz" },
    ],
    [
      at(`${hub}/archive/${id}.zip`, { unpack: true, path: "a" }),
      { kind: "archive", address: `o/n/archive/${id}.zip`, name: `${id}.zip`, commit: id, members: "a" },
    ],
    [
      at("https://codeload.github.com/o/n/tar.gz/refs/tags/v1"),
      { kind: "archive", address: "o/n/archive/refs/tags/v1.tar.gz", name: "v1.tar.gz" },
    ],
  ])("%j", (location, expected) => {
    const ref = github.parse(location);
    expect(ref).toEqual({ host: "github.com", repository: "o/n", ...expected });
    const pinned = ("revision" in expected && expected.revision === id) || "commit" in expected;
    expect(ref !== undefined && github.isPinned(ref)).toBe(pinned);
  });

  test.each([
    at("github:o"),
    at("github:o/n/more"),
    at("github:../n"),
    at("github:o/.."),
    at("github:o/n@-x"),
    at("github:o/n@main", { revision: "other" }),
    at("pkg:github/o/n?checksum=x"),
    at("https://github.com/o"),
    at("https://github.com/orgs/x"),
    at(`${hub}/pull/1`),
    at(`${hub}/blob/main`),
    at(`${hub}/blob/main/a`, { path: "b" }),
    at(`${hub}/tree/main/a`, { revision: "other" }),
    at(`${hub}/tree/main/..%2Fa`),
    at(`${hub}/archive/main.rar`),
    at(`${hub}/archive/main.zip`, { path: "a" }),
    at(`${hub}?q=1`),
    at(hub, { unpack: true }),
    at("https://github.com.example.org/o/n"),
    at("https://gist.github.com/o/n"),
    at("https://github.com:8443/o/n"),
  ])("not %j", (location) => expect(github.parse(location)).toBeUndefined());
});

describe("gitlab", () => {
  const lab = "https://gitlab.com/g/s/n";
  test.each([
    [at("gitlab:g/s/n@v1"), { kind: "tree", revision: "v1", path: "" }],
    [at("pkg:gitlab/g/s/n@v1"), { kind: "tree", revision: "v1", path: "" }],
    [at(lab), { kind: "tree", path: "" }],
    [at(`${lab}/-/tree/x/y/a`), { kind: "tree", named: ["x", "y", "a"], path: "" }],
    [at(`${lab}/-/tree/x/y/a?ref_type=heads`), { kind: "tree", named: ["x", "y", "a"], namespace: "heads", path: "" }],
    [at(`${lab}/-/tree/v1?ref_type=tags`), { kind: "tree", revision: "refs/tags/v1", path: "" }],
    [at(`${lab}/tree/main/a`), { kind: "tree", named: ["main", "a"], path: "" }],
    [at(`${lab}/-/blob/${id}/a/b`), { kind: "tree", revision: id, path: "a/b" }],
    [at(`${lab}/-/raw/${id}/b?inline=false`), { kind: "tree", revision: id, path: "b" }],
    [at(`${lab}/-/commit/${id}`), { kind: "tree", revision: id, path: "" }],
    [at(`${lab}/-/tags/v1`), { kind: "tree", revision: "refs/tags/v1", path: "" }],
    [at(`${lab}/-/releases/v1`), { kind: "release", tag: "v1", selection: { path: "" } }],
    [
      at(`${lab}/-/releases/v1/downloads/x/a.bin`),
      { kind: "release", tag: "v1", selection: { path: "x/a.bin", file: true } },
    ],
    [
      at(`${lab}/-/archive/v1/n-v1.tar.gz`),
      { kind: "archive", address: "g/s/n/-/archive/v1/n-v1.tar.gz", name: "n-v1.tar.gz" },
    ],
  ])("%j", (location, expected) => {
    expect(gitlab.parse(location)).toEqual({ host: "gitlab.com", repository: "g/s/n", ...expected });
  });

  test.each([
    ["https://gitlab.example.org/g/n", "gitlab.example.org"],
    ["https://code.example.org/g/n/-/tree/main", "code.example.org"],
  ])("%s is an instance of its own", (uri, host) => {
    expect(gitlab.parse({ uri })).toMatchObject({ host, repository: "g/n", kind: "tree" });
  });

  test.each([
    at("https://code.example.org/g/n"),
    at("https://code.example.org/g/n/-/raw/main/a"),
    at(`${lab}/-/issues/1`),
    at("https://gitlab.com/g"),
    at(`${lab}/-/releases/permalink/latest`),
  ])("not %j", (location) => expect(gitlab.parse(location)).toBeUndefined());
});

describe("forgejo", () => {
  const berg = "https://codeberg.org/o/n";
  test.each([
    [at("codeberg:o/n@v1"), { kind: "tree", revision: "v1", path: "" }],
    [at(berg), { kind: "tree", path: "" }],
    [at(`${berg}/src/branch/x/y/a`), { kind: "tree", named: ["x", "y", "a"], namespace: "heads", path: "" }],
    [at(`${berg}/src/tag/v1`), { kind: "tree", revision: "refs/tags/v1", path: "" }],
    [at(`${berg}/src/commit/${id}/a`), { kind: "tree", revision: id, path: "a" }],
    [at(`${berg}/raw/branch/main/a`), { kind: "tree", named: ["main", "a"], namespace: "heads", path: "" }],
    [at(`${berg}/media/commit/${id}/a`), { kind: "tree", revision: id, path: "a" }],
    [at(`${berg}/commit/${id}`), { kind: "tree", revision: id, path: "" }],
    [at(`${berg}/releases/tag/v1`), { kind: "release", tag: "v1", selection: { path: "" } }],
    [at(`${berg}/releases/download/v1/a`), { kind: "release", tag: "v1", selection: { path: "a", file: true } }],
    [at(`${berg}/archive/v1.zip`), { kind: "archive", address: "o/n/archive/v1.zip", name: "v1.zip" }],
  ])("%j", (location, expected) => {
    expect(forgejo.parse(location)).toEqual({ host: "codeberg.org", repository: "o/n", ...expected });
  });

  test("a page of files belongs to it at any host", () => {
    const uri = "https://git.example.org/o/n/src/branch/main";
    expect(forgejo.parse({ uri })).toMatchObject({ host: "git.example.org", revision: "refs/heads/main" });
  });

  test.each([
    at("https://git.example.org/o/n"),
    at("https://bitbucket.org/o/n/src/branch/a"),
    at(`${berg}/src/commit/abc/a`),
    at(`${berg}/issues`),
  ])("not %j", (location) => expect(forgejo.parse(location)).toBeUndefined());
});
