import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { WholesourceError } from "../../model/error.ts";
import type { Evidence } from "../../model/evidence.ts";
import { reporterById } from "../../report/registry.ts";
import type { RenderOptions } from "../../report/reporter.ts";
import { verify } from "../../run/verify.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { manifestName } from "../manifest-name.ts";
import { write } from "../output.ts";
import { outputFailed, parseOutput, renderReport, writeWhole } from "../outputs.ts";
import { progressFor } from "../progress.ts";
import { sourceOf } from "../source.ts";
import { type RunArguments, verifyOptions } from "../verify-options.ts";

export interface VerifyArguments extends RunArguments {
  readonly format?: string;
  readonly output?: readonly string[];
  readonly evidence?: string;
}

/** `wholesource verify`: the report on standard output, everything else on standard error. */
export async function verifyCommand(argument: string, options: VerifyArguments): Promise<number> {
  const outputs = (options.output ?? []).map(parseOutput);
  const format = options.format ?? "text";
  const reporter = reporterById(format);
  if (reporter === undefined) throw new WholesourceError("usage", `there is no report format \`${format}\``);
  const chosen = verifyOptions(options);
  const progress = progressFor(options.quiet ?? false);
  const interrupt = listenForInterrupt((text) => {
    progress.stop();
    process.stderr.write(`wholesource: ${text}\n`);
  });
  const evidence = options.evidence === undefined ? undefined : openEvidence(options.evidence);
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
      ...(evidence === undefined ? {} : { onEvidence: evidence.take }),
    });
    progress.stop();
    const name = manifestName(report.manifest.uri);
    const terminal = process.stdout.isTTY;
    const shown: RenderOptions = {
      colour: terminal && (process.env.NO_COLOR ?? "") === "",
      full: !terminal,
      manifestName: name,
      ...(terminal ? { columns: process.stdout.columns } : {}),
    };
    // One that can not be written must not cost the reader the others.
    await all([
      async () => void (await write(await renderReport(reporter, report, shown))),
      ...outputs.map(({ reporter: to, file }) => async () => {
        await writeWhole(file, await renderReport(to, report, { colour: false, full: true, manifestName: name }));
      }),
      async () => evidence?.close(),
    ]);
    return interrupt.exitCode() ?? report.summary.exitCode;
  } finally {
    progress.stop();
    interrupt.stop();
  }
}

/** Does all of them in order, then throws what failed. */
async function all(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures);
}

interface EvidenceFile {
  readonly take: (evidence: Evidence) => void;
  close(): Promise<void>;
}

function openEvidence(file: string): EvidenceFile {
  const stream: WriteStream = createWriteStream(file);
  let failed: Error | undefined;
  stream.on("error", (error) => {
    failed = error;
  });
  return {
    take: (evidence) => void stream.write(`${JSON.stringify(evidence)}\n`),
    async close() {
      if (failed === undefined) {
        stream.end();
        await once(stream, "close").catch((error: unknown) => {
          failed = error instanceof Error ? error : new Error(String(error));
        });
      }
      if (failed !== undefined) throw outputFailed(file, failed);
    },
  };
}
