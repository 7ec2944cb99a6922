/** Prints what was measured, for people. */

/** @typedef {import("./rounds.mjs").Contest} Contest @typedef {import("./rounds.mjs").Result} Result */

/**
 * @param {Contest} contest
 * @param {Result} result
 */
export function printContest(contest, result) {
  const ours = result.lines[0];
  console.log(`${contest.title}  (${result.rounds} rounds)`);
  const width = Math.max(...result.lines.map(({ name }) => name.length));
  for (const line of result.lines) {
    if (line.runs.length === 0) continue;
    const spread = line.runs.map(({ seconds }) => seconds);
    const columns = [
      line.name.padEnd(width),
      `${line.seconds.toFixed(3).padStart(9)} s`,
      `(${Math.min(...spread).toFixed(2)}-${Math.max(...spread).toFixed(2)})`.padEnd(15),
      Number.isNaN(line.cpuSeconds) ? "" : `${line.cpuSeconds.toFixed(2).padStart(7)} s cpu`,
      rate(contest, line.seconds).padStart(14),
      Number.isNaN(line.mebibytes) ? "" : `${line.mebibytes.toFixed(0).padStart(6)} MiB`,
      line === ours ? "" : `${line.ratio.toFixed(2).padStart(7)} x our time`,
    ];
    console.log(`  ${columns.join("  ").trimEnd()}`);
  }
  for (const name of result.absent) console.log(`  ${name}: missing`);
  for (const failure of result.failures) console.log(`  FAILED ${failure.replaceAll("\n", "\n    ")}`);
  for (const { text, met } of verdicts(contest, result)) {
    console.log(`  goal: ${text}: ${met === undefined ? "not measured" : met ? "reached" : "MISSED"}`);
  }
  console.log("");
}

/**
 * @param {Contest} contest
 * @param {Result} result
 * @returns {{ text: string, met: boolean | undefined }[]}
 */
export function verdicts({ goals }, { lines }) {
  const measured = new Map(lines.filter(({ runs }) => runs.length > 0).map((line) => [line.name, line]));
  const ours = lines[0];
  return goals.map((goal) => {
    if (goal.kind === "memory") {
      const used = ours.mebibytes;
      const text = `at most ${goal.mebibytes} MiB (${used.toFixed(0)})`;
      return { text, met: Number.isNaN(used) ? undefined : used <= goal.mebibytes };
    }
    if (goal.kind === "seconds-by") {
      const other = measured.get(goal.of);
      const factor = ours.seconds / (other?.seconds ?? Number.NaN);
      const text = `at most ${goal.factor} x the time of ${goal.of} (${factor.toFixed(2)})`;
      return { text, met: Number.isNaN(factor) ? undefined : factor <= goal.factor };
    }
    const ratios = goal.than.flatMap((name) => measured.get(name)?.ratio ?? []).filter((ratio) => !Number.isNaN(ratio));
    const text = `at least ${goal.factor} x as fast as ${goal.than.join(" and ")} (${ratios.map((ratio) => ratio.toFixed(2)).join(", ")})`;
    return { text, met: ratios.length === 0 ? undefined : Math.min(...ratios) >= goal.factor };
  });
}

/** @param {Contest} contest @param {number} seconds */
function rate({ bytes, files }, seconds) {
  if (files !== undefined) return `${Math.round(files / seconds).toLocaleString("en")} files/s`;
  return bytes === undefined ? "" : `${Math.round(bytes / seconds / 1e6).toLocaleString("en")} MB/s`;
}
