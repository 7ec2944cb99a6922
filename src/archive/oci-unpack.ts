/** Lays the files of an artifact in an OCI layout out as a bag has them: `data/<piece>/<path>` and `wholesource/...`. */
import { constants, lstatSync } from "node:fs";
import { chmod, copyFile, link, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf } from "../io/errno.ts";
import { storeError } from "../io/store-write.ts";
import type { RemoteObject } from "../model/evidence.ts";
import { pathFault } from "../model/path.ts";
import { jsonOf } from "../resolve/json-bytes.ts";
import { kitWords } from "../resolve/oci-config.ts";
import { kindOf, layersOf, type OciKind } from "../resolve/oci-layers.ts";
import type { OciDescriptor, OciManifest } from "../resolve/oci-reply.ts";
import { type BagFaults, createBagFaults } from "./bag-faults.ts";
import type { ArchiveCheck } from "./contents.ts";
import { blobPath, isFolder, readDocument, readManifest, walkLayout } from "./oci-layout.ts";
import { refNameKey } from "./oci-model.ts";
import { isTaken, unpackLayer } from "./oci-unpack-tar.ts";

/** The piece that the files of an artifact go under which is none of ours: they stay beside each other as they were. */
const foreignPiece = "artifact";
/** Names that a message repeats. */
const CHOICES_TOLD_MAX = 12;

export interface UnpackOptions {
  /** Which artifact, where the layout holds several: its name there, or its digest. */
  readonly ref?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Files that are blobs as they are get a second name instead of a copy, where the disk can do that. Say false for a
   * place that somebody will write to: the archive would change too. Default true.
   */
  readonly link?: boolean | undefined;
  readonly maxFaults?: number | undefined;
}

/** What was laid out, and what could not be. */
export interface UnpackedOci extends Pick<ArchiveCheck, "valid" | "files" | "bytes" | "faults" | "faultsOmitted"> {
  /** What wrote the artifact; undefined where the layout holds no single one that could be meant. */
  readonly kind?: OciKind;
  /** Of the artifact's manifest. */
  readonly digest?: string;
  /** True where the artifact has our records in it. */
  readonly ours: boolean;
}

/**
 * Lays out into a folder that is empty or not there yet. Nothing outside it is touched, nothing in it is written twice,
 * and nothing in it is a link. The blobs are taken for what they are called: `checkOciLayout` measures them.
 */
export async function unpackOci(folder: string, to: string, options: UnpackOptions = {}): Promise<UnpackedOci> {
  const faults = createBagFaults(options.maxFaults);
  const { manifests } = walkLayout(folder, faults);
  const chosen = chooseManifest(manifests, options.ref, faults);
  const manifest = chosen === undefined ? undefined : readManifest(folder, chosen);
  const total = { files: 0, bytes: 0 };
  if (chosen === undefined || manifest === undefined) return { ...total, ours: false, ...faults.result() };
  const kind = kindOf(manifest);
  const objects = filesOf(folder, manifest, kind, faults);
  const ours = objects.some(({ path }) => path.startsWith("wholesource/"));
  const place = (path: string): string | undefined => placed(path, ours, faults);
  await makeFolder(to);
  for (const object of objects) {
    options.signal?.throwIfAborted();
    const blob = blobPath(object.url.slice("blobs/".length));
    const size = sizeOf(folder, blob, object.size, faults);
    if (size === undefined) continue;
    if (object.members !== undefined) {
      const layer = { file: join(folder, blob), blob, size, to, place };
      const laid = await unpackLayer(layer, faults, options.signal);
      total.files += laid.files;
      total.bytes += laid.bytes;
      continue;
    }
    const path = place(object.path);
    if (path === undefined) continue;
    if (await lay(join(folder, blob), to, path, options.link ?? true, faults)) {
      total.files += 1;
      total.bytes += size;
    }
  }
  return { kind, digest: chosen.digest, ours, ...total, ...faults.result() };
}

