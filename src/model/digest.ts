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

/** What the digest of no bytes at all is: whoever declares it for a file with bytes hashed nothing. */
export const digestOfNothing: { readonly [Algorithm in DigestAlgorithm]: string } = {
  sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  sha384: "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
  sha512:
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
  sha512_256: "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a",
  sha3_256: "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
  blake2b:
    "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce",
  blake2s: "69217a3079908094e11121d042354a7c1f55b6482ca1a51e1b250dfd1ed0eef9",
  blake3: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
  sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  md5: "d41d8cd98f00b204e9800998ecf8427e",
  gitBlob: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
  gitTree: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
  swhid: "swh:1:cnt:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
};

/** Whether this value is the digest of no bytes, or of a folder that holds nothing. */
export function isDigestOfNothing(algorithm: DigestAlgorithm, value: string): boolean {
  return value === digestOfNothing[algorithm] || value === emptyTreeSwhid;
}

const emptyTreeSwhid = `swh:1:dir:${digestOfNothing.gitTree}`;

/** What a declared digest speaks about: the bytes of one file, or the tree below a folder. */
export function subjectOf(algorithm: DigestAlgorithm, value: string): DigestSubject {
  return value.startsWith("swh:1:dir:") ? "tree" : algorithmInfo[algorithm].subject;
}

/** The algorithms that a set holds, strongest and most usual first. */
export function algorithmsOf(set: DigestSet): readonly DigestAlgorithm[] {
  return digestAlgorithms.filter((algorithm) => set[algorithm] !== undefined);
}

/** True when something is declared and nothing of it withstands a made collision. */
export function isWeak(set: DigestSet): boolean {
  const algorithms = algorithmsOf(set);
  return algorithms.length > 0 && algorithms.every((algorithm) => algorithmInfo[algorithm].weak);
}

/** The one algorithm of a set that says most, or undefined when the set is empty. */
export function strongest(set: DigestSet): DigestAlgorithm | undefined {
  return algorithmsOf(set)[0];
}
