/** Runs `store-child.ts` as built programs are run, where needed on a small disk of its own. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

/** Builds it; whoever asks removes the folder. */
export async function buildStoreChild(): Promise<{ readonly program: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "wholesource-child-"));
  const program = join(folder, "child.mjs");
  await build({
    input: fileURLToPath(new URL("./store-child.ts", import.meta.url)),
    platform: "node",
    output: { file: program, format: "esm", codeSplitting: false },
    logLevel: "silent",
  });
  return { program, remove: () => rmSync(folder, { recursive: true }) };
}

export interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** Runs a program; `during` hears of each line and may kill it. */
export function runProgram(
  argv: readonly string[],
  during: (line: string, kill: () => void) => void = () => undefined,
): Promise<Ended> {
  const [file = "", ...rest] = argv;
  const child = spawn(file, rest, { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  let [open, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (open + text).split("\n");
    open = parts.pop() ?? "";
    for (const line of parts) {
      lines.push(line);
      during(line, () => child.kill("SIGKILL"));
    }
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, lines, stderr })));
}

/**
 * What to put before a program so that it sees a file system of its own at a folder, made by these shell commands with
 * `$0` as the folder; undefined where the machine allows nobody that. It is gone with the program.
 */
export function ownMount(folder: string, script: string): readonly string[] | undefined {
  const shell = ["sh", "-c", `${script} && exec "$@"`, folder];
  const ways = [
    ["unshare", "--mount", ...shell],
    ["unshare", "--map-root-user", "--mount", ...shell],
  ];
  return ways.find(([file = "", ...rest]) => spawnSync(file, [...rest, "true"]).status === 0);
}
