/** Answers for the hosts of a release from what its archive wrote down. Bytes are measured anew; words are as old as the archive. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { resolveInside } from "../io/files.ts";
import { LineTooLong, textLines } from "../io/text-lines.ts";
import { ArchivedLine, type ArchivedListing, type ArchivedLocation, type ArchivedObject } from "../model/archived.ts";
import type { Followed, Found, Refusal, RemoteObject } from "../model/evidence.ts";
import type { Location, Piece } from "../model/manifest.ts";
import { pathFault } from "../model/path.ts";
import { isRefusalReason, refuse } from "../model/refusal.ts";
import { findResolver, type Matched } from "../resolve/registry.ts";
import type { Resolver } from "../resolve/resolver.ts";
import type { Replay } from "./hooks.ts";

/** The longest line that is read, in bytes: a host's facts and a long name fit many times. */
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

const RECORDS = "wholesource/resolutions.jsonl";

/** Where the records are: a regular file in the archive, and nothing that a link makes of it. */
function recordsIn(folder: string): string {
  const place = resolveInside(folder, RECORDS);
  if ("status" in place) throw new RecordsDamaged(`\`${RECORDS}\`: ${place.message}`);
  if (!statSync(place.path).isFile()) throw new RecordsDamaged(`\`${RECORDS}\` is no file`);
  return place.path;
}

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
      if (line?.kept === undefined) return unkept(line);
      return resolveInside(folder, line.kept);
    },
  };
}

const placeKey = (piece: string, location: number): string => `${location} ${piece}`;

function notArchived(why: string): Refusal {
  return refuse("not-archived", `the archive does not have it: ${why}`);
}

/** Why there is no listing: what was said of it then, where that is a reason that we know. */
function unkept({ reason = "", detail = "its listing is not in the archive" }: Partial<ArchivedListing> = {}): Refusal {
  return isRefusalReason(reason) ? refuse(reason, detail) : notArchived(detail);
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
    const { refusal, ...meant } = line.linked;
    if (refusal !== undefined) return refusal;
    const { url, within } = object(line);
    return { ...saidOf(meant), url, ...(within === undefined ? {} : { within }), listed: true };
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
  const { path, treeBlob, members, refusal, kept, piece } = line;
  const data = join(folder, "data");
  const inside = kept?.startsWith("data/") === true ? kept.slice("data/".length) : `${piece}/${path}`;
  const file = join(data, inside);
  // What was left where it is may have been fetched since.
  const isHere = refusal?.reason === "not-archived" && pathFault(inside) === undefined && existsSync(file);
  const all = { treeBlob, members, refusal: isHere ? undefined : refusal };
  return {
    path,
    url: pathToFileURL(file).href,
    within: pathToFileURL(data).href,
    listed: true,
    ...saidOf(line),
    ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
  };
}

/** What is told of an object's bytes: a host's word where a host had them, and nothing to hold them against where none had. */
function saidOf({
  url,
  size,
  digest,
  mediaType,
  mode,
}: NonNullable<ArchivedObject["linked"]>): Omit<RemoteObject, "path" | "url"> {
  return {
    ...(size === undefined ? {} : { size }),
    ...(digest === undefined ? {} : { digest }),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(mode === undefined ? {} : { mode }),
    ...(url === undefined ? {} : { archived: true }),
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
  const lines = textLines(file, { start, maxBytes: LINE_MAX });
  for (;;) {
    const next = await lines.next().catch((cause: unknown) => {
      const what = cause instanceof LineTooLong ? cause.message : "it can not be read";
      throw new RecordsDamaged(`\`${RECORDS}\`: ${what}`, { cause });
    });
    if (next.done === true) return;
    const { text, at } = next.value;
    yield { line: lineOf(text), at };
  }
}

function lineOf(text: string): ArchivedLine {
  try {
    return ArchivedLine.parse(JSON.parse(text));
  } catch (cause) {
    throw new RecordsDamaged(`a line of \`${RECORDS}\` can not be read`, { cause });
  }
}
