/** Content for a gateway, made by the network's own library or block by block. */
import { createHash } from "node:crypto";
import { encode, type PBLink, prepare } from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import { type ImportCandidate, type ImporterOptions, importer } from "ipfs-unixfs-importer";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import type { BlockGateway } from "./gateway.ts";

/** Where made blocks go. */
export type BlockSink = Pick<BlockGateway, "put">;

const rawCodec = 0x55;
const dagPbCodec = 0x70;

export function cidOf(codec: number, bytes: Uint8Array): CID {
  return CID.createV1(codec, create(0x12, createHash("sha256").update(bytes).digest()));
}

/** A raw block. */
export function putRaw(sink: BlockSink, bytes: Uint8Array | string): CID {
  const block = Buffer.from(bytes);
  const cid = cidOf(rawCodec, block);
  sink.put(cid, block);
  return cid;
}

export interface LinkTo {
  readonly cid: CID;
  readonly name?: string;
  readonly size?: number;
}

/** A node of exactly these links, whatever they say. */
export function putNode(sink: BlockSink, data: Uint8Array | undefined, links: readonly LinkTo[] = []): CID {
  const Links: PBLink[] = links.map(({ cid, name, size }) => ({
    Hash: cid,
    ...(name === undefined ? {} : { Name: name }),
    ...(size === undefined ? {} : { Tsize: size }),
  }));
  const node = prepare({ Links, ...(data === undefined ? {} : { Data: data }) });
  const bytes = encode(node);
  const cid = cidOf(dagPbCodec, bytes);
  sink.put(cid, bytes);
  return cid;
}

export const putFolder = (sink: BlockSink, links: readonly LinkTo[]): CID =>
  putNode(sink, new UnixFS({ type: "directory" }).marshal(), links);

/** A file of these parts, with the sizes that are claimed for them. */
export function putFile(sink: BlockSink, parts: readonly { readonly cid: CID; readonly size: number }[]): CID {
  const unixfs = new UnixFS({ type: "file", blockSizes: parts.map(({ size }) => BigInt(size)) });
  return putNode(
    sink,
    unixfs.marshal(),
    parts.map(({ cid }) => ({ cid, name: "" })),
  );
}

/** Imports files with the network's own library; gives the identifier of the folder around them, or of the one file. */
export async function importFiles(
  sink: BlockSink,
  files: { readonly [path: string]: Uint8Array | string },
  options: ImporterOptions = {},
): Promise<CID> {
  const candidates: ImportCandidate[] = Object.entries(files).map(([path, content]) => ({
    path,
    content: Buffer.from(content),
  }));
  const blockstore = {
    put: async (cid: CID, bytes: Uint8Array): Promise<CID> => {
      sink.put(cid, Uint8Array.from(bytes));
      return cid;
    },
  };
  let root: CID | undefined;
  const wrapWithDirectory = options.wrapWithDirectory ?? candidates.length !== 1;
  for await (const entry of importer(candidates, blockstore, { ...options, wrapWithDirectory })) root = entry.cid;
  if (root === undefined) throw new Error("nothing was imported");
  return root;
}
