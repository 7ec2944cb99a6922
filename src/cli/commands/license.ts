import { printable } from "../../model/printable.ts";
import { sightingLines } from "../../report/sightings-text.ts";
import { type LicenseEntry, recogniseLicenses } from "../../run/licenses.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { write } from "../output.ts";

export interface LicenseArguments {
  readonly format?: "text" | "json";
}

/**
 * `wholesource license PATH...`: 0 when every place that speaks is exact, 1 when one is not or a path is not there, 3
 * when nothing speaks or something could not be told.
 */
export async function licenseCommand(paths: readonly string[], options: LicenseArguments): Promise<number> {
  const interrupt = listenForInterrupt((text) => process.stderr.write(`wholesource: ${text}\n`));
  try {
    const kept: LicenseEntry[] = [];
    const codes = new Set<0 | 1 | 3>();
    for (const entry of recogniseLicenses(paths)) {
      codes.add(codeOf(entry));
      if (entry.refusal !== undefined)
        process.stderr.write(`wholesource: ${printable(entry.path)}: ${printable(entry.refusal.message)}\n`);
      if (options.format === "json") kept.push(entry);
      const lines = options.format === "json" ? [] : entry.sightings.flatMap(sightingLines);
      if (lines.length > 0 && !(await write(`${lines.join("\n")}\n`))) break;
      // A folder can be large, and everything above is done without a pause.
      await new Promise((done) => setImmediate(done));
      if (interrupt.signal.aborted) break;
    }
    if (options.format === "json") await write(`${JSON.stringify({ schemaVersion: "1", entries: kept }, null, 2)}\n`);
    else if (codes.size === 0) process.stderr.write("wholesource: nothing there speaks of a licence\n");
    return interrupt.exitCode() ?? (codes.has(1) ? 1 : codes.has(3) || codes.size === 0 ? 3 : 0);
  } finally {
    interrupt.stop();
  }
}

function codeOf({ sightings, refusal }: LicenseEntry): 0 | 1 | 3 {
  if (refusal !== undefined) return refusal.kind === "absent" ? 1 : 3;
  const speaking = sightings.filter(({ source }) => !beside.has(source));
  if (speaking.some(({ verdict }) => verdict !== "exact" && verdict !== "unknown")) return 1;
  return speaking.some(({ verdict }) => verdict === "unknown") ? 3 : 0;
}

/** What belongs to a licence and names none, or names one in passing: no verdict rests on it. */
const beside: ReadonlySet<string> = new Set(["policy", "notice", "prose"]);
