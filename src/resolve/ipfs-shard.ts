import { murmur3128 } from "@multiformats/murmur3";
import type { DirectoryLink } from "./ipfs-node.ts";

/** Places in a shard are taken from this many bits of a name's hash, one level after the other. */
const hashBits = 64;

/** What a link of a shard is: an entry with its name, or a part of the folder again; undefined for neither. */
export interface ShardLink {
  readonly place: number;
  /** Absent for a part of the folder. */
  readonly name?: string;
}

/** Reads a shard's link: a place in hexadecimal, as wide as the fanout asks for, and the entry's name behind it. */
export function readShardLink({ name }: DirectoryLink, fanout: number): ShardLink | undefined {
  const width = (fanout - 1).toString(16).length;
  const written = name.slice(0, width);
  if (written.length !== width || !/^[0-9A-F]+$/.test(written)) return undefined;
  const place = Number.parseInt(written, 16);
  if (place >= fanout) return undefined;
  return name.length === width ? { place } : { place, name: name.slice(width) };
}

/** Shards below each other that a name's hash has bits for. */
export function levelsOf(fanout: number): number {
  return Math.floor(hashBits / Math.log2(fanout));
}

/** The places of a name, from the root shard downwards: as many as its hash has bits for. */
export async function placesOf(name: string, fanout: number): Promise<readonly number[]> {
  const hash = await murmur3128.encode(new TextEncoder().encode(name));
  const bits = [...hash.subarray(0, hashBits / 8)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const width = Math.log2(fanout);
  return Array.from({ length: levelsOf(fanout) }, (_, level) =>
    Number.parseInt(bits.slice(level * width, (level + 1) * width), 2),
  );
}
