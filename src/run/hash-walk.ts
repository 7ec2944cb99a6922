/** Everything that named paths stand for, one after the other. */
import { lstatSync, realpathSync } from "node:fs";
import type { LocalPath } from "../io/files-open.ts";
import { refuseError, refuseFile } from "../io/files-open.ts";
import { locate, type WalkEntry, walkFolder } from "../io/files-walk.ts";
import type { Refusal } from "../model/evidence.ts";

interface Place {
  /** As it is printed: the named path, and below a folder what follows it. */
  readonly path: string;
  /** Relative to the named folder; bytes where the name is no UTF-8. */
  readonly inside: string | Uint8Array;
  readonly inFolder: boolean;
}

/** One thing to be told of, or to be read first. */
export type HashPlace =
  | (Place & { readonly kind: "file"; readonly at: LocalPath; readonly size: number })
  | (Place & { readonly kind: "symlink"; readonly target: Buffer })
  | (Place & { readonly kind: "empty-folder" | "folder-start" | "folder-end" })
  | (Place & { readonly kind: "refused"; readonly refusal: Refusal });

/** Walks what the paths name. A named link is followed, because whoever names it means what it leads to. */
export function* placesOf(paths: readonly string[]): Generator<HashPlace, void, void> {
  for (const path of paths) {
    const place: Place = { path, inside: "", inFolder: false };
    const target = look(path);
    if (target.kind === "folder") {
      yield { ...place, kind: "folder-start" };
      const prefix = path.endsWith("/") ? path : `${path}/`;
      for (const entry of walkFolder(target.real, { ignoreGit: true })) yield placeOf(prefix, target.real, entry);
      yield { ...place, kind: "folder-end" };
    } else if (target.kind === "file") yield { ...place, kind: "file", at: target.real, size: target.size };
    else yield { ...place, kind: "refused", refusal: target.refusal };
  }
}

type Target =
  | { readonly kind: "folder"; readonly real: string }
  | { readonly kind: "file"; readonly real: string; readonly size: number }
  | { readonly kind: "refused"; readonly refusal: Refusal };

function look(path: string): Target {
  try {
    const real = realpathSync.native(path);
    const stat = lstatSync(real);
    if (stat.isDirectory()) return { kind: "folder", real };
    if (stat.isFile()) return { kind: "file", real, size: stat.size };
    return { kind: "refused", refusal: refuseFile("not-a-file", "it is no regular file") };
  } catch (error) {
    return { kind: "refused", refusal: refuseError(error) };
  }
}

function placeOf(prefix: string, root: string, entry: WalkEntry): HashPlace {
  const path = prefix + entry.path;
  const inside = entry.pathBytes ?? entry.path;
  const inFolder = true;
  switch (entry.kind) {
    case "file":
      return { kind: "file", path, inside, inFolder, at: locate(root, entry), size: entry.size };
    case "symlink":
      return { kind: "symlink", path, inside, inFolder, target: entry.target };
    case "empty-folder":
      return { kind: "empty-folder", path, inside, inFolder };
    case "other":
      return { kind: "refused", path, inside, inFolder, refusal: noFile };
    case "refused":
      return { kind: "refused", path, inside, inFolder, refusal: entry.refusal };
  }
}

const noFile = refuseFile("not-a-file", "it is a pipe, a socket or a device");
