/** Checks an OCI image layout by its own digests, whoever made it. */
import { lstatSync, opendirSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { createDigestLane, digestLocalFile } from "../digest/local.ts";
import type { LocalPath } from "../io/files-open.ts";
import { compareBytes } from "../model/byte-order.ts";
import type { DigestAlgorithm } from "../model/digest.ts";
import { WholesourceError } from "../model/error.ts";
import type { Refusal, Transfer } from "../model/evidence.ts";
import { isOciDigest } from "../resolve/oci-location.ts";
import type { OciDescriptor } from "../resolve/oci-reply.ts";
import type { DigestFiles, DigestItem } from "./bag-digest.ts";
import { type BagFaults, createBagFaults } from "./bag-faults.ts";
import type { ArchiveCheck } from "./contents.ts";
import { blobPath, isFolder, type LayoutWalk, walkLayout } from "./oci-layout.ts";
import { checkModels } from "./oci-model-check.ts";

export { unpackOci } from "./oci-unpack.ts";

export interface OciCheckOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of every chunk that was read, for whoever shows progress. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** Reads on more threads than this one. */
  readonly digestFiles?: DigestFiles | undefined;
  readonly maxFaults?: number | undefined;
}

/** Blobs that are read before others have a turn. */
const WAVE_FILES = 1024;

const algorithms = {
  sha256: ["sha256"],
  sha512: ["sha512"],
} as const satisfies { readonly [name: string]: readonly DigestAlgorithm[] };

