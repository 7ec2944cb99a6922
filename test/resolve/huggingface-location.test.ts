import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Location } from "../../src/model/manifest.ts";
import { isCommit, parseHubLocation } from "../../src/resolve/huggingface-location.ts";
import { nextLink } from "../../src/resolve/link-header.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const model = { type: "models", id: "org/name", path: "" };
const dataset = { type: "datasets", id: "org/name", path: "" };
const web = "https://huggingface.co";

describe("short forms", () => {
  test.each<[string, object]>([
    ["hf:org/name", model],
    ["HF:org/name", model],
    ["hf://org/name", model],
    ["hf://org/name/", model],
    ["hf:models/org/name", model],
    ["hf:datasets/org/name", dataset],
    ["hf:spaces/org/name", { ...model, type: "spaces" }],
    ["hf:gpt2", { ...model, id: "gpt2" }],
    ["hf:datasets/squad", { ...dataset, id: "squad" }],
    ["hf:gpt2@main/config.json", { ...model, id: "gpt2", revision: "main", path: "config.json" }],
    ["hf:org/name@v1.0", { ...model, revision: "v1.0" }],
    [`hf:org/name@${commit.toUpperCase()}`, { ...model, revision: commit }],
    [
      "hf://datasets/org/name@refs/convert/parquet/default/0.parquet",
      { ...dataset, revision: "refs/convert/parquet", path: "default/0.parquet" },
    ],
    ["hf://org/name@refs/pr/7", { ...model, revision: "refs/pr/7" }],
    ["hf://org/name@feature%2Fx/a", { ...model, revision: "feature/x", path: "a" }],
    ["hf://org/name/a b/c@2x%20.png", { ...model, path: "a b/c@2x%20.png" }],
  ])("%s", (uri, expected) => {
    expect(parseHubLocation({ uri })).toEqual(expected);
  });
});

describe("package URLs", () => {
  test.each<[string, object]>([
    [`pkg:huggingface/org/name@${commit}`, { ...model, revision: commit }],
    [
      `pkg:huggingface/distilbert-base-uncased@${commit}`,
      { ...model, id: "distilbert-base-uncased", revision: commit },
    ],
    ["pkg:huggingface/org/name#a/b.bin", { ...model, path: "a/b.bin" }],
    ["pkg:huggingface/datasets/org/name@main", { ...dataset, revision: "main" }],
    ["pkg:huggingface/org/name?repository_url=https://huggingface.co", model],
    [
      `pkg:huggingface/microsoft/deberta-v3-base@${commit}?repository_url=https://hub-ci.huggingface.co`,
      { ...model, id: "microsoft/deberta-v3-base", revision: commit, hub: "https://hub-ci.huggingface.co/" },
    ],
  ])("%s", (uri, expected) => {
    expect(parseHubLocation({ uri })).toEqual(expected);
  });
});

describe("what a browser shows", () => {
  test.each<[string, object]>([
    [`${web}/org/name`, model],
    [`${web}/org/name/`, model],
    [`${web}/org/name?library=transformers#usage`, model],
    ["http://www.huggingface.co/org/name", model],
    ["https://hf.co/datasets/org/name", dataset],
    [`${web}/gpt2`, { ...model, id: "gpt2" }],
    [`${web}/org/name/tree/main`, { ...model, revision: "main" }],
    [`${web}/org/name/tree/main/a/b`, { ...model, revision: "main", path: "a/b" }],
    [`${web}/gpt2/tree/main`, { ...model, id: "gpt2", revision: "main" }],
    [`${web}/org/tree/tree/main`, { ...model, id: "org/tree", revision: "main" }],
    [
      `${web}/datasets/org/name/tree/refs%2Fconvert%2Fparquet/default`,
      { ...dataset, revision: "refs/convert/parquet", path: "default" },
    ],
    [`${web}/org/name/tree/refs/pr/1`, { ...model, revision: "refs/pr/1" }],
    [`${web}/org/name/blob/${commit}/a%20b%23.txt`, { ...model, revision: commit, path: "a b#.txt", file: true }],
    [`${web}/org/name/resolve/main/m.bin?download=true`, { ...model, revision: "main", path: "m.bin", file: true }],
    [
      `${web}/spaces/org/name/raw/main/app.py`,
      { ...model, type: "spaces", revision: "main", path: "app.py", file: true },
    ],
  ])("%s", (uri, expected) => {
    expect(parseHubLocation({ uri })).toEqual(expected);
  });
});

