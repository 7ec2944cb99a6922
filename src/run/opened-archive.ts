/** Archives of every form as one folder, checked by their own manifests. */
import { stat } from "node:fs/promises";
import { MIXED_CASE } from "../archive/bag-line.ts";
import type { ArchiveCheck, ArchiveFault } from "../archive/contents.ts";
import { checkCrate } from "../archive/crate-check.ts";
import { checkOciLayout, unpackOci } from "../archive/oci-read.ts";
import { type OpenArchive, openArchive } from "../archive/open.ts";
import { resolveInside } from "../io/files.ts";
import { createScratch, type Scratch } from "../io/scratch.ts";
import { MANIFEST_MAX_BYTES } from "../manifest/limits.ts";
import { checkBagFolder } from "./bag-check.ts";
import type { VerifyOptions } from "./options.ts";

/** An archive that was opened and checked. */
export interface OpenedArchive {
  /** Holds `data/` and `wholesource/`, where there are any. */
  readonly folder: string;
  readonly check: ArchiveCheck;
}

/** Opens an archive, checks it by its own manifests and lends it; undefined where the path has none. */
export async function withArchiveAt<Value>(
  path: string,
  options: Pick<VerifyOptions, "depth" | "signal">,
  act: (opened: OpenedArchive) => Promise<Value>,
): Promise<Value | undefined> {
  const scratch = createScratch();
  const signal = options.signal ?? new AbortController().signal;
  try {
    const opened = await openArchive(path, { scratch: () => scratch.folder(), signal });
    if (opened === undefined) return undefined;
    try {
      const check = await checked(opened, options, signal);
      const { folder, faults } = await bagFolder(opened, scratch, signal);
      return await act({ folder, check: withFaults(check, faults) });
    } finally {
      await opened.close();
    }
  } finally {
    await scratch.remove();
  }
}

/** By its own manifests alone. */
async function checked(
  opened: OpenArchive,
  options: Pick<VerifyOptions, "depth">,
  signal: AbortSignal,
): Promise<ArchiveCheck> {
  const { form, folder } = opened;
  const depth = options.depth === "probe" ? "completeness" : "full";
  const check =
    form === "bag"
      ? await checkBagFolder(folder, { depth, signal, remote: opened.ours ? "warning" : "error" })
      : form === "ro-crate"
        ? await checkCrate(folder, { depth, signal })
        : await checkOciLayout(folder, { signal });
  return withFaults(opened.ours ? asWritten(check) : check, opened.faults);
}

/** We write digests in small letters: a capital in one is a bit that flipped. */
function asWritten(check: ArchiveCheck): ArchiveCheck {
  const isFlipped = ({ detail }: ArchiveFault): boolean => detail.includes(MIXED_CASE);
  if (!check.faults.some(isFlipped)) return check;
  const faults = check.faults.map((fault) => (isFlipped(fault) ? { ...fault, severity: "error" as const } : fault));
  return { ...check, valid: false, faults };
}

/** The same check with what was seen before it. */
export function withFaults(check: ArchiveCheck, faults: readonly ArchiveFault[]): ArchiveCheck {
  if (faults.length === 0) return check;
  const valid = check.valid && faults.every(({ severity }) => severity !== "error");
  return { ...check, valid, faults: [...faults, ...check.faults] };
}

/** The folder that holds `data/` and `wholesource/`. */
async function bagFolder(
  { form, folder }: OpenArchive,
  scratch: Scratch,
  signal: AbortSignal,
): Promise<{ readonly folder: string; readonly faults: readonly ArchiveFault[] }> {
  if (form !== "oci-layout") return { folder, faults: [] };
  const unpacked = await scratch.folder();
  return { folder: unpacked, faults: (await unpackOci(folder, unpacked, { signal })).faults };
}

/** The manifest in an unpacked archive, where it has one. */
export async function manifestIn(folder: string): Promise<string | undefined> {
  for (const name of ["manifest.yaml", "manifest.json"]) {
    const place = resolveInside(folder, `wholesource/${name}`);
    if ("status" in place) continue;
    const facts = await stat(place.path).catch(() => undefined);
    if (facts?.isFile() === true && facts.size <= MANIFEST_MAX_BYTES) return place.path;
  }
  return undefined;
}
