/** Answers for the hosts of a release from what its archive wrote down. Bytes are measured anew; words are as old as the archive. */
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { resolveInside } from "../io/files.ts";
import { ArchivedLine, type ArchivedListing, type ArchivedLocation, type ArchivedObject } from "../model/archived.ts";
import type { Followed, Found, Refusal, RemoteObject } from "../model/evidence.ts";
import type { Location, Piece } from "../model/manifest.ts";
import { refuse } from "../model/refusal.ts";
import { findResolver, type Matched } from "../resolve/registry.ts";
import type { Resolver } from "../resolve/resolver.ts";
import type { Replay } from "./hooks.ts";

/** The longest line that is read, in characters: a host's facts and a long name fit many times. */
const LINE_MAX = 4 * 1024 * 1024;
/** Licence files beside one location: the usual names are three. */
const BESIDE_MAX = 16;

/** What the first pass over the lines keeps in mind. */
interface Index {
  readonly locations: ReadonlyMap<string, ArchivedLocation>;
  readonly listings: ReadonlyMap<string, ArchivedListing>;
  /** Where a piece's objects begin, in bytes. */
  readonly starts: ReadonlyMap<string, number>;
  readonly beside: ReadonlyMap<string, readonly ArchivedObject[]>;
  /** Links whose ends were looked at, by piece and path. */
  readonly links: ReadonlyMap<string, ArchivedObject>;
}

/** What an archive's records answer. */
export interface ArchiveReplay extends Replay {
  /** The copy of a piece that the archive has, whatever became of its location; undefined where it has none. */
  keptOf(piece: string): Matched | undefined;
}

/** The resolver of an archived copy, as reports name it. */
const ARCHIVE = "archive";

/** Thrown when an archive's own records can not be read. */
export class RecordsDamaged extends Error {}

/** The lines of an unpacked archive's records, in their order. Throws RecordsDamaged. */
export async function* archivedLines(folder: string): AsyncGenerator<ArchivedLine> {
  for await (const { line } of linesFrom(recordsIn(folder), 0)) yield line;
}

const recordsIn = (folder: string): string => join(folder, "wholesource", "resolutions.jsonl");

/** Opens the records of an unpacked archive. Throws RecordsDamaged. */
export async function openReplay(folder: string): Promise<ArchiveReplay> {
  const file = recordsIn(folder);
  const index = await readIndex(file);
  const resolverOf = async (piece: Piece, at: number, location: Location): Promise<Matched | undefined> => {
    const line = index.locations.get(placeKey(piece.id, at));
    if (line === undefined) {
      // Whatever nobody could read then is read by nobody now; what was not asked then can not be told.
      const matched = await findResolver(location);
      return matched === undefined ? undefined : answering(matched.resolver.id, notArchived("it was not asked"));
    }
    if (line.resolution.status === "refused") return answering(line.resolver, line.resolution);
    if (!line.kept) return answering(line.resolver, notArchived("another location of the piece was kept"));
    return answering(line.resolver, foundIn(line.resolution, piece.id, index, file, folder));
  };
  return {
    resolverOf,
    keptOf(piece) {
      for (const line of index.locations.values()) {
        const { kept, resolution } = line;
        if (line.piece !== piece || !kept || resolution.status === "refused") continue;
        // What the host said of itself is no word about the copy.
        const { single, layered } = resolution;
        const shape = { ...(single === undefined ? {} : { single }), ...(layered === undefined ? {} : { layered }) };
        return answering(ARCHIVE, foundIn({ status: "found", pinned: true, ...shape }, piece, index, file, folder));
      }
      return undefined;
    },
    listingOf(piece) {
      const line = index.listings.get(piece.id);
      if (line?.kept === undefined) return notArchived(line?.detail ?? "its listing is not in the archive");
      return resolveInside(folder, line.kept);
    },
  };
}

const placeKey = (piece: string, location: number): string => `${location} ${piece}`;

function notArchived(why: string): Refusal {
  return refuse("not-archived", `the archive does not have it: ${why}`);
}

