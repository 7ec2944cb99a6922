import type { Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../io/errno.ts";
import { refuseError } from "../io/files-open.ts";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { localRemote, type Remote } from "./git-remote.ts";

/** What a repository's own folder holds that git follows wherever it leads. */
const leading = ["commondir", "objects/info/alternates", "objects/info/http-alternates"];
/** What has to be a file or a folder there, and no link to one. */
const own = ["HEAD", "objects", "objects/info", "objects/pack", "refs", "packed-refs", "config", "config.worktree"];

/**
 * A repository on this machine, as git is sent to it. One that borrows from elsewhere is refused where it may not leave
 * its folder: git would follow.
 */
export async function folderRemote(folder: string, mayLeave: boolean): Promise<Remote | Refusal> {
  try {
    const inside = await look(join(folder, ".git"));
    if (inside?.isDirectory() === false && !mayLeave) return leaves("its `.git` is no folder");
    const repository = inside === undefined ? folder : join(folder, ".git");
    if (inside?.isDirectory() !== false && (await look(join(repository, "HEAD"))) === undefined) {
      return refuse("not-found", "there is no git repository");
    }
    if (mayLeave) return localRemote(folder);
    for (const name of leading) {
      if ((await look(join(repository, name))) !== undefined) return leaves(`it has \`${name}\``);
    }
    for (const name of own) {
      if ((await look(join(repository, name)))?.isSymbolicLink() === true) return leaves(`its \`${name}\` is a link`);
    }
    return localRemote(folder);
  } catch (error) {
    return refuseError(error);
  }
}

function leaves(why: string): Refusal {
  return refuse("outside-blocked", `the repository may take its objects from outside the manifest's folder: ${why}`);
}

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}
