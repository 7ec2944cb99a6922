/** A server of the tests that is a process of its own: where it listens, when it does, and how it ends. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { endWithUs } from "./ended.ts";

/** Milliseconds that a server gets to answer for the first time. */
const startTimeout = 30_000;

/** A port of 127.0.0.1 that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Waits until a server answers at all, or with one of these statuses. */
async function answering(url: string, ...statuses: readonly number[]): Promise<void> {
  for (const until = Date.now() + startTimeout; Date.now() < until; await setTimeout(30)) {
    const reply = await fetch(url).catch(() => undefined);
    await reply?.body?.cancel();
    if (reply !== undefined && (statuses.length === 0 || statuses.includes(reply.status))) return;
  }
  throw new Error(`nobody answers at ${url}`);
}

/** What a server is started with. `folder` is its own, below the temporary folder, and goes when it ends. */
export interface ServerProgram {
  readonly program: string;
  readonly argv: readonly string[];
  readonly folder: string;
  readonly env?: { readonly [name: string]: string | undefined };
  /** Answered when the server is up; by one of `statuses` where they are told. */
  readonly url: string;
  readonly statuses?: readonly number[];
}

/** Starts it, waits until it answers, and returns what ends it. */
export async function startProgram(server: ServerProgram): Promise<() => Promise<void>> {
  const { program, argv, folder, url, statuses = [] } = server;
  const env = { PATH: process.env.PATH, HOME: folder, ...server.env };
  const child = spawn(program, argv, { cwd: folder, stdio: "ignore", env });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  endWithUs(child);
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answering(url, ...statuses);
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}
