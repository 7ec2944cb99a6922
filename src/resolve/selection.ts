import type { Found, Refusal, RemoteObject } from "../model/evidence.ts";
import type { Location } from "../model/manifest.ts";
import { refuse } from "../model/refusal.ts";
import { only, pathSegments, selectedPath } from "./path.ts";

/** Which of the objects that a host lists a location means. */
export type Selection = {
  /** A file or a folder of the listing; `""` for all of it. */
  readonly path: string;
  /** The path must be one file: the uri itself names it. */
  readonly file?: true;
  /** It is an archive whose members are meant, below this path of it; `""` for all of them. */
  readonly members?: string;
};

/** A host's listing, from its beginning. */
export type Listing = () => AsyncIterable<RemoteObject | Refusal>;

/** What a location selects, where the uri names all or one `file` of a listing; undefined for what has no meaning. */
export function selectionOf({ path, unpack = false }: Location, file?: string): Selection | undefined {
  const selected = selectedPath(path);
  if (selected === undefined) return undefined;
  if (file === undefined) return unpack ? { path: selected, members: "" } : { path: selected };
  if (pathSegments(file) === undefined) return undefined;
  if (unpack) return { path: file, file: true, members: selected };
  // A path inside one object has no meaning unless that object is an archive.
  return selected === "" ? { path: file, file: true } : undefined;
}

/**
 * The selected part of a listing. Read is no more of it than tells whether a file or a folder is meant; `place` is what
 * holds the files, for messages.
 */
export async function select(
  list: Listing,
  selection: Selection,
  place: string,
): Promise<Pick<Found, "objects" | "single"> | Refusal> {
  const { path, file = false, members } = selection;
  if (path === "") return members === undefined ? { objects: again(() => checked(list())) } : onlyOne(list, place);
  let refusal: Refusal | undefined;
  for await (const object of checked(list())) {
    if ("status" in object) {
      refusal ??= object;
      continue;
    }
    if (object.path === path) return one(object, members);
    if (file || !object.path.startsWith(`${path}/`)) continue;
    if (members !== undefined) return refuse("not-a-file", `\`${path}\` is a folder, not an archive`);
    return { objects: again(() => below(list, path)) };
  }
  // A listing that could not be read whole proves no absence.
  return refusal ?? refuse("not-found", `${place} holds no \`${path.slice(0, 200)}\``);
}

/** One file of a listing, called by its own name. */
export function one(object: RemoteObject, members?: string): Pick<Found, "objects" | "single"> {
  const path = object.path.slice(object.path.lastIndexOf("/") + 1);
  const archive =
    members === undefined ? {} : { members: members === "" ? { strip: 0 } : { strip: 0, prefix: members } };
  return { single: true, objects: again(() => only({ ...object, path, ...archive })) };
}

/** Where members are meant and no archive was named, the one file that is there. */
async function onlyOne(list: Listing, place: string): Promise<Pick<Found, "objects" | "single"> | Refusal> {
  let first: RemoteObject | undefined;
  for await (const object of checked(list())) {
    if ("status" in object) return object;
    if (first !== undefined) {
      return refuse("not-a-file", `${place} holds several files: the archive among them is named by \`path\``);
    }
    first = object;
  }
  return first === undefined ? refuse("not-found", `${place} holds no file`) : one(first, "");
}

async function* below(list: Listing, folder: string): AsyncGenerator<RemoteObject | Refusal> {
  for await (const object of checked(list())) {
    if ("status" in object) yield object;
    else if (object.path.startsWith(`${folder}/`)) yield { ...object, path: object.path.slice(folder.length + 1) };
  }
}

/** Names that are remembered of one listing to tell a repeated one: some ten megabytes. */
const namesKeptMax = 200_000;

/** Hosts are not trusted with names: what is no path inside the location, or named before, is not passed on as a file. */
async function* checked(list: AsyncIterable<RemoteObject | Refusal>): AsyncGenerator<RemoteObject | Refusal> {
  const names = new Set<string>();
  for await (const object of list) {
    if ("status" in object) yield object;
    else if (pathSegments(object.path) === undefined) {
      const message = `the host names a file \`${object.path.slice(0, 200)}\`, which is no path inside the location`;
      yield refuse("reply-invalid", message);
    } else if (names.has(object.path)) {
      yield refuse("reply-invalid", `the host names two files \`${object.path.slice(0, 200)}\``);
    } else {
      if (names.size < namesKeptMax) names.add(object.path);
      yield object;
    }
  }
}

/** Opened anew by each reader. */
export function again<Value>(list: () => AsyncGenerator<Value>): AsyncIterable<Value> {
  return { [Symbol.asyncIterator]: list };
}
