import { createProgress, type ProgressDisplay } from "./ui.ts";

/** The progress display for this program's standard error, as its environment asks for it. */
export function progressFor(quiet: boolean): ProgressDisplay {
  const { stderr, env } = process;
  return createProgress({
    stream: stderr,
    isTTY: stderr.isTTY === true,
    ci: env.CI !== undefined && env.CI !== "" && env.CI !== "false",
    term: env.TERM,
    columns: () => stderr.columns,
    now: () => performance.now(),
    quiet,
  });
}