/** A resolver that has one answer. */
function answering(id: string, resolution: Found | Refusal): Matched {
  const resolver: Resolver = {
    id,
    parse: () => null,
    isPinned: () => resolution.status === "found" && resolution.pinned,
    resolve: async () => resolution,
  };
  return { resolver, ref: null };
}

function foundIn(
  said: Exclude<ArchivedLocation["resolution"], { status: "refused" }>,
  piece: string,
  index: Index,
  file: string,
  folder: string,
): Found {
  const object = (line: ArchivedObject): RemoteObject => objectOf(line, folder);
  const start = index.starts.get(piece);
  const end = (path: string): Followed => {
    const line = index.links.get(`${piece}/${path}`);
    if (line?.linked === undefined) return undefined;
    const { refusal, mode } = line.linked;
    if (refusal !== undefined) return refusal;
    const { path: _own, mode: _link, digest: _text, size: _length, treeBlob: _blob, ...rest } = object(line);
    return { ...rest, ...(mode === undefined ? {} : { mode }) };
  };
  return {
    ...said,
    objects: {
      [Symbol.asyncIterator]: async function* () {
        if (start === undefined) return;
        for await (const line of objectsFrom(file, start, piece)) {
          if (line.role === "beside") continue;
          if (line.path === "") yield line.refusal ?? notArchived("it had no name");
          else yield object(line);
        }
      },
    },
    beside: (index.beside.get(piece) ?? []).map(object),
    follow: async (paths) => paths.map(end),
  };
}

function objectOf(line: ArchivedObject, folder: string): RemoteObject {
  const { path, size, digest, mediaType, mode, treeBlob, members, refusal, kept, piece } = line;
  const data = join(folder, "data");
  const inside = kept?.startsWith("data/") === true ? kept.slice("data/".length) : `${piece}/${path}`;
  const file = join(data, inside);
  // What was left where it is may have been fetched since.
  const isHere = refusal?.reason === "not-archived" && existsSync(file);
  const all = { size, digest, mediaType, mode, treeBlob, members, refusal: isHere ? undefined : refusal };
  return {
    path,
    url: pathToFileURL(file).href,
    within: pathToFileURL(data).href,
    listed: true,
    ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
  };
}

async function readIndex(file: string): Promise<Index> {
  const locations = new Map<string, ArchivedLocation>();
  const listings = new Map<string, ArchivedListing>();
  const starts = new Map<string, number>();
  const beside = new Map<string, ArchivedObject[]>();
  const links = new Map<string, ArchivedObject>();
  for await (const { line, at } of linesFrom(file, 0)) {
    if (line.type === "location") locations.set(placeKey(line.piece, line.location), line);
    else if (line.type === "listing") listings.set(line.piece, line);
    else {
      if (!starts.has(line.piece)) starts.set(line.piece, at);
      if (line.linked !== undefined) links.set(`${line.piece}/${line.path}`, line);
      if (line.role !== "beside") continue;
      const known = beside.get(line.piece) ?? [];
      if (known.length < BESIDE_MAX) known.push(line);
      beside.set(line.piece, known);
    }
  }
  return { locations, listings, starts, beside, links };
}

async function* objectsFrom(file: string, start: number, piece: string): AsyncGenerator<ArchivedObject> {
  for await (const { line } of linesFrom(file, start)) {
    if (line.type !== "object") continue;
    if (line.piece !== piece) return;
    yield line;
  }
}

async function* linesFrom(file: string, start: number): AsyncGenerator<{ line: ArchivedLine; at: number }> {
  let at = start;
  const lines = createInterface({ input: createReadStream(file, { start }), crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const text of lines) {
      if (text.length > LINE_MAX) throw new RecordsDamaged(`a line has more than ${LINE_MAX} characters`);
      yield { line: lineOf(text), at };
      at += Buffer.byteLength(text) + 1;
    }
  } catch (error) {
    if (error instanceof RecordsDamaged) throw error;
    throw new RecordsDamaged("`wholesource/resolutions.jsonl` can not be read", { cause: error });
  }
}

function lineOf(text: string): ArchivedLine {
  try {
    return ArchivedLine.parse(JSON.parse(text));
  } catch (cause) {
    throw new RecordsDamaged("a line of `wholesource/resolutions.jsonl` can not be read", { cause });
  }
}
