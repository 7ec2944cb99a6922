import { type BagCheckOptions, checkBag } from "../archive/bag-check.ts";
import type { ArchiveCheck } from "../archive/contents.ts";
import { createScratch } from "../io/scratch.ts";
import { createFileHasher, type FileHasherOptions } from "./hash-files.ts";

export interface CheckBagFolderOptions
  extends FileHasherOptions,
    Pick<BagCheckOptions, "depth" | "remote" | "maxFaults"> {}

/** Checks a bag on as many threads as it has work for. */
export async function checkBagFolder(folder: string, options: CheckBagFolderOptions): Promise<ArchiveCheck> {
  const hasher = createFileHasher(options);
  const scratch = createScratch();
  try {
    const { depth, remote, maxFaults, signal } = options;
    const digestFiles = hasher.digest;
    return await checkBag(folder, { depth, remote, maxFaults, signal, digestFiles, scratch: await scratch.folder() });
  } finally {
    await hasher.close();
    await scratch.remove();
  }
}
