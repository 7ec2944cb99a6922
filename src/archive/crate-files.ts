/** What a crate describes, against what is in its folder. */
import { lstatSync, type Stats } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { createDigestLane, type DigestLane, digestLocalFile } from "../digest/local.ts";
import type { InsideFolder } from "../io/files-inside.ts";
import { refuseError } from "../io/files-open.ts";
import { walkFolder } from "../io/files-walk.ts";
import { algorithmsOf, type DigestSet, isWeak } from "../model/digest.ts";
import type { Refusal } from "../model/evidence.ts";
import { countText, plural } from "../model/quantity.ts";
import type { BagFaults } from "./bag-faults.ts";
import type { CrateFile, CrateParts } from "./crate-parts.ts";
import { metadataNames } from "./crate-root.ts";

/** Files after which others have a turn. */
const TURN_FILES = 256;

/** The web page of a crate, which is made from its metadata and is no part of it. */
const PREVIEW = "ro-crate-preview.html";
const PREVIEW_FILES = "ro-crate-preview_files";

export interface CrateLook {
  readonly inside: InsideFolder;
  readonly parts: CrateParts;
  readonly faults: BagFaults;
  readonly signal: AbortSignal | undefined;
  readonly onBytes: ((count: number) => void) | undefined;
}

/** Described files that are there. */
export interface CrateCount {
  readonly files: number;
  readonly bytes: number;
}

/** Looks for every described file and folder; `read` says whether digests are compared too. */
export async function checkParts(look: CrateLook, { read }: { readonly read: boolean }): Promise<CrateCount> {
  const { inside, parts, faults, signal } = look;
  for (const path of parts.folders) {
    const there = statInside(inside, path, faults);
    if (there !== undefined && !there.isDirectory()) faults.error("file-missing", path, "it is no folder");
  }
  const digests = createLanes();
  let [files, bytes] = [0, 0];
  let weak = 0;
  let without = 0;
  for (const [index, file] of parts.files.entries()) {
    if (index % TURN_FILES === 0) await turn(signal);
    const there = statInside(inside, file.path, faults);
    if (there === undefined) continue;
    if (!there.isFile()) {
      faults.error("file-missing", file.path, there.isDirectory() ? "it is a folder" : "it is no regular file");
      continue;
    }
    files += 1;
    bytes += there.size;
    if (algorithmsOf(file.digest).length === 0) without += 1;
    else if (isWeak(file.digest)) weak += 1;
    if (file.size !== undefined && file.size !== there.size) {
      const detail = `the crate says \`${file.size}\` bytes, it has \`${there.size}\``;
      faults.error("file-corrupt", file.path, detail);
    } else if (read && algorithmsOf(file.digest).length > 0) await checkDigests(look, file, digests);
  }
  if (read && without > 0) {
    const detail = `${ofAll(without, files)} no digest in the crate, so nothing is known of the bytes`;
    faults.warning("form-discouraged", undefined, detail);
  }
  if (read && weak > 0) {
    const detail = `${ofAll(weak, files)} no digest but weak ones, which do not withstand a made collision`;
    faults.warning("form-discouraged", undefined, detail);
  }
  return { files, bytes };
}

const ofAll = (some: number, all: number): string =>
  `${countText(some)} of ${plural(all, "file")} ${some === 1 ? "has" : "have"}`;

/** Waits for others, and ends where the run was interrupted. */
async function turn(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}

/** What lies at the path without any link on the way; undefined, with an error, when nothing does. */
function statInside(inside: InsideFolder, path: string, faults: BagFaults): Stats | undefined {
  const place = inside.resolve(path);
  if ("status" in place) return tellRefusal(place, path, faults);
  // Links that stay inside are followed by that, and a crate that is moved or unpacked elsewhere loses them.
  if (place.path !== `${inside.root === "/" ? "" : inside.root}/${path}`) {
    return void faults.error("path-unsafe", path, "a folder on its way is a link");
  }
  try {
    const stat = lstatSync(place.path);
    return stat.isSymbolicLink() ? void faults.error("path-unsafe", path, "it is a link") : stat;
  } catch (error) {
    return tellRefusal(refuseError(error), path, faults);
  }
}

function tellRefusal({ kind, reason, message }: Refusal, path: string, faults: BagFaults): undefined {
  if (reason === "outside-blocked") faults.error("path-unsafe", path, message);
  else if (kind === "absent") faults.error("file-missing", path, "the crate describes it, and it is not there");
  else faults.error("archive-damaged", path, `it can not be read: ${message}`);
}

/** A reader for each set of algorithms, of which a crate has few. */
function createLanes(): (digest: DigestSet) => Promise<DigestLane> {
  const lanes = new Map<string, Promise<DigestLane>>();
  return (digest) => {
    const algorithms = algorithmsOf(digest);
    const key = algorithms.join();
    const lane = lanes.get(key) ?? createDigestLane(algorithms);
    lanes.set(key, lane);
    return lane;
  };
}

async function checkDigests(
  { inside, faults, signal, onBytes }: CrateLook,
  { path, digest }: CrateFile,
  laneOf: (digest: DigestSet) => Promise<DigestLane>,
): Promise<void> {
  const place = inside.resolve(path);
  if ("status" in place) return tellRefusal(place, path, faults);
  const seen = await digestLocalFile(place.path, await laneOf(digest), { signal, onBytes });
  signal?.throwIfAborted();
  if (seen.status === "refused") return tellRefusal(seen, path, faults);
  for (const algorithm of algorithmsOf(digest)) {
    const [said, measured] = [digest[algorithm], seen.digest[algorithm]];
    if (said !== measured) {
      faults.error("file-corrupt", path, `the crate says ${algorithm} \`${said}\`, its bytes have \`${measured}\``);
    }
  }
}

/** Looks for what is in the folder and is not described. */
export async function checkUndescribed({ inside, parts, faults, signal }: CrateLook): Promise<void> {
  const described = new Set(parts.files.map(({ path }) => path));
  const unexpected = (path: string, detail: string): void => faults.warning("file-unexpected", path, detail);
  let step = 0;
  for (const entry of walkFolder(inside.root)) {
    if (step++ % TURN_FILES === 0) await turn(signal);
    const { path, kind } = entry;
    const isKnown = entry.pathBytes === undefined && described.has(path);
    if (kind === "empty-folder" || isKnown || isOwn(path) || liesIn(path, parts.opaque)) continue;
    if (kind === "refused") faults.error("archive-damaged", path, `it can not be read: ${entry.refusal.message}`);
    else if (kind === "file") unexpected(path, "the crate does not describe it");
    else if (kind === "symlink") unexpected(path, "it is a link, which the crate does not describe");
    else unexpected(path, "it is a pipe, a socket or a device");
  }
}

function isOwn(path: string): boolean {
  return metadataNames.some((name) => name === path) || path === PREVIEW || path.startsWith(`${PREVIEW_FILES}/`);
}

function liesIn(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.size === 0) return false;
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
    if (folders.has(path.slice(0, at))) return true;
  }
  return false;
}
