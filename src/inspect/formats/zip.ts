import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { Entry, FileEntry, ZipReader, ZipReaderConstructorOptions } from "@zip.js/zip.js";
import type { Sink } from "../../io/sink.ts";
import { defineFormat } from "../format.ts";
import { createHazardList, type HazardList } from "../hazards.ts";
import { createInflater } from "../inflate.ts";
import { defaultMemberLimits, type MemberLimits } from "../limits.ts";
import type { MemberOptions, MembersResult, MemberType } from "../member.ts";
import { createMemberGate, type MemberGate } from "../member-gate.ts";
import { hasText } from "../tar-header.ts";

const endRecordBytes = 22;

/** A zip is read from its end: without the end record there nothing in it can be found. */
export const zip = defineFormat({
  id: "zip",
  binary: true,
  firstBytes: [0x50],
  matches: (head) =>
    hasText(head, 0, "PK\x03\x04") || hasText(head, 0, "PK\x05\x06") || hasText(head, 0, "PK\x07\x08PK"),
  // The end record may have a comment behind it.
  tailBytes: endRecordBytes + 0xffff,
  inspect({ tail }) {
    if (tail === undefined) return {};
    const end = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength).lastIndexOf(
      "PK\x05\x06",
      undefined,
      "latin1",
    );
    if (end >= 0 && end + endRecordBytes <= tail.length) return {};
    return { hazards: [{ code: "archive-truncated", detail: "the zip has no end record" }] };
  },
});

/** Data behind the end record is told; up to here the members before it are still read. */
const maxTrailingBytes = 1024 * 1024;
const stored = 0;
const deflated = 8;
const typeBits = 0o170000;
const regularFile = 0o100000;
const folderBits = 0o040000;

/** One reading: where it stands, and what our own disk or the takers of bytes threw. */
interface Reading {
  readonly gate: MemberGate;
  readonly limits: MemberLimits;
  readonly hazards: HazardList;
  unpackedLeft: number;
  member: string | undefined;
  thrown: { readonly error: unknown } | undefined;
}

/**
 * Reads a zip's members from a file. Whatever two readers could read in two ways is refused: the reader is strict about
 * the structure, and sizes and checksums are measured here. Only the file and the sinks make it throw.
 */
export async function readZipMembers(filePath: string, options: MemberOptions): Promise<MembersResult> {
  const limits = { ...defaultMemberLimits, ...options.limits };
  const hazards = createHazardList();
  const gate = createMemberGate(options, limits, hazards);
  const file = await open(filePath, "r");
  let membersComplete = false;
  try {
    const { size } = await file.stat();
    if (size === 0) hazards.add("empty-file", "the archive has no bytes");
    else {
      const unpackedLeft = limits.maxTotalBytes;
      membersComplete = await readAll(file, size, {
        gate,
        limits,
        hazards,
        unpackedLeft,
        member: undefined,
        thrown: undefined,
      });
    }
  } finally {
    await file.close();
  }
  return {
    format: "zip",
    hazards: hazards.list(),
    membersComplete,
    memberCount: gate.count,
    outsideCount: gate.outsideCount,
  };
}

type Library = typeof import("@zip.js/zip.js");

async function readAll(file: FileHandle, size: number, reading: Reading): Promise<boolean> {
  const library = await import("@zip.js/zip.js");
  const strict: ZipReaderConstructorOptions = {
    strictness: "strict",
    // Names are looked at by us, so that each bad one is told.
    filenameValidation: "tolerant",
    useWebWorkers: false,
    checkOverlappingEntry: true,
  };
  const source = new (fileReader(library, file, size, reading))();
  for (const trailing of [0, maxTrailingBytes]) {
    const reader = new library.ZipReader(source, { ...strict, maxAppendedDataSize: trailing });
    try {
      return await readEntries(reader, reading);
    } catch (error) {
      if (reading.thrown !== undefined) throw reading.thrown.error;
      const known = readError(library, error);
      reading.hazards.add(known.code, known.detail, reading.member);
      // This one comes before the first member, so that a second look begins anew.
      if (known.code !== "archive-trailing") return false;
    }
  }
  return false;
}

function fileReader(library: Library, file: FileHandle, size: number, reading: Reading) {
  return class extends library.Reader<string> {
    constructor() {
      super("");
      this.size = size;
    }

    override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
      const wanted = Math.max(0, Math.min(length, size - index));
      if (wanted > reading.limits.maxDirectoryBytes) throw new LimitError(`a central directory of ${wanted} bytes`);
      const bytes = new Uint8Array(wanted);
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await own(reading, () => file.read(bytes, filled, wanted - filled, index + filled));
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    }
  };
}

class LimitError extends Error {}

/** Remembers what `act` throws: the library may wrap it on its way. */
async function own<T>(reading: Reading, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    reading.thrown ??= { error };
    throw error;
  }
}

