import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { algorithmInfo, digestAlgorithms } from "../../src/model/digest.ts";
import { encodeDigest, parseDigest, readDigestSet, toAlgorithm } from "../../src/model/digest-text.ts";

const hello = createHash("sha256").update("hello").digest("hex");
const raw = Buffer.from(hello, "hex");
const git = "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0";

describe("one digest, many spellings", () => {
  test.each([
    ["lower case", hello],
    ["upper case", hello.toUpperCase()],
    ["space round it", ` ${hello}\n`],
    ["its name before it", `sha256:${hello}`],
    ["another spelling of its name", `SHA-256: ${hello.toUpperCase()}`],
    ["base64", raw.toString("base64")],
    ["base64 without padding", raw.toString("base64").replaceAll("=", "")],
    ["base64 for addresses", raw.toString("base64url")],
    ["SRI", `sha256-${raw.toString("base64")}`],
    ["SRI with options", `sha256-${raw.toString("base64")}?foo`],
    ["multihash", `1220${hello}`],
    ["multihash with its base", `f1220${hello}`],
  ])("%s", (_name, text) => {
    expect(parseDigest("sha256", text)).toEqual({ algorithm: "sha256", value: hello });
  });
});

test.each([
  ["SHA256", "sha256"],
  ["sha-256", "sha256"],
  ["sha2-256", "sha256"],
  ["sha512-256", "sha512_256"],
  ["SHA-512/256", "sha512_256"],
  ["sha3-256", "sha3_256"],
  ["blake2b-512", "blake2b"],
  ["BLAKE2s", "blake2s"],
  ["BLAKE3", "blake3"],
  ["git-blob", "gitBlob"],
  ["gitTree", "gitTree"],
  ["SWHID", "swhid"],
  ["sha224", undefined],
  ["blake2b-256", undefined],
  ["__proto__", undefined],
  ["", undefined],
])("the name %s means %s", (name, algorithm) => {
  expect(toAlgorithm(name)).toBe(algorithm);
});

test("real tools agree on what SRI and hex are", () => {
  const printed = execFileSync("openssl", ["dgst", "-sha384", "-r"], { input: "hello", encoding: "utf8" });
  const base64 = execFileSync("openssl", ["dgst", "-sha384", "-binary"], { input: "hello" }).toString("base64");
  const hex = printed.split(" ", 1)[0] ?? "";
  expect(parseDigest("sha384", `sha384-${base64}`)).toEqual({ algorithm: "sha384", value: hex });
});

describe("what stands where a digest should be", () => {
  test.each([
    ["sha256", ""],
    ["sha256", "TODO"],
    ["sha256", "-"],
    ["sha256", "sha256:tbd"],
    ["md5", "0".repeat(32)],
    ["sha256", "0".repeat(64)],
    ["sha256", Buffer.alloc(32).toString("base64")],
    ["sha256", "https://github.com/mlcommons/croissant/issues/80"],
    ["swhid", `swh:1:cnt:${"0".repeat(40)}`],
    ["swhid", "todo"],
  ])("%s %j is a placeholder", (algorithm, text) => {
    expect(parseDigest(algorithm, text)).toMatchObject({ problem: "placeholder", algorithm });
  });

  test.each([
    ["sha256", hello.slice(1), "got 63"],
    ["sha256", `${hello}0`, "got 65"],
    ["sha256", `${hello.slice(1)}g`, "64 hex digits or"],
    ["sha256", `sha512:${hello}`, "`sha512`"],
    ["sha256", `sha512-${raw.toString("base64")}`, "`sha512`"],
    ["sha256", raw.subarray(1).toString("base64"), "64 hex digits"],
    ["sha256", `1320${hello}`, "got 68"],
    ["gitBlob", `1114${git}`, "got 44"],
    ["sha1", "x".repeat(10_000), "10000 characters"],
    ["swhid", `swh:1:rev:${git}`, "`cnt`"],
    ["swhid", `swh:2:cnt:${git}`, "swh:1:cnt:"],
    ["swhid", `swh:1:cnt:${git.slice(1)}`, "40 hex"],
    ["swhid", git, "swh:1:cnt:"],
  ])("%s %j is malformed", (algorithm, text, reason) => {
    const problem = parseDigest(algorithm, text);
    expect(problem).toMatchObject({ problem: "malformed", algorithm });
    expect(problem.problem === "malformed" && problem.reason).toContain(reason);
  });

  test.each([
    ["sha265", "sha256"],
    ["md-5x", "md5"],
    ["crc32", undefined],
    ["x".repeat(1000), undefined],
  ])("the algorithm %j is unknown", (name, nearest) => {
    const problem = parseDigest(name, hello);
    expect(problem.problem).toBe("algorithm-unknown");
    expect(problem.problem === "algorithm-unknown" && problem.nearest).toBe(nearest);
  });
});

