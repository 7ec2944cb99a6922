/** The files of a bag as they lie there. */
import { statSync } from "node:fs";
import { type InsideFolder, insideFolder } from "../io/files-inside.ts";
import type { LocalPath } from "../io/files-open.ts";
import { locate, type WalkEntry, walkFolder } from "../io/files-walk.ts";
import { WholesourceError } from "../model/error.ts";
import type { BagFaults } from "./bag-faults.ts";
import type { BagFile } from "./bag-records.ts";

/** A folder whose files are read, and nothing outside it. */
export interface BagFolder {
  readonly root: string;
  /** Every file below the bag's root, in the order of bytes; undefined for what is no file of it. */
  files(faults: BagFaults): Generator<BagFile | undefined, void, void>;
  /** Where the bytes of a file are; undefined when a link that was sound is no more. */
  at(file: BagFile): LocalPath | undefined;
  /** The size of the file at a path that a list names, or undefined when there is none. */
  sizeOf(path: string): number | undefined;
}

/** Opens a bag's folder. */
export function openBagFolder(folder: string): BagFolder {
  const inside = insideFolder(folder);
  if ("status" in inside) {
    throw new WholesourceError("input-unreadable", `the bag can not be read: ${inside.message}`, { subject: folder });
  }
  const { root } = inside;
  return {
    root,
    *files(faults) {
      for (const entry of walkFolder(root)) yield toFile(entry, inside, faults);
    },
    at({ path, isLink }) {
      if (!isLink) return locate(root, { path });
      const place = inside.follow(path);
      return "status" in place ? undefined : place.path;
    },
    sizeOf(path) {
      const place = inside.follow(path);
      const stat = "status" in place ? undefined : statSync(place.path, { throwIfNoEntry: false });
      return stat?.isFile() === true ? stat.size : undefined;
    },
  };
}

function toFile(entry: WalkEntry, inside: InsideFolder, faults: BagFaults): BagFile | undefined {
  const { path } = entry;
  switch (entry.kind) {
    case "file":
      if (entry.pathBytes === undefined) return { path, size: entry.size, isLink: false };
      faults.error("file-unexpected", path, "its name is no UTF-8, so no manifest can list it");
      return { path, size: entry.size, isLink: false, unlistable: true };
    case "symlink":
      return linked(path, inside, faults);
    case "empty-folder":
      return undefined;
    case "other":
      faults.error("path-unsafe", path, "it is a pipe, a socket or a device");
      return undefined;
    case "refused":
      faults.error("archive-damaged", path, `it can not be read: ${entry.refusal.message}`);
      return undefined;
  }
}

/** A link is a file of the bag when its bytes are in the bag. A folder is never entered through one. */
function linked(path: string, inside: InsideFolder, faults: BagFaults): BagFile | undefined {
  const place = inside.follow(path);
  if ("status" in place) {
    faults.error("path-unsafe", path, `it is a link that is not followed: ${place.message}`);
    return undefined;
  }
  const stat = statSync(place.path, { throwIfNoEntry: false });
  if (stat?.isFile() === true) {
    faults.warning("form-discouraged", path, "it is a link to another file of the bag");
    return { path, size: stat.size, isLink: true };
  }
  const isFolder = stat?.isDirectory() === true;
  const detail = isFolder ? "it is a link to a folder, which is not entered" : "it is a link to what is no file";
  faults.when(!isFolder, isFolder ? "form-discouraged" : "path-unsafe", path, detail);
  return undefined;
}
