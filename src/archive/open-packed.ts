/** Archives of one file: what they are, and their bytes on the way to whoever unpacks them. */
import { readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { detectFormat } from "../inspect/detect.ts";
import type { MemberLimits } from "../inspect/limits.ts";
import { createMemberReader } from "../inspect/members.ts";
import { stopIfAborted } from "./folder-error.ts";
import type { FaultList } from "./open-faults.ts";
import type { Unpacker } from "./open-unpack.ts";
import { type Packing, packings, readSeal, sealBytes, sealLength, sealPlace } from "./tar-seal.ts";
import { createUnzstd, isZstd } from "./zstd-read.ts";

/** An open file that is a packed archive, or looks like one. */
export interface PackedFile {
  readonly fd: number;
  readonly size: number;
  readonly kind: Packing | "zip";
  /** The checksum that it states of itself; `damaged` when that can not be read; undefined when it states none. */
  readonly seal: number | "damaged" | undefined;
}

/** How one is read. */
export interface ReadPackedOptions {
  readonly faults: FaultList;
  readonly limits: MemberLimits;
  readonly signal: AbortSignal;
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** Bytes of a beginning that tell what a file is. */
const headBytes = 1024;
/** Bytes that are read at a time. */
const chunkBytes = 1024 * 1024;
/** Bytes of a tar without a single member, after which it is taken for something else. */
const emptyBytes = 8 * 1024 * 1024;

/** Looks at the bytes of a file; undefined for what is no packed archive. */
export function lookAtPacked(fd: number, size: number): PackedFile | undefined {
  for (const packing of packings) {
    const length = sealLength(packing);
    if (size < length) continue;
    const seal = readSeal(packing, readAt(fd, sealPlace(packing) === "start" ? 0 : size - length, length));
    if (seal !== "none") return { fd, size, kind: packing, seal };
  }
  const head = readAt(fd, 0, Math.min(size, headBytes));
  const format = detectFormat(head)?.id;
  const kind = isZstd(head)
    ? "zstd"
    : format === "gzip" || format === "zip"
      ? format
      : format === "tar"
        ? "none"
        : undefined;
  return kind === undefined ? undefined : { fd, size, kind, seal: undefined };
}

/**
 * Reads a tar, packed or not, to its end; what is wrong with it goes to `faults`. True when it is a tar, or so damaged
 * that it may have been one.
 */
export async function readPacked(file: PackedFile, unpacker: Unpacker, options: ReadPackedOptions): Promise<boolean> {
  const { faults, limits } = options;
  const reader = createMemberReader({ path: "", strip: 0, onMember: unpacker.onMember, limits });
  let tarBytes = 0;
  /** False when it has become clear that this is no archive. */
  const take = async (bytes: Uint8Array): Promise<boolean> => {
    tarBytes += bytes.length;
    await reader.write(bytes);
    return unpacker.members > 0 || tarBytes < emptyBytes;
  };
  if (file.kind !== "zstd") {
    const whole = await pass(file, options, take);
    const { hazards } = await reader.finish(whole);
    faults.hazards(hazards);
    // Whatever was packed by gzip and no tar is told by this one.
    const isOther = hazards.some(({ code }) => code === "archive-unsupported");
    return file.seal !== undefined || unpacker.members > 0 || (file.kind === "gzip" && !isOther && whole);
  }
  const unzstd = await createUnzstd(take, limits);
  try {
    const whole = await pass(file, options, (bytes) => unzstd.write(bytes));
    const fault = unzstd.finish();
    faults.hazards((await reader.finish(whole && fault === undefined)).hazards);
    if (fault !== undefined) faults.add({ severity: "error", ...fault });
    return file.seal !== undefined || unpacker.members > 0 || fault !== undefined;
  } finally {
    unzstd.close();
  }
}

/** Hands all bytes on until `take` has enough; true when it had all of them. Checks the seal on the way. */
async function pass(
  { fd, size, kind, seal }: PackedFile,
  { faults, signal, onBytes }: ReadPackedOptions,
  take: (bytes: Uint8Array) => Promise<boolean>,
): Promise<boolean> {
  let at = 0;
  let end = size;
  if (seal !== undefined && kind !== "zip") {
    const length = sealLength(kind);
    if (sealPlace(kind) === "end") end -= length;
    else {
      at = length;
      // A damaged seal is told, and need not keep anybody from the rest.
      await take(sealBytes(kind, 0));
    }
  }
  if (seal === "damaged") {
    faults.add({
      severity: "error",
      code: "archive-damaged",
      detail: "the checksum that it states of itself is damaged",
    });
  }
  const buffer = Buffer.allocUnsafeSlow(Math.min(chunkBytes, Math.max(1, end - at)));
  let sum = 0;
  while (at < end) {
    stopIfAborted(signal);
    const count = readSync(fd, buffer, 0, Math.min(buffer.length, end - at), at);
    if (count === 0) break;
    at += count;
    const chunk = buffer.subarray(0, count);
    if (typeof seal === "number") sum = crc32(chunk, sum);
    const more = await take(chunk);
    onBytes?.(count);
    if (!more) return false;
    await setImmediate();
  }
  if (typeof seal === "number" && sum !== seal) {
    const detail = `its crc32 should be \`${hex(seal)}\` and is \`${hex(sum)}\``;
    faults.add({ severity: "error", code: "archive-damaged", detail });
  }
  return true;
}

const hex = (sum: number): string => sum.toString(16).padStart(8, "0");

/** Fewer bytes only where the file has shrunk meanwhile. */
function readAt(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let got = 0;
  for (let more = -1; more !== 0 && got < length; got += more) more = readSync(fd, bytes, got, length - got, at + got);
  return bytes.subarray(0, got);
}
