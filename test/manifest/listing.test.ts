import { execFileSync } from "node:child_process";
import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LISTING_MAX_FINDINGS, readListing } from "../../src/manifest/listing.ts";
import { LISTING_MAX_LINE_BYTES } from "../../src/manifest/listing-lines.ts";
import type { Finding } from "../../src/model/findings.ts";
import type { FileEntry, Listing } from "../../src/model/manifest.ts";

interface Read {
  readonly entries: readonly FileEntry[];
  readonly findings: readonly Finding[];
  readonly batches: number;
}

async function readAll(
  format: Listing["format"],
  chunks: AsyncIterable<Uint8Array>,
  uri = "SHA256SUMS",
): Promise<Read> {
  const entries: FileEntry[] = [];
  const findings: Finding[] = [];
  let batches = 0;
  for await (const part of readListing(format, chunks, uri)) {
    if (Array.isArray(part)) {
      batches += 1;
      for (const entry of part) entries.push(entry);
    } else findings.push(part);
  }
  return { entries, findings, batches };
}

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  // One buffer for all, as a file reader has: whoever keeps a chunk must copy it.
  const reused = new Uint8Array(size);
  for (let start = 0; start < bytes.length; start += size) {
    const part = bytes.subarray(start, start + size);
    reused.set(part);
    yield reused.subarray(0, part.length);
  }
}

const read = (format: Listing["format"], text: string | Uint8Array, uri?: string): Promise<Read> =>
  readAll(format, inChunks(Buffer.from(text), 7), uri);
/** `line: detail` of each finding. */
const told = ({ findings }: Read): readonly string[] =>
  findings.map(({ args }) =>
    "line" in args && "detail" in args ? `${args.line}: ${args.detail}` : JSON.stringify(args),
  );

