import type { ArchiveReport } from "../model/archive-check.ts";
import type { Report } from "../model/report.ts";

/** The report of a release that was read from an archive: one that is not what it says is not whole, whatever its pieces are. */
export function judgeArchive(report: Report, archive: ArchiveReport): Report {
  const exitCode = archive.valid ? report.summary.exitCode : 1;
  return { ...report, archive, summary: { ...report.summary, exitCode } };
}
