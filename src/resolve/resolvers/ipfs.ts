import type { Refusal, RemoteObject } from "../../model/evidence.ts";
import { refuse } from "../../model/refusal.ts";
import { type IpfsPlace, parseIpfsLocation } from "../ipfs-location.ts";
import { defineResolver, type Resolution } from "../resolver.ts";

/**
 * Content of the IPFS network, through a gateway that need not be trusted: every block is held against its identifier.
 * An identifier is the digest of what it names, so it can never change its meaning; a name of IPNS can, and is not read.
 */
export const ipfs = defineResolver<IpfsPlace>({
  id: "ipfs",
  parse: parseIpfsLocation,
  isPinned: () => true,
  async resolve(place, context): Promise<Resolution> {
    // Readers of blocks are loaded by runs that have blocks to read.
    const [{ openGateway, readCid }, tree] = await Promise.all([
      import("../ipfs-blocks.ts"),
      import("../ipfs-tree.ts"),
    ]);
    const root = readCid(place.cid);
    if (root === undefined) {
      return refuse("reply-invalid", `\`${place.cid.slice(0, 100)}\` is spelt like a content identifier, and is none`);
    }
    const gateway = openGateway(context);
    const located = await tree.locate(gateway, root, place.path);
    if ("reason" in located) return located;
    const { exchange, node } = located;
    const found = {
      status: "found",
      pinned: true,
      revision: root.toString(),
      facts: { cid: root.toString(), gateway: gateway.address(root) },
      ...(exchange === undefined ? {} : { exchange }),
    } as const;
    const taking = { gateway, depth: context.depth, scratch: context.scratch };
    if (node.kind === "directory" || node.kind === "shard") {
      if (place.prefix !== undefined) return refuse("not-a-file", "it is a folder, not an archive");
      return { ...found, objects: restartable(() => tree.listFiles(taking, located)) };
    }
    const name = place.path.split("/").findLast((part) => part !== "") ?? place.name ?? root.toString();
    return {
      ...found,
      single: true,
      objects: restartable(() => one(async () => tree.taker(taking)(name, located), place)),
    };
  },
});

async function* one(take: () => Promise<RemoteObject>, { prefix }: IpfsPlace): AsyncGenerator<RemoteObject | Refusal> {
  const { refusal, ...object } = await take();
  if (refusal !== undefined) yield refusal;
  else if (prefix === undefined) yield object;
  else yield { ...object, members: prefix === "" ? { strip: 0 } : { strip: 0, prefix } };
}

function restartable<Value>(list: () => AsyncGenerator<Value>): AsyncIterable<Value> {
  return { [Symbol.asyncIterator]: list };
}
