/** Verifies a release and keeps everything that it was verified by. */
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { bagEntries } from "../archive/bag-entries.ts";
import type { ArchiveEntry, ReleaseContents } from "../archive/contents.ts";
import { writeCrate } from "../archive/crate-write.ts";
import { writeFolder } from "../archive/folder-write.ts";
import { ociEntries } from "../archive/oci-entries.ts";
import type { Packing } from "../archive/tar-seal.ts";
import { writeTar } from "../archive/tar-write.ts";
import { createScratch } from "../io/scratch.ts";
import { openStore } from "../io/store.ts";
import { WholesourceError } from "../model/error.ts";
import type { Report } from "../model/report.ts";
import { archiveContents } from "./archive-contents.ts";
import { loadManifest } from "./load.ts";
import type { VerifyOptions } from "./options.ts";
import { createRecorder } from "./recorder.ts";
import type { ManifestSource } from "./source.ts";
import { verifyRelease } from "./verify-release.ts";

/** How an archive is laid out: a bag in a folder, a bag in one file, or an OCI layout. */
export const archiveForms = ["bag", "tar", "tar.gz", "tar.zst", "oci"] as const;
export type ArchiveForm = (typeof archiveForms)[number];

/** What the operator decides of an archive. */
export interface ArchiveOptions extends VerifyOptions {
  /** Where it is to lie. */
  readonly to: string;
  readonly form: ArchiveForm;
  /** Put it in the place of one that is there. */
  readonly replace?: boolean;
  /** ISO 8601 UTC: the time of everything that is written, the report's own times too. Default: the run's. */
  readonly time?: string;
}

/** What became of it. */
export interface Archived {
  readonly report: Report;
  /** Absolute; absent when the run was stopped before there was anything to keep. */
  readonly target: string | undefined;
}

const packings: { readonly [form in ArchiveForm]?: Packing } = { tar: "none", "tar.gz": "gzip", "tar.zst": "zstd" };

/** The store of a folder of archives, where no other was named: what they have in common lies there once. */
export const storeBeside = (target: string): string => join(dirname(target), ".wholesource-store");

/** Verifies a release and writes the archive. Throws WholesourceError for what is wrong with the run. */
export async function archive(source: ManifestSource, options: ArchiveOptions): Promise<Archived> {
  const target = resolve(options.cwd ?? ".", options.to);
  const { time } = options;
  await mkdir(dirname(target), { recursive: true });
  const folder = options.store ?? storeBeside(target);
  const store = await openStore(folder);
  const scratch = createScratch();
  try {
    const { manifest } = await loadManifest(source);
    const recorder = createRecorder(await scratch.folder());
    const now = time === undefined ? options.now : () => new Date(time);
    const report = await verifyRelease(
      source,
      {
        ...options,
        store: folder,
        depth: options.depth === "sample" ? "sample" : "full",
        ...(now === undefined ? {} : { now }),
        onEvidence: (evidence) => {
          recorder.take(evidence);
          options.onEvidence?.(evidence);
        },
      },
      { keeping: recorder.keeping },
    );
    if (report.partial) return { report, target: undefined };
    const contents = await archiveContents({
      source,
      manifest,
      report,
      recorder,
      store,
      scratch: await scratch.folder(),
      time: time ?? manifest.released ?? report.timeVerified,
    });
    await write(contents, target, options, () => scratch.folder());
    return { report, target };
  } finally {
    await scratch.remove();
  }
}

async function write(
  contents: ReleaseContents,
  target: string,
  { form, replace = false, signal }: ArchiveOptions,
  scratch: () => Promise<string>,
): Promise<void> {
  // A blob of the store can not be written to, so that another name for it is as good as a copy.
  const limits = { replace, link: true, signal: signal ?? new AbortController().signal };
  const packing = packings[form];
  if (form === "oci") {
    await writeFolder(ociEntries(contents, { scratch: await scratch() }), target, limits);
    return;
  }
  const entries = await bagOf(contents, scratch);
  if (packing === undefined) await writeFolder(entries, target, limits);
  else
    await writeTar(entries, target, { ...limits, compression: packing, root: rootOf(contents), time: contents.time });
}

async function bagOf(contents: ReleaseContents, scratch: () => Promise<string>): Promise<AsyncIterable<ArchiveEntry>> {
  const file = join(await scratch(), "ro-crate-metadata.json");
  const crate = await writeCrate(contents, file);
  const extra = { path: "ro-crate-metadata.json", ...crate, source: { from: file } };
  return bagEntries(contents, { scratch: await scratch(), extras: [extra] });
}

/** The folder inside one file: a name that every system takes. */
function rootOf({ name, version }: ReleaseContents): string {
  const plain = `${name}-${version}`.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+/, "");
  return plain === "" ? "release" : plain.slice(0, 100);
}

/** The form that a target's name asks for. */
export function formOf(to: string): ArchiveForm {
  if (/\.tar\.gz$|\.tgz$/i.test(to)) return "tar.gz";
  if (/\.tar\.zst$|\.tzst$/i.test(to)) return "tar.zst";
  if (/\.tar$/i.test(to)) return "tar";
  if (/\.(?:zip|7z|rar|xz|bz2)$/i.test(to)) {
    throw new WholesourceError("usage", `no archive is written as \`${to.slice(to.lastIndexOf("."))}\``, {
      hint: "name a folder, or a file that ends with .tar, .tar.gz or .tar.zst",
    });
  }
  return "bag";
}
