/** A release whose pieces live in six places: whole at first, and then each place is broken once in every way. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import type { Report } from "../../src/model/report.ts";
import { check, gist, sha256 } from "../run/release.ts";
import { needCloud } from "../services/cloud.ts";
import { need } from "../services/need.ts";
import {
  folders,
  type How,
  type PieceId,
  type Place,
  places,
  sixPlaces,
  startSixPlaces,
} from "../services/six-places.ts";
import { needVerdaccio } from "../services/verdaccio.ts";

/** Six servers answer at once, on whatever this machine has left to give. */
const patient = { connect: 2_000, headers: 2_000, idle: 2_000, backoffBase: 10, backoffCap: 50, retryAfterCap: 2_000 };

interface Sample {
  readonly pieces: readonly {
    readonly id: PieceId;
    readonly locations: readonly string[];
    readonly files: readonly { readonly path: string; readonly digest: { readonly sha256: string } }[];
  }[];
}

const text = readFileSync(join(sixPlaces, "wholesource.yaml"), "utf8");
const { pieces }: Sample = parse(text);
/** The whole sample is small enough to be read. Bytes. */
const SAMPLE_MAX_BYTES = 200_000;

test("the manifest names each file that is there, and no file is large", () => {
  let size = text.length;
  for (const { id, files } of pieces) {
    const names = readdirSync(join(sixPlaces, "files", folders[id]));
    expect(files.map(({ path }) => path).sort(), id).toEqual(names.sort());
    for (const { path, digest } of files) {
      const bytes = readFileSync(join(sixPlaces, "files", folders[id], path));
      expect(sha256(bytes), path).toBe(digest.sha256);
      size += bytes.length;
    }
  }
  expect(size).toBeLessThan(SAMPLE_MAX_BYTES);
});

test("the training code makes the sentences, the tokenizer and the weights again, byte for byte", () => {
  const remade = mkdtempSync(join(tmpdir(), "wholesource-sample-"));
  onTestFinished(() => rmSync(remade, { recursive: true }));
  const files = join(sixPlaces, "files");
  for (const folder of ["library", "code"]) cpSync(join(files, folder), join(remade, folder), { recursive: true });
  const code = join(remade, "code");
  execFileSync(process.execPath, [join(code, "make.mjs"), remade]);
  execFileSync(process.execPath, [join(code, "train.mjs"), remade, join(remade, "weights")]);
  const made = [
    "data/sentences.txt",
    "evaluation/held-out.txt",
    "tokenizer/tokenizer.json",
    "weights/model.safetensors",
  ];
  for (const path of [...made, "weights/config.json"]) {
    expect(readFileSync(join(remade, path)).equals(readFileSync(join(files, path))), path).toBe(true);
  }
});

const needPlaces = (name: string, tests: () => void): void =>
  needCloud()(name, () =>
    needVerdaccio()(name, () => need("git", "nginx", "fcgiwrap", "docker-registry", "htpasswd")(name, tests)),
  );

/** A revision that the place does not have, in place of the one that is pinned. */
const elsewhere: { readonly [Piece in PieceId]: (location: string) => string } = {
  weights: (location) => location.replace(/@.*/, "@v2"),
  "training-code": (location) => location.replace(/@.*/, "@v2"),
  dataset: (location) => location.replace(/\d+$/, "99000003"),
  tokenizer: (location) => location.replace(/@.*/, ":v2"),
  "evaluation-data": (location) => location.replace("1.0.0", "2.0.0"),
  libraries: (location) => location.replace(/@[^@]*$/, "@2.0.0"),
};

type Fault = Exclude<How, "whole"> | "off" | "elsewhere";

