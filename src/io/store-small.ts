/** Bytes that are whole in memory, written aside as one file of a folder that many of them share. */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { WRITE_AT_ONCE_BYTES } from "./store-limits.ts";
import { newPartial } from "./store-partial.ts";
import { writeAll } from "./store-write.ts";

/** Blobs are read-only from their first byte on. */
export const BLOB_MODE = 0o444;

/** Many small files on their way to their names. */
export interface SmallFiles {
  /** Writes bytes aside; returns where. */
  write(bytes: Uint8Array): Promise<string>;
  /** Removes the folder with what nobody came back for. */
  close(): Promise<void>;
}

/** The folder is made with the first file. */
export function createSmallFiles(partial: string): SmallFiles {
  let made: Promise<string> | undefined;
  let count = 0;
  const folder = async (): Promise<string> => {
    const path = newPartial(partial, "group");
    await mkdir(path, { mode: 0o700 });
    return path;
  };
  const write = async (bytes: Uint8Array): Promise<string> => {
    made ??= folder();
    // The next one may try again.
    made.catch(() => {
      made = undefined;
    });
    const path = join(await made, String(count++));
    try {
      if (bytes.length <= WRITE_AT_ONCE_BYTES) writeAtOnce(path, bytes);
      else await writeInTurns(path, bytes);
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    return path;
  };
  return {
    write,
    async close() {
      const path = await made?.catch(() => undefined);
      made = undefined;
      if (path !== undefined) await rm(path, { recursive: true, force: true });
    },
  };
}

function writeAtOnce(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, "wx", BLOB_MODE);
  try {
    for (let at = 0; at < bytes.length; ) {
      const written = writeSync(fd, bytes, at, bytes.length - at, at);
      // A full disk shows first as a short count, without an error.
      if (written === 0) throw Object.assign(new Error("nothing was written"), { code: "ENOSPC" });
      at += written;
    }
  } finally {
    closeSync(fd);
  }
}

async function writeInTurns(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, "wx", BLOB_MODE);
  try {
    await writeAll(handle, bytes, 0);
  } finally {
    await handle.close();
  }
}
