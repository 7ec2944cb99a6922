import { describe, expect, test } from "vitest";
import { foldFiles } from "../../src/judge/fold.ts";
import { judgePiece } from "../../src/judge/piece.ts";
import type { Try } from "../../src/judge/try.ts";
import type { Evidence, Found, LicenseSighting, Refusal, Transfer } from "../../src/model/evidence.ts";
import type { FileEntry, Piece } from "../../src/model/manifest.ts";

const good = "a".repeat(64);
const bad = "b".repeat(64);

const exactText: LicenseSighting = { source: "text", path: "LICENSE", verdict: "exact", expression: "MIT" };
const found: Found = { status: "found", pinned: true };

function piece(fields: Partial<Piece> = {}): Piece {
  return {
    id: "weights",
    kind: "weights",
    availability: "open",
    licenseDeclared: "MIT",
    locations: [{ uri: "./weights" }, { uri: "https://mirror.example/weights" }],
    files: [{ path: "model.bin", size: 3, digest: { sha256: good } }],
    ...fields,
  };
}

function refusal(kind: Refusal["kind"], reason: Refusal["reason"]): Refusal {
  return { status: "refused", kind, reason, message: "said so" };
}

interface TryFields {
  readonly index?: number;
  readonly transfer?: Partial<Transfer> | undefined;
  readonly evidence?: Partial<Evidence>;
  readonly resolution?: Found | Refusal;
  readonly entry?: FileEntry | undefined;
  readonly licenses?: readonly LicenseSighting[];
  readonly search?: Try["licenseSearch"];
}

function attempt(of: Piece, fields: TryFields = {}): Try {
  const index = fields.index ?? 0;
  const resolution = fields.resolution ?? found;
  const location = of.locations[index] ?? { uri: "?" };
  if (resolution.status === "refused")
    return { index, location, resolver: "file", resolution, licenseSearch: { state: "not-done" } };
  const fold = foldFiles({ piece: of.id, location: index, pointer: "/pieces/0" }, "full", { reportUndeclared: true });
  const entry = "entry" in fields ? fields.entry : of.files?.[0];
  const transfer: Transfer = {
    status: "read",
    size: 3,
    digest: { sha256: good },
    lengthProven: true,
    ...fields.transfer,
  };
  const evidence: Evidence = {
    piece: of.id,
    location: index,
    path: "model.bin",
    ...("transfer" in fields && fields.transfer === undefined ? {} : { transfer }),
    licenses: fields.licenses ?? [exactText],
    ...fields.evidence,
  };
  fold.add(0, entry === undefined ? undefined : { entry, pointer: "/pieces/0/files/0" }, evidence);
  return {
    index,
    location,
    resolver: "file",
    resolution,
    files: fold.finish(),
    objects: 1,
    licenseSearch: fields.search ?? { state: "complete" },
  };
}

function judge(of: Piece, tries: readonly Try[]): { outcome: string; codes: string[] } {
  const { report, findings } = judgePiece(of, "/pieces/0", tries, { supported: "file", depth: "full" });
  return { outcome: report.outcome, codes: findings.map(({ code, severity }) => `${severity} ${code}`) };
}

