/** Size, mode and digests of one local file, in one pass; others may look at the bytes as they pass. */
import { hash } from "node:crypto";
import { closeSync } from "node:fs";
import type { LocalRead } from "../io/files.ts";
import { createReadBuffer, readLast, readOpenAhead, readOpenSync, readWhole } from "../io/files.ts";
import type { LocalPath, OpenFile } from "../io/files-open.ts";
import { openFile } from "../io/files-open.ts";
import type { Sink } from "../io/sink.ts";
import type { DigestAlgorithm, DigestSet } from "../model/digest.ts";
import type { Refusal, Transfer } from "../model/evidence.ts";
import type { DigesterFactory } from "./digester.ts";
import { loadDigesters } from "./digester.ts";
import type { ByteAlgorithm } from "./hasher.ts";
import { rowOf } from "./hasher.ts";

/** What a look at a file's beginning gets at most, in bytes. */
export const headBytes = 64 * 1024;
/** From this size a file is read ahead, where the lane may wait: below, the detour costs more than it overlaps. */
export const readAheadFrom = 16 * 1024 * 1024;

/** What one thread reads files with: one buffer, and the digesters of a fixed set of algorithms. */
export interface DigestLane {
  readonly digesters: DigesterFactory;
  readonly buffer: Buffer;
  /** Never read ahead: on a busy machine the other cores have their own files. */
  readonly alwaysSync: boolean;
  /** Set when a single call of OpenSSL computes each of the algorithms: of a small file that takes half the time. */
  readonly oneShot: readonly OneShot[] | undefined;
}

interface OneShot {
  readonly algorithm: ByteAlgorithm;
  readonly openssl: string;
}

/** A file whose beginning is looked at: it is open, and what else is asked of it comes from the same open file. */
export interface OpenHead {
  readonly size: number;
  /** The last bytes, at most so many. They are lent for the call only. */
  last(count: number): Uint8Array;
}

