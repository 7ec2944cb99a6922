import { describe, expect, test } from "vitest";
import { diffSides } from "../../src/judge/diff.ts";
import { type DiffSide, sideOfManifest, sideOfReport } from "../../src/judge/diff-side.ts";
import type { Change, Diff } from "../../src/model/diff.ts";
import { Diff as DiffSchema } from "../../src/model/diff-schema.ts";
import { finding } from "../../src/model/findings.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { FileReport, LicenseReport, PieceReport, Report } from "../../src/model/report.ts";
import { renderDiff } from "../../src/report/diff-page.ts";
import {
  broken,
  hostile,
  inconclusive,
  location,
  manyMissing,
  piece,
  report,
  SHA_A,
  whole,
} from "../report/sample-reports.ts";

const SHA_C = "c0".repeat(32);
const side = (one: Report): DiffSide => sideOfReport(one, "report.json");
const diff = (before: Report, after: Report): Diff => {
  const found = diffSides(side(before), side(after));
  // Every diff is one that its own schema reads.
  expect(DiffSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  return found;
};
const kinds = ({ changes }: Diff): readonly string[] => changes.map(({ kind }) => kind);
const untold = (found: Diff): readonly string[] => found.untold.map(({ code, side: whose }) => `${code} ${whose}`);
const only = (found: Diff, kind: string): Change => {
  const all = found.changes.filter((one) => one.kind === kind);
  expect(all).toHaveLength(1);
  return all[0] as Change;
};
const one = (fields: Partial<PieceReport>, outcome: PieceReport["outcome"] = "verified"): Report =>
  report([piece("weights", outcome, fields)], []);
const file = (path: string, fields: Partial<FileReport> = {}): FileReport => ({
  path,
  presence: "present",
  size: { declared: 5, measured: 5, agreement: "match" },
  digest: { sha256: { declared: SHA_A, measured: SHA_A, agreement: "match" } },
  ...fields,
});
const counts = (declared: number, fields: Partial<PieceReport["counts"]> = {}): PieceReport["counts"] => ({
  declared,
  present: declared,
  missing: 0,
  undeclared: 0,
  verified: declared,
  bytes: 5 * declared,
  ...fields,
});

test("the same report twice is no change", () => {
  const found = diff(one({}), one({}));
  expect(found.changes).toEqual([]);
  expect(found.untold).toEqual([]);
  expect(found.summary).toEqual({ changes: 0, untold: 0, piecesChanged: 0, piecesSame: 1, exitCode: 0 });
});

test("times and durations are no change", () => {
  expect(diff(one({}), { ...one({}), timeVerified: "2027-01-01T00:00:00Z", durationSeconds: 9 }).summary.exitCode).toBe(
    0,
  );
});

test("changed bytes are told in the voice that changed, with the outcome and the finding", () => {
  const found = diff(whole, broken);
  expect(kinds(found)).toEqual(["claims", "outcome", "file-changed", "file-count", "finding-new", "finding-new"]);
  const change = only(found, "file-changed");
  expect(change).toMatchObject({ piece: "weights", path: "model.safetensors" });
  expect(change.differences.map(({ voice, of }) => `${voice} ${of}`)).toEqual(["measured sha256"]);
  expect(found.summary.exitCode).toBe(1);
});

test("a size and a digest that only the manifest says otherwise now are the declared voice's", () => {
  const now = file("a", {
    size: { declared: 6, measured: 5, agreement: "mismatch" },
    digest: { sha256: { declared: SHA_C, measured: SHA_A, agreement: "mismatch" } },
  });
  const found = diff(one({ files: [file("a")] }), one({ files: [now] }));
  expect(only(found, "file-changed").differences).toEqual([
    { voice: "declared", of: "sha256", before: SHA_A, after: SHA_C },
    { voice: "declared", of: "size", before: 5, after: 6 },
  ]);
});

describe("not knowing is no change, and no sameness either", () => {
  const unread = file("a", {
    size: { declared: 5, agreement: "unmeasured" },
    digest: { sha256: { declared: SHA_A, agreement: "unmeasured" } },
  });
  test("bytes that were not read again", () => {
    const found = diff(one({ files: [file("a")] }), one({ files: [unread] }));
    expect(found.changes).toEqual([]);
    expect(untold(found)).toEqual(["bytes-not-compared both"]);
    expect(found.summary).toMatchObject({ exitCode: 3, piecesSame: 0 });
  });

  test("the host's word that agrees with what was measured before is a comparison", () => {
    const said = {
      ...unread,
      digest: { sha256: { declared: SHA_A, published: SHA_A, agreement: "unmeasured" as const } },
    };
    expect(diff(one({ files: [file("a")] }), one({ files: [said] })).summary.exitCode).toBe(0);
  });

  test("md5 alone", () => {
    const weak = file("a", { digest: { md5: { declared: "00", measured: "00", agreement: "match" } } });
    expect(untold(diff(one({ files: [weak] }), one({ files: [weak] })))).toEqual(["bytes-not-compared both"]);
  });

  test("a host that did not answer", () => {
    const found = diff(whole, inconclusive);
    expect(
      found.changes.find(({ piece: id, kind }) => id === "training-data" && kind === "outcome")?.differences,
    ).toEqual([{ voice: "verdict", of: "outcome", before: "verified", after: "inconclusive" }]);
    expect(kinds(found)).not.toContain("file-removed");
    expect(untold(found)).toContain("piece-inconclusive after");
  });

  test("a finding that was not looked for again is not gone", () => {
    const warned = report(
      [piece("weights", "verified")],
      [
        finding("license-mismatch", {
          piece: "weights",
          pointer: "",
          args: { declared: "MIT", found: "GPL-3.0-only", path: "L" },
        }),
      ],
    );
    const probed = diff(warned, report([piece("weights", "verified")], [], { depth: "probe" }));
    expect(kinds(probed)).toEqual([]);
    expect(untold(probed)).toEqual(["findings-not-sought after"]);
    expect(kinds(diff(warned, report([piece("weights", "verified")], [])))).toEqual(["finding-gone"]);
  });

  test("a piece that was not asked for has not vanished", () => {
    const part = { ...report([piece("a", "verified")], []), piecesDeclared: 2 };
    const both = report([piece("a", "verified"), piece("b", "verified")], []);
    const found = diff(both, part);
    expect(kinds(found)).toEqual([]);
    expect(found.untold).toEqual([{ code: "piece-not-asked", piece: "b", side: "after" }]);
    expect(kinds(diff(both, report([piece("a", "verified")], [])))).toEqual(["piece-vanished"]);
    expect(kinds(diff(report([piece("a", "verified")], []), both))).toEqual(["piece-appeared"]);
  });

  test("a run that was stopped", () => {
    expect(untold(diff(one({}), { ...one({}), partial: true }))).toEqual(["run-partial after"]);
  });

  test("details that pass are the same finding", () => {
    const busy = (detail: string): Report =>
      report(
        [piece("weights", "resolved")],
        [
          finding("location-unreachable", {
            pointer: "",
            args: { uri: "https://a.example/", reason: "timeout", detail },
          }),
        ],
      );
    expect(diff(busy("after 1 s"), busy("after 2 s")).summary.exitCode).toBe(0);
  });
});

describe("lists that are cut", () => {
  const cut = (files: readonly FileReport[], outcome: PieceReport["outcome"], digest = SHA_A): Report => ({
    ...report([piece("weights", outcome, { files, filesOmitted: 7, counts: counts(files.length + 7) })], []),
    manifest: { uri: "m", digest: { sha256: digest } },
  });
  test("what is only counted is not called the same", () => {
    const found = diff(cut([file("a")], "resolved"), cut([file("a")], "resolved"));
    expect(found.untold).toEqual([{ code: "files-cut", piece: "weights", side: "both", count: 7 }]);
    expect(found.summary.exitCode).toBe(3);
  });
  test("unless every file of the same manifest was verified both times", () => {
    expect(diff(cut([file("a")], "verified"), cut([file("a")], "verified")).summary.exitCode).toBe(0);
    const other = diff(cut([file("a")], "verified"), cut([file("a")], "verified", SHA_C));
    expect(kinds(other)).toEqual(["manifest-text"]);
    expect(untold(other)).toEqual(["files-cut both"]);
  });
  test("a file that the other list does not reach is neither added nor removed", () => {
    const found = diff(cut([file("a"), file("b")], "resolved"), cut([file("a"), file("c")], "resolved"));
    expect(kinds(found)).toEqual([]);
  });
  test("findings that are only counted are compared by their number", () => {
    const more = { ...manyMissing, findingsOmitted: { "file-missing": 201 } };
    const found = diff(manyMissing, more);
    expect(found.changes).toEqual([
      { kind: "finding-count", differences: [{ voice: "verdict", of: "file-missing", before: 300, after: 301 }] },
    ]);
    expect(untold(found)).toContain("findings-cut both");
  });
});

describe("files", () => {
  const listed = (files: readonly FileReport[], fields: Partial<PieceReport["counts"]> = {}): Report =>
    one({ files, counts: counts(files.filter(({ presence }) => presence !== "undeclared").length, fields) });
  test.each<[string, FileReport[], FileReport[], string, string]>([
    ["declared now", [file("a")], [file("a"), file("b")], "file-added", "declared"],
    ["no longer declared", [file("a"), file("b")], [file("a")], "file-removed", "declared"],
    [
      "declared and gone",
      [file("a"), file("b")],
      [file("a"), file("b", { presence: "missing" })],
      "file-removed",
      "found",
    ],
    ["declared and back", [file("a", { presence: "missing" })], [file("a")], "file-added", "found"],
    [
      "there and never declared",
      [file("a")],
      [file("a"), file("x", { presence: "undeclared" })],
      "file-added",
      "found",
    ],
  ])("%s", (_name, before, after, kind, voice) => {
    const found = diff(listed(before), listed(after));
    expect(only(found, kind).differences[0]?.voice).toBe(voice);
    expect(found.summary.exitCode).toBe(1);
  });
  test("that nobody declared are counted and not listed: what is in them is not told", () => {
    const extra = (undeclared: number): Report =>
      one({ files: [file("a")], filesOmitted: undeclared, counts: counts(1, { undeclared }) }, "resolved");
    expect(extra(1).pieces[0]?.filesOmitted).toBe(1);
    const come = diff(extra(0), extra(1));
    expect([...kinds(come), ...untold(come)]).toEqual(["file-count"]);
    expect(diff(extra(1), extra(2)).untold).toEqual([
      { code: "bytes-not-compared", piece: "weights", side: "both", count: 1 },
    ]);
  });
  test("of an unknown state nothing is said", () => {
    const found = diff(
      listed([file("a")]),
      listed([file("a", { presence: "unknown", size: { agreement: "unmeasured" }, digest: {} })]),
    );
    expect(kinds(found)).toEqual(["file-changed"]);
    expect(untold(found)).toEqual(["presence-not-told after"]);
  });
  test("the same path in two archives is two files", () => {
    const inside = (archive: string): FileReport => file("a", { containedIn: archive });
    expect(
      diff(listed([inside("x.tar"), inside("y.tar")]), listed([inside("x.tar"), inside("z.tar")])).changes.map(
        ({ kind, containedIn }) => [kind, containedIn],
      ),
    ).toEqual([
      ["file-removed", "y.tar"],
      ["file-added", "z.tar"],
    ]);
  });
  test("a tree that was measured twice is the same without a list", () => {
    const tree = {
      digest: { gitTree: { declared: "4b", measured: "4b", agreement: "match" as const } },
      files: [],
      counts: counts(3),
    };
    expect(diff(one(tree), one(tree)).summary.exitCode).toBe(0);
    const other = { ...tree, digest: { gitTree: { declared: "4b", measured: "5c", agreement: "mismatch" as const } } };
    const found = diff(one(tree), one(other));
    expect(only(found, "piece-bytes").differences).toEqual([
      { voice: "measured", of: "gitTree", before: "4b", after: "5c" },
    ]);
  });
});

describe("licences", () => {
  const licensed = (fields: Partial<LicenseReport>): Report =>
    one({
      license: {
        declared: "MIT",
        concluded: "MIT",
        agreement: "match",
        searched: "complete",
        sightings: [],
        ...fields,
      },
    });
  test.each<[string, Partial<LicenseReport>, string[]]>([
    ["declared otherwise", { declared: "Apache-2.0" }, ["declared"]],
    ["found otherwise", { concluded: "GPL-3.0-only" }, ["concluded"]],
    ["not found any more, and all was read", { concluded: "NOASSERTION" }, ["concluded"]],
    ["published now, by a host that answered before too", { published: "mit" }, ["published"]],
    ["nowhere said any more", { declared: undefined }, ["declared"]],
  ])("%s", (_name, now, voices) => {
    const found = diff(licensed({}), licensed(now));
    expect(only(found, "license").differences.map(({ voice }) => voice)).toEqual(voices);
  });
  test("not found, and not all was read: that is not told", () => {
    const found = diff(licensed({}), licensed({ concluded: "NOASSERTION", searched: "incomplete" }));
    expect(kinds(found)).toEqual([]);
    expect(untold(found)).toEqual(["license-not-searched after"]);
  });
  test("an order of words is no change", () => {
    expect(
      diff(licensed({ declared: "MIT OR Apache-2.0" }), licensed({ declared: "Apache-2.0 OR MIT" })).changes,
    ).toEqual([]);
  });
  test("a text that somebody changed is a change where the conclusion is none", () => {
    const text = (verdict: "near" | "modified") =>
      licensed({
        concluded: "NOASSERTION",
        sightings: [{ source: "text", path: "LICENSE", verdict, resembles: "MIT" }],
      });
    const found = diff(text("near"), text("modified"));
    expect(only(found, "license-place")).toMatchObject({ path: "LICENSE" });
  });
});

describe("places", () => {
  const at = (...locations: readonly ReturnType<typeof location>[]): Report => one({ locations });
  test("another address, another pin, another path", () => {
    expect(kinds(diff(at(location("https://a.example/")), at(location("https://b.example/"))))).toEqual(["location"]);
    const pinned = (declaredRevision: string, path: string) => at(location("hf:a/b", { declaredRevision, path }));
    expect(only(diff(pinned("1", "x"), pinned("2", "y")), "location").differences).toEqual([
      { voice: "declared", of: "revision", before: "1", after: "2" },
      { voice: "declared", of: "path", before: "x", after: "y" },
    ]);
  });
  test("the same address stands for something else", () => {
    const found = diff(at(location("hf:a/b", { revision: "1" })), at(location("hf:a/b", { revision: "2" })));
    expect(only(found, "revision").differences).toEqual([
      { voice: "published", of: "hf:a/b", before: "1", after: "2" },
    ]);
  });
  test("of a location that was not tried the revision is not called gone", () => {
    const locations = [location("./a"), location("hf:a/b", { declaredRevision: "1" })];
    const later = [location("./a"), { uri: "hf:a/b", status: "not-tried" as const }];
    expect(diff(one({ locations }), one({ locations: later })).summary.exitCode).toBe(0);
  });
  test("the copy was used", () => {
    const locations = [location("https://a.example/"), location("https://b.example/")];
    expect(kinds(diff(one({ locations }), one({ locations, location: 1 })))).toEqual(["location-used"]);
  });
  test.each([
    [undefined, "manual" as const, "open", "gated (manual)"],
    ["auto" as const, undefined, "gated (auto)", "open"],
  ])("from %s to %s", (before, after, was, is) => {
    const gate = (gated: string | undefined) => at(location("hf:a/b", gated === undefined ? {} : { gated }));
    expect(only(diff(gate(before), gate(after)), "gate").differences).toEqual([
      { voice: "published", of: "gate", before: was, after: is },
    ]);
  });
});

describe("a manifest", () => {
  const manifest: Manifest = {
    schemaVersion: "1",
    name: "iris-softmax",
    version: "1.0.0",
    claims: [],
    lineage: [],
    pieces: [
      {
        id: "weights",
        kind: "weights",
        licenseDeclared: "Apache-2.0",
        availability: "open",
        locations: [{ uri: "./weights" }],
        files: [{ path: "model.safetensors", size: 840, digest: { sha256: SHA_A } }],
      },
    ],
  };
  const named = (one: Manifest, sha256: string): DiffSide =>
    sideOfManifest(one, { uri: "wholesource.yaml", digest: { sha256 } });
  const [weights] = manifest.pieces;
  if (weights === undefined) throw new Error("the manifest has a piece");

  test("says the same as a report of it", () => {
    const found = diffSides(named(manifest, "00"), side(one({})));
    expect(found.basis).toBe("declared");
    expect(kinds(found)).toEqual(["manifest-text"]);
    expect(found.untold).toEqual([]);
  });
  test("is the same as the report's own, whatever that lists", () => {
    const seen = { ...one({ files: [], filesOmitted: 0 }), manifest: { uri: "m", digest: { sha256: "00" } } };
    expect(diffSides(named(manifest, "00"), side(seen)).summary.exitCode).toBe(0);
  });
  test("declares other bytes, another licence, and closes", () => {
    const changed: Manifest = {
      ...manifest,
      pieces: [
        {
          ...weights,
          availability: "gated",
          licenseDeclared: "MIT",
          files: [{ path: "model.safetensors", size: 841, digest: { sha256: SHA_C } }, { path: "b" }],
        },
      ],
    };
    expect(kinds(diffSides(named(manifest, "00"), named(changed, "01")))).toEqual([
      "manifest-text",
      "availability",
      "license",
      "file-changed",
      "file-added",
      "file-count",
    ]);
  });
  test("whose listing has no digest says nothing of its files", () => {
    const listing = (digest: string | undefined): Manifest => {
      const { files: _files, ...rest } = weights;
      const listed = {
        uri: "SHA256SUMS",
        format: "sha256sums" as const,
        ...(digest === undefined ? {} : { digest: { sha256: digest } }),
      };
      return { ...manifest, pieces: [{ ...rest, listing: listed }] };
    };
    expect(untold(diffSides(named(listing(undefined), "00"), named(listing(undefined), "01")))).toEqual([
      "listing-not-read both",
    ]);
    expect(diffSides(named(listing(SHA_A), "00"), named(listing(SHA_A), "01")).untold).toEqual([]);
    expect(kinds(diffSides(named(listing(SHA_A), "00"), named(listing(SHA_C), "01")))).toEqual([
      "manifest-text",
      "listing",
    ]);
  });
});

test("hostile words act nowhere", () => {
  const found = diff(whole, hostile);
  const options = { colour: false, full: true, manifestName: "m" };
  for (const format of ["text", "markdown", "json"] as const) {
    const page = renderDiff(found, format, options);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u200b]/);
  }
  expect(renderDiff(found, "markdown", options)).not.toMatch(/^[^`]*<img/m);
});
