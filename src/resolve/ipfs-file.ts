import { open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { CID } from "multiformats/cid";
import { codeOf } from "../io/errno.ts";
import { WholesourceError } from "../model/error.ts";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { type Gateway, short } from "./ipfs-blocks.ts";
import { Frontier } from "./ipfs-frontier.ts";
import { type FileNode, readNode } from "./ipfs-node.ts";

/** Nodes between a file's root and its bytes: a thousand children each hold any file in three. */
const depthMax = 32;
/** Bytes of one file that are brought. */
const fileMaxBytes = 1024 ** 4;
/** Bytes that are left free on the disk that the files are brought to. */
const diskReserve = 512 * 1024 ** 2;

/** The bytes of a file in their order, each block held against its identifier; a refusal is the last. */
export async function* fileBytes(gateway: Gateway, cid: CID, root: FileNode): AsyncGenerator<Uint8Array | Refusal> {
  const frontier = new Frontier<{ readonly cid: CID; readonly size: number; readonly depth: number }>(gateway);
  const wrong = () =>
    refuse("reply-invalid", `\`${short(cid)}\` is what was published, and contradicts itself about its size`);
  if (root.data.length > 0) yield root.data;
  let tooMany = frontier.push(childrenOf(root, 1));
  for (let next = await frontier.next(); next !== undefined; next = await frontier.next()) {
    const { item, block } = next;
    if (tooMany !== undefined || block === undefined) {
      yield tooMany ?? wrong();
      return;
    }
    if ("reason" in block) {
      yield block;
      return;
    }
    const node = readNode(item.cid, block.bytes);
    if ("reason" in node || node.kind !== "file" || node.size !== item.size) {
      yield "reason" in node ? node : wrong();
      return;
    }
    if (item.depth > depthMax) {
      yield refuse("too-large", `\`${short(cid)}\` lies more than \`${depthMax}\` nodes deep`);
      return;
    }
    if (node.data.length > 0) yield node.data;
    tooMany = frontier.push(childrenOf(node, item.depth + 1));
  }
}

/** Children that give no bytes are not asked for: a graph of a billion of them would never end. */
function childrenOf({ children }: FileNode, depth: number) {
  return children.filter(({ size }) => size > 0).map(({ cid, size }) => ({ cid, size, depth }));
}

/** Brings a file into a folder, under a name that is ours; undefined when all of it is there. */
export async function bringFile(
  gateway: Gateway,
  cid: CID,
  root: FileNode,
  folder: string,
  name: string,
): Promise<Refusal | undefined> {
  const space = await freeBytes(folder);
  if (root.size > Math.min(fileMaxBytes, space)) {
    const message = `\`${root.size}\` bytes can not be brought here: there is room for \`${Math.min(fileMaxBytes, space)}\``;
    return refuse("too-large", message);
  }
  const path = join(folder, name);
  const refusal = await writeFile(path, fileBytes(gateway, cid, root));
  if (refusal !== undefined) await rm(path, { force: true });
  return refusal;
}

/** Writes what comes; a link's target and a file's bytes are written alike. */
export async function writeFile(
  path: string,
  chunks: AsyncIterable<Uint8Array | Refusal> | Iterable<Uint8Array>,
): Promise<Refusal | undefined> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      for await (const chunk of chunks) {
        if (!(chunk instanceof Uint8Array)) return chunk;
        await file.writeFile(chunk);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOSPC" && code !== "EDQUOT" && code !== "EFBIG") throw error;
    throw new WholesourceError("no-space", `no space left in the folder for temporary files (\`${code}\`)`, {
      hint: "free some space, or set TMPDIR to a folder on another disk",
      cause: error,
    });
  }
  return undefined;
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(0, bavail * bsize - diskReserve);
}
