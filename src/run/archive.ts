/** Verifies a release and keeps everything that it was verified by. */
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { bagEntries } from "../archive/bag-entries.ts";
import type { ArchiveEntry, ReleaseContents } from "../archive/contents.ts";
import { writeCrate } from "../archive/crate-write.ts";
import { refuseTaken } from "../archive/folder-stage.ts";
import { writeFolder } from "../archive/folder-write.ts";
import { ociEntries } from "../archive/oci-entries.ts";
import type { Packing } from "../archive/tar-seal.ts";
import { writeTar } from "../archive/tar-write.ts";
import { createScratch } from "../io/scratch.ts";
import { openStore, type Store } from "../io/store.ts";
import { WholesourceError } from "../model/error.ts";
import type { Manifest } from "../model/manifest.ts";
import { refusalHint } from "../model/refusal-hints.ts";
import type { Report } from "../model/report.ts";
import { archiveContents } from "./archive-contents.ts";
import { refuseInsidePieces } from "./archive-place.ts";
import { createRun } from "./context.ts";
import { loadManifest } from "./load.ts";
import type { VerifyOptions } from "./options.ts";
import { earlierArchive } from "./rearchive.ts";
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
  /** Pieces whose files stay where they are: only their addresses and digests are kept. */
  readonly leave?: readonly string[];
  /** Keep the HTTP exchanges too, as WARC. */
  readonly warc?: boolean;
}

/** What became of it. */
export interface Archived {
  readonly report: Report;
  /** Absolute; absent when the run was stopped before there was anything to keep. */
  readonly target: string | undefined;
  /** True when the archive was there and its hosts say that nothing changed: nothing was read again. */
  readonly unchanged: boolean;
}

const packings: { readonly [form in ArchiveForm]?: Packing } = { tar: "none", "tar.gz": "gzip", "tar.zst": "zstd" };

/** The store of a folder of archives, where no other was named: what they have in common lies there once. */
export const storeBeside = (target: string): string => join(dirname(target), ".wholesource-store");

/** Verifies a release and writes the archive. Throws WholesourceError for what is wrong with the run. */
export async function archive(source: ManifestSource, options: ArchiveOptions): Promise<Archived> {
  const isPushed = isRegistry(options.to);
  const target = isPushed ? options.to : resolve(options.cwd ?? ".", options.to);
  const { time } = options;
  const { manifest } = await loadManifest(source);
  checkPieces(manifest, options.leave ?? []);
  if (!isPushed) {
    const places = [{ what: "the archive", path: target }];
    const beside = resolve(options.store ?? storeBeside(target));
    refuseInsidePieces(manifest, source.folder, [...places, { what: "the store", path: beside }]);
    await mkdir(dirname(target), { recursive: true });
  }
  const scratch = createScratch();
  // What goes to a registry is not kept here as well, unless somebody says where.
  const folder = options.store ?? (isPushed ? await scratch.folder() : storeBeside(target));
  const store = await openStore(folder, { maxBytes: options.maxStoreBytes });
  try {
    const earlier = options.form === "bag" ? await earlierArchive(target, source, options) : undefined;
    if (earlier !== undefined && earlier.changed.size === 0) return { report: earlier.report, target, unchanged: true };
    const kind = options.form in packings ? "file" : "folder";
    if (!isPushed) refuseTaken(target, kind, options.replace === true || earlier !== undefined);
    const recorder = createRecorder(await scratch.folder());
    const record = options.warc === true ? await scratch.folder() : undefined;
    const now = time === undefined ? options.now : () => new Date(time);
    const report = await verifyRelease(
      source,
      {
        ...options,
        store: folder,
        depth: options.depth === "sample" ? "sample" : "full",
        ...(now === undefined ? {} : { now }),
        ...(record === undefined ? {} : { record }),
        onEvidence: (evidence) => {
          recorder.take(evidence);
          options.onEvidence?.(evidence);
        },
      },
      { keeping: recorder.keeping, replay: earlier?.replay },
    );
    if (report.partial) return { report, target: undefined, unchanged: false };
    await store.settled();
    const contents = await archiveContents({
      source,
      manifest,
      report,
      recorder,
      store,
      scratch: await scratch.folder(),
      time: time ?? instantOf(manifest.released) ?? report.timeVerified,
      leave: new Set(options.leave ?? []),
      ...(record === undefined ? {} : { warc: { record, fixedTime: time !== undefined } }),
    });
    const replace = options.replace === true || earlier !== undefined;
    if (isPushed) await push(contents, { ...options, replace }, () => scratch.folder());
    else {
      await write(contents, target, { ...options, replace }, () => scratch.folder());
      await nameInStore(store, contents);
    }
    return { report, target, unchanged: false };
  } finally {
    await store.close();
    await scratch.remove();
  }
}

/** A release date without a time of day is its first moment. */
function instantOf(released: string | undefined): string | undefined {
  return released === undefined ? undefined : new Date(released).toISOString();
}

function checkPieces({ pieces }: Manifest, leave: readonly string[]): void {
  for (const id of leave) {
    if (pieces.some((piece) => piece.id === id)) continue;
    throw new WholesourceError("usage", `the manifest has no piece \`${id}\` that could be left where it is`, {
      hint: `the pieces are: ${pieces.map((piece) => piece.id).join(", ")}`,
    });
  }
}

/** What this archive needs of the store is not collected while the archive counts on it. */
async function nameInStore(store: Store, { name, version, time, payload }: ReleaseContents): Promise<void> {
  await store.withRoot({ name: `${name} ${version}`, time }, async (root) => {
    for await (const { digest } of payload()) root.add(digest.sha256);
  });
}

/** Sends the release to a registry, by way of a layout that is gone afterwards. */
async function push(contents: ReleaseContents, options: ArchiveOptions, scratch: () => Promise<string>): Promise<void> {
  const layout = join(await scratch(), "layout");
  await write(contents, layout, { ...options, form: "oci" }, scratch);
  const { pushOci } = await import("../archive/oci-push.ts");
  const run = createRun({}, options);
  try {
    const { http, setting, endpoint } = run.resolveContext;
    const { signal } = run;
    const sent = await pushOci(layout, options.to, {
      http,
      signal,
      setting,
      endpoint: endpoint("oci"),
      replace: options.replace === true,
    });
    if (sent.status === "pushed") return;
    throw new WholesourceError("output-failed", `\`${options.to}\` did not take the archive: ${sent.message}`, {
      hint:
        refusalHint(sent.reason) ??
        "check the address and the login, and run it again: what was sent is not sent again",
    });
  } finally {
    await run.close();
  }
}

/** Whether a target is a registry's and no path. */
export const isRegistry = (to: string): boolean => /^oci:\/\//i.test(to);

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
  if (isRegistry(to)) return "oci";
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
