/** Many digests in one pass over the bytes, without a promise per chunk. */
import type { Sink } from "../io/sink.ts";
import type { DigestAlgorithm, DigestSet } from "../model/digest.ts";
import { digestAlgorithms } from "../model/digest.ts";
import type { ByteAlgorithm, Hasher } from "./hasher.ts";
import { isByteAlgorithm, opensslHasher, rowOf } from "./hasher.ts";

/**
 * Bytes that are kept while a git object's size is unknown: its digest starts with the size, so the bytes have to wait
 * for their end. Beyond this the digest is left out, because a wrong one would be a lie.
 */
export const gitBufferBytes = 8 * 1024 * 1024;

/** Computes digests of the bytes that pass. */
export interface Digester extends Sink {
  write(chunk: Uint8Array): void;
  /** Forgets everything: byte 0 follows. */
  restart(): void;
  /** Bytes seen so far. */
  readonly size: number;
  /**
   * Of all bytes written; nothing may be written afterwards. Holds every algorithm that was asked for, except those
   * whose value could not be known: a git object whose announced size was false, or was not announced and too long.
   */
  digest(): DigestSet;
}

export interface DigesterOptions {
  /** What the bytes will add up to, if somebody says so. */
  readonly size?: number | undefined;
}

/** Makes digesters for a fixed set of algorithms, whose libraries are loaded. */
export interface DigesterFactory {
  /** In the order of reports, without those that are no digest of bytes. */
  readonly algorithms: readonly ByteAlgorithm[];
  create(options?: DigesterOptions): Digester;
}

type MakeHasher = () => Hasher;

/** Loads what the algorithms need, once; then digesters are made without waiting. */
export async function loadDigesters(algorithms: readonly DigestAlgorithm[]): Promise<DigesterFactory> {
  const wanted = digestAlgorithms.filter(isByteAlgorithm).filter((algorithm) => algorithms.includes(algorithm));
  const makers: [ByteAlgorithm, MakeHasher][] = await Promise.all(
    wanted.map(async (algorithm): Promise<[ByteAlgorithm, MakeHasher]> => [algorithm, await loadMaker(algorithm)]),
  );
  return { algorithms: wanted, create: (options = {}) => startDigester(makers, options) };
}

/** Loads what the algorithms need and starts one digester. */
export async function createDigester(
  algorithms: readonly DigestAlgorithm[],
  options: DigesterOptions = {},
): Promise<Digester> {
  return (await loadDigesters(algorithms)).create(options);
}

async function loadMaker(algorithm: ByteAlgorithm): Promise<MakeHasher> {
  const row = rowOf(algorithm);
  if (row.load !== undefined) return row.load();
  const name = row.openssl;
  if (name === undefined) throw new TypeError(`no way to compute ${algorithm}`);
  return () => opensslHasher(name);
}

function startDigester(makers: readonly [ByteAlgorithm, MakeHasher][], options: DigesterOptions): Digester {
  const plain = makers.filter(([algorithm]) => rowOf(algorithm).header === undefined);
  // gitBlob and swhid are two spellings of one hash: it is computed once.
  const [git] = makers.filter(([algorithm]) => rowOf(algorithm).header !== undefined);
  const startPlain = (): readonly Hasher[] => plain.map(([, make]) => make());
  const startGit = (): GitHash | undefined => (git === undefined ? undefined : gitHash(git[0], git[1], options.size));

  let hashers = startPlain();
  let gitHasher = startGit();
  let size = 0;
  let result: DigestSet | undefined;

  return {
    get size() {
      return size;
    },
    write(chunk) {
      if (result !== undefined) throw new TypeError("a digester was written to after its digest was taken");
      size += chunk.length;
      for (const hasher of hashers) hasher.update(chunk);
      gitHasher?.update(chunk);
    },
    restart() {
      hashers = startPlain();
      gitHasher = startGit();
      size = 0;
      result = undefined;
    },
    digest() {
      if (result !== undefined) return result;
      const hex = new Map(plain.map(([algorithm], index) => [algorithm, hashers[index]?.hex()]));
      const gitHex = gitHasher?.hex(size);
      const set: { -readonly [A in DigestAlgorithm]?: string } = {};
      for (const [algorithm] of makers) {
        const row = rowOf(algorithm);
        const value = row.header === undefined ? hex.get(algorithm) : gitHex;
        if (value !== undefined) set[algorithm] = (row.prefix ?? "") + value;
      }
      result = set;
      return set;
    },
  };
}

interface GitHash {
  update(chunk: Uint8Array): void;
  /** Undefined when the true size was not what the header says. */
  hex(size: number): string | undefined;
}

function gitHash(algorithm: ByteAlgorithm, make: MakeHasher, announced: number | undefined): GitHash {
  const start = (size: number): Hasher => {
    const hasher = make();
    hasher.update(Buffer.from(rowOf(algorithm).header?.(size) ?? "", "latin1"));
    return hasher;
  };
  if (announced !== undefined) {
    const hasher = start(announced);
    return { update: (chunk) => hasher.update(chunk), hex: (size) => (size === announced ? hasher.hex() : undefined) };
  }
  // One growing buffer: chunks may be tiny, and a list of a million of them would cost far more than their bytes.
  let kept: Buffer | undefined = Buffer.alloc(0);
  let keptBytes = 0;
  return {
    update(chunk) {
      if (kept === undefined) return;
      const needed = keptBytes + chunk.length;
      if (needed > gitBufferBytes) {
        kept = undefined;
        return;
      }
      if (needed > kept.length) {
        const grown = Buffer.allocUnsafeSlow(Math.min(gitBufferBytes, Math.max(needed, 2 * kept.length)));
        kept.copy(grown, 0, 0, keptBytes);
        kept = grown;
      }
      kept.set(chunk, keptBytes);
      keptBytes = needed;
    },
    hex(size) {
      if (kept === undefined) return undefined;
      const hasher = start(size);
      hasher.update(kept.subarray(0, keptBytes));
      return hasher.hex();
    },
  };
}
