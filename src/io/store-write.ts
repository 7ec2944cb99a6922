/** The few file operations of the store, each as durable as it claims to be. */
import { type FileHandle, link, lstat, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { WholesourceError } from "../model/error.ts";
import { codeOf } from "./errno.ts";

const noSpace: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const noPermission: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

/** What went wrong with the store, with what to do about it. */
export function storeError(cause: unknown, doing: string): WholesourceError {
  if (cause instanceof WholesourceError) return cause;
  const code = codeOf(cause) ?? "";
  if (noSpace.has(code)) {
    return new WholesourceError("no-space", `no space left: ${doing} (\`${code}\`)`, {
      hint: "free some space, or name a store folder on another disk",
      cause,
    });
  }
  return new WholesourceError("store-failed", `the store failed: ${doing} (\`${code || String(cause)}\`)`, {
    hint: noPermission.has(code) ? "check the owner and the permissions of the store's folder" : "check the disk",
    cause,
  });
}

/** Writes all of it: a full disk shows first as a short count, without an error. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    if (bytesWritten === 0) throw Object.assign(new Error("nothing was written"), { code: "ENOSPC" });
    at += bytesWritten;
  }
}

/** Makes the names in a folder durable, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, "r");
    await handle.sync();
  } catch (error) {
    // Not every system opens or syncs folders; a failing disk does not answer with one of these.
    if (!["EISDIR", "EINVAL", "EPERM", "EACCES", "ENOTSUP"].includes(codeOf(error) ?? "")) throw error;
  } finally {
    await handle?.close();
  }
}

/** Gives a synced file its final name without ever overwriting; true when the name was free. */
export async function place(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return false;
    // File systems without hard links: nobody else may take the name between the two steps, or both hold the same bytes.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS" && code !== "EMLINK") throw error;
    if ((await regularSize(to)) !== undefined) return false;
    await rename(from, to);
  }
  await syncFolder(dirname(to));
  await rm(from, { force: true });
  return true;
}

/** The size of a regular file; undefined for anything else, links included. */
export async function regularSize(path: string): Promise<number | undefined> {
  try {
    const facts = await lstat(path);
    return facts.isFile() ? facts.size : undefined;
  } catch {
    return undefined;
  }
}
