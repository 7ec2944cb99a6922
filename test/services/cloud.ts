/** What `install-cloud.mjs` installed: two object stores, and the providers' own clients. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cloudFolder } from "./cloud-folder.mjs";
import { needThat, type Suite } from "./need.ts";
import { freePort, startProgram } from "./program.ts";

/** `describe` for tests that need what is installed there; skipped with a word where it is not. */
export const needCloud = (): Suite =>
  needThat(
    existsSync(join(cloudFolder, "done")),
    "object stores and their clients",
    "node test/services/install-cloud.mjs",
  );

/** Runs a Python program with the providers' clients; what it prints is JSON. */
export async function python(program: string, env: { readonly [name: string]: string } = {}): Promise<unknown> {
  const file = join(cloudFolder, "python", "bin", "python");
  const { stdout } = await promisify(execFile)(file, ["-c", program], {
    env: { PATH: process.env.PATH, HOME: tmpdir(), ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout);
}

export interface CloudServer {
  /** With a `/` at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** S3rver, with the keys that it knows: `S3RVER` and `S3RVER`. */
export const startS3rver = (...buckets: readonly string[]): Promise<CloudServer> =>
  start("s3rver", (folder, port) => [
    ...["-d", folder, "-a", "127.0.0.1", "-p", String(port), "--silent"],
    ...buckets.flatMap((bucket) => ["--configure-bucket", bucket]),
  ]);

/** Azurite's blob service, with the account that it is born with. */
export const startAzurite = (): Promise<CloudServer> =>
  start("azurite-blob", (folder, port) => [
    ...["--location", folder, "--blobHost", "127.0.0.1", "--blobPort", String(port), "--silent"],
    ...["--skipApiVersionCheck", "--disableTelemetry"],
  ]);

async function start(program: string, argv: (folder: string, port: number) => readonly string[]): Promise<CloudServer> {
  const folder = mkdtempSync(join(tmpdir(), `wholesource-${program}-`));
  const port = await freePort();
  const script = join(cloudFolder, "node_modules", ".bin", program);
  const url = `http://127.0.0.1:${port}/`;
  const close = await startProgram({ program: process.execPath, argv: [script, ...argv(folder, port)], folder, url });
  return { url, close };
}
