/** What a folder adds up to while its entries pass. */
import { createHash } from "node:crypto";
import { createTreeDigester, type TreeEntry } from "../digest/tree.ts";
import type { DigestSet } from "../model/digest.ts";
import type { Refusal, Transfer } from "../model/evidence.ts";
import type { HashPlace } from "./hash-walk.ts";

/** One folder that was named. */
export interface FolderTotals {
  file(place: HashPlace, seen: Transfer | Refusal): void;
  symlink(place: Extract<HashPlace, { kind: "symlink" }>): void;
  emptyFolder(place: HashPlace): void;
  /** Something in it could not be read: the whole has no digest. */
  refused(): void;
  finish(): FolderResult;
}

export interface FolderResult {
  readonly files: number;
  readonly size: number;
  readonly digest: DigestSet;
  /** Why its entries are no tree, where that is so. */
  readonly refusal?: Refusal;
}

/** Starts the sums of a folder. Its entries must come in the order of bytes. */
export function createFolderTotals(): FolderTotals {
  const tree = createTreeDigester();
  let refusal: Refusal | undefined;
  let whole = true;
  let files = 0;
  let size = 0;
  const add = (entry: TreeEntry): void => {
    if (whole) refusal ??= tree.add(entry);
  };
  return {
    file(place, seen) {
      files++;
      if (seen.status === "read") size += seen.size;
      const gitBlob = seen.status === "read" ? seen.digest.gitBlob : undefined;
      if (gitBlob === undefined || seen.status !== "read") whole = false;
      else add({ path: place.inside, mode: seen.mode ?? "100644", gitBlob });
    },
    symlink(place) {
      files++;
      const gitBlob = createHash("sha1").update(`blob ${place.target.length}\0`).update(place.target).digest("hex");
      add({ path: place.inside, mode: "120000", gitBlob });
    },
    emptyFolder: (place) => add({ path: place.inside, mode: "40000" }),
    refused() {
      whole = false;
    },
    finish() {
      if (refusal !== undefined) return { files, size, digest: {}, refusal };
      if (!whole) return { files, size, digest: {} };
      const { gitTree, swhid } = tree.digest();
      return { files, size, digest: { gitTree, swhid } };
    },
  };
}
