import { describe, expect, test } from "vitest";
import type { Location, Manifest, Piece } from "../../src/model/manifest.ts";
import { lint } from "../../src/plan/lint.ts";
import { LISTING_ADVISED_FILES } from "../../src/plan/lint-files.ts";

const options = {
  isPinned: ({ uri }: Location) => (uri.startsWith("odd:") ? undefined : uri.startsWith("pinned:")),
  supported: "pinned:, ./path",
  checkLicense: (text: string) =>
    text === "MIT" || text === "NOASSERTION"
      ? {}
      : { problem: text === "GPL" ? "ambiguous" : "malformed", detail: "d" },
  knownClaims: ["osaid-1.0", "mof-class-1"],
};
const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const sound: Piece = {
  id: "a",
  kind: "dataset",
  licenseDeclared: "MIT",
  availability: "open",
  locations: [{ uri: "pinned:x" }],
  files: [{ path: "f", size: 1, digest: { sha256 } }],
};
const manifest = (piece: Partial<Piece>, more: Partial<Manifest> = {}): Manifest => ({
  schemaVersion: "1",
  name: "a",
  version: "1",
  claims: [],
  lineage: [],
  pieces: [{ ...sound, ...piece }],
  ...more,
});
/** `code severity pointer` of each finding. */
const told = (piece: Partial<Piece>, more?: Partial<Manifest>): readonly string[] =>
  lint(manifest(piece, more), options).map(({ code, severity, pointer }) => `${code} ${severity} ${pointer}`);

test("there is nothing to say of a sound manifest", () => {
  expect(told({}, { claims: ["osaid-1.0"], lineage: [{ relation: "merge", base: { uri: "pinned:y" } }] })).toEqual([]);
});

test("claims and lineage", () => {
  expect(lint(manifest({}, { claims: ["osaid-1.0", "open"] }), options)).toMatchObject([
    { code: "claim-unknown", pointer: "/claims/1", args: { claim: "open", known: "osaid-1.0, mof-class-1" } },
  ]);
  const lineage: Manifest["lineage"] = [
    { relation: "merge", base: { uri: "odd:x" } },
    { relation: "merge", base: { uri: "./x" } },
  ];
  expect(told({}, { lineage })).toEqual(["location-unpinned warning /lineage/1/base"]);
});

describe("availability", () => {
  test.each(["gated", "on-request", "withheld"] as const)("%s wants a reason", (availability) => {
    expect(told({ availability })).toEqual(["availability-unreasoned warning /pieces/0/availability"]);
    expect(told({ availability, availabilityReason: "r" })).toEqual([]);
  });

  test("an open piece without a location, and a withheld one without anything", () => {
    expect(told({ locations: [] })).toEqual(["location-missing error /pieces/0"]);
    const withheld: Piece = {
      id: "a",
      kind: "dataset",
      availability: "withheld",
      availabilityReason: "r",
      locations: [],
    };
    expect(lint({ ...manifest({}), pieces: [withheld] }, options)).toEqual([]);
  });
});

describe("locations", () => {
  test.each(["http://x/y", "HTTP://x/y", "ftp://x", "git://x", "git+http://x"])("%s is insecure", (uri) => {
    expect(told({ locations: [{ uri }] })).toContain("location-insecure warning /pieces/0/locations/0");
  });

  test("what nobody reads", () => {
    expect(lint(manifest({ locations: [{ uri: "pinned:x" }, { uri: "odd:x" }] }), options)).toMatchObject([
      { code: "location-unsupported", piece: "a", location: 1, args: { uri: "odd:x", known: "pinned:, ./path" } },
    ]);
  });

  const unpinned = [{ uri: "./x" }];
  test.each<[name: string, severity: string, piece: Partial<Piece>]>([
    ["every file has a digest", "note", {}],
    ["the folder has one", "note", { files: [{ path: "f", size: 1 }], digest: { gitTree: "x" } }],
    [
      "the archive has one",
      "note",
      {
        files: [
          { path: "z", size: 1, digest: { sha256 } },
          { path: "f", size: 1, containedIn: "z" },
        ],
      },
    ],
    ["the listing has one", "note", { files: undefined, listing: { uri: "l", format: "jsonl", digest: { sha256 } } }],
    ["the listing has none", "warning", { files: undefined, listing: { uri: "l", format: "jsonl" } }],
    [
      "one file has none",
      "warning",
      {
        files: [
          { path: "f", size: 1, digest: { sha256 } },
          { path: "g", size: 1 },
        ],
      },
    ],
    ["only weak ones", "warning", { files: [{ path: "f", size: 1, digest: { md5: "x" } }] }],
    ["nothing is declared", "warning", { files: undefined }],
  ])("an unpinned location when %s is a %s", (_name, severity, piece) => {
    expect(told({ locations: unpinned, ...piece })).toContain(`location-unpinned ${severity} /pieces/0/locations/0`);
  });
});

describe("licences", () => {
  test.each([
    [undefined, "license-undeclared warning /pieces/0"],
    ["GPL", "license-ambiguous warning /pieces/0/licenseDeclared"],
    ["MIT OR", "license-malformed error /pieces/0/licenseDeclared"],
  ])("%s", (licenseDeclared, finding) => {
    expect(told({ licenseDeclared })).toEqual([finding]);
  });

  test("saying that one does not know is saying something", () => {
    expect(told({ licenseDeclared: "NOASSERTION" })).toEqual([]);
  });
});

describe("files", () => {
  test("no digest, no size, a weak digest, each at its file", () => {
    const files = [{ path: "f" }, { path: "g", size: 1, digest: { md5: "x", sha1: "y" } }];
    expect(told({ files })).toEqual([
      "digest-undeclared warning /pieces/0/files/0",
      "size-undeclared note /pieces/0/files/0",
      "digest-weak warning /pieces/0/files/1/digest",
    ]);
  });

  test("a piece of one object", () => {
    expect(told({ files: undefined, digest: { sha256 }, size: 5 })).toEqual([]);
    expect(told({ files: undefined, digest: { sha256 } })).toEqual(["size-undeclared note /pieces/0"]);
    expect(told({ files: undefined, digest: { md5: "x" }, size: 5 })).toEqual(["digest-weak warning /pieces/0/digest"]);
    expect(told({ files: undefined, digest: { gitTree: "x" } })).toEqual([]);
    expect(told({ files: undefined })).toEqual(["digest-undeclared warning /pieces/0"]);
  });

  test("a listing without a digest of its own", () => {
    expect(told({ files: undefined, listing: { uri: "l", format: "jsonl" } })).toEqual([
      "digest-undeclared warning /pieces/0/listing",
    ]);
  });

  test("very many files, and a name that Windows can not have", () => {
    const files = Array.from({ length: LISTING_ADVISED_FILES + 1 }, (_, index) => ({
      path: `f${index}`,
      size: 1,
      digest: { sha256 },
    }));
    expect(told({ files: files.slice(1) })).toEqual([]);
    expect(told({ files })).toEqual(["listing-recommended note /pieces/0/files"]);
    expect(told({ files: [{ path: "aux.c", size: 1, digest: { sha256 } }] })).toEqual([
      "manifest-text-suspicious note /pieces/0/files/0/path",
    ]);
  });
});