/** What becomes of the piece: the outcome, and a finding that says why. */
const expected: {
  readonly [Piece in PieceId]: { readonly [Kind in Fault]: readonly [outcome: string, code: string] };
} = {
  weights: {
    flipped: ["broken", "error digest-mismatch"],
    off: ["inconclusive", "warning location-unreachable"],
    closed: ["gated", "warning availability-mismatch"],
    elsewhere: ["broken", "error location-absent"],
  },
  "training-code": {
    flipped: ["inconclusive", "warning location-malformed"],
    off: ["inconclusive", "warning location-unreachable"],
    closed: ["inconclusive", "warning location-denied"],
    elsewhere: ["broken", "error location-absent"],
  },
  dataset: {
    flipped: ["broken", "error digest-mismatch"],
    off: ["inconclusive", "warning location-unreachable"],
    closed: ["gated", "warning availability-mismatch"],
    elsewhere: ["broken", "error location-absent"],
  },
  tokenizer: {
    flipped: ["broken", "error digest-mismatch"],
    off: ["inconclusive", "warning location-unreachable"],
    closed: ["inconclusive", "warning location-denied"],
    elsewhere: ["broken", "error location-absent"],
  },
  "evaluation-data": {
    flipped: ["broken", "error digest-mismatch"],
    off: ["inconclusive", "warning location-unreachable"],
    closed: ["inconclusive", "warning file-denied"],
    elsewhere: ["broken", "error location-absent"],
  },
  libraries: {
    flipped: ["broken", "error digest-mismatch"],
    off: ["inconclusive", "warning location-unreachable"],
    closed: ["inconclusive", "warning location-denied"],
    elsewhere: ["broken", "error location-absent"],
  },
};

needPlaces("six places", () => {
  let whole: { readonly [Piece in PieceId]: Place };
  let home: string;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "wholesource-sample-"));
    whole = await startSixPlaces();
  });
  afterAll(async () => {
    await Promise.all(Object.values(whole).map((place) => place.close()));
    rmSync(home, { recursive: true });
  });

  /** Verifies a manifest like the sample's, with these places instead of the whole ones. */
  async function verified(manifest: string, instead: { readonly [Piece in PieceId]?: Place } = {}): Promise<Report> {
    const path = join(home, "wholesource.yaml");
    writeFileSync(path, manifest);
    const endpoints = Object.fromEntries(Object.values({ ...whole, ...instead }).map(({ endpoint }) => endpoint));
    return check(path, {
      endpoints,
      environment: { PATH: process.env.PATH, HOME: home },
      retries: 0,
      timeouts: patient,
    });
  }
  const outcomes = (report: Report) => Object.fromEntries(report.pieces.map(({ id, outcome }) => [id, outcome]));
  const allVerified = Object.fromEntries(pieces.map(({ id }) => [id, "verified"]));

  test("the pins in the manifest are those that the places give", () => {
    expect(Object.fromEntries(pieces.map(({ id, locations }) => [id, locations]))).toEqual(
      Object.fromEntries(Object.entries(whole).map(([id, { location }]) => [id, [location]])),
    );
  });

  test("every piece is verified, with its licence", async () => {
    const report = await verified(text);
    expect(outcomes(report)).toEqual(allVerified);
    expect(gist(report)).toMatchObject({ codes: ["note location-unpinned"], exit: 0 });
    for (const { id, license, locations } of report.pieces) {
      expect({ id, agreement: license.agreement }).toEqual({ id, agreement: "match" });
      expect(locations[0]).toMatchObject({ pinned: id !== "evaluation-data" });
    }
  });

  describe.each(pieces)("$id", ({ id, locations: [location = ""] }) => {
    const faults: readonly Fault[] = ["flipped", "off", "closed", "elsewhere"];
    test.each(faults)("%s", async (fault) => {
      const manifest = fault === "elsewhere" ? text.replace(location, elsewhere[id](location)) : text;
      const report = await verified(manifest, fault === "elsewhere" ? {} : { [id]: await broken(id, fault) });
      const [outcome, code] = expected[id][fault];
      expect(outcomes(report)).toEqual({ ...allVerified, [id]: outcome });
      const own = report.findings.filter(({ piece }) => piece === id);
      expect(own.map((found) => `${found.severity} ${found.code}`)).toContain(code);
      const others = report.findings.filter(({ piece }) => piece !== id && piece !== "evaluation-data");
      expect(others).toEqual([]);
      const exitCodes: { readonly [outcome: string]: number } = { broken: 1, inconclusive: 3, gated: 0 };
      expect(report.summary.exitCode).toBe(exitCodes[outcome]);
    });
  });

  async function broken(id: PieceId, fault: Exclude<Fault, "elsewhere">): Promise<Place> {
    if (fault === "off") {
      const { endpoint } = whole[id];
      return { location: "", endpoint: [endpoint[0], "http://127.0.0.1:9/"], close: async () => {} };
    }
    const place = await places[id](fault);
    onTestFinished(() => place.close());
    return place;
  }
});
