/** Verifies releases again and again, writes down what was found, and tells what changed. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { diffSinceKnown, keepKnown } from "../judge/diff-known.ts";
import { sideOfReport } from "../judge/diff-side.ts";
import { anyWorse, leavesOpen } from "../judge/diff-worse.ts";
import type { Diff } from "../model/diff.ts";
import { WholesourceError, type WholesourceErrorCode } from "../model/error.ts";
import type { HistoryLine } from "../model/history.ts";
import { redactLocation } from "../model/redact.ts";
import type { Report } from "../model/report.ts";
import type { WrittenReport } from "../model/report-schema.ts";
import { SEED_MAX } from "../records/draw.ts";
import { jsonText } from "../report/reporters/json.ts";
import type { VerifyOptions } from "./options.ts";
import type { ManifestSource } from "./source.ts";
import { verify } from "./verify.ts";
import { appendHistory, historyFailed, historyFile, readHistory } from "./watch-history.ts";
import { lineOfReport } from "./watch-line.ts";
import { readState, sweepState, writeState } from "./watch-state.ts";
import type { WatchTarget } from "./watch-targets.ts";

/** How releases are watched. */
export interface WatchOptions extends VerifyOptions {
  /** The folder of the histories; made when it is not there. */
  readonly history: string;
  readonly open: (manifest: string) => Promise<ManifestSource>;
}

/** What one check of one release came to. */
export interface WatchCheck {
  readonly target: WatchTarget;
  readonly line: HistoryLine;
  /** Absent for a check that came to no report. */
  readonly report?: Report | undefined;
  /** Against the last check; absent where there is none that could be compared. */
  readonly diff?: Diff | undefined;
  /** There is something to be told: something changed, it can not be checked any more, or can be again. */
  readonly isNews: boolean;
  readonly isFirst: boolean;
  readonly recovered: boolean;
  readonly worse: boolean;
  /** Of the run, for people: lines that were torn, a last report that is gone. */
  readonly notes: readonly string[];
  readonly exitCode: 0 | 1 | 3;
}

/** What is wrong with this release's manifest, and what only with today: all else ends the watch. */
const FAILURES: ReadonlyMap<WholesourceErrorCode, 1 | 3> = new Map([
  ["manifest-invalid", 1],
  ["nothing-to-check", 1],
  ["manifest-unreadable", 3],
  ["input-unreadable", 3],
]);

/**
 * Checks each release once. `tell` shows what a check came to and says whether somebody took it: only then is it
 * written down, so that a change that nobody was told is told by the next check. Returns the worst exit code, and
 * undefined when the run was stopped.
 */
export async function watchOnce(
  targets: readonly WatchTarget[],
  options: WatchOptions,
  tell: (check: WatchCheck) => Promise<boolean>,
): Promise<0 | 1 | 3 | undefined> {
  const { history: folder, signal } = options;
  try {
    await mkdir(folder, { recursive: true });
    await sweepState(folder, Date.now());
  } catch (cause) {
    throw historyFailed(folder, cause);
  }
  let worst: 0 | 1 | 3 = 0;
  for (const target of targets) {
    if (signal?.aborted === true) return undefined;
    const checked = await checkRelease(target, options);
    if (checked === undefined) return undefined;
    const { check, keep } = checked;
    if (!(await tell(check))) return check.exitCode;
    await keep();
    worst = worst === 1 || check.exitCode === 1 ? 1 : worst === 3 ? 3 : check.exitCode;
  }
  return worst;
}

