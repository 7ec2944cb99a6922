/** Verifies an archive without the hosts that its release came from: zero sockets. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ArchiveCheck, ArchiveFault } from "../archive/contents.ts";
import { judgeArchive } from "../judge/archive.ts";
import { WholesourceError } from "../model/error.ts";
import type { Report } from "../model/report.ts";
import { createRun } from "./context.ts";
import { manifestIn, withArchiveAt, withFaults } from "./opened-archive.ts";
import { MAX_OBJECT_BYTES, type VerifyOptions } from "./options.ts";
import { openReplay, RecordsDamaged } from "./replay.ts";
import { verifyRelease } from "./verify-release.ts";

/** What was found of an archive: of its form, and of the release in it where the archive is one of ours. */
export interface VerifiedArchive {
  readonly check: ArchiveCheck;
  readonly report?: Report | undefined;
}

/** Verifies what lies at a path; undefined where that is no archive. Nothing is asked of anybody. */
export async function verifyArchive(path: string, options: VerifyOptions = {}): Promise<VerifiedArchive | undefined> {
  if (options.complete === true) return completed(path, options);
  return withArchiveAt(path, options, async ({ folder, check }) => {
    const { report, faults } = await replayed(folder, path, options);
    const all = withFaults(check, faults);
    return report === undefined ? { check: all } : { check: all, report: judgeArchive(report, all) };
  });
}

/** Fetches first what the archive leaves to be fetched. */
async function completed(path: string, options: VerifyOptions): Promise<VerifiedArchive | undefined> {
  const { complete: _done, ...rest } = options;
  const { completeBag } = await import("../archive/bag-complete.ts");
  const run = createRun({}, options);
  const faults: ArchiveFault[] = [];
  let fetched = 0;
  try {
    if (!existsSync(join(path, "bagit.txt"))) {
      throw new WholesourceError("usage", `\`${path}\` is no bag in a folder: nothing can be fetched into it`, {
        hint: "unpack it, and complete the folder",
        subject: path,
      });
    }
    const { http } = run.resolveContext;
    const maxBytes = options.maxBytes ?? MAX_OBJECT_BYTES;
    const done = await completeBag(path, { http, signal: run.signal, maxBytes });
    fetched = done.fetched;
    faults.push(...done.faults);
  } finally {
    await run.close();
  }
  const verified = await verifyArchive(path, rest);
  if (verified === undefined) return undefined;
  const check = withFaults(verified.check, faults);
  if (verified.report === undefined) return { check };
  return { check, report: judgeArchive(verified.report, { ...check, fetched }) };
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
    const at = damagedBy(error, basename(manifest));
    if (at === undefined || !(error instanceof Error)) throw error;
    return { faults: [{ severity: "error", code: "form-invalid", path: `wholesource/${at}`, detail: error.message }] };
  }
}

/** The file of the archive that can not be read, where that is what went wrong. */
function damagedBy(error: unknown, manifest: string): string | undefined {
  if (error instanceof RecordsDamaged) return "resolutions.jsonl";
  return error instanceof WholesourceError && error.code === "manifest-invalid" ? manifest : undefined;
}
