/** Opening the folder of a store: made when it may be, and tidied of what ended processes left in it. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { WholesourceError } from "../model/error.ts";
import { codeOf } from "./errno.ts";
import { bringBack } from "./store-collect.ts";
import { type StorePaths, storePaths } from "./store-layout.ts";
import { nonce } from "./store-owner.ts";
import { sweepPartials } from "./store-partial.ts";
import { livingSessions } from "./store-session.ts";
import { place, storeError } from "./store-write.ts";

/** The version of the layout; a store of a newer one is not touched. */
const FORMAT = "wholesource-store 1\n";
const READ_ONLY: ReadonlySet<string> = new Set(["EROFS", "EACCES", "EPERM"]);

/** Makes a store where there is none, and tidies it. One that can not be written to can still be read. */
export async function prepareStore(folder: string): Promise<StorePaths> {
  const paths = storePaths(folder);
  try {
    for (const each of [paths.partial, paths.blobs]) await mkdir(each, { recursive: true, mode: 0o700 });
    await checkFormat(join(paths.root, "format"), true);
    await tidy(paths);
  } catch (error) {
    throw storeError(error, `opening \`${folder}\``);
  }
  return paths;
}

/** The same of a store that is there; throws `usage` when none is. */
export async function findStore(folder: string): Promise<StorePaths> {
  const paths = storePaths(folder);
  try {
    if (!(await checkFormat(join(paths.root, "format"), false))) {
      throw new WholesourceError("usage", `there is no store at \`${folder}\``, {
        hint: "name its folder with --store, or in WHOLESOURCE_STORE",
      });
    }
    await tidy(paths);
  } catch (error) {
    throw storeError(error, `opening \`${folder}\``);
  }
  return paths;
}

/** Passes over what only says that nothing can be written here. */
export function unlessReadOnly(error: unknown): undefined {
  if (!READ_ONLY.has(codeOf(error) ?? "")) throw error;
  return undefined;
}

async function tidy(paths: StorePaths): Promise<void> {
  await bringBack(paths).catch(unlessReadOnly);
  await livingSessions(paths.sessions).catch(unlessReadOnly);
  await sweepPartials(paths.partial, Date.now()).catch(unlessReadOnly);
}

/** False when there is none and none was to be made. */
async function checkFormat(path: string, mayMake: boolean): Promise<boolean> {
  const found = await readFile(path, "utf8").catch((error: unknown) => {
    const code = codeOf(error);
    if (code === "ENOENT" || (code === "ENOTDIR" && !mayMake)) return undefined;
    throw error;
  });
  if (found === FORMAT) return true;
  if (found !== undefined) {
    throw new WholesourceError(
      "store-failed",
      `expected the format \`${FORMAT.trim()}\`, got \`${found.trim().slice(0, 80)}\``,
      {
        hint: "use the version of wholesource that made this store, or name another folder",
      },
    );
  }
  if (!mayMake) return false;
  // Aside first: somebody else may open the store at this moment and must not read half a line.
  const aside = `${path}.${nonce()}`;
  await writeFile(aside, FORMAT);
  await place(aside, path);
  return true;
}
