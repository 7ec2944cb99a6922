import { execFile } from "node:child_process";

/** What a child process may use. Its environment is exactly `env`: nothing of ours is inherited. */
interface RunOptions {
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd?: string;
  /** Milliseconds, after which the process is killed. */
  readonly timeout: number;
  /** Bytes of stdout and of stderr, after which the process is killed. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/** How a child process ended. */
type RunResult =
  | { readonly status: "exited"; readonly code: number; readonly stdout: string; readonly stderr: string }
  | {
      readonly status: "failed";
      readonly reason: "not-found" | "timeout" | "too-large" | "aborted" | "killed" | "not-started";
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

function reasonOf(error: {
  readonly code?: unknown;
  readonly killed?: boolean;
  readonly signal?: unknown;
}): Extract<RunResult, { status: "failed" }>["reason"] {
  if (error.code === "ENOENT") return "not-found";
  if (error.code === "ABORT_ERR") return "aborted";
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "too-large";
  if (error.killed === true) return "timeout";
  return typeof error.signal === "string" ? "killed" : "not-started";
}
