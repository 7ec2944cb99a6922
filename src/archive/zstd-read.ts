import { openZstdStream } from "./zstd-library.ts";

/** What a zstd file may ask of us. */
export interface UnzstdLimits {
  /** Unpacked bytes for each packed byte, once they are more than `ratioGraceBytes`. */
  readonly maxRatio: number;
  readonly ratioGraceBytes: number;
}

/** Why unpacking stopped. */
export interface UnzstdFault {
  readonly code: "archive-damaged" | "archive-limit";
  readonly detail: string;
}

/** Unpacks zstd that passes by, frame after frame. */
export interface Unzstd {
  /** False when nothing more will be read: because of a fault, or because the taker has enough. */
  write(chunk: Uint8Array): Promise<boolean>;
  /** The fault that was met, or that the bytes ended too early. */
  finish(): UnzstdFault | undefined;
  close(): void;
}

/** Bytes that one block unpacks to at most. */
const maxBlockBytes = 128 * 1024;
/** Bytes of the window that a frame may ask for: what zstd itself allows when not told otherwise. */
const maxWindowBytes = 128 * 1024 * 1024;
/** Bytes of a frame's header at most. */
const maxHeaderBytes = 18;
const checksumBytes = 4;
const blockHeaderBytes = 3;
const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

/** What a frame's header says. */
interface Frame {
  readonly headerBytes: number;
  readonly windowBytes: number;
  readonly contentBytes: number | undefined;
  readonly hasChecksum: boolean;
}

/** True for bytes that begin as a zstd file may: with a frame, or with one that is to be skipped. */
export function isZstd(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  const magic = view(head).readUInt32LE(0);
  return magic === frameMagic || isSkippable(magic);
}

/**
 * Walks over frames and blocks itself and hands the library one block at a time: it says nothing of errors, but what a
 * block should come to is known. Contents are checked against the frame's size and checksum. `take` may make us wait,
 * and ends it all with false.
 */