export interface LocalFileOptions {
  /** Gets the first bytes, up to `headBytes`, once; also of an empty file. They are lent for the call only. */
  readonly onHead?: ((bytes: Uint8Array, file: OpenHead) => void) | undefined;
  /** Gets all bytes. */
  readonly tap?: Sink | undefined;
  /** Told of every chunk that was read, for whoever shows progress. */
  readonly onBytes?: ((count: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly maxBytes?: number | undefined;
}

/** Makes a lane for the algorithms; loads their libraries. */
export async function createDigestLane(
  algorithms: readonly DigestAlgorithm[],
  { alwaysSync = false }: { readonly alwaysSync?: boolean } = {},
): Promise<DigestLane> {
  const digesters = await loadDigesters(algorithms);
  const calls = digesters.algorithms.flatMap((algorithm): OneShot[] => {
    const { openssl, header } = rowOf(algorithm);
    return openssl === undefined || header !== undefined ? [] : [{ algorithm, openssl }];
  });
  const oneShot = calls.length > 0 && calls.length === digesters.algorithms.length ? calls : undefined;
  return { digesters, buffer: createReadBuffer(), alwaysSync, oneShot };
}

/** Digests a file. A promise only for a big file that is read ahead, or where the tap made us wait. */
export function digestLocalFile(
  path: LocalPath,
  lane: DigestLane,
  options: LocalFileOptions = {},
): Transfer | Refusal | Promise<Transfer | Refusal> {
  const file = openFile(path);
  if (file.status === "refused") return file;
  let waits = false;
  try {
    const fits = file.size < lane.buffer.length;
    if (fits || (options.tap === undefined && (lane.alwaysSync || file.size < readAheadFrom))) {
      return digestSync(file, lane, options);
    }
    waits = true;
    return digestAhead(file, lane, options).finally(() => closeSync(file.fd));
  } finally {
    if (!waits) closeSync(file.fd);
  }
}

function digestSync(
  file: OpenFile,
  lane: DigestLane,
  options: LocalFileOptions,
): Transfer | Refusal | Promise<Transfer | Refusal> {
  if (lane.oneShot !== undefined && file.size < lane.buffer.length) {
    return digestOneShot(file, lane, lane.oneShot, options);
  }
  const digester = lane.digesters.create({ size: file.size });
  const head = headOf(file, options.onHead);
  const waits: Promise<void>[] = [];
  const read = readOpenSync(
    file,
    lane.buffer,
    (chunk) => {
      head?.write(chunk);
      digester.write(chunk);
      options.onBytes?.(chunk.length);
      // Only a file that fits into the buffer gets here with a tap, so there is no second chunk to wait for.
      const wait = options.tap?.write(own(chunk));
      if (wait !== undefined) waits.push(wait);
    },
    options,
  );
  return finish(read, head, options, waits[0], () => digester.digest());
}

function digestOneShot(
  file: OpenFile,
  lane: DigestLane,
  calls: readonly OneShot[],
  options: LocalFileOptions,
): Transfer | Refusal | Promise<Transfer | Refusal> {
  const bytes = readWhole(file, lane.buffer, options);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const { onBytes, onHead, tap } = options;
  onBytes?.(bytes.length);
  onHead?.(firstOf(bytes), { size: bytes.length, last: (count) => lastOf(bytes, count) });
  const digest: { -readonly [A in ByteAlgorithm]?: string } = {};
  for (const { algorithm, openssl } of calls) digest[algorithm] = hash(openssl, bytes, "hex");
  const transfer: Transfer = { status: "read", size: bytes.length, digest, lengthProven: true, mode: file.mode };
  if (tap === undefined) return transfer;
  const wait = bytes.length === 0 ? undefined : tap.write(own(bytes));
  return wait === undefined ? endTap(tap, transfer) : wait.then(() => endTap(tap, transfer));
}

/** A tap may wait, and meanwhile the lane's one buffer takes in the next file. */
const own = (chunk: Uint8Array): Uint8Array => Uint8Array.from(chunk);

async function digestAhead(file: OpenFile, lane: DigestLane, options: LocalFileOptions): Promise<Transfer | Refusal> {
  const digester = lane.digesters.create({ size: file.size });
  const head = headOf(file, options.onHead);
  const read = await readOpenAhead(
    file,
    (chunk) => {
      head?.write(chunk);
      digester.write(chunk);
      options.onBytes?.(chunk.length);
      return options.tap?.write(chunk);
    },
    options,
  );
  return finish(read, head, options, undefined, () => digester.digest());
}

const empty = new Uint8Array(0);

/** Ends head and tap, after what the tap is waiting for, and tells the result. */
function finish(
  read: LocalRead | Refusal,
  head: Head | undefined,
  { tap }: LocalFileOptions,
  wait: Promise<void> | undefined,
  digest: () => DigestSet,
): Transfer | Refusal | Promise<Transfer | Refusal> {
  if (wait !== undefined) return wait.then(() => finish(read, head, { tap }, undefined, digest));
  if (read.status === "refused") return read;
  head?.end();
  const { size, mode } = read;
  const transfer: Transfer = { status: "read", size, digest: digest(), lengthProven: true, mode };
  return tap === undefined ? transfer : endTap(tap, transfer);
}

function endTap(tap: Sink, transfer: Transfer): Transfer | Promise<Transfer> {
  const ended = tap.end?.();
  return ended === undefined ? transfer : ended.then(() => transfer);
}

interface Head {
  write(chunk: Uint8Array): void;
  end(): void;
}

/** The first chunk always holds the whole head: every buffer here is larger. */
function headOf({ fd, size }: OpenFile, onHead: LocalFileOptions["onHead"]): Head | undefined {
  if (onHead === undefined) return undefined;
  let seen = false;
  return {
    write(chunk) {
      if (seen) return;
      seen = true;
      const last = (count: number): Uint8Array =>
        chunk.length >= size ? lastOf(chunk, count) : readLast(fd, size, count);
      onHead(firstOf(chunk), { size, last });
    },
    end() {
      if (!seen) onHead(empty, { size: 0, last: () => empty });
    },
  };
}

const firstOf = (bytes: Uint8Array): Uint8Array => (bytes.length > headBytes ? bytes.subarray(0, headBytes) : bytes);
const lastOf = (bytes: Uint8Array, count: number): Uint8Array => bytes.subarray(Math.max(0, bytes.length - count));
