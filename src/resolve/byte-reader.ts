/** The end of a line. */
export const lineEnd = 0x0a;

/** Takes exactly as many bytes from a stream as are wanted. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done === true) return false;
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
    return true;
  }

  /** A line without its end; undefined for one that is longer or has no end. */
  async line(maxBytes: number): Promise<string | undefined> {
    let at = this.#rest.indexOf(lineEnd);
    while (at === -1) {
      if (this.#rest.length > maxBytes || !(await this.#more())) return undefined;
      at = this.#rest.indexOf(lineEnd);
    }
    const line = Buffer.from(this.#rest.subarray(0, at)).toString("latin1");
    this.#rest = this.#rest.subarray(at + 1);
    return line;
  }

  /** All of them together; undefined where fewer come. */
  async whole(size: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length < size) if (!(await this.#more())) return undefined;
    const whole = Uint8Array.from(this.#rest.subarray(0, size));
    this.#rest = this.#rest.subarray(size);
    return whole;
  }

  /** As they come; fewer where the stream ends before. */
  async *some(size: number): AsyncGenerator<Uint8Array> {
    let left = size;
    while (left > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) return;
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.length);
      left -= chunk.length;
      yield chunk;
    }
  }
}
