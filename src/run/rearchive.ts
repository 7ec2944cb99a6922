/** An archive that is there already, against what its hosts say today: what did not change is not fetched again. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createScratch } from "../io/scratch.ts";
import { ArchivedLine, type ArchivedLocation, type ArchivedObject } from "../model/archived.ts";
import { digestAlgorithms, isWeak } from "../model/digest.ts";
import type { Report } from "../model/report.ts";
import { findResolver } from "../resolve/registry.ts";
import type { Replay } from "./hooks.ts";
import { manifestIn } from "./opened-archive.ts";
import type { VerifyOptions } from "./options.ts";
import { createRecorder } from "./recorder.ts";
import { archivedLines, openReplay, RecordsDamaged } from "./replay.ts";
import type { ManifestSource } from "./source.ts";
import { verifyRelease } from "./verify-release.ts";

/** How long after its last change a file's tag is taken to stand for its bytes, in ms: a second, and clocks that differ. */
const TAG_SETTLES_MS = 5_000;

/** What asking the hosts told of an archive. */
export interface EarlierArchive {
  /** Pieces that have to be read again, by id. */
  readonly changed: ReadonlySet<string>;
  /** Of the questions: nothing was read for it. */
  readonly report: Report;
  /** Answers for the pieces that did not change with what the archive has: those bytes are measured again, here. */
  readonly replay: Replay;
}

/** Compares the archive in a folder with its hosts; undefined where there is none of this very manifest. */
export async function earlierArchive(
  folder: string,
  source: ManifestSource,
  options: VerifyOptions,
): Promise<EarlierArchive | undefined> {
  if (!(await isOfThis(folder, source))) return undefined;
  const scratch = createScratch();
  try {
    const recorder = createRecorder(await scratch.folder());
    const { store: _store, onEvidence: _take, ...rest } = options;
    const report = await verifyRelease(source, { ...rest, depth: "probe" }, { keeping: recorder.keeping });
    const [before, now] = [await openSide(archivedLines(folder)), await openSide(parsed(recorder.resolutions()))];
    const ids = report.pieces.map(({ id }) => id);
    const changed = await changedPieces(before, now, ids, await archivedAt(folder));
    const kept = await openReplay(folder);
    const replay: Replay = {
      resolverOf: (piece, index, location) =>
        changed.has(piece.id) ? findResolver(location) : kept.resolverOf(piece, index, location),
      listingOf: (piece) => (changed.has(piece.id) ? undefined : kept.listingOf(piece)),
    };
    return { changed, report, replay };
  } catch (error) {
    // Records that can not be read are no help; the archive is made anew.
    if (error instanceof RecordsDamaged) return undefined;
    throw error;
  } finally {
    await scratch.remove();
  }
}

async function isOfThis(folder: string, { bytes }: ManifestSource): Promise<boolean> {
  const facts = await stat(join(folder, "bagit.txt")).catch(() => undefined);
  if (facts?.isFile() !== true) return false;
  const manifest = await manifestIn(folder);
  return manifest !== undefined && (await readFile(manifest)).equals(bytes);
}

async function* parsed(lines: Iterable<string>): AsyncGenerator<ArchivedLine> {
  for (const line of lines) yield ArchivedLine.parse(JSON.parse(line));
}

/** One side: its locations, which come first, and its objects as they come. */
interface Side {
  readonly locations: ReadonlyMap<string, ArchivedLocation>;
  /** The next object, which stays the next one until it is taken. */
  peek(): ArchivedObject | undefined;
  take(): Promise<void>;
}

async function openSide(lines: AsyncIterator<ArchivedLine>): Promise<Side> {
  const locations = new Map<string, ArchivedLocation>();
  let next: ArchivedObject | undefined;
  const take = async (): Promise<void> => {
    for (;;) {
      const { value, done } = await lines.next();
      next = undefined;
      if (done === true) return;
      if (value.type === "location" && value.kept) locations.set(value.piece, value);
      // The licence beside a location is no part of it, and is asked for anew.
      if (value.type !== "object" || value.role === "beside") continue;
      next = value;
      return;
    }
  };
  await take();
  return { locations, peek: () => next, take };
}

