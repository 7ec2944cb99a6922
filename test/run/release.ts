/** Small real releases in temporary folders, and a verification of them as a program would ask for it. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import type { Report } from "../../src/model/report.ts";
import type { VerifyOptions } from "../../src/run/options.ts";
import { openManifest } from "../../src/run/source.ts";
import { verify } from "../../src/run/verify.ts";

const repository = resolve(import.meta.dirname, "../..");

/** The text of our own licence: Apache-2.0, word for word. */
export const apache = await readFile(join(repository, "LICENSE"), "utf8");

export const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A temporary folder that goes with the test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "wholesource-test-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

export interface PieceText {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** Writes a manifest of these pieces, as JSON, which every YAML reader reads. */
export async function writeManifest(at: string, pieces: readonly PieceText[], more: object = {}): Promise<string> {
  const path = join(at, "wholesource.yaml");
  const defaults = { kind: "weights", licenseDeclared: "Apache-2.0" };
  const manifest = {
    schemaVersion: "1",
    name: "tiny",
    version: "1.0.0",
    pieces: pieces.map((piece) => ({ ...defaults, ...piece })),
    ...more,
  };
  await writeFile(path, JSON.stringify(manifest, null, 2));
  return path;
}

/** A file with its size and digest, as a manifest declares it. */
export function entry(path: string, bytes: string | Uint8Array, more: object = {}): object {
  return { path, size: Buffer.byteLength(bytes), digest: { sha256: sha256(bytes) }, ...more };
}

/** Weights of two small tensors, as a real safetensors file. */
export function safetensors(seed = 1): Uint8Array {
  const header = JSON.stringify({
    w: { dtype: "F32", shape: [4, 2], data_offsets: [0, 32] },
    b: { dtype: "F32", shape: [2], data_offsets: [32, 40] },
  }).padEnd(128);
  const bytes = Buffer.alloc(8 + header.length + 40);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8);
  for (let index = 0; index < 10; index++) bytes.writeFloatLE(seed / (index + 1), 8 + header.length + 4 * index);
  return bytes;
}

export async function write(at: string, path: string, bytes: string | Uint8Array): Promise<void> {
  const file = join(at, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, bytes);
}

/** Short waits, so that a hanging server does not make a hanging test. */
export const hurried: VerifyOptions = {
  allowPrivate: true,
  retries: 1,
  timeouts: { connect: 500, headers: 500, idle: 500, backoffBase: 10, backoffCap: 50, retryAfterCap: 2_000 },
};

export async function check(manifest: string, options: VerifyOptions = {}): Promise<Report> {
  const source = await openManifest(manifest, {
    cwd: "/",
    stdin: (async function* () {})(),
    http: () => Promise.reject(new Error("no manifest over http here")),
  });
  return verify(source, { ...hurried, ...options });
}

/** What a test asserts of a report: outcomes, codes in order, the exit code. */
export function gist({ pieces, findings, summary }: Report): { outcomes: string[]; codes: string[]; exit: number } {
  return {
    outcomes: pieces.map(({ outcome }) => outcome),
    codes: [...new Set(findings.map(({ code, severity }) => `${severity} ${code}`))].sort(),
    exit: summary.exitCode,
  };
}
