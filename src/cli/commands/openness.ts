import { WholesourceError } from "../../model/error.ts";
import type { DefinitionResult, Openness, OpennessFormat } from "../../model/openness.ts";
import type { Report } from "../../model/report.ts";
import { renderOpenness } from "../../report/openness-page.ts";
import { checkDefinitions, type JudgedReport, opennessOf } from "../../run/openness.ts";
import { verify } from "../../run/verify.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { manifestName } from "../manifest-name.ts";
import { write } from "../output.ts";
import { progressFor } from "../progress.ts";
import { readReport } from "../report-file.ts";
import { sourceOf } from "../source.ts";
import { type RunArguments, verifyOptions } from "../verify-options.ts";

export interface OpennessArguments extends RunArguments {
  readonly report?: string;
  readonly definition?: readonly string[];
  readonly format?: OpennessFormat;
}

type Told = JudgedReport & Pick<Report, "name" | "version" | "manifest" | "timeVerified" | "claims">;

/** `wholesource openness`: what a release may be called, what anybody can do with it, and what says so. */
export async function opennessCommand(argument: string | undefined, options: OpennessArguments): Promise<number> {
  const { definition: only, report: file, format = "text" } = options;
  checkDefinitions(only ?? []);
  if (argument !== undefined && file !== undefined) {
    throw new WholesourceError("usage", "a manifest and `--report` are two things to judge", {
      hint: "give one of them",
    });
  }
  const { report, stopped } =
    file === undefined ? await look(argument ?? ".", options) : { report: await readReport(file) };
  const openness = opennessOf(report);
  const { name, version, manifest, timeVerified, claims } = report;
  const terminal = process.stdout.isTTY;
  const page = renderOpenness({ name, version, manifest, timeVerified, openness, only }, format, {
    colour: terminal && (process.env.NO_COLOR ?? "") === "",
    full: !terminal,
    manifestName: manifestName(manifest.uri),
    ...(terminal ? { columns: process.stdout.columns } : {}),
  });
  await write(page);
  return stopped ?? exitCodeOf(openness, only ?? claims);
}

/** 0 each of them is satisfied · 1 one is not · 3 none fails, and one can not be told. */
function exitCodeOf({ definitions }: Openness, ids: readonly string[]): 0 | 1 | 3 {
  const asked = ids.flatMap((id): readonly DefinitionResult[] => definitions.filter((one) => one.id === id));
  if (asked.some(({ verdict }) => verdict === "not-satisfied")) return 1;
  return asked.some(({ verdict }) => verdict === "undetermined") ? 3 : 0;
}

/** Looks at the release as `verify` does. */
async function look(argument: string, options: OpennessArguments): Promise<{ report: Told; stopped?: number }> {
  const chosen = verifyOptions(options);
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
    const stopped = interrupt.exitCode();
    return { report, ...(stopped === undefined ? {} : { stopped }) };
  } finally {
    progress.stop();
    interrupt.stop();
  }
}
