/** Verifies an archive without the hosts that its release came from: zero sockets. */
import { readFile } from "node:fs/promises";
import type { ArchiveCheck, ArchiveFault } from "../archive/contents.ts";
import type { Report } from "../model/report.ts";
import { manifestIn, withArchiveAt, withFaults } from "./opened-archive.ts";
import type { VerifyOptions } from "./options.ts";
import { openReplay, RecordsDamaged } from "./replay.ts";
import { verifyRelease } from "./verify-release.ts";

/** What was found of an archive: of its form, and of the release in it where the archive is one of ours. */
export interface VerifiedArchive {
  readonly check: ArchiveCheck;
  readonly report?: Report | undefined;
}

/** Verifies what lies at a path; undefined where that is no archive. Nothing is asked of anybody. */
export async function verifyArchive(path: string, options: VerifyOptions = {}): Promise<VerifiedArchive | undefined> {
  return withArchiveAt(path, options, async ({ folder, check }) => {
    const { report, faults } = await replayed(folder, path, options);
    return report === undefined ? { check: withFaults(check, faults) } : withArchive(report, withFaults(check, faults));
  });
}

/** The release's own report, made anew from the archive's bytes and records. */
async function replayed(
  folder: string,
  path: string,
  options: VerifyOptions,
): Promise<{ readonly report?: Report; readonly faults: readonly ArchiveFault[] }> {
  const manifest = await manifestIn(folder);
  if (manifest === undefined) return { faults: [] };
  try {
    const replay = await openReplay(folder);
    const source = { uri: path, bytes: await readFile(manifest), folder };
    const { store: _unused, archived: _asks, saveCodeNow: _too, ...rest } = options;
    return { report: await verifyRelease(source, { ...rest, offline: true }, { replay }), faults: [] };
  } catch (error) {
    if (!(error instanceof RecordsDamaged)) throw error;
    const at = "wholesource/resolutions.jsonl";
    return { faults: [{ severity: "error", code: "form-invalid", path: at, detail: error.message }] };
  }
}

/** A release whose archive is not what it says is not whole, whatever its pieces are. */
function withArchive(report: Report, check: ArchiveCheck): VerifiedArchive {
  const exitCode = check.valid ? report.summary.exitCode : 1;
  return { check, report: { ...report, archive: check, summary: { ...report.summary, exitCode } } };
}
