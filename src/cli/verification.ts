import type { Report } from "../model/report.ts";
import type { RenderOptions } from "../report/reporter.ts";
import type { VerifyOptions } from "../run/options.ts";
import type { ManifestSource } from "../run/source.ts";
import { verify } from "../run/verify.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { manifestName } from "./manifest-name.ts";
import { progressFor } from "./progress.ts";
import { sourceOf } from "./source.ts";
import type { RunArguments } from "./verify-options.ts";

/** What a run in a terminal gets from it. */
export interface TerminalRun extends Pick<VerifyOptions, "environment" | "cwd" | "events"> {
  readonly signal: AbortSignal;
  /** Shows progress from here on: what the user types is not written over. */
  readonly begin: () => void;
  /** Takes the progress line away; called before anything else is shown. */
  readonly done: () => void;
}

/** Runs as a person at a shell asks for it: progress, Ctrl-C, the environment. */
export async function runInTerminal(
  argument: string,
  options: Pick<RunArguments, "quiet" | "allowPrivate" | "offline">,
  act: (source: ManifestSource, run: TerminalRun) => Promise<number>,
): Promise<number> {
  return runHere(options, async (run) => {
    const source = await sourceOf(argument, options, run.signal);
    run.begin();
    return act(source, run);
  });
}

/** The same for what has no manifest. */
export async function runHere(
  options: Pick<RunArguments, "quiet">,
  act: (run: TerminalRun) => Promise<number>,
): Promise<number> {
  const progress = progressFor(options.quiet ?? false);
  const interrupt = listenForInterrupt((text) => {
    progress.stop();
    process.stderr.write(`wholesource: ${text}\n`);
  });
  try {
    const code = await act({
      signal: interrupt.signal,
      environment: process.env,
      cwd: process.cwd(),
      events: {
        progress: (state) => progress.update(state),
        pieceStarted: (id) => progress.pieceStarted(id),
        pieceEnded: (id, outcome) => progress.pieceEnded(id, outcome),
      },
      begin: () => progress.start(),
      done: () => progress.stop(),
    });
    // Whoever stopped the run is told so, whatever the part of it said.
    return interrupt.exitCode() ?? code;
  } finally {
    progress.stop();
    interrupt.stop();
  }
}

/** Verifies a release as a person at a shell asks for it, and lets `tell` make an exit code of its report. */
export async function withReport(
  argument: string,
  options: Pick<RunArguments, "quiet" | "allowPrivate" | "offline">,
  chosen: VerifyOptions,
  tell: (report: Report) => Promise<number>,
): Promise<number> {
  return runInTerminal(argument, options, async (source, { begin: _begun, done, ...run }) => {
    const report = await verify(source, { ...chosen, ...run });
    done();
    return tell(report);
  });
}

/** How a page for standard output is rendered. */
export function shownHere(manifestUri: string): RenderOptions {
  const terminal = process.stdout.isTTY;
  return {
    colour: terminal && (process.env.NO_COLOR ?? "") === "",
    full: !terminal,
    manifestName: manifestName(manifestUri),
    ...(terminal ? { columns: process.stdout.columns } : {}),
  };
}
