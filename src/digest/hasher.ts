import { createHash } from "node:crypto";
import type { DigestAlgorithm } from "../model/digest.ts";
import { loadBlake3 } from "./blake3.ts";

/** One running hash over bytes, as thin as can be: it is called for every chunk. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Called once, after the last byte. */
  hex(): string;
}

/** How one algorithm is computed. */
interface HasherRow {
  /** The name that OpenSSL has for it; small files are then hashed in one call. */
  readonly openssl?: string;
  /** Loads what the algorithm needs, and says how a hasher is made. */
  load?(): Promise<() => Hasher>;
  /** Written before the bytes: a git object names its own size. */
  header?(size: number): string;
  /** Put before the hex. */
  readonly prefix?: string;
  /** CPU cost of a byte, sha256 being 1: how several algorithms are spread over threads. */
  readonly cost: number;
}

const gitHeader = (size: number): string => `blob ${size}\0`;

/** Every algorithm over bytes. A new one is one row here and one in `model/digest.ts`. */
export const hasherRows = {
  sha256: { openssl: "sha256", cost: 1 },
  sha384: { openssl: "sha384", cost: 2.6 },
  sha512: { openssl: "sha512", cost: 2.6 },
  sha512_256: { openssl: "sha512-256", cost: 2.6 },
  sha3_256: { openssl: "sha3-256", cost: 4.5 },
  blake2b: { openssl: "blake2b512", cost: 2.2 },
  blake2s: { openssl: "blake2s256", cost: 3.1 },
  blake3: { load: loadBlake3, cost: 0.4 },
  sha1: { openssl: "sha1", cost: 1.1 },
  md5: { openssl: "md5", cost: 2.2 },
  gitBlob: { openssl: "sha1", header: gitHeader, cost: 1.1 },
  swhid: { openssl: "sha1", header: gitHeader, prefix: "swh:1:cnt:", cost: 1.1 },
} as const satisfies Record<Exclude<DigestAlgorithm, "gitTree">, HasherRow>;

/** The algorithms that can be computed over bytes; `gitTree` needs names and modes. */
export type ByteAlgorithm = keyof typeof hasherRows;

/** The rows under one type, for code that does not care which algorithm it has. */
export const rowOf = (algorithm: ByteAlgorithm): HasherRow => hasherRows[algorithm];

/** True for what can be computed over bytes alone. */
export function isByteAlgorithm(algorithm: DigestAlgorithm): algorithm is ByteAlgorithm {
  return algorithm !== "gitTree";
}

/** A running hash of OpenSSL. */
export function opensslHasher(name: string): Hasher {
  const hash = createHash(name);
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
}