describe("with revision, path and unpack", () => {
  test.each<[Location, object]>([
    [
      { uri: "hf:org/name", revision: "v1" },
      { ...model, revision: "v1", namedByRevision: true },
    ],
    [
      { uri: "hf:org/name", revision: commit },
      { ...model, revision: commit },
    ],
    [
      { uri: `${web}/org/name/tree/main`, revision: commit },
      { ...model, revision: commit },
    ],
    [
      { uri: "hf:org/name@v1", revision: "v1" },
      { ...model, revision: "v1", namedByRevision: true },
    ],
    // What the URI says is asked; that it is not what was declared is seen when the commit is known.
    [
      { uri: "hf:org/name@v1", revision: "v2" },
      { ...model, revision: "v1" },
    ],
    [
      { uri: `hf:org/name@${commit}`, revision: "v2" },
      { ...model, revision: commit },
    ],
    [
      { uri: "hf:org/name", path: "./a/b/" },
      { ...model, path: "a/b" },
    ],
    [
      { uri: "hf:org/name/a", path: "b" },
      { ...model, path: "a/b" },
    ],
    [
      { uri: "hf:org/name", path: "a.tar", unpack: true },
      { ...model, path: "a.tar", file: true, members: "" },
    ],
    [
      { uri: "hf:org/name/a.tar", path: "b", unpack: true },
      { ...model, path: "a.tar", file: true, members: "b" },
    ],
    [
      { uri: `${web}/org/name/resolve/main/a.tar`, unpack: true },
      { ...model, revision: "main", path: "a.tar", file: true, members: "" },
    ],
  ])("%j", (location, expected) => {
    expect(parseHubLocation(location)).toEqual(expected);
  });
});

describe("not its own", () => {
  test.each<Location>(
    [
      "",
      "hf:",
      "hf:///org/name",
      "hf:datasets",
      "hf:buckets/org/name",
      "hf://kernels/org/name",
      "hf:org/name@",
      "hf:org/name@-x",
      "hf:org/name@a..b",
      "hf:org/name@%ff",
      "hf:org//name",
      "hf:org/name//a",
      "hf:org/name/../other",
      "hf:../name",
      "hf:org/na me",
      "hf:org/name.git",
      "hf:org/..",
      "org/name",
      "pkg:huggingface/org/name?checksum=sha256:0",
      "pkg:huggingface/org/name?repository_url=file:///etc",
      "pkg:huggingface/org/name?repository_url=https://u:p@h",
      "pkg:huggingface/a/b/c",
      "pkg:npm/org/name",
      "https://example.org/org/name",
      "https://huggingface.co.example.org/org/name",
      "https://user:secret@huggingface.co/org/name",
      "https://huggingface.co:8443/org/name",
      `${web}`,
      `${web}/docs/hub`,
      `${web}/api/models/org/name`,
      `${web}/datasets`,
      `${web}/org/name/discussions/1`,
      `${web}/org/name/tree`,
      `${web}/org/name/blob/main`,
      `${web}/org/name/resolve/main/a%2F..%2Fb`,
      `${web}/org/name/resolve/main/%ff`,
      `${web}/org/name?show_file_info=m.bin`,
      `${web}/org/name.git`,
      "https://huggingface.co\\org/name",
    ].map((uri) => ({ uri })),
  )("%j", (location) => {
    expect(parseHubLocation(location)).toBeUndefined();
  });
  test.each<Location>([
    { uri: "hf:org/name", revision: "../b" },
    { uri: "hf:org/name", path: "../b" },
    { uri: "hf:org/name", unpack: true },
    { uri: `${web}/org/name/blob/main/a`, path: "b" },
  ])("%j", (location) => {
    expect(parseHubLocation(location)).toBeUndefined();
  });
});

test("what is taken stays inside, whatever is written", () => {
  const part = fc.oneof(
    fc.constantFrom(
      "org",
      "name",
      "tree",
      "blob",
      "main",
      "..",
      ".",
      "",
      "%2e%2e",
      "@",
      "refs",
      "pr",
      "datasets",
      commit,
    ),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  const head = fc.constantFrom("hf:", "hf://", `${web}/`, "pkg:huggingface/");
  const uri = fc.tuple(head, fc.array(part, { maxLength: 8 })).map(([start, parts]) => start + parts.join("/"));
  const maybe = fc.option(part, { nil: undefined });
  fc.assert(
    fc.property(uri, maybe, maybe, fc.boolean(), (text, revision, path, unpack) => {
      const ref = parseHubLocation({ uri: text, revision, path, unpack });
      if (ref === undefined) return;
      expect(ref.id).toMatch(/^\w[\w.-]*(?:\/\w[\w.-]*)?$/);
      expect(`/${ref.path}/`).not.toMatch(/\/\.{1,2}\/|^\/.*\/\/$/);
      expect(ref.namedByRevision === true && isCommit(ref.revision)).toBe(false);
    }),
    { numRuns: 3000 },
  );
});

test("long text costs no time", () => {
  const started = performance.now();
  for (const text of ["@", "/", "a", "%", "%2F", "-", "a.", "refs/"])
    for (const head of ["hf:", "hf://org/name@", `${web}/`, `${web}/org/name/tree/`, "pkg:huggingface/"])
      parseHubLocation({ uri: head + text.repeat(50_000) });
  expect(performance.now() - started).toBeLessThan(2_000);
});

describe("the next page", () => {
  test.each<[string | undefined, string | undefined]>([
    ['<https://h/a?cursor=1&limit=1000>; rel="next"', "https://h/a?cursor=1&limit=1000"],
    ['<https://h/p>; rel="prev", <https://h/n>; title="a, b"; rel=next', "https://h/n"],
    ["<relative?x=1>;rel=next", "relative?x=1"],
    ['<https://h/p>; rel="prev"', undefined],
    ['<https://h/p>; rel="nextish"', undefined],
    ["rubbish", undefined],
    ["<".repeat(100_000), undefined],
    [undefined, undefined],
  ])("%#", (header, expected) => {
    expect(nextLink(header)).toBe(expected);
  });
});
