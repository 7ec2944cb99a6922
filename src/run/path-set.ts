import { randomFillSync } from "node:crypto";

const SLOTS_AT_FIRST = 4_096;
/** Slots that are in use at most, of all: beyond it the table doubles. */
const FULL = 0.6;

/**
 * Remembers which paths a listing has named, by a fingerprint of 64 bits each: some 20 bytes a path, however long it
 * is. The fingerprints are keyed anew in every set, so that nobody can make two paths that have the same.
 */
export class PathSet {
  readonly #key = randomFillSync(new Int32Array(2));
  /** Two halves a slot; both zero where it is free. */
  #slots = new Int32Array(2 * SLOTS_AT_FIRST);
  #size = 0;
  #low = 0;
  #high = 0;

  /** False when the path was there already. */
  add(path: string): boolean {
    this.#print(path);
    const at = place(this.#slots, this.#low, this.#high);
    if (this.#slots[at] !== 0 || this.#slots[at + 1] !== 0) return false;
    this.#slots[at] = this.#low;
    this.#slots[at + 1] = this.#high;
    this.#size += 1;
    if (2 * this.#size > FULL * this.#slots.length) this.#grow();
    return true;
  }

  has(path: string): boolean {
    this.#print(path);
    const at = place(this.#slots, this.#low, this.#high);
    return this.#slots[at] !== 0 || this.#slots[at + 1] !== 0;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(2 * old.length);
    for (let from = 0; from < old.length; from += 2) {
      const low = old[from] ?? 0;
      const high = old[from + 1] ?? 0;
      if (low === 0 && high === 0) continue;
      const at = place(slots, low, high);
      slots[at] = low;
      slots[at + 1] = high;
    }
    this.#slots = slots;
  }

  /** HalfSipHash-1-3 of the path's UTF-16, two units a word: made for tables whose keys are an adversary's. */
  #print(path: string): void {
    const [first = 0, second = 0] = this.#key;
    let v0 = first;
    let v1 = second ^ 0xee;
    let v2 = 0x6c796765 ^ first;
    let v3 = 0x74656462 ^ second;
    const { length } = path;
    const words = length >> 1;
    // One word more for the last unit and the length, then three rounds for each half of the result.
    for (let word = 0; word < words + 7; word++) {
      let mixed = 0;
      if (word < words) mixed = path.charCodeAt(2 * word) | (path.charCodeAt(2 * word + 1) << 16);
      else if (word === words) mixed = (length << 16) | (length % 2 === 1 ? path.charCodeAt(length - 1) : 0);
      else if (word === words + 1) v2 ^= 0xee;
      else if (word === words + 4) {
        this.#low = v1 ^ v3;
        v1 ^= 0xdd;
      }
      v3 ^= mixed;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= mixed;
    }
    this.#high = v1 ^ v3;
    if (this.#low === 0 && this.#high === 0) this.#low = 1;
  }
}

/** Where a fingerprint is, or the free slot where it would be. */
function place(slots: Int32Array, low: number, high: number): number {
  const mask = (slots.length >> 1) - 1;
  for (let slot = high & mask; ; slot = (slot + 1) & mask) {
    const at = 2 * slot;
    const [a, b] = [slots[at], slots[at + 1]];
    if ((a === low && b === high) || (a === 0 && b === 0)) return at;
  }
}
