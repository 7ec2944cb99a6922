/** Lays the pieces of an archive out again, as the manifest names them. */
import { readFile, stat } from "node:fs/promises";
import { posix } from "node:path";
import type { ArchiveEntry } from "../archive/contents.ts";
import { writeFolder } from "../archive/folder-write.ts";
import { resolveInside } from "../io/files.ts";
import { readManifest } from "../manifest/read.ts";
import type { ArchivedLocation, ArchivedObject } from "../model/archived.ts";
import { WholesourceError } from "../model/error.ts";
import type { Manifest, Piece } from "../model/manifest.ts";
import { pathFault } from "../model/path.ts";
import { manifestIn, type OpenedArchive, withArchiveAt } from "./opened-archive.ts";
import { PathSet } from "./path-set.ts";
import { archivedLines } from "./replay.ts";

/** What was laid out. */
export interface Restored {
  readonly files: number;
  readonly bytes: number;
  /** What another piece had laid out under the same name. */
  readonly repeated: number;
}

/**
 * Checks an archive and writes the files of its pieces into a new folder: those of a local location where the manifest
 * has them, all others below their piece's id. Throws WholesourceError where it is no archive of ours, or is damaged.
 */
export async function restore(path: string, target: string, signal: AbortSignal): Promise<Restored> {
  const restored = await withArchiveAt(path, { signal }, async (opened) => {
    const fault = opened.check.faults.find(({ severity }) => severity === "error");
    if (!opened.check.valid) {
      const what = fault?.path === undefined ? "" : `\`${fault.path}\`: `;
      throw new WholesourceError(
        "input-unreadable",
        `the archive is damaged: ${what}${fault?.detail ?? "it is not whole"}`,
        {
          hint: `run \`wholesource verify ${path}\` to see all of it, and take another copy`,
          subject: path,
        },
      );
    }
    const laid = { files: 0, bytes: 0, repeated: 0 };
    const counts = (entry: ArchiveEntry): ArchiveEntry => {
      laid.files += 1;
      laid.bytes += entry.size;
      return entry;
    };
    await writeFolder(
      entriesOf(opened, counts, () => laid.repeated++),
      target,
      { signal },
    );
    return laid;
  });
  if (restored !== undefined) return restored;
  throw new WholesourceError("input-unreadable", `\`${path}\` is no archive`, {
    hint: "name what `wholesource archive` wrote",
    subject: path,
  });
}

async function* entriesOf(
  { folder }: OpenedArchive,
  counts: (entry: ArchiveEntry) => ArchiveEntry,
  again: () => void,
): AsyncGenerator<ArchiveEntry> {
  const given = await manifestIn(folder);
  if (given === undefined) {
    throw new WholesourceError("input-unreadable", "this archive has no manifest of a release in it", {
      hint: "it was made by another program: unpack it with that one",
    });
  }
  const bytes = await readFile(given);
  const { manifest } = await readManifest(bytes, { uri: given });
  if (manifest === undefined) {
    throw new WholesourceError("input-unreadable", "the manifest in this archive can not be read");
  }
  const declared = manifest;
  const name = given.endsWith(".json") ? "wholesource.json" : "wholesource.yaml";
  const taken = new PathSet();
  const free = (path: string): boolean => {
    if (pathFault(path) === undefined && taken.add(path)) return true;
    again();
    return false;
  };
  free(name);
  yield counts({ path: name, size: bytes.length, source: { bytes } });
  const places = new Map<string, (path: string) => string>();
  yield* laidOut(false);
  // Nothing is written by way of a link.
  yield* laidOut(true);

  async function* laidOut(links: boolean): AsyncGenerator<ArchiveEntry> {
    for await (const line of archivedLines(folder)) {
      if (line.type === "location") {
        if (line.kept) places.set(line.piece, placeOf(line, declared));
        continue;
      }
      const mode = line.type === "listing" ? undefined : modeOf(line);
      if ((mode === "120000") !== links) continue;
      const [from, path] =
        line.type === "listing"
          ? [line.kept, listingPath(line.piece, declared)]
          : [line.kept, objectPath(line, places)];
      if (from === undefined || path === undefined || pathFault(from) !== undefined) continue;
      const place = resolveInside(folder, from);
      // What was left where it is, is not here.
      if ("status" in place || !free(path)) continue;
      const { size } = await stat(place.path);
      yield counts({ path, size, source: { from: place.path }, ...(mode === undefined ? {} : { mode }) });
    }
  }
}

/** What a file is beside its bytes. A link that was followed has the bytes of the file that it leads to. */
function modeOf({ mode, linked }: ArchivedObject): ArchiveEntry["mode"] {
  const meant = linked === undefined ? mode : linked.mode;
  return meant === "100644" ? undefined : meant;
}

function objectPath(line: ArchivedObject, places: ReadonlyMap<string, (path: string) => string>): string | undefined {
  const { piece, kept } = line;
  const prefix = `data/${piece}/`;
  if (kept === undefined || !kept.startsWith(prefix)) return undefined;
  return (places.get(piece) ?? ((path) => `${piece}/${path}`))(kept.slice(prefix.length));
}

/** Where the files of a location go. */
function placeOf(
  { piece: id, location, resolver, resolution }: ArchivedLocation,
  manifest: Manifest,
): (path: string) => string {
  const piece = manifest.pieces.find((one) => one.id === id);
  const local = resolver === "file" ? localPath(piece, location) : undefined;
  if (local === undefined) return (path) => `${id}/${path}`;
  const isOne = resolution.status === "found" && resolution.single === true;
  return isOne ? () => local : (path) => posix.join(local, path);
}

/** A relative path of the manifest's folder; undefined for any other place. */
function localPath(piece: Piece | undefined, location: number): string | undefined {
  const { uri, path = "", unpack = false } = piece?.locations[location] ?? { uri: "/" };
  return inside(unpack ? uri : posix.join(uri, path));
}

function listingPath(piece: string, manifest: Manifest): string | undefined {
  const uri = manifest.pieces.find(({ id }) => id === piece)?.listing?.uri;
  return uri === undefined ? undefined : inside(uri);
}

function inside(path: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return undefined;
  const plain = posix.normalize(path).replace(/\/$/, "");
  return plain === "." ? "" : pathFault(plain) === undefined ? plain : undefined;
}