const folder = mkdtempSync(join(tmpdir(), "wholesource-listing-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files: readonly (readonly [path: string, content: string])[] = [
  ["a.txt", "a"],
  ["data/b c.bin", "b"],
  ["data/deep/日本.txt", "c"],
  ["(x) = y", "d"],
];
beforeAll(() => {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
});
const run = (program: string, ...args: string[]): Buffer => execFileSync(program, args, { cwd: folder });
const paths = files.map(([path]) => path);

describe("what real tools write is read", () => {
  test.each<[program: string, args: readonly string[], uri: string, algorithm: string]>([
    ["sha256sum", [], "SHA256SUMS", "sha256"],
    ["sha256sum", ["-b"], "SHA256SUMS", "sha256"],
    ["sha256sum", ["--tag"], "sums", "sha256"],
    ["sha512sum", [], "SHA512SUMS", "sha512"],
    ["sha384sum", [], "sums", "sha384"],
    ["sha1sum", ["--tag"], "sums", "sha1"],
    ["md5sum", [], "md5sums.txt", "md5"],
    ["b2sum", [], "https://example.org/B2SUMS?x=1", "blake2b"],
    ["b2sum", ["--tag"], "sums", "blake2b"],
    ["b3sum", [], "b3sums", "blake3"],
    ["openssl", ["dgst", "-sha3-256"], "sums", "sha3_256"],
    ["openssl", ["dgst", "-sha512-256", "-r"], "sha512-256.txt", "sha512_256"],
    ["rhash", ["--sha256", "--bsd"], "sums", "sha256"],
    ["rhash", ["--sha256", "-p", "%{sha-256}  %p\\n"], "sums", "sha256"],
  ])("%s %j", async (program, args, uri, algorithm) => {
    const got = await readAll("sha256sums", inChunks(run(program, ...args, ...paths), 100), uri);
    expect(got.findings).toEqual([]);
    expect(got.entries.map(({ path }) => path)).toEqual(paths);
    for (const { path, digest } of got.entries) {
      expect(Object.keys(digest ?? {})).toEqual([algorithm]);
      const again = await readAll("sha256sums", inChunks(run(program, ...args, path), 100), uri);
      expect(again.entries).toEqual([{ path, digest }]);
    }
  });

  test("sha256sum of what find printed", async () => {
    const { entries } = await readAll(
      "sha256sums",
      inChunks(run("sha256sum", ...paths.map((path) => `./${path}`)), 50),
    );
    expect(entries.map(({ path }) => path)).toEqual(paths);
  });

  test("sha256sum's escapes are undone, and such names refused with their reason", async () => {
    writeFileSync(join(folder, "back\\slash"), "");
    writeFileSync(join(folder, "new\nline"), "");
    const got = await readAll("sha256sums", inChunks(run("sha256sum", "back\\slash", "a.txt", "new\nline"), 50));
    expect(got.entries.map(({ path }) => path)).toEqual(["a.txt"]);
    expect(told(got)).toEqual([
      "1: the path is refused: it holds a backslash",
      "3: the path is refused: it holds a control character",
    ]);
  });
});

const hex = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

describe("sha256sums", () => {
  test("upper case, CRLF, comments, blank lines, a byte order mark, no last line end", async () => {
    const got = await read("sha256sums", `\ufeff# made by x\r\n${hex.toUpperCase()}  a\r\n\r\n${hex} *b\n\n${hex}  c`);
    expect(got.findings).toEqual([]);
    expect(got.entries).toEqual(["a", "b", "c"].map((path) => ({ path, digest: { sha256: hex } })));
  });

  test.each([
    [`${hex}`, "expected a digest of a known length, two spaces and a path"],
    [`${hex}0  a`, "expected a digest of a known length, two spaces and a path"],
    [`${hex.slice(0, 8)}  a`, "expected a digest of a known length, two spaces and a path"],
    ["<html>", "expected a digest of a known length, two spaces and a path"],
    [`${hex}  `, "the path is refused: it is empty"],
    [`${hex}  -`, "it is the digest of standard input, not of a file"],
    [`${hex}  /etc/passwd`, "the path is refused: it is absolute"],
    [`${hex}  ../a`, "the path is refused: it has a part `..`"],
    [`${hex}  a\0b`, "the path is refused: it holds a NUL"],
    [`\\${hex}  a\\xb`, "the path has an escape that is not known"],
    [`SHA256 (a) = ${hex.slice(1)}`, "the sha256 digest is malformed: expected 64 hex digits, got 63"],
    [`WHIRLPOOL (a) = ${hex}`, "the algorithm `WHIRLPOOL` is not known"],
    [`SHA256 (a) = ${"0".repeat(64)}`, "the sha256 digest is a placeholder"],
  ])("%j is malformed", async (line, detail) => {
    const got = await read("sha256sums", `${hex}  a\n${line}\n${hex}  b\n`);
    expect(told(got)).toEqual([`2: ${detail}`]);
    expect(got.entries.map(({ path }) => path)).toEqual(["a", "b"]);
  });

  test("a line that is no text spoils no other", async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${hex}  ä\n${hex}  `),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(`${hex}  ö\n`),
    ]);
    const got = await read("sha256sums", bytes);
    expect(told(got)).toEqual(["2: it is not UTF-8"]);
    expect(got.entries.map(({ path }) => path)).toEqual(["ä", "ö"]);
  });

  test.each([1, 7, 64 * 1024, 1024 * 1024])(
    "a line without end is passed over, in chunks of %i bytes",
    async (size) => {
      const long = "x".repeat(size === 1 ? LISTING_MAX_LINE_BYTES + 1 : 3 * LISTING_MAX_LINE_BYTES);
      const got = await readAll("sha256sums", inChunks(Buffer.from(`${hex}  a\n${long}\n${hex}  b\n`), size));
      expect(told(got)).toEqual([`2: it is longer than ${LISTING_MAX_LINE_BYTES} bytes`]);
      expect(got.entries.map(({ path }) => path)).toEqual(["a", "b"]);
    },
  );

  test("only the first faults are told, and the rest counted", async () => {
    const got = await read("sha256sums", "x\n".repeat(LISTING_MAX_FINDINGS + 5));
    expect(got.findings).toHaveLength(LISTING_MAX_FINDINGS + 1);
    expect(told(got).at(-1)).toBe(`${LISTING_MAX_FINDINGS + 5}: this line, and 4 others that are not listed`);
  });

  test.each(["", "\n\n", "# nothing\n"])("%j declares no file", async (text) => {
    expect(told(await read("sha256sums", text))).toEqual(["1: it declares no file"]);
  });
});

describe("bagit", () => {
  test("white space, escapes, and names that only look like escapes", async () => {
    const got = await read(
      "bagit",
      `${hex}  data/a\n${hex} data/b b\n${hex}\t data/c%25d%20\n${hex} *data/e\n`,
      "bag/manifest-sha256.txt",
    );
    expect(got.findings).toEqual([]);
    expect(got.entries.map(({ path }) => path)).toEqual(["data/a", "data/b b", "data/c%d%20", "data/e"]);
    expect(got.entries[0]?.digest).toEqual({ sha256: hex });
  });

  test.each([
    [`${hex} ~/a`, "the path begins with `~`"],
    [`${hex} data/%0Aa`, "the path is refused: it holds a control character"],
    [`${hex} data/../../a`, "the path is refused: it has a part `..`"],
    [`${hex}`, "expected a digest, a space and a path"],
    [`data/a ${hex}`, "expected a digest, a space and a path"],
  ])("%j is malformed", async (line, detail) => {
    expect(told(await read("bagit", `${line}\n`))).toEqual([`1: ${detail}`]);
  });

  test("the name of the manifest says the algorithm", async () => {
    const { entries } = await read("bagit", `${hex} data/a\n`, "manifest-blake3.txt");
    expect(entries).toEqual([{ path: "data/a", digest: { blake3: hex } }]);
  });
});

describe("jsonl", () => {
  test("entries in every form", async () => {
    const got = await read(
      "jsonl",
      `{"path":"a","size":0,"digest":{"sha256":"${hex}"}}
{ "path" : "b\\"\\\\ä", "digest": "sha256:${hex.toUpperCase()}", "x-a": {"b": ["c", 1, {"d": "e"}]} }

{"path":"c"}
{"path":"d","containedIn":"c"}`.replace("\\\\\\\\", ""),
    );
    expect(told(got)).toEqual(["2: the path is refused: it holds a backslash"]);
    expect(got.entries).toEqual([
      { path: "a", size: 0, digest: { sha256: hex } },
      { path: "c" },
      { path: "d", containedIn: "c" },
    ]);
  });

  test.each([
    ["{", "it is not JSON"],
    ["[]", "expected an object with a `path`"],
    ["null", "expected an object with a `path`"],
    ['{"size":1}', "expected a text as `path`"],
    ['{"path":5}', "expected a text as `path`"],
    ['{"path":"a","sise":1}', "the key `sise` is not known"],
    ['{"path":"a","__proto__":{}}', "the key `__proto__` is not known"],
    ['{"path":"a","path":"a"}', "a key is written twice"],
    ['{"path":"a","size":1,"size":2}', "a key is written twice"],
    ['{"path":"a\\u0022","path":"a"}', "a key is written twice"],
    ['{"path":"a","digest":{"md5":"x","md5":"y"}}', "a key is written twice"],
    ['{"path":"a","size":1.5}', "expected a whole number of bytes as `size`"],
    ['{"path":"a","size":-1}', "expected a whole number of bytes as `size`"],
    ['{"path":"a","size":9007199254740993}', "expected a whole number of bytes as `size`"],
    ['{"path":"a","size":"1"}', "expected a whole number of bytes as `size`"],
    ['{"path":"a","digest":5}', "expected a digest, or an object of algorithm to digest, as `digest`"],
    ['{"path":"a","digest":{"md5":5}}', "expected a digest, or an object of algorithm to digest, as `digest`"],
    ['{"path":"a","digest":{"md5":"x"}}', "the md5 digest is malformed: expected 32 hex digits or their base64"],
    ['{"path":"a","digest":{"md6":"x"}}', "the algorithm `md6` is not known"],
    ['{"path":"a","digest":{"md5":"TODO"}}', "the md5 digest is a placeholder"],
    ['{"path":"a/../../b"}', "the path is refused: it has a part `..`"],
    ['{"path":"a","containedIn":"/b"}', "the path is refused: it is absolute"],
    [`{"path":"a","x":${"[".repeat(30_000)}${"]".repeat(30_000)}}`, "the key `x` is not known"],
  ])("%.60s is malformed", async (line, detail) => {
    const got = await readAll("jsonl", inChunks(Buffer.from(`${line}\n`), 4096));
    expect(told(got)).toEqual([`1: ${detail}`]);
  });

  test("a deep value of one's own is passed over", async () => {
    const line = `{"path":"a","x-a":${"[".repeat(30_000)}${"]".repeat(30_000)}}\n`;
    expect((await readAll("jsonl", inChunks(Buffer.from(line), 4096))).entries).toEqual([{ path: "a" }]);
  });

  test("what JSON.stringify writes is read back, and no sound line is taken for one with a key twice", async () => {
    const path = fc.stringMatching(/^[a-z0-9 äß"{},]{1,20}$/);
    const entry = fc.record(
      { path, size: fc.nat(), digest: fc.constant({ sha256: hex }), containedIn: path, "x-a": fc.jsonValue() },
      { requiredKeys: ["path"] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 5 }), async (entries) => {
        const got = await read("jsonl", entries.map((each) => `${JSON.stringify(each)}\n`).join(""));
        expect(got.findings).toEqual([]);
        expect(got.entries).toEqual(entries.map(({ "x-a": _, ...rest }) => rest));
      }),
    );
  });
});

test.each(["croissant", "oms"] as const)(
  "%s is said not to be read, and nothing is asked of the stream",
  async (format) => {
    const never: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => {
        throw new Error("read");
      },
    };
    const { findings, entries } = await readAll(format, never, "x.json");
    expect(entries).toEqual([]);
    expect(findings).toMatchObject([{ code: "listing-unread", args: { uri: "x.json", reason: "format-unsupported" } }]);
  },
);

test("how the bytes are cut into chunks changes nothing", async () => {
  const line = fc.constantFrom(`${hex}  a\n`, `${hex} *ä/日本\r\n`, "\n", "bad\n", `${hex}  \u{1f600}\n`);
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1 }), fc.integer({ min: 1, max: 200 }), async (lines, size) => {
      const bytes = Buffer.from(lines.join(""));
      const { batches: _, ...whole } = await readAll("sha256sums", inChunks(bytes, bytes.length));
      const { batches: __, ...parts } = await readAll("sha256sums", inChunks(bytes, size));
      expect(parts).toEqual(whole);
    }),
  );
});

test("any bytes in any format are told of, never thrown", async () => {
  const format = fc.constantFrom("sha256sums" as const, "bagit" as const, "jsonl" as const);
  await fc.assert(
    fc.asyncProperty(format, fc.uint8Array({ maxLength: 300 }), async (form, bytes) => {
      const { entries, findings } = await read(form, bytes);
      expect(entries.length + findings.length).toBeGreaterThan(0);
    }),
  );
});

test("entries come in groups, and memory does not grow with them", async () => {
  const many = join(folder, "many");
  const lines = 300_000;
  writeFileSync(many, Array.from({ length: lines }, (_, index) => `${hex}  data/part-${index}\n`).join(""));
  let entries = 0;
  let batches = 0;
  let most = 0;
  for await (const part of readListing("sha256sums", createReadStream(many), "many")) {
    if (!Array.isArray(part)) throw new Error(JSON.stringify(part));
    entries += part.length;
    batches += 1;
    most = Math.max(most, part.length);
  }
  expect(entries).toBe(lines);
  expect(batches).toBeLessThan(lines / 500);
  expect(most).toBeLessThan(4_096);
});
