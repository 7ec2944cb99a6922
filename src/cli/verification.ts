import type { Report } from "../model/report.ts";
import type { RenderOptions } from "../report/reporter.ts";
import type { VerifyOptions } from "../run/options.ts";
import { verify } from "../run/verify.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { manifestName } from "./manifest-name.ts";
import { progressFor } from "./progress.ts";
import { sourceOf } from "./source.ts";
import type { RunArguments } from "./verify-options.ts";

/** Verifies a release as a person at a shell asks for it, and lets `tell` make an exit code of its report. */
export async function withReport(
  argument: string,
  options: Pick<RunArguments, "quiet" | "allowPrivate" | "offline">,
  chosen: VerifyOptions,
  tell: (report: Report) => Promise<number>,
): Promise<number> {
  const progress = progressFor(options.quiet ?? false);
  const interrupt = listenForInterrupt((text) => {
    progress.stop();
    process.stderr.write(`wholesource: ${text}\n`);
  });
  try {
    const source = await sourceOf(argument, options, interrupt.signal);
    progress.start();
    const report = await verify(source, {
      ...chosen,
      signal: interrupt.signal,
      environment: process.env,
      cwd: process.cwd(),
      events: {
        progress: (state) => progress.update(state),
        pieceStarted: (id) => progress.pieceStarted(id),
        pieceEnded: (id, outcome) => progress.pieceEnded(id, outcome),
      },
    });
    progress.stop();
    const code = await tell(report);
    // Whoever stopped the run is told so, whatever the part of it said.
    return interrupt.exitCode() ?? code;
  } finally {
    progress.stop();
    interrupt.stop();
  }
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
