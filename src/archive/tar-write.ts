/** An archive as one file: the same entries at the same time make the same bytes. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { WholesourceError } from "../model/error.ts";
import { pathFault } from "../model/path.ts";
import type { ArchiveEntry } from "./contents.ts";
import { archiveError, stopIfAborted } from "./folder-error.ts";
import { writeAllSync } from "./folder-place.ts";
import { createSourceReader } from "./folder-source.ts";
import { openStage } from "./folder-stage.ts";
import { tarEnd, tarFileBlocks, tarPadding } from "./tar-header.ts";
import { openPacker } from "./tar-pack.ts";
import { type Packing, sealBytes, sealLength, sealPlace } from "./tar-seal.ts";

export type { Packing } from "./tar-seal.ts";

/** How a tar is written. */
export interface WriteTarOptions {
  readonly compression: Packing;
  /** The one folder that everything in it lies in. */
  readonly root: string;
  /** Of every member: ISO 8601. */
  readonly time: string;
  readonly signal?: AbortSignal | undefined;
  /** Take the place of a file that is there already. */
  readonly replace?: boolean | undefined;
  /** Told of every file's size once the file is in it. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** Bytes that are gathered before they are packed and written. */
const gatherBytes = 1024 * 1024;
/** Milliseconds of work without a pause, after which others get their turn. */
const turnMs = 25;

/** Writes the entries, in their order, into a new file that appears under its name when all of it is on the disk. */
export async function writeTar(
  entries: AsyncIterable<ArchiveEntry>,
  target: string,
  options: WriteTarOptions,
): Promise<void> {
  const { signal, replace = false } = options;
  const seconds = secondsOf(options.time);
  refuseUnsound(options.root);
  try {
    stopIfAborted(signal);
    const stage = await openStage(target, { kind: "file", replace });
    try {
      const file = openSync(stage.path, "wx", 0o666);
      try {
        await fill(entries, file, seconds, options);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      stopIfAborted(signal);
      await stage.publish();
    } catch (error) {
      stage.discard();
      throw error;
    }
  } catch (error) {
    throw archiveError(error, `writing \`${target}\``, target);
  }
}

async function fill(
  entries: AsyncIterable<ArchiveEntry>,
  file: number,
  seconds: number,
  { compression, root, signal, onBytes }: WriteTarOptions,
): Promise<void> {
  let sum = 0;
  const packer = await openPacker(compression, (bytes) => {
    sum = crc32(bytes, sum);
    writeAllSync(file, bytes);
  });
  const gather = createGather((bytes) => packer.write(bytes));
  try {
    const atStart = sealPlace(compression) === "start";
    if (atStart) writeAllSync(file, Buffer.alloc(sealLength(compression)));
    const reader = createSourceReader(signal);
    let since = performance.now();
    for await (const entry of entries) {
      stopIfAborted(signal);
      refuseUnsound(entry.path);
      await gather.write(tarFileBlocks(`${root}/${entry.path}`, entry.size, seconds));
      await reader.read(entry, (chunk) => gather.write(chunk));
      await gather.write(tarPadding(entry.size));
      onBytes?.(entry.size);
      if (performance.now() - since > turnMs) {
        await setImmediate();
        since = performance.now();
      }
    }
    await gather.write(tarEnd);
    await gather.flush();
    await packer.end();
    const seal = sealBytes(compression, sum);
    if (atStart) writeAtStart(file, seal);
    else writeAllSync(file, seal);
  } finally {
    packer.close();
  }
}

/** Over the room that was left for it; there is no lack of space then. */
function writeAtStart(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, at);
}

/** Hands bytes on in large pieces: most members are small. */
function createGather(put: (bytes: Uint8Array) => void | Promise<void>) {
  const buffer = Buffer.allocUnsafeSlow(gatherBytes);
  let filled = 0;
  const flush = async (): Promise<void> => {
    const bytes = buffer.subarray(0, filled);
    filled = 0;
    if (bytes.length > 0) await put(bytes);
  };
  const spill = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length; ) {
      const took = Math.min(bytes.length - at, buffer.length - filled);
      buffer.set(bytes.subarray(at, at + took), filled);
      filled += took;
      at += took;
      if (filled === buffer.length) await flush();
    }
  };
  return {
    flush,
    write(bytes: Uint8Array): void | Promise<void> {
      if (bytes.length > buffer.length - filled) return spill(bytes);
      buffer.set(bytes, filled);
      filled += bytes.length;
      return undefined;
    },
  };
}

function refuseUnsound(path: string): void {
  const fault = pathFault(path);
  if (fault !== undefined)
    throw new WholesourceError("output-failed", `\`${path}\` can not be in an archive: ${fault}`);
}

function secondsOf(time: string): number {
  const ms = Date.parse(time);
  if (!Number.isFinite(ms)) throw new TypeError(`\`${time}\` is no time`);
  return Math.floor(ms / 1000);
}
