import { WholesourceError, type WholesourceErrorCode } from "../model/error.ts";
import { printable } from "../model/printable.ts";
import { plural } from "../model/quantity.ts";
import { findingLines } from "./finding-lines.ts";
import { manifestName } from "./manifest-name.ts";
import { columnsOf, folded } from "./output.ts";

/** Characters of an error that are printed: lists of what could have been meant are long. */
const MAX_ERROR_CHARACTERS = 2_000;

/** What each kind of failure of a run exits with. */
const exitCodes = {
  usage: 2,
  "manifest-unreadable": 2,
  "manifest-invalid": 2,
  "nothing-to-check": 2,
  "input-unreadable": 2,
  "output-failed": 4,
  "store-failed": 4,
  "no-space": 4,
  interrupted: 130,
  internal: 4,
} as const satisfies Record<WholesourceErrorCode, number>;

/** Tells on standard error what went wrong with the run and what to do, and returns the exit code. */
export function printFailure(error: unknown, debug: boolean): number {
  // Several outputs can fail, and each is told.
  if (error instanceof AggregateError) return Math.max(...error.errors.map((each) => printFailure(each, debug)));
  if (error instanceof WholesourceError) {
    const name = manifestName(error.subject ?? "manifest");
    for (const line of findingLines(error.findings, name, columnsOf(process.stderr))) tell(line);
    const { message, hint } = error.code === "manifest-invalid" ? unusable(error, name) : error;
    say("error", message);
    if (hint !== undefined) say("hint", hint);
    if (debug && error.stack !== undefined) tell(error.stack);
    return exitCodes[error.code];
  }
  say("error", `a bug of ours: ${error instanceof Error ? error.message : String(error)}`);
  say("hint", "run again with --debug and report what it prints");
  if (debug && error instanceof Error) tell(error.stack ?? "");
  return exitCodes.internal;
}

function unusable({ findings }: WholesourceError, name: string): { readonly message: string; readonly hint: string } {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return {
    message: `\`${name}\` can not be used: ${plural(errors, "error")} in it`,
    hint: "mend what is listed above; `wholesource lint` checks a manifest and fetches nothing",
  };
}

function say(kind: "error" | "hint", text: string): void {
  const safe = printable(text, MAX_ERROR_CHARACTERS);
  for (const line of folded(`wholesource: ${kind}: ${safe}`, columnsOf(process.stderr))) tell(line);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
