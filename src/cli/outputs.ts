import { appendFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeAside } from "../io/write-whole.ts";
import { WholesourceError } from "../model/error.ts";
import type { Report } from "../model/report.ts";
import { reporterById, reporters } from "../report/registry.ts";
import type { RenderOptions, Reporter } from "../report/reporter.ts";

/** A report that is to be written to a file. */
export interface OutputRequest {
  readonly reporter: Reporter;
  readonly file: string;
}

/** Reads `format=file`. Throws `usage`. */
export function parseOutput(text: string): OutputRequest {
  const at = text.indexOf("=");
  const reporter = at < 0 ? undefined : reporterById(text.slice(0, at));
  const file = text.slice(at + 1);
  if (reporter === undefined || file === "") {
    throw new WholesourceError("usage", `\`--output ${text}\` is not of the form \`format=file\``, {
      hint: `write for example --output json=report.json; formats: ${reporters.map(({ id }) => id).join(", ")}`,
    });
  }
  return { reporter, file };
}

/** Renders a report as one text. */
export async function renderReport(reporter: Reporter, report: Report, options: RenderOptions): Promise<string> {
  const rendered = reporter.render(report, options);
  if (typeof rendered === "string") return rendered;
  const parts: string[] = [];
  for await (const part of rendered) parts.push(part);
  return parts.join("");
}

/**
 * Writes a file whole or not at all: aside, synced, moved into place. What is no file, such as `/dev/stderr`, is written
 * to and never replaced. Throws `output-failed`.
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  // `/dev/stdout` may be a file that is still written to by another name.
  if (there !== undefined && (!there.isFile() || file.startsWith("/dev/"))) return writeThrough(file, text);
  // A link stays a link.
  const target = there === undefined ? file : await realpath(file);
  const aside = join(dirname(target), `.${process.pid}.${Date.now().toString(36)}.wholesource.tmp`);
  await writeAside(target, aside, text).catch((cause: unknown) => {
    throw outputFailed(file, cause);
  });
}

async function writeThrough(file: string, text: string): Promise<void> {
  await appendFile(file, text).catch((cause: unknown) => {
    throw outputFailed(file, cause);
  });
}

/** The most usual reasons, in words. */
const FAULTS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such folder"],
  ["ENOTDIR", "there is no such folder"],
  ["EACCES", "you may not write there"],
  ["EPERM", "you may not write there"],
  ["EROFS", "nothing can be written there"],
  ["EISDIR", "it is a folder"],
  ["ENOSPC", "the disk is full"],
]);

/** What a failed write is told as. */
export function outputFailed(file: string, cause: unknown): WholesourceError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
  const reason = FAULTS.get(code) ?? code;
  return new WholesourceError("output-failed", `\`${file}\` can not be written: ${reason}`, {
    hint: "check that the folder exists, may be written and has room",
    cause,
  });
}
