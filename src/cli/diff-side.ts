/** What `diff` is given: reports, archives and manifests, told apart by what is in them. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type DiffSide, sideOfManifest, sideOfReport } from "../judge/diff-side.ts";
import type { WrittenReport } from "../model/report-schema.ts";
import { loadManifest } from "../run/load.ts";
import { namesArchive } from "./archive-argument.ts";
import { readReportIfAny } from "./report-file.ts";
import { sourceOf } from "./source.ts";

/** Where an archive keeps the report of what it holds. */
const ARCHIVED_REPORT = join("wholesource", "report.json");

/** Opens one side. Throws `input-unreadable`, `manifest-unreadable` or `manifest-invalid`. */
export async function openSide(argument: string, options: { readonly allowPrivate?: boolean }): Promise<DiffSide> {
  const isNamed = argument === "-" || /^https?:\/\//i.test(argument);
  const report = isNamed ? undefined : await reportOf(argument);
  if (report !== undefined) return sideOfReport(report, argument);
  const source = await sourceOf(argument, options);
  const { manifest } = await loadManifest(source);
  const digest = { sha256: createHash("sha256").update(source.bytes).digest("hex") };
  return sideOfManifest(manifest, { uri: source.uri, digest });
}

async function reportOf(path: string): Promise<WrittenReport | undefined> {
  const facts = await stat(path).catch(() => undefined);
  // What is not there is told by whoever looks for a manifest.
  if (facts === undefined) return undefined;
  if (!facts.isDirectory()) return (await namesArchive(path)) ? packedReport(path) : readReportIfAny(path);
  const inside = join(path, ARCHIVED_REPORT);
  const there = await stat(inside).catch(() => undefined);
  if (there?.isFile() === true) return readReportIfAny(inside);
  return (await namesArchive(path)) ? packedReport(path) : undefined;
}

/** The report in an archive that is not a folder as it stands; names alone are checked, for nothing else is read of it. */
async function packedReport(path: string): Promise<WrittenReport | undefined> {
  const { withArchiveAt } = await import("../run/opened-archive.ts");
  return withArchiveAt(path, { depth: "probe" }, ({ folder }) => readReportIfAny(join(folder, ARCHIVED_REPORT)));
}
