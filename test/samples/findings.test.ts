/** Each sample of samples/findings makes the finding that it is named after, and the whole report beside it. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readServe, samplePort, serveSample } from "../../scripts/serve-sample.mjs";
import { exitCode } from "../../src/judge/exit-code.ts";
import { WholesourceError } from "../../src/model/error.ts";
import { type FindingCode, findingCodes } from "../../src/model/findings.ts";
import type { Report } from "../../src/model/report.ts";
import { json } from "../../src/report/reporters/json.ts";
import { lint } from "../../src/run/lint.ts";
import { type ManifestSource, manifestNames, openManifest } from "../../src/run/source.ts";
import { verify } from "../../src/run/verify.ts";
import { need } from "../services/need.ts";

const repository = resolve(import.meta.dirname, "../..");
const samples = "samples/findings";
const update = process.env.UPDATE !== undefined;

/** Codes that no release can bring about yet, and what is missing for it. */
const notYet: { readonly [Code in FindingCode]?: string } = {};
const codes = findingCodes.filter((code) => notYet[code] === undefined);

test("every code has a sample, and every sample a code", () => {
  expect(readdirSync(join(repository, samples)).filter((name) => !name.includes("."))).toEqual(codes);
});

/** Releases whose pieces lie in a repository beside the manifest. */
const inGit = codes.filter((code) => existsSync(join(repository, samples, code, "tiny.git")));
need("git")("of a git repository", () => {
  test.each(inGit)("%s", told);
});
test.each(codes.filter((code) => !inGit.includes(code)))("%s", told);

async function told(code: FindingCode): Promise<void> {
  const file = join(repository, samples, code, "expected.json");
  const sample = await prepare(code);
  if (update) writeFileSync(file, await shortest(code, sample));
  const expected = readFileSync(file, "utf8");
  expect(await tell(sample, expected.includes('"command": "lint"') ? "lint" : "verify")).toBe(expected);
  const { findings, pieces, summary, ...linted }: Partial<Report> & { exitCode?: number } = JSON.parse(expected);
  expect(findings?.map((found) => found.code)).toContain(code);
  // What a person wrote about the release holds whatever `UPDATE` wrote.
  const { outcome, exit } = promised(sample.said);
  expect(summary?.exitCode ?? linted.exitCode).toBe(exit);
  if (outcome !== undefined) expect(pieces?.map((piece) => piece.outcome)).toEqual([outcome]);
}

/** The outcome, where one is told, and the exit code: behind the colon of the manifest's first sentence. */
function promised(manifest: string): { readonly outcome: string | undefined; readonly exit: number } {
  const [, verdict = "", exit] = /: ([^:\n]*)exit code (\d)\./.exec(manifest) ?? [];
  const outcome = /\b(?:verified|resolved|withheld|gated|inconclusive|broken)\b/.exec(verdict)?.[0];
  return { outcome, exit: Number(exit) };
}

interface Sample {
  /** The manifest as it is written. */
  readonly said: string;
  readonly source: ManifestSource;
  readonly environment: { readonly [name: string]: string };
  readonly archived: boolean;
  /** Undoes what differs from run to run: the port, and the digest of a manifest that names it. */
  readonly settled: (text: string) => string;
}

/** Copies a sample away from this repository, and serves it on a free port where it has something to serve. */
async function prepare(code: FindingCode): Promise<Sample> {
  const cwd = await mkdtemp(join(tmpdir(), "wholesource-sample-"));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const folder = join(cwd, samples, code);
  await cp(join(repository, samples, code), folder, { recursive: true });
  const name = manifestNames.find((one) => existsSync(join(folder, one))) ?? "";
  const original = await readFile(join(folder, name), "utf8");
  const port = existsSync(join(folder, "serve.json")) ? await serveAnywhere(folder) : samplePort;
  const list = port === samplePort ? undefined : await moveList(folder, port);
  const served = (list?.declared(original) ?? original).replaceAll(`127.0.0.1:${samplePort}`, `127.0.0.1:${port}`);
  await writeFile(join(folder, name), served);
  const source = await openManifest(join(samples, code), {
    cwd,
    stdin: (async function* () {})(),
    http: () => Promise.reject(new Error("no manifest over http here")),
  });
  const { environment, archived = false } = port === samplePort ? {} : readServe(folder, port);
  return {
    said: original,
    source,
    environment: { HOME: cwd, ...environment },
    archived,
    settled: (text) =>
      (list?.settled(text) ?? text)
        .replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${samplePort}`)
        .replaceAll(sha256(served), sha256(original)),
  };
}

/** Where the dataset is a list of addresses, its rows name the port too: they are moved, and the list's digest with them. */
async function moveList(
  folder: string,
  port: number,
): Promise<{ readonly declared: Settle; readonly settled: Settle } | undefined> {
  const file = join(folder, "list/rows.jsonl");
  if (!existsSync(file)) return undefined;
  const before = await readFile(file, "utf8");
  const after = before.replaceAll(`127.0.0.1:${samplePort}`, `127.0.0.1:${port}`);
  await writeFile(file, after);
  return {
    declared: (text) => text.replaceAll(sha256(before), sha256(after)),
    settled: (text) => text.replaceAll(sha256(after), sha256(before)),
  };
}

type Settle = (text: string) => string;

/** Four digits like the written port, so that no length in the report depends on it. */
async function serveAnywhere(folder: string): Promise<number> {
  for (let tries = 0; ; tries++) {
    const port = 2_000 + Math.floor(Math.random() * 7_000);
    try {
      const server = await serveSample(folder, port);
      onTestFinished(async () => void (await server.close()));
      return port;
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
}

async function tell({ source, environment, archived, settled }: Sample, command: "verify" | "lint"): Promise<string> {
  if (command === "lint") return linted(source);
  const report = await verify(source, { allowPrivate: true, retries: 0, environment, archived });
  return settled(timeless(report));
}

/**
 * The json report, without what is different for each run and each version of this tool; with what the release may be
 * called only where it claims something: that has tests of its own.
 */
function timeless({ timeVerified: _time, durationSeconds: _duration, verifier, openness, ...rest }: Report): string {
  const told = rest.claims.length > 0 ? { openness } : {};
  const left = { ...rest, ...told, verifier: { id: verifier.id } } as Report;
  const text = json.render(left, { colour: false, full: true, manifestName: left.manifest.uri });
  if (typeof text !== "string") throw new TypeError("json is rendered as one text");
  return text;
}

async function linted(source: ManifestSource): Promise<string> {
  const said = await lint(source).then(
    (findings) => ({ findings, exitCode: exitCode([], findings, { failOn: "error" }) }),
    (error: unknown) => {
      if (!(error instanceof WholesourceError && error.code === "manifest-invalid")) throw error;
      return { findings: error.findings, exitCode: 2 };
    },
  );
  return `${JSON.stringify({ command: "lint", ...said }, null, 2)}\n`;
}

/** What a verification says; what lint says where a verification does not come to it. */
async function shortest(code: FindingCode, sample: Sample): Promise<string> {
  const verified = await tell(sample, "verify").catch(() => "");
  return verified.includes(`"code": "${code}"`) ? verified : tell(sample, "lint");
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
