import { createReadStream } from "node:fs";
import { WholesourceError } from "../model/error.ts";
import type { WrittenReport } from "../model/report-schema.ts";

/** Bytes of a report that is read back: one of a hundred thousand listed files has a few dozen megabytes. */
const REPORT_BYTES_MAX = 256 * 1024 * 1024;

/** Reads a report that an earlier run wrote as JSON. Throws `input-unreadable`. */
export async function readReport(file: string): Promise<WrittenReport> {
  return reportOf(parsed(await readText(file), file), file);
}

/**
 * The same for a file that may be something else: undefined where it is no JSON with a `verifier`, which every report
 * has and no manifest. Throws `input-unreadable`.
 */
export async function readReportIfAny(file: string): Promise<WrittenReport | undefined> {
  const text = await readText(file);
  if (!/^\s*\{/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return typeof value === "object" && value !== null && "verifier" in value ? reportOf(value, file) : undefined;
}

async function reportOf(value: unknown, file: string): Promise<WrittenReport> {
  const { Report } = await import("../model/report-schema.ts");
  const read = Report.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = `/${(issue?.path ?? []).map(String).join("/")}`;
  throw new WholesourceError("input-unreadable", `\`${file}\` is no report: \`${where}\`: ${issue?.message ?? ""}`, {
    hint: "give it what `wholesource verify --output json=FILE` wrote",
    subject: file,
  });
}

async function readText(file: string): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of createReadStream(file)) {
      if (!Buffer.isBuffer(part)) continue;
      size += part.length;
      if (size > REPORT_BYTES_MAX) throw new Error(`it has more than ${REPORT_BYTES_MAX} bytes`);
      parts.push(part);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WholesourceError("input-unreadable", `\`${file}\` can not be read: ${reason}`, {
      hint: "check the name, and that you may read it",
      subject: file,
      cause,
    });
  }
  return Buffer.concat(parts).toString("utf8");
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WholesourceError("input-unreadable", `\`${file}\` is no JSON`, {
      hint: "give it what `wholesource verify --output json=FILE` wrote",
      subject: file,
      cause,
    });
  }
}
