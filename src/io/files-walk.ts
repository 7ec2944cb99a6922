/** Walking a folder in the order of bytes, without following links. */
import type { Dirent } from "node:fs";
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { compareBytes } from "../model/byte-order.ts";
import type { FileMode, Refusal } from "../model/evidence.ts";
import type { LocalPath } from "./files-open.ts";
import { modeOf, refuseError, refuseFile } from "./files-open.ts";

/** Entries of one folder: they are sorted, so a folder's names are in memory at once. */
export const folderEntryLimit = 2_000_000;
/** Folders inside folders. */
export const walkDepthLimit = 1024;

interface WalkPlace {
  /** Relative to the root, `/` separated; where a name is no UTF-8, with U+FFFD in place of the bytes. */
  readonly path: string;
  /** The true name, present only where it is no UTF-8. */
  readonly pathBytes?: Buffer;
}

/** One thing in a folder. */
export type WalkEntry =
  | (WalkPlace & { readonly kind: "file"; readonly size: number; readonly mode: FileMode })
  | (WalkPlace & { readonly kind: "symlink"; readonly mode: "120000"; readonly target: Buffer })
  /** A folder with nothing in it; all others show by what they hold. */
  | (WalkPlace & { readonly kind: "empty-folder" })
  /** A FIFO, a socket or a device: never opened. */
  | (WalkPlace & { readonly kind: "other" })
  /** A folder or file that could not be looked at. */
  | (WalkPlace & { readonly kind: "refused"; readonly refusal: Refusal });

export interface WalkOptions {
  /** Leave out what lies in the root's own `.git`. */
  readonly ignoreGit?: boolean | undefined;
}

/** Everything below the folder, each folder's names in the order in which git sorts them: a sorted whole. */
export function* walkFolder(root: string, { ignoreGit = false }: WalkOptions = {}): Generator<WalkEntry, void, void> {
  const top: WalkPlace = { path: "" };
  const open: OpenFolder[] = [];
  // A stack of our own: nested generators would cost every entry its depth.
  const enter = (place: WalkPlace): WalkEntry | undefined => {
    if (open.length > walkDepthLimit) return refused(place, refuseFile("too-large", tooDeep));
    const names = listFolder(locate(root, place));
    if ("status" in names) return refused(place, names);
    open.push({
      place,
      names: place === top && ignoreGit ? names.filter(({ text }) => text !== ".git") : names,
      next: 0,
    });
    return names.length === 0 && place !== top ? { ...place, kind: "empty-folder" } : undefined;
  };
  const first = enter(top);
  if (first !== undefined) yield first;
  for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
    const name = folder.names[folder.next++];
    if (name === undefined) {
      open.pop();
      continue;
    }
    const place = placeIn(folder.place, name);
    const entry = name.isFolder ? enter(place) : look(locate(root, place), place);
    if (entry !== undefined) yield entry;
  }
}

/**
 * The paths of all files and links below the folder, a folder at a time and without looking at each. A folder's own
 * names are in no order: whoever wants few of them sorts those. Names that are no UTF-8 have U+FFFD in place of the
 * bytes; folders that can not be read are left out.
 */
export function* walkPaths(root: string, { ignoreGit = false }: WalkOptions = {}): Generator<string[], void, void> {
  const open: string[] = [""];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const entries = readFolder(locate(root, { path: folder }));
    if ("status" in entries) continue;
    const paths: string[] = [];
    const folders: string[] = [];
    const before = folder === "" ? "" : `${folder}/`;
    for (const entry of entries) {
      const { name } = entry;
      if (folder === "" && ignoreGit && name === ".git") continue;
      (entry.isDirectory() ? folders : paths).push(before + name);
    }
    if (folder.split("/").length < walkDepthLimit) for (const below of folders.sort(compareBytes)) open.push(below);
    yield paths;
  }
}

interface OpenFolder {
  readonly place: WalkPlace;
  readonly names: readonly Name[];
  next: number;
}

