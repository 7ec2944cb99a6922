/** Making files and names durable, many at a time. */
import { open, statfs } from "node:fs/promises";
import { run } from "./process.ts";
import { FLUSH_ALL_FROM, FLUSH_ALL_TIMEOUT_MS, FLUSH_LANES } from "./store-limits.ts";
import { syncFolder } from "./store-write.ts";

/** Resolves when the bytes of these files and the names in these folders would outlive a power cut. */
export type Flush = (files: readonly string[], folders: ReadonlySet<string>) => Promise<void>;

/**
 * File systems whose flush as a whole is as good as that of each file. Others, such as those in user space, may answer
 * it without passing it on.
 */
const FLUSHED_WHOLE: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xf2f52010, // f2fs
  0x01021994, // tmpfs
  0x794c7630, // overlay
]);

const FLUSH_ALL_MAX_OUTPUT_BYTES = 4096;
/** Where systems keep their own programs: another `sync` in somebody's path may do something else, and well. */
const SYSTEM_PATH = "/usr/bin:/bin:/run/current-system/sw/bin";

/** Flushes what lies in the file system of a folder. */
export function createFlush(folder: string): Flush {
  let whole: Promise<boolean> | undefined;
  return async (files, folders) => {
    if (files.length + folders.size >= FLUSH_ALL_FROM) {
      whole ??= canFlushWhole(folder);
      if (await whole) {
        if (await flushWhole(folder)) return;
        // No such program, or the disk failed: asked one by one, the files tell which.
        whole = Promise.resolve(false);
      }
    }
    await each(files, syncFile);
    await each([...folders], syncFolder);
  };
}

async function canFlushWhole(folder: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  return statfs(folder).then(
    ({ type }) => FLUSHED_WHOLE.has(type),
    () => false,
  );
}

async function flushWhole(folder: string): Promise<boolean> {
  const ended = await run("sync", ["-f", folder], {
    env: { PATH: SYSTEM_PATH, LC_ALL: "C" },
    timeout: FLUSH_ALL_TIMEOUT_MS,
    maxBytes: FLUSH_ALL_MAX_OUTPUT_BYTES,
  });
  return ended.status === "exited" && ended.code === 0;
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Does it to all of them, a few at a time; the first failure is thrown when none is under way any more. */
async function each(paths: readonly string[], act: (path: string) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) await act(path);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(FLUSH_LANES, paths.length) }, lane));
  for (const ended of lanes) if (ended.status === "rejected") throw ended.reason;
}
