import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { WholesourceError } from "../../model/error.ts";
import type { Evidence } from "../../model/evidence.ts";
import type { VerificationDepth } from "../../model/report.ts";
import { reporterById } from "../../report/registry.ts";
import type { RenderOptions } from "../../report/reporter.ts";
import { parseEndpoint } from "../../run/endpoints.ts";
import type { VerifyOptions } from "../../run/options.ts";
import { verify } from "../../run/verify.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { manifestName } from "../manifest-name.ts";
import { write } from "../output.ts";
import { outputFailed, parseOutput, renderReport, writeWhole } from "../outputs.ts";
import { progressFor } from "../progress.ts";
import { sourceOf } from "../source.ts";

export interface VerifyArguments {
  readonly depth?: VerificationDepth;
  readonly sample?: number | "all";
  readonly seed?: number;
  readonly piece?: readonly string[];
  readonly format?: string;
  readonly output?: readonly string[];
  readonly evidence?: string;
  readonly store?: string;
  readonly keepBad?: boolean;
  readonly offline?: boolean;
  readonly concurrency?: number;
  readonly perHost?: number;
  readonly retries?: number;
  readonly endpoint?: readonly string[];
  readonly archived?: boolean;
  readonly saveCodeNow?: boolean;
  /** Seconds. */
  readonly timeout?: number;
  readonly allowPrivate?: boolean;
  readonly allowDowngrade?: boolean;
  readonly allowOutside?: boolean;
  readonly failOn?: "error" | "warning" | "never";
  readonly quiet?: boolean;
}

/** `wholesource verify`: the report on standard output, everything else on standard error. */
export async function verifyCommand(argument: string, options: VerifyArguments): Promise<number> {
  const outputs = (options.output ?? []).map(parseOutput);
  const format = options.format ?? "text";
  const reporter = reporterById(format);
  if (reporter === undefined) throw new WholesourceError("usage", `there is no report format \`${format}\``);
  if (options.keepBad === true && options.store === undefined) {
    throw new WholesourceError("usage", "`--keep-bad` needs a place to keep them", { hint: "add --store FOLDER" });
  }
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
      ...chosen(options),
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

function chosen(options: VerifyArguments): VerifyOptions {
  const { piece, failOn, depth, sample, seed, store, keepBad, offline, concurrency, perHost, retries } = options;
  const { allowPrivate, allowDowngrade, allowOutside, timeout } = options;
  const wait = timeout === undefined ? undefined : timeout * 1000;
  return {
    ...(wait === undefined ? {} : { timeouts: { connect: wait, headers: wait, idle: wait } }),
    ...(options.endpoint === undefined ? {} : { endpoints: Object.fromEntries(options.endpoint.map(parseEndpoint)) }),
    ...(options.archived === undefined ? {} : { archived: options.archived }),
    ...(options.saveCodeNow === undefined ? {} : { saveCodeNow: options.saveCodeNow }),
    ...(depth === undefined ? {} : { depth }),
    ...(sample === undefined ? {} : { sample }),
    ...(seed === undefined ? {} : { seed }),
    ...(piece === undefined ? {} : { pieces: piece }),
    ...(store === undefined ? {} : { store }),
    ...(keepBad === undefined ? {} : { keepBad }),
    ...(offline === undefined ? {} : { offline }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(perHost === undefined ? {} : { perHost }),
    ...(retries === undefined ? {} : { retries }),
    ...(allowPrivate === undefined ? {} : { allowPrivate }),
    ...(allowDowngrade === undefined ? {} : { allowDowngrade }),
    ...(allowOutside === undefined ? {} : { allowOutside }),
    policy: { failOn: failOn ?? "error" },
  };
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
