/** What `install-cloud.mjs` installed: two object stores, and the providers' own clients. */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describe } from "vitest";
import { cloudFolder } from "./cloud-folder.mjs";
import { endWithUs } from "./ended.ts";

/** Milliseconds that a server gets to answer for the first time. */
const startTimeout = 30_000;

/** `describe` for tests that need what is installed there; skipped with a word where it is not. */
export function needCloud(): (name: string, tests: () => void) => void {
  if (existsSync(join(cloudFolder, "done"))) return describe;
  const message = "missing: object stores and their clients (node test/services/install-cloud.mjs gets them)";
  if (process.env.CI !== undefined && process.env.CI !== "") throw new Error(message);
  return (name, tests) => {
    process.stderr.write(`skipped: ${name}: ${message}\n`);
    describe.skip(name, tests);
  };
}

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
  const child = spawn(process.execPath, [script, ...argv(folder, port)], {
    cwd: folder,
    stdio: "ignore",
    env: { PATH: process.env.PATH, HOME: folder },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  endWithUs(child);
  const close = async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}/`;
  for (const until = Date.now() + startTimeout; Date.now() < until; await sleep(50)) {
    const reply = await fetch(url).catch(() => undefined);
    await reply?.body?.cancel();
    if (reply !== undefined) return { url, close };
  }
  await close();
  throw new Error(`${program} does not answer`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
