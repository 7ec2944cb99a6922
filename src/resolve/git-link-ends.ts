import { existsSync } from "node:fs";
import type { Refusal, RemoteObject } from "../model/evidence.ts";
import { type LfsPointer, readLfsPointer } from "../model/lfs-pointer.ts";
import { openBlobs, smallBytes } from "./git-blobs.ts";
import { openLinks } from "./git-links.ts";
import type { Git } from "./git-program.ts";
import { refused } from "./git-refusal.ts";

/** What a link leads to. */
export interface LinkedFile {
  readonly status: "file";
  readonly object: NonNullable<RemoteObject["follows"]>;
  /** Where the file is a pointer to a large one. */
  readonly pointer?: LfsPointer | undefined;
}

/** The files that a repository's links lead to, each with the place of its bytes. */
export interface LinkEnds {
  /** Undefined where it can not be told without asking the host for more. */
  of(path: string): Promise<LinkedFile | Refusal | undefined>;
  close(): void;
}

/** Opens them; no program is started before the first link. What is there under its id already is not written again. */
export function openLinkEnds(
  git: Git,
  { root, prefix, folder, within }: LinkPlaces & { readonly folder: string | undefined; readonly within: string },
): LinkEnds {
  const links = openLinks(git, root);
  const blobs = openBlobs(git);
  return {
    async of(path) {
      const end = await links.end(prefix + path);
      if (end === undefined) {
        return folder === undefined ? undefined : refused("not-found", "it is a link that leads out of the repository");
      }
      if (end.status === "refused") return end;
      const { id, size } = end;
      const isPlain = size >= smallBytes;
      const object = {
        url: `${within}/${id}`,
        size,
        ...(id.length === 40 ? { digest: { gitBlob: id } } : {}),
        within,
        listed: true,
      } as const;
      if (isPlain && (folder === undefined || existsSync(`${folder}/${id}`))) return { status: "file", object };
      await blobs.ask([id]);
      const blob = await blobs.next(id, folder);
      if (blob.status === "refused") return blob;
      if (blob.status === "elsewhere") return undefined;
      return { status: "file", object, pointer: blob.bytes === undefined ? undefined : readLfsPointer(blob.bytes) };
    },
    close() {
      links.close();
      blobs.close();
    },
  };
}

/** Where the listed files are in their commit. */
export interface LinkPlaces {
  /** The commit's own tree. */
  readonly root: string;
  /** What comes before their paths there. */
  readonly prefix: string;
}
