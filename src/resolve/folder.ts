import { isUtf8 } from "node:buffer";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Refusal, type RefusalReason, type RemoteObject, refusalReasons } from "../model/evidence.ts";

const reasonOfCode: { readonly [code: string]: RefusalReason } = {
  ENOENT: "not-found",
  ENOTDIR: "not-found",
  ENAMETOOLONG: "not-found",
  EINVAL: "not-found",
  ERR_INVALID_ARG_VALUE: "not-found",
  ELOOP: "not-a-file",
  EISDIR: "not-a-file",
  EACCES: "permission",
  EPERM: "permission",
};

/** What the file system answered in place of a file, as a refusal; a sick disk says nothing about the piece. */
export function fileRefusal(error: unknown, path: string): Refusal {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
  return localRefusal(reasonOfCode[code] ?? "status-unexpected", `\`${path}\`: ${code}`, path, code);
}

/** A refusal about a local path. */
export function localRefusal(reason: RefusalReason, message: string, path: string, errorCode?: string): Refusal {
  const url = pathToFileURL(path).href;
  const refusal = { status: "refused", kind: refusalReasons[reason], reason, message, url } as const;
  return errorCode === undefined ? refusal : { ...refusal, errorCode };
}

/** The object that a local file is. */
export function localObject(root: string, path: string): RemoteObject {
  return { path, url: pathToFileURL(join(root, path)).href };
}

interface Entry {
  /** With a `/` at the end for a folder, so that whole paths come out in byte order. */
  readonly key: Buffer;
  readonly kind: "file" | "folder" | "link" | "special";
}

/**
 * Every file below a folder in the byte order of the whole path. Links are told as links (mode 120000) and never
 * followed, `.git` is git's own bookkeeping and left out, and what is not a file or can not be read is a refusal in its
 * place. Holds the names of one folder and of those above it.
 */
export async function* walk(
  root: string,
  signal: AbortSignal,
): AsyncGenerator<RemoteObject | Refusal, void, undefined> {
  const open: { readonly prefix: string; readonly entries: readonly Entry[]; next: number }[] = [];
  const enter = async (prefix: string): Promise<Refusal | undefined> => {
    try {
      open.push({ prefix, entries: await sortedEntries(join(root, prefix)), next: 0 });
      return undefined;
    } catch (error) {
      return fileRefusal(error, join(root, prefix));
    }
  };
  let refusal = await enter("");
  if (refusal !== undefined) yield refusal;
  for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
    if (signal.aborted) {
      yield localRefusal("interrupted", "the listing was interrupted", join(root, folder.prefix));
      return;
    }
    const entry = folder.entries[folder.next];
    folder.next += 1;
    if (entry === undefined) {
      open.pop();
      continue;
    }
    const name = entry.key.toString("utf8");
    const path = folder.prefix + name;
    if (!isUtf8(entry.key)) {
      yield localRefusal("reply-invalid", `\`${path}\`: the name is not UTF-8`, join(root, path));
    } else if (entry.kind === "folder") {
      refusal = await enter(path);
      if (refusal !== undefined) yield refusal;
    } else if (entry.kind === "special") {
      yield localRefusal("not-a-file", `\`${path}\` is a device, a pipe or a socket`, join(root, path));
    } else {
      const object = localObject(root, path);
      yield entry.kind === "link" ? { ...object, mode: "120000" } : object;
    }
  }
}

async function sortedEntries(folder: string): Promise<readonly Entry[]> {
  const slash = Buffer.from("/");
  const dirents = await readdir(folder, { withFileTypes: true, encoding: "buffer" });
  return dirents
    .filter(({ name }) => name.toString("latin1") !== ".git")
    .map((dirent): Entry => {
      if (dirent.isDirectory()) return { key: Buffer.concat([dirent.name, slash]), kind: "folder" };
      const kind = dirent.isFile() ? "file" : dirent.isSymbolicLink() ? "link" : "special";
      return { key: dirent.name, kind };
    })
    .sort((a, b) => Buffer.compare(a.key, b.key));
}
