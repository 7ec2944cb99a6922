import { decode } from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import type { CID } from "multiformats/cid";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { short } from "./ipfs-blocks.ts";

/** A file, or a part of one: bytes of its own, and then those of its children. */
export interface FileNode {
  readonly kind: "file";
  /** Bytes, with those of all its children. */
  readonly size: number;
  readonly data: Uint8Array;
  readonly children: readonly { readonly cid: CID; readonly size: number }[];
  readonly executable: boolean;
}

/** A name in a folder. */
export interface DirectoryLink {
  readonly name: string;
  readonly cid: CID;
  /** What the folder says of its size, with all that it is made of. */
  readonly size: number | undefined;
}

/** What a block is, read by the codec that its identifier names. */
export type Node =
  | FileNode
  | { readonly kind: "symlink"; readonly target: Uint8Array }
  | { readonly kind: "directory"; readonly links: readonly DirectoryLink[] }
  /** A part of a large folder: each link's name begins with its place among `fanout`, and is no more where it is a part again. */
  | { readonly kind: "shard"; readonly fanout: number; readonly links: readonly DirectoryLink[] };

/** Codecs, by their code in the identifier. */
const rawCodec = 0x55;
const dagPbCodec = 0x70;
/** The hash function of large folders' names: the one that is in use. */
const murmur3Code = 0x22n;
const fanoutMax = 1024;

/** True where the block is the file, with nothing around its bytes. */
export function isRaw(cid: CID): boolean {
  return cid.code === rawCodec;
}

/** Reads a block that was held against its identifier. What is wrong with it then is the publisher's doing. */
export function readNode(cid: CID, bytes: Uint8Array): Node | Refusal {
  if (isRaw(cid)) return { kind: "file", size: bytes.length, data: bytes, children: [], executable: false };
  if (cid.code !== dagPbCodec) {
    const message = `\`${short(cid)}\` is data of codec \`0x${cid.code.toString(16)}\`, which is no file and no folder`;
    return refuse("not-listable", message);
  }
  const wrong = (what: string) => refuse("reply-invalid", `\`${short(cid)}\` is what was published, and ${what}`);
  let unixfs: UnixFS;
  let links: readonly DirectoryLink[];
  try {
    const node = decode(bytes);
    if (node.Data === undefined) return wrong("holds no file and no folder");
    unixfs = UnixFS.unmarshal(node.Data);
    links = node.Links.map(({ Hash, Name = "", Tsize }) => ({ cid: Hash, name: Name, size: Tsize }));
  } catch {
    return wrong("can not be read as a file or a folder");
  }
  switch (unixfs.type) {
    case "raw":
    case "file":
      return fileNode(unixfs, links) ?? wrong("contradicts itself about its size");
    case "symlink":
      return { kind: "symlink", target: unixfs.data ?? new Uint8Array() };
    case "directory":
      return { kind: "directory", links };
    case "hamt-sharded-directory": {
      const fanout = Number(unixfs.fanout ?? 0n);
      const usable = fanout >= 2 && fanout <= fanoutMax && (fanout & (fanout - 1)) === 0;
      // Not every reader of the format hands the hash function on; where it does, there is only one.
      const known = unixfs.hashType === undefined || unixfs.hashType === murmur3Code;
      return usable && known ? { kind: "shard", fanout, links } : wrong("is a large folder in an unknown shape");
    }
    default:
      return wrong(`is of kind \`${unixfs.type.slice(0, 50)}\`, which is no file and no folder`);
  }
}

function fileNode(unixfs: UnixFS, links: readonly DirectoryLink[]): FileNode | undefined {
  const data = unixfs.data ?? new Uint8Array();
  if (unixfs.blockSizes.length !== links.length) return undefined;
  const children = links.map(({ cid }, index) => ({ cid, size: Number(unixfs.blockSizes[index]) }));
  const size = children.reduce((sum, child) => sum + child.size, data.length);
  if (!Number.isSafeInteger(size) || children.some((child) => child.size < 0)) return undefined;
  return { kind: "file", size, data, children, executable: ((unixfs.mode ?? 0) & 0o100) !== 0 };
}
