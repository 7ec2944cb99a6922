/** Reading local files: synchronously for many small ones, read ahead for a big one. Bytes are lent, never given. */
import { closeSync, fstatSync, read, readSync } from "node:fs";
import type { FileMode, Refusal } from "../model/evidence.ts";
import type { LocalPath, OpenFile } from "./files-open.ts";
import { openFile, refuseError, refuseFile } from "./files-open.ts";

export { insideFolder, resolveInside } from "./files-inside.ts";

/** The buffer of a synchronous reader, in bytes: it stays within a core's cache, and most files fit whole. */
export const syncBufferBytes = 512 * 1024;
/** What a synchronous reader takes at a time from a file that does not fit, in bytes. */
export const syncChunkBytes = 128 * 1024;
/** Each of the two buffers of a reader that reads ahead, in bytes. */
export const aheadBufferBytes = 4 * 1024 * 1024;

/** A regular file that was read to its end. */
export interface LocalRead {
  readonly status: "read";
  readonly size: number;
  readonly mode: FileMode;
}

export interface ReadOptions {
  /** Read no further than this: a sparse file can claim more bytes than there are disks. */
  readonly maxBytes?: number | undefined;
}

export interface ReadAheadOptions extends ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A buffer for `readFileSyncInto`, to be made once and used for many files. */
export const createReadBuffer = (): Buffer => Buffer.allocUnsafeSlow(syncBufferBytes);

/** Hands the file's bytes to `onChunk`, in one call when they fit into `buffer`; nothing is called for an empty file. */
export function readFileSyncInto(
  path: LocalPath,
  buffer: Buffer,
  onChunk: (chunk: Uint8Array) => void,
  options: ReadOptions = {},
): LocalRead | Refusal {
  const file = openFile(path);
  if (file.status === "refused") return file;
  try {
    return readOpenSync(file, buffer, onChunk, options);
  } finally {
    closeSync(file.fd);
  }
}

/** The same for a file that is already open and stays so. */
export function readOpenSync(
  file: OpenFile,
  buffer: Buffer,
  onChunk: (chunk: Uint8Array) => void,
  { maxBytes }: ReadOptions = {},
): LocalRead | Refusal {
  if (maxBytes !== undefined && file.size > maxBytes) return tooLarge(maxBytes);
  // One byte of room tells that the file has ended with the first read; only then is it read whole.
  const whole = file.size < buffer.length;
  const take = whole ? buffer.length : Math.min(buffer.length, syncChunkBytes);
  for (let size = 0; ; ) {
    // A file that fits is read in one call, short of the buffer: that is its end, and costs no second call.
    const { count, refusal } = fillSync(file.fd, buffer, take, whole ? file.size : take);
    if (refusal !== undefined) return refusal;
    size += count;
    if (size > file.size) return changed();
    if (count > 0) onChunk(buffer.subarray(0, count));
    if (whole || count < take) {
      return size === file.size && (whole || unchanged(file)) ? { status: "read", size, mode: file.mode } : changed();
    }
  }
}

/** All bytes of an open file that is shorter than the buffer, in that buffer. */
export function readWhole(file: OpenFile, buffer: Buffer, { maxBytes }: ReadOptions = {}): Uint8Array | Refusal {
  if (maxBytes !== undefined && file.size > maxBytes) return tooLarge(maxBytes);
  // Room for one byte more than the file had: a read that is short of the buffer has seen its end.
  const { count, refusal } = fillSync(file.fd, buffer, buffer.length, file.size);
  if (refusal !== undefined) return refusal;
  return count === file.size ? buffer.subarray(0, count) : changed();
}

/** The last bytes of an open file of this size, at most so many; fewer when it has shrunk meanwhile. */
export function readLast(fd: number, size: number, count: number): Uint8Array {
  const wanted = Math.min(size, count);
  const bytes = Buffer.allocUnsafe(wanted);
  let got = 0;
  try {
    for (let more = -1; more !== 0 && got < wanted; got += more) {
      more = readSync(fd, bytes, got, wanted - got, size - wanted + got);
    }
  } catch {
    // The reader of the whole file finds the same fault and tells it.
  }
  return bytes.subarray(0, got);
}

/** Hands the file's bytes to `onChunk` while the next ones are being read; a promise holds the reading up. */
export async function readAhead(
  path: LocalPath,
  onChunk: (chunk: Uint8Array) => void | Promise<void>,
  options: ReadAheadOptions = {},
): Promise<LocalRead | Refusal> {
  const file = openFile(path);
  if (file.status === "refused") return file;
  try {
    return await readOpenAhead(file, onChunk, options);
  } finally {
    closeSync(file.fd);
  }
}

/** The same for a file that is already open and stays so. */
export async function readOpenAhead(
  file: OpenFile,
  onChunk: (chunk: Uint8Array) => void | Promise<void>,
  { maxBytes, signal }: ReadAheadOptions = {},
): Promise<LocalRead | Refusal> {
  if (maxBytes !== undefined && file.size > maxBytes) return tooLarge(maxBytes);
  const length = Math.min(aheadBufferBytes, file.size + 1);
  const buffers = [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length)] as const;
  let turn: 0 | 1 = 0;
  let size = 0;
  let pending = fill(file.fd, buffers[turn]);
  try {
    for (;;) {
      const { count, refusal } = await pending;
      if (refusal !== undefined) return refusal;
      if (signal?.aborted) return refuseFile("interrupted", "the run was interrupted");
      if (count === 0) break;
      const current = buffers[turn];
      size += count;
      if (size > file.size) return changed();
      turn = turn === 0 ? 1 : 0;
      pending = fill(file.fd, buffers[turn]);
      const wait = onChunk(current.subarray(0, count));
      if (wait !== undefined) await wait;
    }
  } finally {
    // The descriptor must not be closed, and perhaps used anew, under a read that is still in flight.
    await pending;
  }
  return size === file.size && unchanged(file) ? { status: "read", size, mode: file.mode } : changed();
}

function unchanged(file: OpenFile): boolean {
  const now = fstatSync(file.fd);
  return now.size === file.size && now.mtimeMs === file.changedAt;
}

interface Filled {
  /** Less than asked for only at the end of the file: some file systems return less at a time than they have. */
  readonly count: number;
  readonly refusal?: Refusal;
}

/** Reads up to `take` bytes, but is content with `enough`. */
function fillSync(fd: number, buffer: Buffer, take: number, enough: number): Filled {
  try {
    let count = 0;
    do {
      const got = readSync(fd, buffer, count, take - count, null);
      if (got === 0) break;
      count += got;
    } while (count < enough);
    return { count };
  } catch (error) {
    return { count: 0, refusal: refuseError(error) };
  }
}

function fill(fd: number, buffer: Buffer): Promise<Filled> {
  return new Promise((resolve) => {
    const go = (count: number): void => {
      read(fd, buffer, count, buffer.length - count, null, (error, got) => {
        if (error !== null) resolve({ count: 0, refusal: refuseError(error) });
        else if (got === 0 || count + got === buffer.length) resolve({ count: count + got });
        else go(count + got);
      });
    };
    go(0);
  });
}

const changed = (): Refusal => refuseFile("changed-during-read", "its size or time changed while it was being read");
const tooLarge = (limit: number): Refusal => refuseFile("too-large", `it has more than ${limit} bytes`);
