/** Digests of a folder as git (`gitTree`) and Software Heritage (`swh:1:dir:`) compute them. */
import { createHash } from "node:crypto";
import { compareBytes } from "../model/byte-order.ts";
import type { FileMode, Refusal } from "../model/evidence.ts";

/** Entries that a tree may have: about 300 bytes of memory each, where they arrive unsorted. */
export const treeEntryLimit = 2_000_000;
/** Folders inside folders; git itself stops at 2048. */
export const treeDepthLimit = 1024;

/** A file or link of a tree, or a folder that may turn out to be empty. */
export type TreeEntry =
  | {
      /** Relative, `/` separated. Bytes where the name is no UTF-8. */
      readonly path: string | Uint8Array;
      readonly mode: FileMode;
      /** 40 hex digits; of a link: the blob that holds its target. */
      readonly gitBlob: string;
    }
  | { readonly path: string | Uint8Array; readonly mode: "40000" };

export interface TreeDigest {
  /** git leaves empty folders out. */
  readonly gitTree: string;
  /** `swh:1:dir:<hex>`; empty folders count, so it differs from `gitTree` exactly where there are some. */
  readonly swhid: string;
  /** Files and links. */
  readonly files: number;
}

/** Takes entries in the order of `compareEntries`, with memory for the open folders only. */
export interface TreeDigester {
  /** A refusal when the entry cannot be in a tree with those before it. */
  add(entry: TreeEntry): Refusal | undefined;
  digest(): TreeDigest;
}

interface Child {
  /** Name, with `/` appended for a folder: the key that git sorts by. */
  readonly key: Buffer;
  readonly mode: string;
  /** Undefined for a folder without files, which git does not know. */
  readonly git: Buffer | undefined;
  readonly swh: Buffer;
}

interface Folder {
  readonly key: Buffer;
  readonly children: Child[];
}

const slash = 0x2f;
const refuse = (message: string): Refusal => ({
  status: "refused",
  kind: "malformed",
  reason: "reply-invalid",
  message,
});

/** Digests of entries in any order; refuses what is no tree: unsafe or repeated paths, a file that is also a folder. */
export function digestTree(entries: Iterable<TreeEntry>): TreeDigest | Refusal {
  const kept: TreeEntry[] = [];
  for (const entry of entries) {
    if (kept.length >= treeEntryLimit) {
      const message = `more than ${treeEntryLimit} entries in one tree`;
      return { status: "refused", kind: "malformed", reason: "too-large", message };
    }
    kept.push(entry);
  }
  kept.sort(compareEntries);
  const tree = createTreeDigester();
  for (const entry of kept) {
    const refusal = tree.add(entry);
    if (refusal !== undefined) return refusal;
  }
  return tree.digest();
}

/** The order in which a tree digester wants its entries: whole paths as bytes, a folder as if it ended in `/`. */
export function compareEntries(a: TreeEntry, b: TreeEntry): number {
  if (typeof a.path === "string" && typeof b.path === "string") {
    return compareBytes(sortKey(a.path, a.mode), sortKey(b.path, b.mode));
  }
  return Buffer.compare(pathKey(a), pathKey(b));
}

const sortKey = (path: string, mode: string): string => (mode === "40000" ? `${path}/` : path);
const pathKey = ({ path, mode }: TreeEntry): Buffer =>
  Buffer.concat([Buffer.from(path), Buffer.from(mode === "40000" ? "/" : "")]);

