/** The last bytes of what passes by. */
export interface Tail {
  write(chunk: Uint8Array): void;
  /** At least the asked number of bytes, or all there were. */
  bytes(): Uint8Array;
}

/** Keeps between `size` and twice `size` bytes, so that moving them costs little per chunk. */
export function createTail(size: number): Tail {
  const kept = Buffer.allocUnsafe(size * 2);
  let filled = 0;
  return {
    write(chunk) {
      if (chunk.length >= size) {
        kept.set(chunk.subarray(chunk.length - size), 0);
        filled = size;
        return;
      }
      if (filled + chunk.length > kept.length) {
        kept.copyWithin(0, filled - size, filled);
        filled = size;
      }
      kept.set(chunk, filled);
      filled += chunk.length;
    },
    bytes: () => kept.subarray(0, filled),
  };
}
