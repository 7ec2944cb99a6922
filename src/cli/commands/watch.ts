import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { WholesourceError } from "../../model/error.ts";
import { printable } from "../../model/printable.ts";
import { plural } from "../../model/quantity.ts";
import { outcomes } from "../../model/report.ts";
import { historyColumns, historyGrid, historyText } from "../../report/history-grid.ts";
import { every, type WatchCheck, watchOnce } from "../../run/watch.ts";
import { historyFailed, historyFile, readHistory } from "../../run/watch-history.ts";
import { watchTargets } from "../../run/watch-targets.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { columnsOf, write } from "../output.ts";
import { sourceOf } from "../source.ts";
import { shownHere } from "../verification.ts";
import { type RunArguments, verifyOptions } from "../verify-options.ts";
import { newsText } from "../watch-news.ts";

export interface WatchArguments extends RunArguments {
  readonly history: string;
  readonly list?: string;
  readonly every?: string;
  readonly once?: boolean;
  readonly show?: boolean;
  readonly format?: "text" | "json" | "markdown";
}

/** Checks of which a picture is made. */
const CHECKS_MAX = 2_000;
const DAY = 86_400_000;
const UNITS: { readonly [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY };
/** Longer waits are mistakes. Milliseconds. */
const INTERVAL_MAX = 366 * DAY;

/** `wholesource watch`: standard output has what changed; everything else is on standard error. */
export async function watchCommand(names: readonly string[], options: WatchArguments): Promise<number> {
  const targets = await watchTargets(names, options.list, process.cwd());
  if (options.show === true) {
    return show(
      options.history,
      targets.map(({ slug }) => slug),
      names.length > 0 || options.list !== undefined,
    );
  }
  if (targets.length === 0) {
    throw new WholesourceError("usage", "there is no release to watch", {
      hint: "name manifests, or a list of them with --list FILE",
    });
  }
  if (options.once === true && options.every !== undefined) {
    throw new WholesourceError("usage", "`--once` and `--every` exclude each other", { hint: "leave one of them out" });
  }
  const interval = intervalOf(options.every ?? "24h");
  const interrupt = listenForInterrupt(() => say("stopping (again to stop at once)"));
  const { signal } = interrupt;
  const gone = new AbortController();
  const format = options.format ?? "text";
  const tell = async (check: WatchCheck): Promise<boolean> => {
    for (const note of check.notes) say(printable(note, Number.POSITIVE_INFINITY));
    if (options.quiet !== true) say(stateText(check));
    if (!check.isNews || (await write(newsText(check, format, shownHere(check.target.manifest))))) return true;
    // Nobody reads any more: what changes from now on would be told to nobody.
    gone.abort();
    return false;
  };
  let code: number | undefined;
  try {
    const check = async (): Promise<void> => {
      code = await watchOnce(
        targets,
        {
          ...verifyOptions(options),
          history: options.history,
          open: (manifest) => sourceOf(manifest, options, signal),
          environment: process.env,
          cwd: process.cwd(),
          signal,
        },
        tell,
      );
    };
    if (options.once === true) await check();
    else await every(interval, AbortSignal.any([signal, gone.signal]), check);
    return interrupt.exitCode() ?? code ?? 0;
  } finally {
    interrupt.stop();
  }
}

function say(text: string): void {
  process.stderr.write(`wholesource: ${text}\n`);
}

/** Reads `90s`, `30m`, `24h`, `7d`. Throws `usage`. */
function intervalOf(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const interval = Number(count) * (UNITS[unit ?? ""] ?? Number.NaN);
  if (interval >= 1_000 && interval <= INTERVAL_MAX) return interval;
  throw new WholesourceError("usage", `\`${text.slice(0, 80)}\` is no interval`, {
    hint: "write a number and s, m, h or d: 30m, 24h, 7d",
  });
}

/** How a release stands, in a line. */
function stateText({ target, report, line, isFirst, isNews, diff }: WatchCheck): string {
  const name = printable(line.manifest === "" ? target.manifest : line.manifest);
  if (report === undefined) return `${name}: could not be checked: ${printable(line.failure?.message ?? "", 500)}`;
  const counts = outcomes.flatMap((outcome) => {
    const count = report.summary.outcomes[outcome];
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const untold = (diff?.untold.length ?? 0) > 0 ? ", not everything could be compared" : "";
  const news = isFirst
    ? "first check"
    : isNews
      ? "changed"
      : diff === undefined
        ? "not compared"
        : `no change${untold}`;
  return `${name}: ${news}; ${plural(report.pieces.length, "piece")}: ${counts.join(", ")}`;
}

/** The histories as pictures: of these releases, or of all that the folder has. */
async function show(folder: string, slugs: readonly string[], isChosen: boolean): Promise<number> {
  const ending = historyFile("");
  const all = async (): Promise<readonly string[]> => {
    const names = await readdir(folder).catch((cause: unknown) => {
      throw historyFailed(folder, cause);
    });
    return names
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
      .sort();
  };
  const columns = columnsOf(process.stdout) ?? 80;
  const pages: string[] = [];
  for (const slug of isChosen ? slugs : await all()) {
    const { lines, torn, omitted } = await readHistory(join(folder, historyFile(slug)), CHECKS_MAX);
    if (torn > 0) say(`${plural(torn, "line")} of ${printable(historyFile(slug))} torn by a run that was killed`);
    const grid = historyGrid(lines, { last: historyColumns(lines, columns), earlier: omitted });
    pages.push(historyText(grid, lines.at(-1)?.manifest ?? slug, columns));
  }
  await write(pages.length === 0 ? "no history\n" : pages.join("\n"));
  return 0;
}