test("a swhid keeps what it is and drops where it was seen", () => {
  const text = `swh:1:dir:${git.toUpperCase()};origin=https://example.org/x;path=/a`;
  expect(parseDigest("swhid", text)).toEqual({ algorithm: "swhid", value: `swh:1:dir:${git}` });
});

const anyDigest = fc.constantFrom(...digestAlgorithms).chain((algorithm) =>
  fc
    .uint8Array({ minLength: algorithmInfo[algorithm].length, maxLength: algorithmInfo[algorithm].length })
    .filter((bytes) => bytes.some((byte) => byte !== 0))
    .map((bytes) => {
      const hex = Buffer.from(bytes).toString("hex");
      return { algorithm, value: algorithm === "swhid" ? `swh:1:cnt:${hex}` : hex };
    }),
);

test("what is written in any spelling is read back", () => {
  fc.assert(
    fc.property(
      anyDigest,
      fc.constantFrom("hex" as const, "prefixed" as const, "base64" as const, "sri" as const, "multihash" as const),
      ({ algorithm, value }, encoding) => {
        const text = encodeDigest(algorithm, value, encoding);
        if (text !== undefined) expect(parseDigest(algorithm, text)).toEqual({ algorithm, value });
      },
    ),
  );
});

test("any text is read or told of, never thrown, and what is read has one spelling", () => {
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...digestAlgorithms), fc.string()), fc.string(), (name, text) => {
      const parsed = parseDigest(name, text);
      if (parsed.problem === undefined) expect(parsed.value).toMatch(/^(?:[0-9a-f]+|swh:1:(?:cnt|dir):[0-9a-f]{40})$/);
      readDigestSet(text);
      readDigestSet({ [name]: text });
    }),
  );
});

describe("a whole digest", () => {
  const sri384 = `sha384-${createHash("sha384").update("hello").digest("base64")}`;

  test("an SRI list", () => {
    const { set, problems } = readDigestSet(`sha256-${raw.toString("base64")}  ${sri384}`);
    expect(problems).toEqual([]);
    expect(Object.keys(set)).toEqual(["sha256", "sha384"]);
  });

  test.each([
    [`blake3:${hello}`, "blake3"],
    [`swh:1:cnt:${git}`, "swhid"],
    [`sha512/256:${hello}`, "sha512_256"],
  ])("%s", (text, algorithm) => {
    expect(Object.keys(readDigestSet(text).set)).toEqual([algorithm]);
  });

  test("a map under any names", () => {
    expect(readDigestSet({ "SHA-256": hello, gitBlob: git })).toEqual({
      set: { sha256: hello, gitBlob: git },
      problems: [],
    });
  });

  test("bare hex says no algorithm, and none is guessed", () => {
    const { set, problems } = readDigestSet(hello);
    expect(set).toEqual({});
    expect(problems[0]?.problem.problem).toBe("algorithm-unknown");
  });

  test("one algorithm twice must agree", () => {
    expect(readDigestSet({ sha256: hello, "sha-256": hello.toUpperCase() }).problems).toEqual([]);
    const { problems } = readDigestSet({ sha256: hello, "sha-256": `f${hello.slice(1)}` });
    expect(problems).toMatchObject([{ key: "sha-256", problem: { problem: "malformed" } }]);
  });

  test("a placeholder is a problem of its own and hides no other digest", () => {
    const { set, problems } = readDigestSet({ md5: "TODO", sha256: hello });
    expect(set).toEqual({ sha256: hello });
    expect(problems).toMatchObject([{ key: "md5", problem: { problem: "placeholder" } }]);
    expect(readDigestSet("").problems).toMatchObject([{ problem: { problem: "placeholder" } }]);
  });
});
