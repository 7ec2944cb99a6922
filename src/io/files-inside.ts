/** Paths that may not leave a folder, whatever links lie in it. */
import { realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { Refusal } from "../model/evidence.ts";
import { refuseError, refuseFile } from "./files-open.ts";

/** Folders whose real place is remembered; beyond that the memory starts anew. */
const folderCacheEntries = 20_000;

/** Where something really is: absolute. */
export interface LocalPlace {
  readonly path: string;
}

/** A folder that reading must not leave. Links inside it are followed as long as they stay inside. */
export interface InsideFolder {
  /** Absolute, with every link on the way resolved. */
  readonly root: string;
  /**
   * Where the relative path is, its folders' links followed. The last segment is not looked at, so that a file costs
   * nothing here: open it without following, and ask `follow` when it is a link.
   */
  resolve(relativePath: string): LocalPlace | Refusal;
  /** The same with the last segment's link followed too. */
  follow(relativePath: string): LocalPlace | Refusal;
}

export interface InsideOptions {
  /** Let paths lead anywhere: the user said so. */
  readonly allowOutside?: boolean | undefined;
}

/** Opens a folder as the border of what is read; a refusal when it is not there. */
export function insideFolder(folder: string, { allowOutside = false }: InsideOptions = {}): InsideFolder | Refusal {
  const found = realPath(resolve(folder));
  if ("status" in found) return found;
  const root = found.path;
  const border = root.endsWith(sep) ? root : root + sep;
  const folders = new Map<string, LocalPlace | Refusal>();

  const realInside = (relativePath: string): LocalPlace | Refusal => {
    const real = realPath(resolve(root, relativePath));
    const allowed = "status" in real || allowOutside || real.path === root || real.path.startsWith(border);
    return allowed ? real : outside();
  };

  const resolveFolder = (relative: string): LocalPlace | Refusal => {
    const known = folders.get(relative);
    if (known !== undefined) return known;
    const real = realInside(relative);
    if (folders.size >= folderCacheEntries) folders.clear();
    folders.set(relative, real);
    return real;
  };

  /** The folder asked for last, with its `/`: files come folder by folder, and taking each path apart costs more. */
  let lastPrefix: string | undefined;
  let lastPath = "";

  const besideLast = (relativePath: string): LocalPlace | undefined => {
    if (lastPrefix === undefined || !relativePath.startsWith(lastPrefix)) return undefined;
    const name = relativePath.slice(lastPrefix.length);
    return name.includes("/") || name === "" || name === "." || name === ".." ? undefined : { path: lastPath + name };
  };

  return {
    root,
    resolve(relativePath) {
      const beside = besideLast(relativePath);
      if (beside !== undefined) return beside;
      if (!allowOutside && leadsOut(relativePath)) return outside();
      const at = relativePath.lastIndexOf("/");
      const name = relativePath.slice(at + 1);
      // These name a folder, not a file in one.
      if (name === "" || name === "." || name === "..") return realInside(relativePath);
      const real = resolveFolder(at === 0 ? "/" : relativePath.slice(0, Math.max(at, 0)));
      if ("status" in real) return real;
      lastPrefix = relativePath.slice(0, at + 1);
      lastPath = real.path.endsWith(sep) ? real.path : real.path + sep;
      return { path: lastPath + name };
    },
    follow(relativePath) {
      return !allowOutside && leadsOut(relativePath) ? outside() : realInside(relativePath);
    },
  };
}

/** Where a path below a folder really is, all links followed; to read many files keep an `InsideFolder`. */
export function resolveInside(folder: string, relativePath: string, options: InsideOptions = {}): LocalPlace | Refusal {
  const inside = insideFolder(folder, options);
  return "status" in inside ? inside : inside.follow(relativePath);
}

/** By its words alone: an absolute path, or `..` anywhere, even where it would come back. */
function leadsOut(path: string): boolean {
  if (path.startsWith("/")) return true;
  return path.includes("..") && path.split("/").includes("..");
}

function realPath(path: string): LocalPlace | Refusal {
  try {
    return { path: realpathSync.native(path) };
  } catch (error) {
    return refuseError(error);
  }
}

const outside = (): Refusal => refuseFile("outside-blocked", "it leads outside the folder that may be read");
