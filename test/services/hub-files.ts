/** What the hub of the tests keeps: files under version control, the large ones behind a pointer. */
import { createHash } from "node:crypto";

export type HubType = "model" | "dataset" | "space";

/** A file by its bytes; `lfs` keeps it behind a pointer, `xet` too, in the newer storage. */
export type HubFile =
  | string
  | Uint8Array
  | { readonly bytes: string | Uint8Array; readonly lfs?: true; readonly xet?: true };
export type HubFiles = { readonly [path: string]: HubFile };

/** A file with what the hub says of it. */
export interface StoredFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** Of the git blob: the pointer's where there is one. */
  readonly oid: string;
  readonly pointer?: string;
  readonly xetHash?: string;
}

/** One line of a listing. */
export interface Entry {
  readonly type: "file" | "directory";
  readonly path: string;
  readonly oid: string;
  readonly size: number;
  readonly lfs?: { readonly oid: string; readonly size: number; readonly pointerSize: number };
  readonly xetHash?: string;
}

/** A state of a repository. */
export interface Commit {
  readonly sha: string;
  readonly files: ReadonlyMap<string, StoredFile>;
  /** Files and folders, ordered by path. */
  readonly entries: readonly Entry[];
}

/** The git object id of a blob. */
export function blobId(bytes: string | Uint8Array): string {
  return createHash("sha1")
    .update(`blob ${Buffer.byteLength(bytes)}\0`)
    .update(bytes)
    .digest("hex");
}

/** The state that these files make. Its id depends on nothing else. */
export function commitOf(tree: HubFiles): Commit {
  const files = new Map(Object.entries(tree).map(([path, file]) => [path, store(file)]));
  const folders = new Set<string>();
  for (const path of files.keys()) {
    const segments = path.split("/");
    for (let depth = 1; depth < segments.length; depth += 1) folders.add(segments.slice(0, depth).join("/"));
  }
  const entries = [
    ...[...folders].map((path): Entry => ({ type: "directory", path, oid: blobId(path), size: 0 })),
    ...[...files].map(([path, file]) => entryOf(path, file)),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const hash = createHash("sha1").update("commit");
  for (const { path, oid } of entries) hash.update(`${path}\0${oid}\n`);
  return { sha: hash.digest("hex"), files, entries };
}

function store(file: HubFile): StoredFile {
  const plain = typeof file === "string" || file instanceof Uint8Array;
  const bytes = Buffer.from(plain ? file : file.bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (plain || (file.lfs !== true && file.xet !== true)) return { bytes, sha256, oid: blobId(bytes) };
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${bytes.length}\n`;
  const xetHash = createHash("sha256").update("xet").update(bytes).digest("hex");
  return { bytes, sha256, oid: blobId(pointer), pointer, ...(file.xet === true ? { xetHash } : {}) };
}

function entryOf(path: string, { bytes, sha256, oid, pointer, xetHash }: StoredFile): Entry {
  const size = bytes.length;
  return {
    type: "file",
    path,
    oid,
    size,
    ...(pointer === undefined ? {} : { lfs: { oid: sha256, size, pointerSize: pointer.length } }),
    ...(xetHash === undefined ? {} : { xetHash }),
  };
}
