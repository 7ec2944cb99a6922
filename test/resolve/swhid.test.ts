import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSwhid, parseSwhPlace, swhidText } from "../../src/resolve/swhid.ts";

const hash = "94a9ed024d3859793618152ea559a168bbcbb5e2";
const archive = "https://archive.softwareheritage.org";

test.each([
  [`swh:1:cnt:${hash}`, "cnt", {}],
  [`swh:1:dir:${hash};path=/a%20b/c`, "dir", { path: "/a b/c" }],
  [
    `swh:1:cnt:${hash};origin=https://example.org/a%3Bb%2520c;visit=swh:1:snp:${hash};lines=1-2`,
    "cnt",
    { origin: "https://example.org/a;b%20c", visit: `swh:1:snp:${hash}`, lines: "1-2" },
  ],
])("%s", (text, type, qualifiers) => {
  expect(parseSwhid(text)).toEqual({ type, hash, qualifiers });
});

test.each([
  `swh:2:cnt:${hash}`,
  `swh:1:ori:${hash}`,
  `swh:1:cnt:${hash.toUpperCase()}`,
  `swh:1:cnt:${hash}0`,
  `swh:1:cnt:${hash.slice(1)}`,
  `swh:1:cnt:${hash};`,
  `swh:1:cnt:${hash};origin`,
  `swh:1:cnt:${hash};origin=`,
  `swh:1:cnt:${hash};origin=a b`,
  `swh:1:cnt:${hash};lines=1;lines=2`,
  `swh:1:cnt:${hash};path=%ff`,
  `swh:1:cnt:${hash}${";a=b".repeat(20)}`,
  `swh:1:cnt:${hash};origin=${"a".repeat(10_000)}`,
  ` swh:1:cnt:${hash}`,
  `SWH:1:cnt:${hash}`,
])("not %s", (text) => {
  expect(parseSwhid(text)).toBeUndefined();
  expect(parseSwhPlace(text)).toBeUndefined();
});

test.each([
  [`${archive}/swh:1:rev:${hash}`, "rev", "", {}],
  [`${archive}/swh:1:rev:${hash}/`, "rev", "", {}],
  [`HTTPS://Archive.SoftwareHeritage.org/swh:1:rev:${hash}`, "rev", "", {}],
  [
    `${archive}/swh:1:dir:${hash};origin=https://example.org/a?b;path=/c/#L2`,
    "dir",
    "",
    { origin: "https://example.org/a?b", path: "/c" },
  ],
  [`${archive}/browse/directory/${hash}/`, "dir", "", {}],
  [`${archive}/browse/directory/${hash}/kernel/sched/`, "dir", "kernel/sched", {}],
  [`${archive}/browse/directory/${hash}/?origin_url=https://example.org&path=a/b`, "dir", "a/b", {}],
  [`${archive}/browse/revision/${hash}/?path=a%20b`, "rev", "a b", {}],
  [`${archive}/browse/release/${hash}`, "rel", "", {}],
  [`${archive}/browse/snapshot/${hash}/`, "snp", "", {}],
  [`${archive}/browse/content/sha1_git:${hash}/?path=src/a.py`, "cnt", "", { path: "/src/a.py" }],
])("the page %s", (uri, type, path, qualifiers) => {
  expect(parseSwhPlace(uri)).toEqual({ swhid: { type, hash, qualifiers }, path });
});

test.each([
  `https://archive.softwareheritage.org.example.org/swh:1:rev:${hash}`,
  `https://example.org/swh:1:rev:${hash}`,
  `https://user@archive.softwareheritage.org/swh:1:rev:${hash}`,
  `${archive}/browse/content/${hash}/`,
  `${archive}/browse/content/sha256:${hash}/`,
  `${archive}/browse/revision/${hash}/log/`,
  `${archive}/browse/origin/directory/?origin_url=https://example.org`,
  `${archive}/browse/directory/${hash}/../../x/`,
  `${archive}/browse/directory/${hash}/?path=../x`,
  `${archive}/browse/directory/${hash}/%ff/`,
  `${archive}/browse/constructor/${hash}/`,
  `${archive}/api/1/directory/${hash}/`,
  archive,
])("is no place of the archive: %s", (uri) => {
  expect(parseSwhPlace(uri)).toBeUndefined();
});

test("what is read can be written and read again", () => {
  const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(fc.constantFrom("cnt", "dir", "rev", "rel", "snp"), hex, (type, id) => {
      const swhid = parseSwhid(`swh:1:${type}:${id}`);
      expect(swhid).toEqual({ type, hash: id, qualifiers: {} });
      expect(swhid && swhidText(swhid)).toBe(`swh:1:${type}:${id}`);
    }),
  );
});
