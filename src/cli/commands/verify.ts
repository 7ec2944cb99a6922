import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { WholesourceError } from "../../model/error.ts";
import type { Evidence } from "../../model/evidence.ts";
import type { Report } from "../../model/report.ts";
import { reporterById } from "../../report/registry.ts";
import { namesArchive } from "../archive-argument.ts";
import { write } from "../output.ts";
import { outputFailed, parseOutput, renderReport, writeWhole } from "../outputs.ts";
import { shownHere, withReport } from "../verification.ts";
import { type RunArguments, verifyOnlyOptions } from "../verify-options.ts";

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
  const chosen = verifyOnlyOptions(options);
  const evidence = options.evidence === undefined ? undefined : openEvidence(options.evidence);
  const all = evidence === undefined ? chosen : { ...chosen, onEvidence: evidence.take };
  const isArchive = await namesArchive(argument);
  const tell = async (report: Report): Promise<number> => {
    const shown = shownHere(report.manifest.uri);
    // One that can not be written must not cost the reader the others.
    await allOf([
      async () => void (await write(await renderReport(reporter, report, shown))),
      ...outputs.map(({ reporter: to, file }) => async () => {
        const inFile = { colour: false, full: true, manifestName: shown.manifestName };
        await writeWhole(file, await renderReport(to, report, inFile));
      }),
      async () => evidence?.close(),
    ]);
    return report.summary.exitCode;
  };
  if (!isArchive) return withReport(argument, options, all, tell);
  const { withArchiveReport } = await import("../archive-verification.ts");
  return withArchiveReport(argument, options, all, tell);
}

/** Does all of them in order, then throws what failed. */
async function allOf(steps: readonly (() => Promise<void>)[]): Promise<void> {
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
