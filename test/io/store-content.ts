/** Bytes by number: mostly small, some too big to be gathered in memory; every seventh the same whatever the seed. */
import { createHash } from "node:crypto";

const KiB = 1024;

export function contentOf(seed: string, at: number): Buffer {
  const own = at % 7 === 0 ? "all" : seed;
  const first = createHash("sha512").update(`${own} ${at}`).digest();
  const size = at % 41 === 40 ? 2500 * KiB : (first.readUInt32LE() % (24 * KiB)) + 64;
  return Buffer.alloc(size, first);
}

/** Numbers that one seed draws: what a test did at random it can do again. */
export function drawFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