const tooDeep = `folders are over ${walkDepthLimit} deep`;
const refused = (place: WalkPlace, refusal: Refusal): WalkEntry => ({ ...place, kind: "refused", refusal });

interface Name {
  readonly text: string;
  readonly bytes?: Buffer;
  readonly isFolder: boolean;
}

/** What a decoder writes for bytes that are no UTF-8. */
const replacement = "\ufffd";

function readFolder(path: LocalPath): Dirent[] | Refusal {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.length > folderEntryLimit
      ? refuseFile("too-large", `it has over ${folderEntryLimit} entries`)
      : entries;
  } catch (error) {
    return refusePresent(error);
  }
}

/** True when a name may be no UTF-8: then its bytes are asked for. */
const hasBytes = (entries: readonly Dirent[]): boolean => entries.some(({ name }) => name.includes(replacement));

/** The names of a folder, sorted. */
function listFolder(path: LocalPath): readonly Name[] | Refusal {
  const entries = readFolder(path);
  if ("status" in entries) return entries;
  const plain = (): Name[] => entries.map((entry) => ({ text: entry.name, isFolder: entry.isDirectory() }));
  const names = hasBytes(entries) ? readNames(path) : plain();
  return "status" in names ? names : names.sort(compareNames);
}

function readNames(path: LocalPath): Name[] | Refusal {
  try {
    return readdirSync(path, { withFileTypes: true, encoding: "buffer" }).map(nameOfBytes);
  } catch (error) {
    return refusePresent(error);
  }
}

function nameOfBytes(entry: Dirent<Buffer>): Name {
  const bytes = entry.name;
  const text = bytes.toString("utf8");
  const isFolder = entry.isDirectory();
  return Buffer.from(text).equals(bytes) ? { text, isFolder } : { text, bytes, isFolder };
}

/** A folder sorts as if its name ended in `/`. */
function compareNames(a: Name, b: Name): number {
  const end = (name: Name): string => (name.isFolder ? "/" : "");
  if (a.bytes === undefined && b.bytes === undefined) return compareBytes(a.text + end(a), b.text + end(b));
  const bytes = (name: Name): Buffer => Buffer.concat([name.bytes ?? Buffer.from(name.text), Buffer.from(end(name))]);
  return Buffer.compare(bytes(a), bytes(b));
}

function placeIn(folder: WalkPlace, name: Name): WalkPlace {
  const path = folder.path === "" ? name.text : `${folder.path}/${name.text}`;
  if (folder.pathBytes === undefined && name.bytes === undefined) return { path };
  const parent = folder.pathBytes ?? Buffer.from(folder.path);
  const own = name.bytes ?? Buffer.from(name.text);
  return { path, pathBytes: parent.length === 0 ? own : Buffer.concat([parent, Buffer.from("/"), own]) };
}

/** Where an entry of the walk is on disk. */
export function locate(root: string, { path, pathBytes }: WalkPlace): LocalPath {
  if (pathBytes !== undefined) return Buffer.concat([Buffer.from(`${root}/`), pathBytes]);
  return path === "" ? root : `${root}/${path}`;
}

function look(at: LocalPath, place: WalkPlace): WalkEntry {
  try {
    const stat = lstatSync(at);
    if (stat.isFile()) {
      const file = { path: place.path, kind: "file", size: stat.size, mode: modeOf(stat.mode) } as const;
      return place.pathBytes === undefined ? file : { ...file, pathBytes: place.pathBytes };
    }
    if (stat.isSymbolicLink()) {
      return { ...place, kind: "symlink", mode: "120000", target: readlinkSync(at, { encoding: "buffer" }) };
    }
    return { ...place, kind: "other" };
  } catch (error) {
    return refused(place, refusePresent(error));
  }
}

/** Its folder lists it, so a path too long for the system says nothing about whether it is there. */
function refusePresent(error: unknown): Refusal {
  const refusal = refuseError(error);
  return refusal.errorCode === "ENAMETOOLONG"
    ? refuseFile("read-failed", "its path is too long", "ENAMETOOLONG")
    : refusal;
}
