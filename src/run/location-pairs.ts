import type { DeclaredFile } from "../judge/file.ts";
import type { Depth, Found, Refusal, RemoteObject } from "../model/evidence.ts";
import { isStrong } from "../model/held.ts";
import type { Piece } from "../model/manifest.ts";
import type { Containers } from "./containers.ts";
import {
  besides,
  declaredFiles,
  declaredWhole,
  type Pair,
  pairAt,
  pairListed,
  pairSingle,
  pairUndeclared,
  type Waiting,
} from "./pair.ts";
import { PathSet } from "./path-set.ts";
import { type DeclaredRun, waitingIn } from "./plain-look.ts";
import { ListingJoin } from "./spilled-pairs.ts";

/** The declared side of a location. */
export interface PairedPiece {
  readonly piece: Piece;
  readonly pointer: string;
  readonly unpack: boolean;
  readonly depth: Depth;
  /** Opens the piece's listing, in chunks of entries; absent when the piece has none. */
  readonly listing: (() => AsyncIterable<readonly DeclaredFile[]>) | undefined;
  /** A new empty folder of the run. */
  readonly scratch: () => Promise<string>;
  /** Takes the declared files that are members of an archive. */
  readonly containers: Containers;
}

/** What pairing may find out on its way. */
export interface PairingEvents {
  /** The location has no answer after all. */
  readonly refused: (refusal: Refusal) => void;
  /** A listing names a path again. */
  readonly repeated: (index: number, path: string) => void;
}

/** Every declared file of a piece with the object of this location that should be it, and what nobody declared. */
export async function* locationPairs(
  of: PairedPiece,
  found: Found,
  events: PairingEvents,
): AsyncGenerator<Pair[] | DeclaredRun> {
  let lastUrl: string | undefined;
  const declared = declaredFiles(of.piece, of.pointer).filter(({ index, file }) => {
    const { containedIn } = file.entry;
    if (containedIn === undefined) return true;
    of.containers.expect(containedIn, { index, file });
    return false;
  });
  if (found.single === true && found.objects !== undefined) {
    for await (const object of found.objects) {
      if ("status" in object) {
        events.refused(object);
        return;
      }
      lastUrl = object.url;
      yield await single(of, declared, object);
    }
  } else if (found.layered === true) {
    yield* layered(of, declared, found, events);
  } else if (of.listing !== undefined) {
    yield* fromListing(of.listing(), found, events, new ListingJoin(of.scratch));
  } else if (found.objects !== undefined) {
    yield* pairListed(declared, found);
  } else if (found.objectAt !== undefined && declared.length > 0) {
    yield pairAt(declared, found.objectAt);
  } else {
    events.refused(cannotList);
    return;
  }
  // A host that can not list is asked for the usual names of a licence file beside the piece.
  if (of.depth === "full" && of.piece.licenseDeclared !== undefined) yield besides(found, lastUrl);
}

async function single(
  { piece, pointer, unpack, listing, containers }: PairedPiece,
  declared: readonly Waiting[],
  object: RemoteObject,
): Promise<Pair[]> {
  const opened = unpack && object.members === undefined ? { ...object, members: { strip: 0 } } : object;
  if (opened.members !== undefined) {
    // A digest of the archive, judged with it, speaks for all its members.
    const held = isStrong(piece.digest) ? { held: true } : {};
    for (const { index, file } of declared) containers.expect(object.path, { index, file: { ...file, ...held } });
    let index = 0;
    for await (const chunk of listing?.() ?? none()) {
      for (const file of chunk) containers.expect(object.path, { index: index++, file: { ...file, ...held } });
    }
  }
  return pairSingle(declared, declaredWhole(piece, pointer, object.path), opened);
}

/** Declared files can be in any of the layers, so that all of them are kept in mind. */
async function* layered(
  { listing, containers, pointer }: PairedPiece,
  declared: Waiting[],
  found: Found,
  events: PairingEvents,
): AsyncGenerator<Pair[]> {
  const named = new PathSet();
  let from = 0;
  for await (const files of listing?.() ?? none()) {
    for (const [at, file] of files.entries()) {
      if (named.add(file.entry.path)) declared.push({ index: from + at, file });
      else events.repeated(from + at, file.entry.path);
    }
    from += files.length;
  }
  yield* containers.layers.pairs(declared, found, pointer);
}

async function* fromListing(
  chunks: AsyncIterable<readonly DeclaredFile[]>,
  found: Found,
  events: PairingEvents,
  join: ListingJoin,
): AsyncGenerator<Pair[] | DeclaredRun> {
  let from = 0;
  const named = new PathSet();
  for await (const files of chunks) {
    for (const [at, { entry }] of files.entries()) {
      if (!named.add(entry.path)) events.repeated(from + at, entry.path);
    }
    const run: DeclaredRun = { from, files };
    from += files.length;
    if (found.objectAt === undefined) await join.add(waitingIn(run));
    else if (found.folder !== undefined) yield run;
    else yield pairAt(waitingIn(run), found.objectAt);
  }
  if (found.objects === undefined) return;
  if (found.objectAt === undefined) yield* join.pairs(found, (path) => named.has(path));
  else yield* pairUndeclared((path) => named.has(path), found);
}

const cannotList: Refusal = {
  status: "refused",
  kind: "malformed",
  reason: "not-listable",
  message: "this location can not list its files, and the manifest declares none",
};

async function* none(): AsyncGenerator<never> {}
