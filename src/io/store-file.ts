/** A file that grows at its end: gathered in large buffers, written while the next one fills, synced now and then. */
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { STORE_BUFFER_BYTES, STORE_SYNC_BYTES, STORE_SYNC_MS } from "./limits.ts";
import { writeAll } from "./store-write.ts";

/** How much is safe on the disk, and its CRC-32. */
export interface Synced {
  readonly size: number;
  readonly crc32: number;
}

/** First buffer: small files never need more. */
const FIRST_BUFFER_BYTES = 64 * 1024;

export class GrowingFile {
  readonly #create: () => Promise<FileHandle>;
  readonly #synced: (state: Synced) => Promise<void>;
  #file: FileHandle | undefined;
  #buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES);
  #spare: Buffer | undefined;
  #used = 0;
  /** Bytes handed to the system, and their CRC-32. */
  #written = 0;
  #crc = 0;
  #syncedSize = 0;
  #syncedAt = performance.now();
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  /** `create` opens the file when the first buffer is full, or never; `synced` hears what is safe. */
  constructor(create: () => Promise<FileHandle>, synced: (state: Synced) => Promise<void>) {
    this.#create = create;
    this.#synced = synced;
  }

  /** Goes on behind the first bytes of an open file. */
  continueAt(file: FileHandle, from: Synced): void {
    this.#file = file;
    this.#written = from.size;
    this.#crc = from.crc32;
    this.#syncedSize = from.size;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (chunk.length > this.#buffer.length - this.#used) return this.#spill(chunk);
    this.#buffer.set(chunk, this.#used);
    this.#used += chunk.length;
    return undefined;
  }

  /** Starts anew at byte 0. */
  async restart(): Promise<void> {
    await this.#writing;
    this.#used = 0;
    this.#written = 0;
    this.#crc = 0;
    this.#syncedSize = 0;
    await this.#file?.truncate(0);
  }

  /** Writes and syncs everything; afterwards `synced` has heard of all of it. */
  async flush(): Promise<void> {
    await this.#start();
    await this.#writing;
    if (this.#file !== undefined && this.#syncedSize !== this.#written) await this.#sync(this.#file);
  }

  /** All bytes, while they are few and no file was made for them; nothing may be written afterwards. */
  async gathered(): Promise<Uint8Array | undefined> {
    await this.#writing;
    if (this.#file !== undefined) return undefined;
    const bytes = this.#buffer.subarray(0, this.#used);
    // Whoever takes them decides how long they are in memory.
    this.#buffer = Buffer.alloc(0);
    this.#used = 0;
    return bytes;
  }

  /** Writes and syncs everything for good, also when no byte came: an empty file is a file. */
  async finish(): Promise<void> {
    await this.#start();
    await this.#writing;
    this.#file ??= await this.#create();
    await this.#sync(this.#file);
  }

  /** Ends it. A write that was still waiting for its turn comes to nothing. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing.catch(() => undefined);
    await this.#file?.close();
    this.#file = undefined;
  }

  async #spill(chunk: Uint8Array): Promise<void> {
    let at = 0;
    while (at < chunk.length && !this.#closed) {
      if (this.#used === this.#buffer.length) {
        if (this.#buffer.length < STORE_BUFFER_BYTES) this.#grow();
        else await this.#start();
      }
      const length = Math.min(chunk.length - at, this.#buffer.length - this.#used);
      this.#buffer.set(chunk.subarray(at, at + length), this.#used);
      this.#used += length;
      at += length;
    }
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(STORE_BUFFER_BYTES, this.#buffer.length * 4));
    larger.set(this.#buffer.subarray(0, this.#used));
    this.#buffer = larger;
  }

  /** Hands the buffer to the system; waits only while the one before is still under way. */
  async #start(): Promise<void> {
    await this.#writing;
    if (this.#used === 0 || this.#closed) return;
    this.#file ??= await this.#create();
    const file = this.#file;
    const full = this.#buffer;
    const bytes = full.subarray(0, this.#used);
    const position = this.#written;
    this.#buffer = this.#spare ?? Buffer.allocUnsafeSlow(full.length);
    this.#spare = full;
    this.#used = 0;
    this.#writing = this.#put(file, bytes, position);
    // Whoever waits next hears of a failure; until then it is not unheard of.
    this.#writing.catch(() => undefined);
  }

  async #put(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
    await writeAll(file, bytes, position);
    this.#written = position + bytes.length;
    this.#crc = crc32(bytes, this.#crc);
    const due = this.#written - this.#syncedSize >= STORE_SYNC_BYTES;
    if (due || performance.now() - this.#syncedAt >= STORE_SYNC_MS) await this.#sync(file);
  }

  async #sync(file: FileHandle): Promise<void> {
    await file.datasync();
    this.#syncedSize = this.#written;
    this.#syncedAt = performance.now();
    await this.#synced({ size: this.#written, crc32: this.#crc });
  }
}

/** Opens a file that must not exist yet, or one that must. */
export const openNew = (path: string): Promise<FileHandle> => open(path, "wx+", 0o600);
export const openOld = (path: string): Promise<FileHandle> => open(path, "r+");
