import { expect, test } from "vitest";
import { decodeManifest } from "../../src/manifest/decode.ts";
import { MANIFEST_MAX_BYTES } from "../../src/manifest/limits.ts";

const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();
const detailOf = (bytes: Uint8Array): unknown => {
  const decoded = decodeManifest(bytes);
  return "fault" in decoded ? [decoded.fault.code, decoded.fault.args, decoded.fault.line] : decoded.text;
};

test.each([
  ["UTF-16 (little endian)", Buffer.from("\ufeffa: 1", "utf16le")],
  ["UTF-16 (little endian)", Buffer.from("a: 1", "utf16le")],
  ["UTF-16 (big endian)", utf16be("\ufeffa: 1")],
  ["UTF-16 (big endian)", utf16be("a: 1")],
  ["UTF-32 (little endian)", Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])],
  ["UTF-32 (big endian)", Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x61])],
])("%s is said to be what it is", (name, bytes) => {
  expect(detailOf(bytes)).toEqual(["manifest-syntax", { detail: `the text is ${name}, save it as UTF-8` }, undefined]);
});

test.each([
  [1, Buffer.from([0xff])],
  [2, Buffer.concat([Buffer.from("a\nb"), Buffer.from([0xc3]), Buffer.from("c\n")])],
  [2, Buffer.concat([Buffer.from("日\na"), Buffer.from([0xe6, 0x97])])],
  [3, Buffer.from([0x61, 0x0a, 0x0a, 0xed, 0xa0, 0x80, 0x0a, 0xff])],
])("the first line that is not UTF-8 is number %i", (line, bytes) => {
  expect(detailOf(bytes)).toEqual(["manifest-syntax", { detail: "the text is not UTF-8" }, line]);
});

test("a NUL, a byte order mark, too many bytes", () => {
  expect(detailOf(Buffer.from("a: b\nc: \0"))).toEqual(["manifest-syntax", { detail: "the text holds a NUL" }, 2]);
  expect(detailOf(Buffer.from("\ufeffä"))).toBe("ä");
  expect(detailOf(new Uint8Array(MANIFEST_MAX_BYTES).fill(0x20))).toHaveLength(MANIFEST_MAX_BYTES);
  expect(detailOf(new Uint8Array(MANIFEST_MAX_BYTES + 1).fill(0x20))).toEqual([
    "manifest-limit",
    { what: "bytes", limit: MANIFEST_MAX_BYTES, actual: MANIFEST_MAX_BYTES + 1 },
    undefined,
  ]);
});
