import { isThere, type Pair } from "./pair.ts";

/**
 * What is looked at for a pair. A link that is declared as a file stands for what it leads to, as in a checkout; one
 * that nobody declared, or that is declared by its own blob, is looked at as the link that it is.
 */
export function meantBy({ declared, object }: Pair): Pair["object"] {
  if (declared === undefined || !isThere(object) || object.treeBlob === undefined) return object;
  if (object.mode !== "120000" || declared.entry.digest?.gitBlob === object.treeBlob) return object;
  const { follows } = object;
  if (follows !== undefined) return "status" in follows ? follows : { path: object.path, ...follows };
  // What the host tells is of the link's text, and no word about the file.
  const { digest: _text, size: _length, ...link } = object;
  return link;
}
