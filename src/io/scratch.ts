import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Folders that live as long as one run. */
export interface Scratch {
  /** A new empty folder, for this user alone. Absolute. */
  folder(): Promise<string>;
  /** Removes all of them with what is in them. */
  remove(): Promise<void>;
}

/** Makes them below the system's temporary folder; nothing is made before the first is asked for. */
export function createScratch(): Scratch {
  const made: Promise<string>[] = [];
  return {
    folder() {
      const folder = mkdtemp(join(tmpdir(), "wholesource-"));
      made.push(folder);
      return folder;
    },
    async remove() {
      for (const folder of made.splice(0)) {
        const path = await folder.catch(() => undefined);
        if (path !== undefined) await rm(path, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}