/** The pieces that are not the same on both sides. Both are in one order, so that neither is held. */
async function changedPieces(
  before: Side,
  now: Side,
  ids: readonly string[],
  archived: number,
): Promise<ReadonlySet<string>> {
  const changed = new Set<string>();
  const pins = new Map<string, boolean>();
  for (const id of ids) {
    const pinned = pinnedAlike(before.locations.get(id), now.locations.get(id));
    if (pinned === undefined) changed.add(id);
    else pins.set(id, pinned);
  }
  for (;;) {
    const [was, is] = [before.peek(), now.peek()];
    if (was === undefined && is === undefined) return changed;
    const first = was !== undefined && (is === undefined || !isBehind(was, is)) ? was.piece : (is?.piece ?? "");
    const both = was?.piece === first && is?.piece === first;
    if (both && was.path === is.path && isSameObject(was, is, pins.get(first) ?? false, archived)) {
      await Promise.all([before.take(), now.take()]);
      continue;
    }
    changed.add(first);
    for (const side of [before, now]) while (side.peek()?.piece === first) await side.take();
  }
}

/** In the order of the lines, which are sorted by piece and path together. */
const isBehind = (one: ArchivedObject, other: ArchivedObject): boolean => `${one.piece}/` > `${other.piece}/`;

/** Whether both answers are of one pinned revision; undefined where the answers themselves differ. */
function pinnedAlike(was: ArchivedLocation | undefined, is: ArchivedLocation | undefined): boolean | undefined {
  if (was === undefined || is === undefined || was.location !== is.location) return undefined;
  const [old, current] = [was.resolution, is.resolution];
  if (old.status === "refused" || current.status === "refused") return undefined;
  if (old.revision !== current.revision || old.licensePublished !== current.licensePublished) return undefined;
  return old.pinned && current.pinned && old.revision !== undefined;
}

/** Whether the host says the same of an object as then; saying nothing is not the same. */
function isSameObject(was: ArchivedObject, is: ArchivedObject, pinned: boolean, archived: number): boolean {
  if (was.refusal?.reason !== is.refusal?.reason) return false;
  if (was.size !== undefined && is.size !== undefined && was.size !== is.size) return false;
  if (was.kept === undefined) return true;
  const strong = digestAlgorithms.filter((one) => !isWeak({ [one]: "" }));
  const both = strong.filter((one) => was.digest?.[one] !== undefined && is.digest?.[one] !== undefined);
  if (both.length > 0) return both.every((one) => was.digest?.[one] === is.digest?.[one]);
  if (isStrongTag(was.etag) && is.etag !== undefined) return was.etag === is.etag && isSettled(was, archived);
  return pinned;
}

/** A weak tag is the same for bytes that only mean the same (RFC 9110, 8.8.1). */
const isStrongTag = (etag: string | undefined): boolean => etag !== undefined && !etag.startsWith("W/");

/**
 * Web servers make tags of a file's length and the second of its last change: one that was written in the very second
 * in which it was read may have been written again since, and have the same tag.
 */
function isSettled({ lastModified }: ArchivedObject, archived: number): boolean {
  return lastModified === undefined || Date.parse(lastModified) + TAG_SETTLES_MS < archived;
}

/** When the archive's bytes were read, in ms; 0 where it does not say. */
async function archivedAt(folder: string): Promise<number> {
  try {
    const report: unknown = JSON.parse(await readFile(join(folder, "wholesource", "report.json"), "utf8"));
    const said = typeof report === "object" && report !== null && "timeVerified" in report ? report.timeVerified : "";
    return Date.parse(String(said)) || 0;
  } catch {
    return 0;
  }
}