/** Does something every `interval` milliseconds, counted from start to start, until the signal ends it. */
export async function every(interval: number, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const next = Date.now() + interval;
    await act();
    for (let left = next - Date.now(); left > 0 && !signal.aborted; left = next - Date.now()) {
      // In short steps: no timer is longer than 24 days, and a machine that slept is late for one step at most.
      await sleep(Math.min(left, SLEEP_MAX), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Milliseconds. */
const SLEEP_MAX = 60_000;

interface Checked {
  readonly check: WatchCheck;
  /** Writes it down. */
  readonly keep: () => Promise<void>;
}

async function checkRelease(target: WatchTarget, options: WatchOptions): Promise<Checked | undefined> {
  const { history: folder, open, now = () => new Date(), signal, depth = "full", seed, ...rest } = options;
  const { slug, manifest } = target;
  const file = join(folder, historyFile(slug));
  const { lines, torn } = await readHistory(file, LINES_READ);
  const before = lines.at(-1);
  const notes = torn === 0 ? [] : [`${torn} of the last lines of \`${file}\` were torn by a run that was killed`];
  const shared = { target, isFirst: before === undefined } as const;
  const time = now().toISOString();
  let report: Report;
  try {
    const source = await open(manifest);
    const drawn = seed ?? Number.parseInt(slug.slice(-8), 16) % SEED_MAX;
    report = await verify(source, {
      ...rest,
      depth,
      now,
      // The same rows each time: others could not be compared.
      seed: drawn,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (!(error instanceof WholesourceError)) throw error;
    const exitCode = FAILURES.get(error.code);
    if (signal?.aborted === true) return undefined;
    if (exitCode === undefined) throw error;
    const failure = { code: error.code, message: error.message };
    const line = { schemaVersion: "1", time, manifest: redactLocation(manifest), depth, failure, pieces: [] } as const;
    const isNews = before?.failure?.code !== error.code;
    const check = { ...shared, line, isNews, recovered: false, worse: isNews, notes, exitCode } as const;
    return { check, keep: () => appendHistory(file, line) };
  }
  // What a stopped run could not tell is nothing that changed.
  if (report.partial || signal?.aborted === true) return undefined;

  const text = jsonText(report);
  const line = lineOfReport(report, text);
  const written = await reread(text);
  const [last, known] = [await readState(folder, slug, "report"), await readState(folder, slug, "known")];
  const lastReport = last !== undefined && "report" in last ? last.report : undefined;
  const knownReport = known !== undefined && "report" in known ? known.report : undefined;
  const wasReported = before !== undefined && lines.some((one) => one.report !== undefined);
  const lost = lastReport === undefined && (last !== undefined || wasReported);
  if (lost) {
    const why = last !== undefined && "fault" in last ? last.fault : "the last report is gone";
    notes.push(`nothing could be compared: ${why}`);
  }
  const diff = lastReport === undefined ? undefined : diffSinceKnown(lastReport, knownReport, written, manifest);
  const worse =
    diff !== undefined && lastReport !== undefined
      ? anyWorse(diff, sideOfReport(knownReport ?? lastReport, manifest), sideOfReport(written, manifest))
      : false;
  const recovered = before?.failure !== undefined;
  const isOpen = lost || report.summary.exitCode === 3 || (diff?.untold ?? []).some((one) => leavesOpen(one, depth));
  const check: WatchCheck = {
    ...shared,
    line,
    report,
    ...(diff === undefined ? {} : { diff }),
    isNews: recovered || (diff?.changes.length ?? 0) > 0,
    recovered,
    worse,
    notes,
    exitCode: report.summary.exitCode === 1 || worse ? 1 : isOpen ? 3 : 0,
  };
  const keep = async (): Promise<void> => {
    await writeState(folder, slug, "known", jsonText(keepKnown(knownReport ?? lastReport, written)));
    await writeState(folder, slug, "report", text);
    await appendHistory(file, line);
  };
  return { check, keep };
}

/** Lines of a history that are looked at before a check. */
const LINES_READ = 16;

/** The report as it will be read back: both sides of a comparison went the same way. */
async function reread(text: string): Promise<WrittenReport> {
  const { Report: Schema } = await import("../model/report-schema.ts");
  return Schema.parse(JSON.parse(text));
}