export async function createUnzstd(
  take: (bytes: Uint8Array) => Promise<boolean>,
  limits: UnzstdLimits,
): Promise<Unzstd> {
  const { default: xxhash } = await import("xxhash-wasm");
  const { create64 } = await xxhash();
  const stream = await openZstdStream(maxBlockBytes + blockHeaderBytes + maxHeaderBytes, 2 * maxBlockBytes);
  let pending: Buffer = Buffer.alloc(0);
  let frame: Frame | undefined;
  let awaiting: "frame" | "block" | "checksum" = "frame";
  let toSkip = 0;
  let content = 0;
  let hasher = create64();
  let packed = 0;
  let unpacked = 0;
  let fault: UnzstdFault | undefined;
  let enough = false;

  const fail = (detail: string, code: UnzstdFault["code"] = "archive-damaged"): undefined => {
    fault ??= { code, detail };
  };

  /** Takes a frame's header, or a whole block, from `bytes`: how many bytes that were, 0 when more are needed. */
  const step = (bytes: Buffer): number | undefined | Promise<number | undefined> => {
    if (awaiting === "frame") return takeFrame(bytes);
    return awaiting === "block" ? takeBlock(bytes) : takeChecksum(bytes);
  };

  const takeFrame = (bytes: Buffer): number | undefined => {
    if (bytes.length < 8) return 0;
    const magic = bytes.readUInt32LE(0);
    if (isSkippable(magic)) {
      toSkip = bytes.readUInt32LE(4);
      return 8;
    }
    if (magic !== frameMagic) return fail("what follows a zstd frame is none");
    const read = readFrame(bytes);
    if (read === undefined) return 0;
    if (typeof read === "string") return fail(read);
    if (read.windowBytes > maxWindowBytes) {
      return fail(`unpacking it takes a window of more than ${maxWindowBytes} bytes`, "archive-limit");
    }
    frame = read;
    awaiting = "block";
    content = 0;
    if (read.hasChecksum) hasher = create64();
    stream.reset();
    unpack(bytes.subarray(0, read.headerBytes));
    return read.headerBytes;
  };

  const takeBlock = (bytes: Buffer): number | undefined | Promise<number | undefined> => {
    if (bytes.length < blockHeaderBytes || frame === undefined) return 0;
    const header = bytes.readUIntLE(0, blockHeaderBytes);
    const isLast = (header & 1) === 1;
    const kind = (header >> 1) & 3;
    const size = header >> 3;
    if (kind === 3 || size > maxBlockBytes) return fail("a block of zstd is not valid");
    const length = blockHeaderBytes + (kind === 1 ? 1 : size);
    if (bytes.length < length) return 0;
    const result = unpack(bytes.subarray(0, length));
    const fits = kind === 2 ? result.length > 0 && result.length <= maxBlockBytes : result.length === size;
    if (!fits) return fail("the compressed data is damaged");
    content += result.length;
    unpacked += result.length;
    if (unpacked > limits.ratioGraceBytes && unpacked > packed * limits.maxRatio) {
      return fail(`it unpacks to more than ${limits.maxRatio} times its own size`, "archive-limit");
    }
    if (frame.hasChecksum && result.length > 0) hasher.update(result);
    if (isLast) {
      if (frame.contentBytes !== undefined && content !== frame.contentBytes) {
        return fail(`a frame unpacks to ${content} bytes and states ${frame.contentBytes}`);
      }
      awaiting = frame.hasChecksum ? "checksum" : "frame";
    }
    if (result.length === 0) return length;
    // Lent memory: others may use the library while the taker waits.
    return take(Buffer.from(result)).then((more) => {
      enough = !more;
      return length;
    });
  };

  const takeChecksum = (bytes: Buffer): number | undefined => {
    if (bytes.length < checksumBytes) return 0;
    if (bytes.readUInt32LE(0) !== Number(hasher.digest() & 0xffffffffn)) {
      return fail("the checksum of a zstd frame does not fit its content");
    }
    awaiting = "frame";
    return checksumBytes;
  };

  const unpack = (bytes: Uint8Array): Uint8Array =>
    stream.run(bytes, (codec, ...rest) => codec.decompressChunk(...rest));

  return {
    async write(chunk) {
      packed += chunk.length;
      const bytes = pending.length === 0 ? view(chunk) : Buffer.concat([pending, chunk]);
      let at = 0;
      while (fault === undefined && !enough) {
        if (toSkip > 0) {
          const skipped = Math.min(toSkip, bytes.length - at);
          toSkip -= skipped;
          at += skipped;
          if (toSkip > 0) break;
        }
        const taken = step(bytes.subarray(at));
        const took = typeof taken === "object" ? await taken : taken;
        if (took === undefined || took === 0) break;
        at += took;
      }
      pending = Buffer.from(bytes.subarray(at));
      return fault === undefined && !enough;
    },
    finish() {
      if (enough && fault === undefined) return undefined;
      const ended = awaiting === "frame" && pending.length === 0 && toSkip === 0;
      if (!ended) fail("the compressed data ends too early");
      return fault;
    },
    close: () => stream.close(),
  };
}

/** Undefined while bytes are missing; a text says why it is no header. */
function readFrame(bytes: Buffer): Frame | string | undefined {
  const flags = bytes[4] ?? 0;
  const isSingle = (flags & 0x20) !== 0;
  if ((flags & 0x18) !== 0) return "the header of a zstd frame is not valid";
  const idBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const sizeAt = 5 + (isSingle ? 0 : 1) + idBytes;
  const headerBytes = sizeAt + sizeBytes;
  if (bytes.length < headerBytes) return undefined;
  if (bytes.subarray(sizeAt - idBytes, sizeAt).some((byte) => byte !== 0)) return "it was packed with a dictionary";
  const contentBytes = sizeBytes === 0 ? undefined : readSize(bytes, sizeAt, sizeBytes);
  const exponent = (bytes[5] ?? 0) >> 3;
  const windowBytes = isSingle ? (contentBytes ?? 0) : 2 ** (10 + exponent) * (1 + ((bytes[5] ?? 0) & 7) / 8);
  return { headerBytes, windowBytes, contentBytes, hasChecksum: (flags & 4) !== 0 };
}

function readSize(bytes: Buffer, at: number, length: number): number {
  if (length === 8) return Number(bytes.readBigUInt64LE(at));
  // Two bytes begin to count where one ends.
  return bytes.readUIntLE(at, length) + (length === 2 ? 256 : 0);
}

const isSkippable = (magic: number): boolean => (magic & 0xfffffff0) >>> 0 === skippableMagic;

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