interface Blob {
  readonly path: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Measures every blob that the layout names, and those that lie there unnamed. Reads nothing outside the folder. A
 * blob that no descriptor names is allowed and told of; one whose bytes are not what its name says is an error.
 */
export async function checkOciLayout(folder: string, options: OciCheckOptions = {}): Promise<ArchiveCheck> {
  const { signal, maxFaults } = options;
  if (!isFolder(`${folder}/.`)) {
    throw new WholesourceError("input-unreadable", `\`${folder}\` is no folder that can be read`, { subject: folder });
  }
  const faults = createBagFaults(maxFaults);
  const walk = walkLayout(folder, faults);
  checkModels(folder, walk, faults);
  const stores = openStores(folder, faults);
  const digestFiles = options.digestFiles ?? (await oneThread(options));
  const total = { files: 0, bytes: 0 };
  let wave: Blob[] = [];
  const flush = async (): Promise<void> => {
    const items = wave.map(({ path, size, digest }): DigestItem => {
      return { path: `${folder}/${path}`, size, algorithms: algorithms[algorithmOf(digest)] };
    });
    const seen = await digestFiles(items);
    for (const [index, blob] of wave.entries()) {
      const one = seen[index];
      if (one !== undefined) compare(blob, one, faults, total);
    }
    wave = [];
    await setImmediate();
    signal?.throwIfAborted();
  };
  const blobs = [...walk.blobs.values()].map((blob) => ({ ...blob, path: blobPath(blob.digest) }));
  for (const blob of blobs.sort((a, b) => compareBytes(a.path, b.path))) {
    if (isThere(folder, stores, blob, faults)) wave.push(blob);
    if (wave.length >= WAVE_FILES) await flush();
  }
  for (const blob of unnamed(folder, stores, walk, faults)) {
    wave.push(blob);
    if (wave.length >= WAVE_FILES) await flush();
  }
  await flush();
  return { form: "oci-layout", ...total, ...faults.result() };
}

const algorithmOf = (digest: string): keyof typeof algorithms => (digest.startsWith("sha512:") ? "sha512" : "sha256");

/** The folders of blobs that are folders: nothing is read through a link. */
function openStores(folder: string, faults: BagFaults): ReadonlySet<string> {
  const stores = new Set<string>();
  for (const { name, kind } of namesIn(folder)) {
    if (["oci-layout", "index.json"].includes(name)) continue;
    if (name !== "blobs") faults.warning("file-unexpected", name, "it is no part of an image layout");
    else if (kind !== "folder") faults.error("path-unsafe", name, `it is ${kind === "link" ? "a link" : "no folder"}`);
  }
  if (!isFolder(`${folder}/blobs`)) return stores;
  for (const { name, kind } of namesIn(`${folder}/blobs`)) {
    const path = `blobs/${name}`;
    if (kind === "folder") stores.add(name);
    else if (kind === "link") faults.error("path-unsafe", path, "it is a link");
    else faults.warning("file-unexpected", path, "it is no folder of blobs");
  }
  return stores;
}

/** True when there is a regular file to be measured; what speaks against it is told. */
function isThere(
  folder: string,
  stores: ReadonlySet<string>,
  { path, digest, size, urls }: OciDescriptor & Blob,
  faults: BagFaults,
): boolean {
  if (!isOciDigest(digest)) {
    faults.error("form-invalid", path, "it is named by a digest that can not be checked");
    return false;
  }
  const store = algorithmOf(digest);
  const stat = stores.has(store) ? lstatSync(`${folder}/${path}`, { throwIfNoEntry: false }) : undefined;
  if (stat === undefined) {
    // Such layers are left where they are; everything else belongs into the layout.
    const isRemote = urls !== undefined && urls !== null && urls.length > 0;
    if (isRemote) faults.warning("file-remote", path, "the layout leaves it where it is");
    else faults.error("file-missing", path, `a blob of \`${size}\` bytes is named, and is not there`);
    return false;
  }
  if (stat.isSymbolicLink()) faults.error("path-unsafe", path, "it is a link");
  else if (!stat.isFile()) faults.error("path-unsafe", path, "it is no regular file");
  // The size comes first: what has another one need not be read.
  else if (stat.size !== size) {
    faults.error("file-corrupt", path, `it has \`${stat.size}\` bytes, its descriptor says \`${size}\``);
  } else return true;
  return false;
}

/** Blobs that nobody names: their own names still say what their bytes must be. */
function* unnamed(
  folder: string,
  stores: ReadonlySet<string>,
  { blobs }: LayoutWalk,
  faults: BagFaults,
): Generator<Blob> {
  for (const store of [...stores].sort(compareBytes)) {
    for (const { name, kind } of namesIn(`${folder}/blobs/${store}`)) {
      const digest = `${store}:${name}`;
      const path = `blobs/${store}/${name}`;
      if (blobs.has(digest)) continue;
      if (kind === "link") faults.error("path-unsafe", path, "it is a link");
      else faults.warning("file-unexpected", path, "nothing in the layout names it");
      if (kind !== "file" || !isOciDigest(digest)) continue;
      const size = lstatSync(`${folder}/${path}`, { throwIfNoEntry: false })?.size;
      if (size !== undefined) yield { path, digest, size };
    }
  }
}

function compare(
  { path, digest }: Blob,
  seen: Transfer | Refusal,
  faults: BagFaults,
  total: { files: number; bytes: number },
): void {
  if (seen.status === "refused") {
    faults.error("archive-damaged", path, `it can not be read: ${seen.message}`);
    return;
  }
  total.files += 1;
  total.bytes += seen.size;
  const algorithm = algorithmOf(digest);
  const measured = `${algorithm}:${seen.digest[algorithm] ?? "unknown"}`;
  if (measured !== digest) faults.error("file-corrupt", path, `its bytes are \`${measured}\``);
}

interface Name {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

/** What is in a folder, as it comes: a folder of blobs can hold millions. */
function* namesIn(folder: string): Generator<Name> {
  const open = opendirSync(folder);
  try {
    for (let entry = open.readSync(); entry !== null; entry = open.readSync()) {
      const kind = entry.isFile() ? "file" : entry.isDirectory() ? "folder" : entry.isSymbolicLink() ? "link" : "other";
      yield { name: entry.name, kind };
    }
  } finally {
    open.closeSync();
  }
}

async function oneThread({ signal, onBytes }: OciCheckOptions): Promise<DigestFiles> {
  const lanes = {
    sha256: await createDigestLane(algorithms.sha256),
    sha512: await createDigestLane(algorithms.sha512),
  };
  const digest = (path: LocalPath, wanted: readonly DigestAlgorithm[]) =>
    digestLocalFile(path, wanted.includes("sha512") ? lanes.sha512 : lanes.sha256, { signal, onBytes });
  return async (items) => {
    const seen: (Transfer | Refusal)[] = [];
    for (const { path, algorithms: wanted } of items) {
      signal?.throwIfAborted();
      seen.push(await digest(path, wanted));
    }
    return seen;
  };
}
