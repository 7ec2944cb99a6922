import { type ChildProcess, execFile, spawn } from "node:child_process";

/** What a child process may use. Its environment is exactly `env`: nothing of ours is inherited. */
export interface RunOptions {
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd?: string;
  /** Milliseconds, after which the process is killed. */
  readonly timeout: number;
  /** Bytes of stdout and of stderr, after which the process is killed. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/** Why a child process did not come to an end of its own. */
type Failure = "not-found" | "timeout" | "too-large" | "aborted" | "killed" | "not-started";

/** How a child process ended. */
type RunResult =
  | { readonly status: "exited"; readonly code: number; readonly stdout: string; readonly stderr: string }
  | {
      readonly status: "failed";
      readonly reason: Failure;
      readonly message: string;
    };

/** Starts a program with fixed arguments. */
export type Run = (file: string, argv: readonly string[], options: RunOptions) => Promise<RunResult>;

/** Runs a program to its end, without a shell and without input. Never rejects: how it failed is in the result. */
export const run: Run = (file, argv, { env, cwd, timeout, maxBytes, signal }) =>
  new Promise((resolve) => {
    const fail = (error: Error & { code?: unknown; killed?: boolean; signal?: unknown }) =>
      resolve({ status: "failed", reason: reasonOf(error), message: error.message });
    try {
      const child = execFile(
        file,
        [...argv],
        {
          env: { ...env },
          ...(cwd === undefined ? {} : { cwd }),
          timeout,
          maxBuffer: maxBytes,
          ...(signal === undefined ? {} : { signal }),
          // A process that is out of its limits has lost the right to tidy up.
          killSignal: "SIGKILL",
          windowsHide: true,
          shell: false,
          encoding: "utf8",
        },
        (error, stdout, stderr) => {
          if (error === null) resolve({ status: "exited", code: 0, stdout, stderr });
          else if (typeof error.code === "number") resolve({ status: "exited", code: error.code, stdout, stderr });
          else fail(error);
        },
      );
      // A program that asks a question gets the end of input instead of hanging until the timeout.
      child.stdin?.on("error", () => {});
      child.stdin?.end();
    } catch (error) {
      // A NUL byte in an argument and the like: refused before anything was started.
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });

function reasonOf(error: { readonly code?: unknown; readonly killed?: boolean; readonly signal?: unknown }): Failure {
  if (error.code === "ENOENT") return "not-found";
  if (error.code === "ABORT_ERR") return "aborted";
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "too-large";
  if (error.killed === true) return "timeout";
  return typeof error.signal === "string" ? "killed" : "not-started";
}

/** What a child process whose output is taken as it comes may use; `maxBytes` is of stdout, none when left out. */
export interface StartOptions extends Omit<RunOptions, "maxBytes"> {
  readonly maxBytes?: number;
}

/** How a child process ended whose output was taken as it came; `stderr` is the end of what it said there. */
export type Ended =
  | { readonly status: "exited"; readonly code: number; readonly stderr: string }
  | { readonly status: "failed"; readonly reason: Failure; readonly message: string; readonly stderr: string };

/** A child process at work. */
export interface Running {
  /** Ends, and never throws, when nothing more comes; whether that was all is told by `ended`. */
  readonly stdout: AsyncIterable<Uint8Array>;
  /** Gives it input; fulfilled when it may be given more, or is gone. */
  readonly write: (text: string) => Promise<void>;
  readonly endInput: () => void;
  /** Kills it with all that it started. */
  readonly stop: () => void;
  /** Fulfilled when it is gone; what it wrote and nobody read is lost. */
  readonly ended: Promise<Ended>;
}

/** Starts a program with fixed arguments, to be talked with. */
export type Start = (file: string, argv: readonly string[], options: StartOptions) => Running;

/** Bytes of stderr that are kept: its end, where programs say what went wrong. */
const STDERR_KEPT_BYTES = 16 * 1024;

/** Starts a program without a shell, in a process group of its own. Never throws: how it failed is in `ended`. */
export const start: Start = (file, argv, { env, cwd, timeout, maxBytes, signal }) => {
  let failure: Failure | undefined;
  if (signal?.aborted === true) return neverStarted("aborted", "the run was stopped");
  let child: ChildProcess;
  try {
    child = spawn(file, [...argv], {
      env: { ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdio: "pipe",
      // What it starts itself ends with it.
      detached: process.platform !== "win32",
      windowsHide: true,
      shell: false,
    });
  } catch (error) {
    return neverStarted("not-started", error instanceof Error ? error.message : String(error));
  }
  const kill = (why: Failure): void => {
    failure ??= why;
    killGroup(child);
  };
  const onAbort = (): void => kill("aborted");
  const onExit = (): void => kill("killed");
  const timer = setTimeout(() => kill("timeout"), timeout);
  signal?.addEventListener("abort", onAbort, { once: true });
  process.once("exit", onExit);
  let stderr = Buffer.alloc(0);
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-STDERR_KEPT_BYTES);
  });
  // A program that ended before it took all its input has said why elsewhere.
  child.stdin?.on("error", () => {});
  const ended = new Promise<Ended>((resolve) => {
    let spawnError: (Error & { code?: unknown }) | undefined;
    child.once("error", (error) => {
      spawnError = error;
      if (child.pid === undefined) settle(null, null);
    });
    child.once("close", (code, byName) => settle(code, byName));
    const settle = (code: number | null, byName: NodeJS.Signals | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      process.removeListener("exit", onExit);
      const said = stderr.toString("utf8");
      if (spawnError !== undefined && failure === undefined) failure = reasonOf(spawnError);
      if (failure === undefined && code === null) failure = "killed";
      if (failure === undefined) resolve({ status: "exited", code: code ?? 0, stderr: said });
      else
        resolve({
          status: "failed",
          reason: failure,
          message: spawnError?.message ?? `it was ended: ${failure}${byName === null ? "" : ` (${byName})`}`,
          stderr: said,
        });
    };
  });
  return {
    stdout: taken(child, maxBytes, () => kill("too-large")),
    write: (text) =>
      new Promise((resolve) => {
        const { stdin } = child;
        if (stdin === null || stdin.destroyed || stdin.write(text)) return resolve();
        const done = (): void => {
          stdin.removeListener("drain", done);
          stdin.removeListener("close", done);
          resolve();
        };
        stdin.once("drain", done);
        stdin.once("close", done);
      }),
    endInput: () => void child.stdin?.end(),
    stop: () => kill("killed"),
    ended,
  };
};

async function* taken({ stdout }: ChildProcess, maxBytes: number | undefined, tooMuch: () => void) {
  let bytes = 0;
  try {
    for await (const chunk of stdout ?? []) {
      bytes += chunk.length;
      if (maxBytes !== undefined && bytes > maxBytes) return tooMuch();
      yield chunk as Uint8Array;
    }
  } catch {
    // It was killed, or it never started.
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}

function neverStarted(reason: Failure, message: string): Running {
  return {
    stdout: (async function* () {})(),
    write: async () => {},
    endInput: () => {},
    stop: () => {},
    ended: Promise.resolve({ status: "failed", reason, message, stderr: "" }),
  };
}