describe("one location", () => {
  test("bytes read and everything declared holds", () => {
    expect(judge(piece(), [attempt(piece())])).toEqual({ outcome: "verified", codes: [] });
  });

  test.each<[string, Partial<Piece>, TryFields, string, string[]]>([
    ["a flipped byte", {}, { transfer: { digest: { sha256: bad } } }, "broken", ["error digest-mismatch"]],
    ["a wrong size", {}, { transfer: { size: 4 } }, "broken", ["error size-mismatch"]],
    ["no declared digest", { files: [{ path: "model.bin", size: 3 }] }, {}, "resolved", ["warning digest-undeclared"]],
    [
      "only md5",
      { files: [{ path: "model.bin", digest: { md5: "c".repeat(32) } }] },
      { transfer: { digest: { md5: "c".repeat(32) } } },
      "resolved",
      ["warning digest-weak"],
    ],
    [
      "one of two digests false",
      { files: [{ path: "model.bin", digest: { sha256: good, sha512: "d".repeat(128) } }] },
      { transfer: { digest: { sha256: good, sha512: "e".repeat(128) } } },
      "broken",
      ["error digest-mismatch"],
    ],
    [
      "a declared digest that nobody measured",
      { files: [{ path: "model.bin", digest: { sha256: good, blake3: good } }] },
      {},
      "resolved",
      ["warning digest-unmeasured"],
    ],
    [
      "an LFS pointer, even one whose digest was declared",
      {},
      { evidence: { inspection: { hazards: [{ code: "lfs-pointer", detail: "" }] } } },
      "broken",
      ["error content-lfs-pointer"],
    ],
    [
      "the file is not there",
      {},
      { transfer: undefined, evidence: { refusal: refusal("absent", "not-found") } },
      "broken",
      ["error file-missing"],
    ],
    [
      "the host did not answer",
      {},
      { transfer: undefined, evidence: { refusal: refusal("unreachable", "stalled") } },
      "inconclusive",
      ["warning file-unreachable"],
    ],
    [
      "a 403 says neither that it is there nor that it is not",
      {},
      { transfer: undefined, evidence: { refusal: refusal("denied", "forbidden") } },
      "inconclusive",
      ["warning file-denied"],
    ],
    ["no licence anywhere", {}, { licenses: [] }, "resolved", ["warning license-absent"]],
    [
      "another licence",
      {},
      { licenses: [{ ...exactText, expression: "GPL-3.0-only" }] },
      "broken",
      ["error license-mismatch"],
    ],
    [
      "a licence that somebody changed",
      {},
      { licenses: [{ source: "text", path: "LICENSE", verdict: "near", resembles: "MIT", score: 0.99 }] },
      "broken",
      ["error license-modified"],
    ],
    [
      "a licence that we do not know",
      {},
      { licenses: [{ source: "text", path: "LICENSE", verdict: "unknown" }] },
      "inconclusive",
      ["warning license-unrecognized"],
    ],
    [
      "a location that can move, held by its digest",
      {},
      { resolution: { ...found, pinned: false } },
      "verified",
      ["note location-unpinned"],
    ],
    [
      "a location that can move, held by nothing",
      { files: [{ path: "model.bin" }] },
      { resolution: { ...found, pinned: false } },
      "resolved",
      ["warning location-unpinned", "warning digest-undeclared"],
    ],
    [
      "the commit is another one",
      { locations: [{ uri: "./weights", revision: "1".repeat(40) }] },
      { resolution: { ...found, revision: "2".repeat(40) } },
      "broken",
      ["error location-moved"],
    ],
    [
      "the host contradicts its own bytes, the manifest does not",
      {},
      { evidence: { published: { digest: { sha256: bad } } } },
      "resolved",
      ["warning digest-published-differs"],
    ],
  ])("%s", (_, fields, seen, outcome, codes) => {
    const of = piece(fields);
    const result = judge(of, [attempt(of, seen)]);
    expect(result.outcome).toBe(outcome);
    expect(result.codes).toEqual(codes);
  });
});

describe("several locations", () => {
  const of = piece();
  const fine = attempt(of, { index: 1 });
  test("a mirror that saved the day is told, and errors of the first place become warnings", () => {
    const first = attempt(of, { resolution: refusal("absent", "not-found") });
    expect(judge(of, [first, fine])).toEqual({
      outcome: "verified",
      codes: ["warning location-fallback", "warning location-absent"],
    });
  });

  test("false bytes at one place are not outvoted by a silent other", () => {
    const first = attempt(of, { transfer: { digest: { sha256: bad } } });
    const second = attempt(of, { index: 1, resolution: refusal("unreachable", "connection-refused") });
    expect(judge(of, [first, second]).outcome).toBe("broken");
  });

  test("absent at one place and silent at the other is not known", () => {
    const first = attempt(of, { resolution: refusal("absent", "not-found") });
    const second = attempt(of, { index: 1, resolution: refusal("unreachable", "rate-limited") });
    expect(judge(of, [first, second])).toEqual({
      outcome: "inconclusive",
      codes: ["warning location-absent", "warning location-unreachable"],
    });
  });
});

describe("availability", () => {
  test.each<[string, Piece["availability"], Found | Refusal | undefined, string, string[]]>([
    ["open and without a location", "open", undefined, "broken", ["error location-missing"]],
    ["withheld and without a location", "withheld", undefined, "withheld", []],
    ["withheld and absent", "withheld", refusal("absent", "not-found"), "withheld", ["note location-absent"]],
    [
      "open and gated",
      "open",
      refusal("denied", "gated"),
      "gated",
      ["note location-gated", "warning availability-mismatch"],
    ],
    ["gated and gated", "gated", refusal("denied", "gated"), "gated", ["note location-gated"]],
  ])("%s", (_, availability, resolution, outcome, codes) => {
    const of = piece({ availability, availabilityReason: "because" });
    const result = judge(of, resolution === undefined ? [] : [attempt(of, { resolution })]);
    expect(result).toEqual({ outcome, codes });
  });
});
