import { createHash } from "node:crypto";
import { blake3 } from "@noble/hashes/blake3.js";
import { expect, test } from "vitest";
import {
  digestAlgorithms,
  digestOfNothing,
  isDigestOfNothing,
  isWeak,
  strongest,
  subjectOf,
} from "../../src/model/digest.ts";

const openssl: { readonly [algorithm: string]: string } = {
  sha256: "sha256",
  sha384: "sha384",
  sha512: "sha512",
  sha512_256: "sha512-256",
  sha3_256: "sha3-256",
  blake2b: "blake2b512",
  blake2s: "blake2s256",
  sha1: "sha1",
  md5: "md5",
};
const gitOfNothing = (type: string): string => createHash("sha1").update(`${type} 0\0`).digest("hex");

test.each(digestAlgorithms)("the digest of nothing in %s", (algorithm) => {
  const name = openssl[algorithm];
  const others: { readonly [algorithm: string]: string } = {
    blake3: Buffer.from(blake3(new Uint8Array())).toString("hex"),
    gitBlob: gitOfNothing("blob"),
    gitTree: gitOfNothing("tree"),
    swhid: `swh:1:cnt:${gitOfNothing("blob")}`,
  };
  expect(digestOfNothing[algorithm]).toBe(name === undefined ? others[algorithm] : createHash(name).digest("hex"));
  expect(isDigestOfNothing(algorithm, digestOfNothing[algorithm])).toBe(true);
});

test("an empty folder is nothing as well", () => {
  expect(isDigestOfNothing("swhid", `swh:1:dir:${gitOfNothing("tree")}`)).toBe(true);
  expect(isDigestOfNothing("sha256", digestOfNothing.sha512_256)).toBe(false);
});

test("a set is weak when nothing strong is in it", () => {
  expect(isWeak({})).toBe(false);
  expect(isWeak({ md5: "x" })).toBe(true);
  expect(isWeak({ md5: "x", sha1: "x" })).toBe(true);
  expect(isWeak({ md5: "x", sha256: "x" })).toBe(false);
  expect(isWeak({ gitBlob: "x" })).toBe(false);
});

test("the strongest of a set, and of none", () => {
  expect(strongest({})).toBeUndefined();
  expect(strongest({ md5: "x", sha512: "x" })).toBe("sha512");
  expect(strongest({ sha1: "x", md5: "x" })).toBe("sha1");
});

test("what a digest speaks about", () => {
  expect(subjectOf("gitTree", "x")).toBe("tree");
  expect(subjectOf("swhid", "swh:1:dir:x")).toBe("tree");
  expect(subjectOf("swhid", "swh:1:cnt:x")).toBe("bytes");
});
