import { hash } from "node:crypto";

/** Paths that are kept as they are; a longer list is kept as fingerprints of eight bytes each. */
export const EXACT_PATHS_MAX = 262_144;
const CHUNK = 65_536;
/** Bits of a fingerprint: what a double holds exactly, taken from a digest that nobody can aim at cheaply. */
const PRINT_HEX = 13;

/** Remembers which paths a listing has named, in about eight bytes a path when there are many. */
export class PathSet {
  #exact: Set<string> | undefined = new Set();
  #chunks: Float64Array[] = [];
  #used = CHUNK;
  #sorted: Float64Array | undefined;

  /** False when the path is known to be there already; a long list tells that only at its end, by `repeated`. */
  add(path: string): boolean {
    if (this.#exact === undefined) {
      this.#append(fingerprint(path));
      return true;
    }
    if (this.#exact.has(path)) return false;
    this.#exact.add(path);
    if (this.#exact.size > EXACT_PATHS_MAX) {
      for (const one of this.#exact) this.#append(fingerprint(one));
      this.#exact = undefined;
    }
    return true;
  }

  /** To be asked after the last `add`. */
  has(path: string): boolean {
    if (this.#exact !== undefined) return this.#exact.has(path);
    const sorted = this.#seal();
    const wanted = fingerprint(path);
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return sorted[low] === wanted;
  }

  /** True when a list too long to be kept exactly named some path more than once. */
  hasRepeats(): boolean {
    if (this.#exact !== undefined) return false;
    const sorted = this.#seal();
    for (let index = 1; index < sorted.length; index++) if (sorted[index] === sorted[index - 1]) return true;
    return false;
  }

  #append(print: number): void {
    if (this.#used === CHUNK) {
      this.#chunks.push(new Float64Array(CHUNK));
      this.#used = 0;
    }
    const last = this.#chunks.at(-1);
    if (last !== undefined) last[this.#used++] = print;
  }

  #seal(): Float64Array {
    if (this.#sorted !== undefined) return this.#sorted;
    const count = Math.max(0, (this.#chunks.length - 1) * CHUNK + this.#used);
    const all = new Float64Array(count);
    for (const [index, chunk] of this.#chunks.entries()) {
      all.set(index === this.#chunks.length - 1 ? chunk.subarray(0, this.#used) : chunk, index * CHUNK);
    }
    this.#chunks = [];
    this.#sorted = all.sort();
    return this.#sorted;
  }
}

function fingerprint(path: string): number {
  return Number.parseInt(hash("sha256", path, "hex").slice(0, PRINT_HEX), 16);
}
