import type { DeclaredFile, FileRole } from "../judge/file.ts";
import { compareBytes } from "../model/byte-order.ts";
import type { Found, Refusal, RemoteObject } from "../model/evidence.ts";
import { heldByOthers } from "../model/held.ts";
import type { FileEntry, Piece } from "../model/manifest.ts";

/** A declared file with the object that should be it; either side may be missing. */
export interface Pair {
  /** Place in declared order; what nobody declared comes after. */
  readonly index: number;
  readonly declared?: DeclaredFile | undefined;
  readonly object?: RemoteObject | Refusal | undefined;
  /** What is looked at in place of the object: the file that a link stands for. */
  readonly meant?: RemoteObject | Refusal;
  readonly role: FileRole;
}

/** True where a pair has an object, and neither nothing nor a refusal in its place. */
export function isThere(object: Pair["object"]): object is RemoteObject {
  return object !== undefined && !("status" in object);
}

/** A declared file with its place in declared order. */
export interface Waiting {
  readonly index: number;
  readonly file: DeclaredFile;
}

/** Index of the first thing that nobody declared: behind any list that fits a manifest or a listing. */
export const UNDECLARED_FROM = 2 ** 40;

/** The declared files of a piece that are not members of another file, with their places in the manifest. */
export function declaredFiles(piece: Piece, pointer: string): Waiting[] {
  const held = heldByOthers(piece);
  return (piece.files ?? []).map((entry, index) => ({
    index,
    file: { entry, pointer: `${pointer}/files/${index}`, ...(held(entry) ? { held: true } : {}) },
  }));
}

/** The piece as a whole, declared like a file: for a one-object location of a piece that names no files. */
export function declaredWhole(piece: Piece, pointer: string, path: string): DeclaredFile {
  return { entry: withWhole(undefined, piece, path) ?? { path }, pointer };
}

/** What is declared of the one object that a location names: of the file that it is, and of the piece that it is. */
export function withWhole(entry: FileEntry | undefined, piece: Piece, path: string): FileEntry | undefined {
  const { gitTree: _tree, swhid, ...bytes } = piece.digest ?? {};
  const digest = { ...bytes, ...(swhid?.startsWith("swh:1:cnt:") ? { swhid } : {}), ...entry?.digest };
  const size = entry?.size ?? piece.size;
  const hasDigest = Object.keys(digest).length > 0;
  if (entry === undefined && !hasDigest && size === undefined) return undefined;
  return { path, ...(size === undefined ? {} : { size }), ...(hasDigest ? { digest } : {}) };
}

/** Pairs in one hand-over: a promise for each would cost more than the pair. */
const PAIRS_IN_A_CHUNK = 1_024;

/**
 * Pairs inline declarations with what the host lists, in both directions. Only the declared side is held in memory:
 * it fits into a manifest.
 */
export async function* pairListed(declared: readonly Waiting[], found: Found): AsyncGenerator<Pair[]> {
  const waiting = new Map(declared.map((one) => [one.file.entry.path, one]));
  let undeclared = UNDECLARED_FROM;
  let chunk: Pair[] = [];
  let refusal: Refusal | undefined;
  for await (const object of found.objects ?? []) {
    if ("status" in object) {
      // One entry that can not be told, or a listing that broke off: what it has not named can not be called missing.
      refusal ??= object;
      continue;
    }
    const match = waiting.get(object.path);
    if (match === undefined) chunk.push({ index: undeclared++, object, role: "file" });
    else {
      waiting.delete(object.path);
      chunk.push({ index: match.index, declared: match.file, object, role: "file" });
    }
    if (chunk.length >= PAIRS_IN_A_CHUNK) {
      yield chunk;
      chunk = [];
    }
  }
  yield chunk;
  const left = [...waiting.values()];
  if (refusal !== undefined && found.objectAt !== undefined) yield pairAt(left, found.objectAt);
  else yield left.map(({ index, file }): Pair => ({ index, declared: file, object: refusal, role: "file" }));
}

/** Pairs each declaration with the place where it would be: for hosts that can not list, and for long listings. */
export function pairAt(declared: readonly Waiting[], objectAt: (path: string) => RemoteObject | Refusal): Pair[] {
  return declared.map(({ index, file }) => ({
    index,
    declared: file,
    object: objectAt(file.entry.path),
    role: "file",
  }));
}

/** A location that names one object, whatever it is called there. */
export function pairSingle(declared: readonly Waiting[], whole: DeclaredFile, object: RemoteObject): Pair[] {
  if (object.members !== undefined) {
    const { size, digest } = whole.entry;
    const isDeclared = size !== undefined || digest !== undefined;
    return [{ index: -1, ...(isDeclared ? { declared: whole } : {}), object, role: "container" }];
  }
  const name = object.path.slice(object.path.lastIndexOf("/") + 1);
  const own = declared.length === 1 ? declared[0] : declared.find(({ file }) => file.entry.path === name);
  const pairs: Pair[] = declared
    .filter((one) => one !== own)
    .map(({ index, file }) => ({ index, declared: file, role: "file" }));
  if (own !== undefined) return [{ index: own.index, declared: own.file, object, role: "file" }, ...pairs];
  if (declared.length > 0) return [{ index: UNDECLARED_FROM, object, role: "file" }, ...pairs];
  return [{ index: 0, declared: whole, object, role: "file" }];
}

/** What a folder holds and a listing has not named. */
export async function* pairUndeclared(isDeclared: (path: string) => boolean, found: Found): AsyncGenerator<Pair[]> {
  let index = UNDECLARED_FROM;
  const { paths, objectAt } = found;
  if (paths !== undefined && objectAt !== undefined) {
    for await (const chunk of paths) {
      const extra = chunk.filter((path) => !isDeclared(path)).sort(compareBytes);
      if (extra.length > 0) yield extra.map((path): Pair => ({ index: index++, object: objectAt(path), role: "file" }));
    }
    return;
  }
  let chunk: Pair[] = [];
  for await (const object of found.objects ?? []) {
    if ("status" in object || isDeclared(object.path)) continue;
    chunk.push({ index: index++, object, role: "file" });
    if (chunk.length < PAIRS_IN_A_CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  yield chunk;
}

/** The names under which a licence usually lies beside a file or in a folder. */
const licenseNames = ["LICENSE", "LICENSE.txt", "LICENSE.md"] as const;

/** Where a licence may lie at a host that can not list; nothing for hosts that can. */
export function besides(found: Found, lastUrl: string | undefined): Pair[] {
  const { objectAt, beside } = found;
  if (beside !== undefined) return beside.map((object) => ({ index: UNDECLARED_FROM, object, role: "beside" }));
  if (found.objects === undefined && objectAt !== undefined) {
    return licenseNames.map((name) => ({ index: UNDECLARED_FROM, object: objectAt(name), role: "beside" }));
  }
  if (
    found.single !== true ||
    lastUrl === undefined ||
    !/^https?:/.test(lastUrl) ||
    found.licensePublished !== undefined
  )
    return [];
  return licenseNames.map((name) => ({
    index: UNDECLARED_FROM,
    object: { path: name, url: new URL(name, lastUrl).href },
    role: "beside",
  }));
}
