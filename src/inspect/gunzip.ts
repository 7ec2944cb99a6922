import { crc32 } from "node:zlib";
import type { HazardList } from "./hazards.ts";
import { createInflater, type Inflater } from "./inflate.ts";
import type { MemberLimits } from "./limits.ts";

/** Unpacks gzip that passes by. */
export interface Gunzip {
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves with true when the gzip ended as it should. */
  finish(): Promise<boolean>;
  /** Lets go of everything: the bytes will not come to their end. */
  abandon(): void;
  readonly stopped: boolean;
}

/** File names and comments in a gzip header have no length of their own. */
const maxHeaderBytes = 128 * 1024;
const fixedHeaderBytes = 10;
const trailerBytes = 8;
const nothing = Buffer.alloc(0);
const flags = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/**
 * Reads gzip member by member over raw deflate, because the library's own gunzip throws away unpacked bytes when junk
 * follows the stream, and says nothing when zeros do. `onChunk` returns false to stop.
 */
export function createGunzip(
  onChunk: (chunk: Uint8Array) => Promise<boolean>,
  limits: MemberLimits,
  hazards: HazardList,
): Gunzip {
  let state: "header" | "body" | "trailer" | "trail" = "header";
  let pending: Buffer = nothing;
  let inflater: Inflater | undefined;
  let checksum = 0;
  let unpacked = 0;
  let streams = 0;
  let packedTotal = 0;
  let padded = false;
  let unpackedTotal = 0;
  let stopped = false;
  let trailTold = false;

  const fail = (code: Parameters<HazardList["add"]>[0], detail: string): void => {
    hazards.add(code, detail);
    stopped = true;
  };

  const onUnpacked = async (chunk: Uint8Array): Promise<boolean> => {
    checksum = crc32(chunk, checksum);
    unpacked += chunk.length;
    unpackedTotal += chunk.length;
    if (unpackedTotal > limits.maxTotalBytes) {
      fail("archive-limit", `it unpacks to more than ${limits.maxTotalBytes} bytes`);
    } else if (unpackedTotal > limits.ratioGraceBytes && unpackedTotal / packedTotal > limits.maxRatio) {
      fail("archive-limit", `it unpacks to more than ${limits.maxRatio} times its own size`);
    } else if (!(await onChunk(chunk))) {
      stopped = true;
    }
    return !stopped;
  };

  /** Takes what it can from the beginning of `chunk` and returns the rest; undefined when it needs more. */
  const step = async (chunk: Buffer): Promise<Buffer | undefined> => {
    switch (state) {
      case "header": {
        const length = headerLength(chunk);
        if (length === "invalid") {
          fail("archive-corrupt", "the gzip header is not valid");
          return undefined;
        }
        if (length === undefined) return undefined;
        streams++;
        if (streams > limits.maxGzipStreams) {
          fail("archive-limit", `more than ${limits.maxGzipStreams} gzip streams in one file`);
          return undefined;
        }
        state = "body";
        inflater = createInflater(onUnpacked);
        checksum = 0;
        unpacked = 0;
        return chunk.subarray(length);
      }
      case "body": {
        if (inflater === undefined) return undefined;
        const took = await inflater.write(chunk);
        if (stopped) return undefined;
        if (took === chunk.length) return nothing;
        if ((await inflater.finish()) !== "whole") fail("archive-corrupt", "the compressed data is damaged");
        inflater = undefined;
        state = "trailer";
        return chunk.subarray(took);
      }
      case "trailer":
        if (chunk.length < trailerBytes) return undefined;
        if (chunk.readUInt32LE(0) !== checksum || chunk.readUInt32LE(4) !== unpacked % 2 ** 32) {
          fail("archive-corrupt", "the gzip checksum or length does not fit the data");
        }
        state = "trail";
        return chunk.subarray(trailerBytes);
      case "trail":
        if (!padded && chunk[0] === 0x1f && (chunk.length < 2 || chunk[1] === 0x8b)) {
          if (chunk.length < 2) return undefined;
          state = "header";
          return chunk;
        }
        // gzip itself passes over zeros; whatever else follows is no part of the stream.
        padded = true;
        tellTrail(chunk);
        return nothing;
    }
  };

  const tellTrail = (chunk: Buffer): void => {
    if (trailTold || chunk.every((byte) => byte === 0)) return;
    hazards.add("archive-trailing", "data follows the compressed stream");
    trailTold = true;
  };

  return {
    get stopped() {
      return stopped;
    },
    async write(chunk) {
      packedTotal += chunk.length;
      let rest: Buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (pending.length > 0) rest = Buffer.concat([pending, rest]);
      pending = nothing;
      while (rest.length > 0 && !stopped) {
        const next = await step(rest);
        if (next === undefined) {
          if (stopped) return;
          if (rest.length > maxHeaderBytes) return fail("archive-corrupt", "the gzip header is too long");
          // The chunk goes back to its owner: what is kept is copied.
          pending = Buffer.from(rest);
          return;
        }
        rest = next;
      }
    },
    abandon() {
      inflater?.abandon();
    },
    async finish() {
      if (stopped) return false;
      if (state === "body" && inflater !== undefined) {
        const outcome = await inflater.finish();
        if (stopped) return false;
        if (outcome === "corrupt") hazards.add("archive-corrupt", "the compressed data is damaged");
        else hazards.add("archive-truncated", "the compressed data ends too early");
        return false;
      }
      if (state === "trail") {
        tellTrail(pending);
        return true;
      }
      hazards.add("archive-truncated", "the compressed data ends too early");
      return false;
    },
  };
}

/** Bytes of the header at the beginning of `bytes`; undefined while its end is not there yet. */
function headerLength(bytes: Buffer): number | "invalid" | undefined {
  if (bytes.length < fixedHeaderBytes) return undefined;
  const flag = bytes[3] ?? 0;
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8 || (flag & flags.reserved) !== 0) return "invalid";
  let at = fixedHeaderBytes;
  if ((flag & flags.extra) !== 0) {
    if (bytes.length < at + 2) return undefined;
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const field of [flags.name, flags.comment]) {
    if ((flag & field) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  if ((flag & flags.headerCrc) !== 0) at += 2;
  return bytes.length < at ? undefined : at;
}
