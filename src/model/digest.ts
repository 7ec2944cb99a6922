/**
 * Digest algorithms, the set of digests of one thing, and the spellings in which people write them.
 * Names follow in-toto's digest_set.md (`sha512_256`, `gitBlob`, `gitTree`); `swhid` is ISO/IEC 18670.
 */

/** What is hashed: `bytes` of one file, or the `tree` of names, modes and blobs below a folder. */
export type DigestSubject = "bytes" | "tree";

interface AlgorithmInfo {
  /** Length of the raw digest in bytes. */
  readonly length: number;
  readonly subject: DigestSubject;
  /** True where a collision can be made today, so that a match alone proves nothing (invariant 2). */
  readonly weak: boolean;
  /** Multihash code (multiformats/multicodec table), where there is one. */
  readonly multihash?: number;
}

/** Every algorithm that a manifest may declare. `swhid` covers both subjects: its value says which. */
export const algorithmInfo = {
  sha256: { length: 32, subject: "bytes", weak: false, multihash: 0x12 },
  sha384: { length: 48, subject: "bytes", weak: false, multihash: 0x20 },
  sha512: { length: 64, subject: "bytes", weak: false, multihash: 0x13 },
  sha512_256: { length: 32, subject: "bytes", weak: false, multihash: 0x1015 },
  sha3_256: { length: 32, subject: "bytes", weak: false, multihash: 0x16 },
  blake2b: { length: 64, subject: "bytes", weak: false, multihash: 0xb240 },
  blake2s: { length: 32, subject: "bytes", weak: false, multihash: 0xb260 },
  blake3: { length: 32, subject: "bytes", weak: false, multihash: 0x1e },
  sha1: { length: 20, subject: "bytes", weak: true, multihash: 0x11 },
  md5: { length: 16, subject: "bytes", weak: true, multihash: 0xd5 },
  gitBlob: { length: 20, subject: "bytes", weak: false },
  gitTree: { length: 20, subject: "tree", weak: false },
  swhid: { length: 20, subject: "bytes", weak: false },
} as const satisfies Record<string, AlgorithmInfo>;

export type DigestAlgorithm = keyof typeof algorithmInfo;

/** The algorithms in the order in which reports list them: strongest and most usual first. */
export const digestAlgorithms = Object.keys(algorithmInfo) as readonly DigestAlgorithm[];

/** Digests of one thing. Values are lower-case hex, except `swhid`: `swh:1:cnt:<hex>` or `swh:1:dir:<hex>`. */
export type DigestSet = { readonly [Algorithm in DigestAlgorithm]?: string };
