import { digestTree, treeEntryLimit } from "../digest/tree.ts";
import type { DigestSet } from "../model/digest.ts";
import type { FileMode } from "../model/evidence.ts";

/** One file of a piece's tree; without a blob digest the tree can not be taken. */
export interface TreeEntry {
  readonly path: string;
  readonly mode: FileMode;
  readonly gitBlob: string | undefined;
}

/** The tree digests of a whole piece, or undefined when a file is missing from it or there are too many. */
export function wholeTree(entries: readonly TreeEntry[]): DigestSet | undefined {
  if (entries.length === 0 || entries.length > treeEntryLimit) return undefined;
  const complete = entries.flatMap(({ path, mode, gitBlob }) =>
    gitBlob === undefined ? [] : [{ path, mode, gitBlob }],
  );
  if (complete.length !== entries.length) return undefined;
  const tree = digestTree(complete);
  return "status" in tree ? undefined : { gitTree: tree.gitTree, swhid: tree.swhid };
}