/** Starts a tree whose entries arrive sorted. */
export function createTreeDigester(): TreeDigester {
  const open: Folder[] = [{ key: Buffer.alloc(0), children: [] }];
  let files = 0;

  const close = (): void => {
    const folder = open.pop();
    const parent = open.at(-1);
    if (folder === undefined || parent === undefined) return;
    parent.children.push({ key: folder.key, mode: "40000", ...hashFolder(folder) });
  };

  return {
    add(entry) {
      const segments = splitPath(entry.path);
      if (segments === undefined) return refuse("a path of the tree is empty, absolute, no text, or leads outside");
      if (segments.length > treeDepthLimit) return refuse(`folders are more than ${treeDepthLimit} deep`);
      const name = entry.mode === "40000" ? undefined : segments.pop();
      const keys = segments.map((segment) => Buffer.concat([segment, Buffer.of(slash)]));
      let shared = 0;
      while (shared < keys.length && open[shared + 1]?.key.equals(keys[shared] ?? Buffer.alloc(0))) shared++;
      while (open.length > shared + 1) close();
      for (const key of keys.slice(shared)) {
        const refusal = rejectPlace(open.at(-1), key);
        if (refusal !== undefined) return refusal;
        open.push({ key, children: [] });
      }
      if (name === undefined || entry.mode === "40000") return undefined;
      const folder = open.at(-1);
      const refusal = rejectPlace(folder, name);
      if (refusal !== undefined) return refusal;
      if (!/^[0-9a-f]{40}$/.test(entry.gitBlob)) return refuse("a file of the tree has no git digest");
      const blob = Buffer.from(entry.gitBlob, "hex");
      folder?.children.push({ key: name, mode: entry.mode, git: blob, swh: blob });
      files++;
      return undefined;
    },
    digest() {
      while (open.length > 1) close();
      const [root] = open;
      const { git, swh } = hashFolder(root ?? { key: Buffer.alloc(0), children: [] });
      const gitTree = (git ?? hashChildren([], "git")).toString("hex");
      return { gitTree, swhid: `swh:1:dir:${swh.toString("hex")}`, files };
    },
  };
}

function splitPath(path: string | Uint8Array): Buffer[] | undefined {
  // Half of a surrogate pair has no bytes; encoding would quietly put another name there.
  if (typeof path === "string" && /\p{Surrogate}/u.test(path)) return undefined;
  const bytes = Buffer.from(path);
  const segments: Buffer[] = [];
  if (bytes.includes(0)) return undefined;
  for (let start = 0; start <= bytes.length; ) {
    const found = bytes.indexOf(slash, start);
    const end = found === -1 ? bytes.length : found;
    const segment = bytes.subarray(start, end);
    if (segment.length === 0 || isDots(segment)) return undefined;
    segments.push(segment);
    start = end + 1;
  }
  return segments;
}

const isDots = (segment: Buffer): boolean => segment.every((byte) => byte === 0x2e) && segment.length <= 2;

/** Entries come sorted, so a place is free when it sorts after the last one and no file has a new folder's name. */
function rejectPlace(folder: Folder | undefined, key: Buffer): Refusal | undefined {
  const children = folder?.children ?? [];
  const last = children.at(-1);
  if (last === undefined) return undefined;
  const order = Buffer.compare(last.key, key);
  if (order === 0) return refuse("two entries of the tree have the same path");
  if (order > 0) return refuse("the entries of the tree are not sorted by bytes");
  if (key.at(-1) === slash && hasFile(children, key.subarray(0, -1))) {
    return refuse("a path of the tree is both a file and a folder");
  }
  return undefined;
}

function hasFile(children: readonly Child[], name: Buffer): boolean {
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const child = children[middle];
    if (child !== undefined && Buffer.compare(child.key, name) < 0) low = middle + 1;
    else high = middle;
  }
  return children[low]?.key.equals(name) ?? false;
}

function hashFolder({ children }: Folder): { readonly git: Buffer | undefined; readonly swh: Buffer } {
  const swh = hashChildren(children, "swh");
  const known = children.filter((child) => child.git !== undefined);
  if (known.length === 0) return { git: undefined, swh };
  const same = children.every((child) => child.git?.equals(child.swh));
  return { git: same ? swh : hashChildren(known, "git"), swh };
}

function hashChildren(children: readonly Child[], voice: "git" | "swh"): Buffer {
  const parts: Buffer[] = [];
  let size = 0;
  for (const child of children) {
    const name = child.mode === "40000" ? child.key.subarray(0, -1) : child.key;
    const head = Buffer.concat([Buffer.from(`${child.mode} `), name, Buffer.of(0)]);
    const hash = (voice === "git" ? child.git : child.swh) ?? Buffer.alloc(0);
    parts.push(head, hash);
    size += head.length + hash.length;
  }
  const sha1 = createHash("sha1").update(`tree ${size}\0`);
  for (const part of parts) sha1.update(part);
  return sha1.digest();
}