async function readEntries(reader: ZipReader<string>, reading: Reading): Promise<boolean> {
  const { gate, limits, hazards } = reading;
  for await (const entry of reader.getEntriesGenerator()) {
    reading.member = entry.filename;
    const type = typeOf(entry);
    if (type === "other") hazards.add("archive-unsafe", "the member is a device or the like", entry.filename);
    if (entry.encrypted) hazards.add("archive-encrypted", "the member is encrypted", entry.filename);
    if (entry.directory && entry.uncompressedSize > 0) {
      hazards.add("archive-ambiguous", "a folder has bytes of its own", entry.filename);
    }
    reading.unpackedLeft -= entry.uncompressedSize;
    if (reading.unpackedLeft < 0) {
      hazards.add("archive-limit", `the members unpack to more than ${limits.maxTotalBytes} bytes`);
      return false;
    }
    const { uncompressedSize, compressedSize } = entry;
    if (uncompressedSize > limits.ratioGraceBytes && uncompressedSize > compressedSize * limits.maxRatio) {
      hazards.add("archive-limit", `it unpacks to more than ${limits.maxRatio} times its own size`, entry.filename);
      return false;
    }
    const target = type === "symlink" && !entry.directory ? await readTarget(entry, reading) : undefined;
    const wanted = await own(reading, () =>
      gate.open({
        name: entry.directory ? entry.filename.replace(/\/$/, "") : entry.filename,
        type,
        size: type === "file" ? uncompressedSize : 0,
        mode: entry.unixMode ?? 0,
        ...(target === undefined ? {} : { linkTarget: target }),
      }),
    );
    if (wanted === "stop") return false;
    if (entry.directory || type === "symlink") continue;
    if (wanted === undefined || entry.encrypted || type !== "file") {
      await checkPlace(entry);
    } else {
      await readEntry(entry, wanted, reading);
    }
  }
  return true;
}

/** Whoever wants an entry's bytes or not: its headers must agree, and entries must not share bytes. */
async function checkPlace(entry: FileEntry): Promise<void> {
  await entry.getData(new WritableStream(), { checkOverlappingEntryOnly: true, passThrough: true });
}

function typeOf(entry: Entry): MemberType {
  if (entry.directory) return "folder";
  if (entry.symlink) return "symlink";
  const bits = (entry.unixMode ?? 0) & typeBits;
  return bits === 0 || bits === regularFile || bits === folderBits ? "file" : "other";
}

/** A link's bytes are its target. */
async function readTarget(entry: FileEntry, reading: Reading): Promise<string> {
  if (entry.encrypted || entry.uncompressedSize > reading.limits.maxPathBytes) return "";
  const parts: Buffer[] = [];
  const sink: Sink = { write: (chunk) => void parts.push(Buffer.from(chunk)) };
  return (await readEntry(entry, sink, reading)) ? Buffer.concat(parts).toString("utf8") : "";
}

/** Passes a member's bytes on; true, and `end` for its sink, only when they are all there and fit their checksum. */
async function readEntry(entry: FileEntry, sink: Sink, reading: Reading): Promise<boolean> {
  const { hazards } = reading;
  const method = entry.compressionMethod;
  if (method !== stored && method !== deflated) {
    hazards.add("archive-unsupported", `the member is packed by method ${method}`, entry.filename);
    await checkPlace(entry);
    return false;
  }
  let size = 0;
  let checksum = 0;
  const take = async (chunk: Uint8Array): Promise<boolean> => {
    size += chunk.length;
    if (size > entry.uncompressedSize) return false;
    checksum = crc32(chunk, checksum);
    await own(reading, () => sink.write(chunk));
    return true;
  };
  const inflater = method === deflated ? createInflater(take) : undefined;
  let outcome = "whole";
  let taken = 0;
  try {
    const write = async (chunk: Uint8Array): Promise<void> => {
      if (inflater === undefined) await take(chunk);
      else taken += await inflater.write(chunk);
    };
    // Raw bytes: unpacking them here is several times as fast, and no less checked.
    await entry.getData(new WritableStream({ write }), { passThrough: true });
    if (inflater !== undefined) outcome = await inflater.finish();
  } finally {
    inflater?.abandon();
  }
  const fault =
    outcome !== "whole" || (inflater !== undefined && taken !== entry.compressedSize)
      ? "the member's compressed data is damaged"
      : size !== entry.uncompressedSize
        ? "the member's size is not the stated one"
        : checksum !== entry.crc32
          ? "the member's checksum does not fit its bytes"
          : undefined;
  if (fault !== undefined) {
    hazards.add("archive-corrupt", fault, entry.filename);
    return false;
  }
  await own(reading, () => sink.end?.());
  return true;
}

function readError(library: Library, error: unknown): { code: Parameters<HazardList["add"]>[0]; detail: string } {
  if (error instanceof LimitError) return { code: "archive-limit", detail: error.message };
  const message = error instanceof Error ? error.message : String(error);
  const reason = error instanceof Error && "reason" in error ? String(error.reason) : "";
  switch (message) {
    case library.ERR_AMBIGUOUS_ARCHIVE:
      return reason === library.WARNING_APPENDED_DATA
        ? { code: "archive-trailing", detail: "data follows the zip's end record" }
        : { code: "archive-ambiguous", detail: `two readers may read it in two ways: ${reason}` };
    case library.ERR_OVERLAPPING_ENTRY:
      return { code: "archive-ambiguous", detail: "members share bytes" };
    case library.ERR_EOCDR_NOT_FOUND:
      return { code: "archive-truncated", detail: "the zip has no end record" };
    case library.ERR_ENCRYPTED:
    case library.ERR_ENCRYPTED_CENTRAL_DIRECTORY:
    case library.ERR_UNSUPPORTED_ENCRYPTION:
      return { code: "archive-encrypted", detail: "the zip is encrypted" };
    case library.ERR_SPLIT_ZIP_FILE:
      return { code: "archive-unsupported", detail: "a part of a zip of several files" };
    default:
      return { code: "archive-corrupt", detail: `the zip can not be read: ${message}` };
  }
}