/** The one manifest that is meant; why there is none becomes a fault. */
export function chooseManifest(
  manifests: readonly OciDescriptor[],
  ref: string | undefined,
  faults: BagFaults,
): OciDescriptor | undefined {
  const fitting = manifests.filter(
    ({ digest, annotations }) => ref === undefined || digest === ref || annotations?.[refNameKey] === ref,
  );
  const [only] = fitting;
  if (fitting.length === 1) return only;
  const told = manifests.slice(0, CHOICES_TOLD_MAX).map(({ digest, annotations }) => {
    return `\`${(annotations?.[refNameKey] ?? digest).slice(0, 200)}\``;
  });
  const list = `${told.join(", ")}${manifests.length > CHOICES_TOLD_MAX ? ", ..." : ""}`;
  if (manifests.length === 0) faults.error("form-invalid", "index.json", "it names no artifact");
  else if (fitting.length === 0) faults.error("form-invalid", "index.json", `it names no \`${ref}\`: ${list}`);
  else faults.warning("form-discouraged", "index.json", `it names several artifacts, and none was chosen: ${list}`);
  return undefined;
}

/** The files and archives of an artifact, told apart as they are where a registry holds it. */
function filesOf(folder: string, manifest: OciManifest, kind: OciKind, faults: BagFaults): readonly RemoteObject[] {
  if (kind === "image") {
    const detail = "it is an image of a container, whose layers are no files of a release";
    faults.warning("form-discouraged", blobPath(manifest.config.digest), detail);
    return [];
  }
  const unplaced = new Map<string, string>();
  if (kind === "kitops") {
    const config = readDocument(folder, manifest.config);
    kitWords(config instanceof Uint8Array ? jsonOf(config) : undefined, manifest, {}, unplaced);
  }
  const objects: RemoteObject[] = [];
  const found = layersOf(manifest, kind, {
    url: "",
    isOperators: false,
    selected: "",
    unpack: false,
    unplaced,
  }).objects;
  for (const object of found) {
    const refusal = "status" in object ? object : object.refusal;
    if (refusal !== undefined) faults.error("path-unsafe", undefined, refusal.message);
    else if (!("status" in object)) objects.push(object);
  }
  return objects;
}

/** Where a file goes, or undefined where it may not be anywhere. */
function placed(path: string, ours: boolean, faults: BagFaults): string | undefined {
  const fault = pathFault(path);
  if (fault !== undefined) faults.error("path-unsafe", path, fault);
  else if (!ours) return `data/${foreignPiece}/${path}`;
  else if (/^(?:data\/[^/]+|wholesource)\//.test(path)) return path;
  else faults.error("path-unsafe", path, "it lies neither in a piece nor among the records");
  return undefined;
}

function sizeOf(folder: string, blob: string, size: number | undefined, faults: BagFaults): number | undefined {
  const isInside = isFolder(`${folder}/blobs`) && isFolder(dirname(`${folder}/${blob}`));
  const stat = isInside ? lstatSync(`${folder}/${blob}`, { throwIfNoEntry: false }) : undefined;
  if (stat === undefined) faults.error("file-missing", blob, "a blob is named, and is not there");
  else if (!stat.isFile()) faults.error("path-unsafe", blob, "it is no regular file");
  else if (stat.size !== size) {
    faults.error("file-corrupt", blob, `it has \`${stat.size}\` bytes, its descriptor says \`${size}\``);
  } else return size;
  return undefined;
}

/** A further name for the blob, or a copy of it that shares its blocks where the disk can do that. */
async function lay(from: string, to: string, path: string, mayLink: boolean, faults: BagFaults): Promise<boolean> {
  const target = join(to, path);
  try {
    await makeFolder(dirname(target));
    if (mayLink && (await linked(from, target))) return true;
    await copyFile(from, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await chmod(target, 0o644);
    return true;
  } catch (error) {
    if (!isTaken(error)) throw storeError(error, `laying \`${path}\` out`);
    faults.error("path-unsafe", path, "something else of the artifact is there already");
    return false;
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    // Another disk, one without such names, or a blob that has as many as it can have: a copy does.
    if (["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(error) ?? "")) return false;
    throw error;
  }
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}
