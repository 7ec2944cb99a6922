/** The built program as a process of its own, for what only a shell's user meets: signals, pipes and full disks. */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { onTestFinished } from "vitest";

const repository = resolve(import.meta.dirname, "../..");

export interface Running {
  readonly child: ChildProcess;
  /** What came so far. */
  readonly told: { stdout: string; stderr: string };
  /** Waits until standard error holds this. */
  readonly says: (text: string) => Promise<void>;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Starts `wholesource`; it ends with the test at the latest. */
export function start(
  args: readonly string[],
  options: { readonly stdio?: StdioOptions; readonly reads?: boolean } = {},
): Running {
  const child = spawn(process.execPath, [resolve(repository, "bin/wholesource.js"), ...args], {
    cwd: repository,
    stdio: options.stdio ?? "pipe",
  });
  const told = { stdout: "", stderr: "" };
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    told.stderr += text;
  });
  if (options.reads ?? true) {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      told.stdout += text;
    });
  }
  const ended = new Promise<number | string>((done) => {
    child.on(options.reads === false ? "exit" : "close", (code, signal) => done(code ?? signal ?? "unknown"));
  });
  return {
    child,
    told,
    async says(text) {
      while (!told.stderr.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended without saying ${text}: ${told.stderr}`);
        if (child.stderr !== null) await Promise.race([once(child.stderr, "data"), ended]);
      }
    },
    ended,
  };
}
