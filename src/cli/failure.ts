import { WholesourceError, type WholesourceErrorCode } from "../model/error.ts";
import { printable } from "../model/printable.ts";
import { findingLines } from "./finding-lines.ts";

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
  if (error instanceof WholesourceError) {
    for (const line of findingLines(error.findings, error.subject ?? "manifest")) process.stderr.write(`${line}\n`);
    process.stderr.write(`wholesource: error: ${printable(error.message)}\n`);
    if (error.hint !== undefined) process.stderr.write(`wholesource: hint: ${printable(error.hint)}\n`);
    if (debug && error.stack !== undefined) process.stderr.write(`${error.stack}\n`);
    return exitCodes[error.code];
  }
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`wholesource: error: a bug of ours: ${printable(text)}\n`);
  process.stderr.write("wholesource: hint: run again with --debug and report what it prints\n");
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  return exitCodes.internal;
}
