/** A local file inside the store without a byte copied, where the file system can share its blocks. */
import { constants } from "node:fs";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AsideContext } from "./store-aside.ts";
import { newPartial } from "./store-partial.ts";
import { settleFile } from "./store-settle.ts";
import { storeError } from "./store-write.ts";

/** A copy inside the store that has no name yet. Exactly one of the last three is called. */
export interface Clone {
  /** Where it lies: these bytes are to be measured. */
  readonly path: string;
  /** As of an `Aside`. */
  commit(sha256: string): Promise<string>;
  /** As of an `Aside`. */
  commitSoon(sha256: string): Promise<void>;
  discard(): Promise<void>;
}

/** Clones a file; undefined where its blocks can not be shared, or it can not be read. */
export async function openClone(from: string, context: AsideContext): Promise<Clone | undefined> {
  const folder = newPartial(context.paths.partial, "clone");
  const path = join(folder, "data");
  const discard = (): Promise<void> => rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  try {
    await copyFile(from, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
  } catch {
    // Why not will show when it is read.
    await discard();
    return undefined;
  }
  async function keep(sha256: string, patient = false): Promise<{ readonly durable: Promise<string> }> {
    const settled = await settleFile(path, sha256, context, patient).catch(async (error: unknown) => {
      await discard();
      throw storeError(error, "keeping a cloned file");
    });
    return { durable: finish(settled.durable) };
  }
  async function finish(durable: Promise<string>): Promise<string> {
    try {
      return await durable;
    } catch (error) {
      throw storeError(error, "keeping a cloned file");
    } finally {
      await discard();
    }
  }
  return {
    path,
    commit: async (sha256) => (await keep(sha256)).durable,
    async commitSoon(sha256) {
      const { durable } = await keep(sha256, true);
      await context.later(durable);
    },
    discard,
  };
}
