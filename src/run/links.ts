import type { DeclaredFile } from "../judge/file.ts";
import type { Followed, Found, Refusal, RemoteObject } from "../model/evidence.ts";
import { isThere, type Pair } from "./pair.ts";

/**
 * The same pairs, with what is meant where a link is declared as a file: what it leads to, as in a checkout. A link that
 * nobody declared, or that is declared by its own blob, is looked at as the link that it is.
 */
export async function withMeant(pairs: Pair[], { follow }: Pick<Found, "follow">): Promise<Pair[]> {
  if (follow === undefined) return pairs;
  const links = pairs.flatMap(({ declared, object }, at) =>
    isLink(object) && declared !== undefined && !isOwn(declared, object) ? [{ at, object }] : [],
  );
  if (links.length === 0) return pairs;
  const ends = await follow(links.map(({ object }) => object.path));
  const meant = new Map(links.map(({ at, object }, index) => [at, meantBy(object, ends[index])]));
  return pairs.map((pair, at) => {
    const one = meant.get(at);
    return one === undefined ? pair : { ...pair, meant: one };
  });
}

function isLink(object: Pair["object"]): object is RemoteObject {
  return isThere(object) && object.mode === "120000";
}

function isOwn({ entry }: DeclaredFile, { treeBlob }: RemoteObject): boolean {
  return treeBlob !== undefined && entry.digest?.gitBlob === treeBlob;
}

function meantBy(link: RemoteObject, end: Followed): RemoteObject | Refusal {
  const { path, members } = link;
  if (end !== undefined) return "status" in end ? end : { path, ...(members === undefined ? {} : { members }), ...end };
  // What the host tells is of the link's text, and no word about the file.
  const { digest: _text, size: _length, ...rest } = link;
  return rest;
}
