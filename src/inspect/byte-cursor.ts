/** More bytes were asked for than are there. */
export class OutOfBytes extends Error {}

/** Reads little-endian numbers one after the other, never beyond the end. */
export class ByteCursor {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  /** Bytes read so far, counted from the beginning of the file. */
  get at(): number {
    return this.#at;
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  /** Rounded above 2^53: every limit is far below. */
  uint64(): number {
    const start = this.#take(8);
    return this.#bytes.readUInt32LE(start) + this.#bytes.readUInt32LE(start + 4) * 2 ** 32;
  }

  text(length: number): string {
    const start = this.#take(length);
    return this.#bytes.toString("utf8", start, start + length);
  }

  skip(length: number): void {
    this.#take(length);
  }

  #take(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new OutOfBytes();
    this.#at = start + length;
    return start;
  }
}
