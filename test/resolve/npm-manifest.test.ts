import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { licenseAsWritten, publishedDigest } from "../../src/resolve/npm-manifest.ts";

test.each([
  ["MIT", "MIT"],
  [{ type: "MIT", url: "https://example.org" }, "MIT"],
  [{ name: "MIT" }, "MIT"],
  [[{ type: "MIT" }, { type: "Apache-2.0" }], "(MIT OR Apache-2.0)"],
  [["MIT", { type: "ISC" }], "(MIT OR ISC)"],
  [[{ type: "MIT" }], "MIT"],
  ["SEE LICENSE IN LICENSE.txt", "SEE LICENSE IN LICENSE.txt"],
  ["", undefined],
  ["  ", undefined],
  [[], undefined],
  [[{ type: "MIT" }, {}], undefined],
  [{}, undefined],
  [{ type: 7 }, undefined],
  [null, undefined],
  [true, undefined],
  [undefined, undefined],
])("the licence field %j reads %j", (field, expected) => {
  expect(licenseAsWritten(field)).toBe(expected);
});

test("a licence field of any depth and length is harmless", () => {
  let deep: unknown = "MIT";
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  expect(licenseAsWritten(deep)).toBeUndefined();
  expect(licenseAsWritten("M".repeat(1_000_000))?.length).toBe(2000);
});

const hash = (algorithm: string, encoding: "hex" | "base64") => createHash(algorithm).update("x").digest(encoding);
const sri = (algorithm: string) => `${algorithm}-${hash(algorithm, "base64")}`;

test.each([
  [sri("sha512"), undefined, { sha512: hash("sha512", "hex") }],
  [`${sri("sha512")} ${sri("sha1")}`, undefined, { sha512: hash("sha512", "hex"), sha1: hash("sha1", "hex") }],
  [`${sri("sha256")}?note`, undefined, { sha256: hash("sha256", "hex") }],
  [undefined, hash("sha1", "hex").toUpperCase(), { sha1: hash("sha1", "hex") }],
  ["sha512-AAAA", undefined, {}],
  ["md5-AAAAAAAAAAAAAAAAAAAAAA==", undefined, {}],
  [`sha512-${"A".repeat(86)}== ${sri("sha512")}`, undefined, {}],
  ["garbage", "not hex", {}],
  ["", "", {}],
  [undefined, undefined, {}],
])("integrity %s, shasum %s", (integrity, shasum, expected) => {
  expect(publishedDigest(integrity, shasum)).toEqual(expected);
});
