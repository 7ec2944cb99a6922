/** Bytes written aside while they come, until somebody says what becomes of them. */
import { type FileHandle, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { WholesourceError } from "../model/error.ts";
import type { Json } from "../model/json.ts";
import { redactUrl } from "../model/redact.ts";
import { STORE_BUFFER_BYTES } from "./limits.ts";
import type { Sink } from "./sink.ts";
import { GrowingFile, openNew, openOld, type Synced } from "./store-file.ts";
import { nonce } from "./store-owner.ts";
import { claimPartial, DATA, keyName, newPartial, type PartialKey, releasePartial } from "./store-partial.ts";
import { type PartialState, writeState } from "./store-state.ts";
import { place, regularSize, storeError, syncFolder } from "./store-write.ts";

/** Where a store keeps what. */
export interface StorePaths {
  readonly partial: string;
  readonly quarantine: (sha256: string) => string;
  readonly blob: (sha256: string) => string;
}

/** What an earlier run has left of the same bytes. */
export interface Earlier {
  readonly size: number;
  readonly etag?: string | undefined;
  readonly totalSize?: number | undefined;
}

/** Bytes on their way into the store. Whoever opens one ends it: commit, quarantine, discard or release. */
export interface Aside extends Sink {
  readonly earlier: Earlier | undefined;
  /** Hands the earlier run's bytes to a sink; `damaged` when they are not what was written then. */
  replay(into: Sink, signal: AbortSignal): Promise<"whole" | "damaged" | "stopped">;
  /** What the host said of the bytes that come now. */
  describe(facts: { readonly etag?: string | undefined; readonly totalSize?: number | undefined }): void;
  restart(): Promise<void>;
  /** Gives the bytes their final name. The digest is the caller's own, of the very bytes that were written. */
  commit(sha256: string): Promise<string>;
  /** Keeps the bytes apart, with facts for whoever looks into the matter. */
  quarantine(sha256: string, facts: { readonly [name: string]: Json }): Promise<string>;
  discard(): Promise<void>;
  /** Leaves the bytes for a later run to go on with. */
  release(): Promise<void>;
}

/** Opens a place for the bytes of a key: what an earlier run has left, or a new one. */
export async function openAside(paths: StorePaths, key: PartialKey): Promise<Aside> {
  const name = keyName(key);
  const claimed = await claimPartial(paths.partial, name);
  let facts: Pick<PartialState, "etag" | "totalSize"> = {
    etag: claimed?.state.etag,
    totalSize: claimed?.state.totalSize,
  };
  /** Made when the bytes are too many to be gathered in memory, or when they are kept. */
  let folder = claimed?.folder;

  async function create(): Promise<FileHandle> {
    folder = newPartial(paths.partial, name);
    await mkdir(folder, { mode: 0o700 });
    return openNew(join(folder, DATA));
  }
  async function synced({ size, crc32 }: Synced): Promise<void> {
    if (folder !== undefined) await writeState(folder, { version: 1, url: redactUrl(key.url), ...facts, size, crc32 });
  }
  const file = new GrowingFile(create, synced);
  if (claimed !== undefined) {
    const handle = await openOld(join(claimed.folder, DATA));
    // What was written after the last sync may be anything (B10).
    await handle.truncate(claimed.state.size);
    file.continueAt(handle, claimed.state);
  }

  async function clear(): Promise<void> {
    await file.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
  /** Every failure below becomes one of the run's own, with what to do about it. */
  async function safely<Value>(doing: string, act: () => Promise<Value>): Promise<Value> {
    try {
      return await act();
    } catch (error) {
      throw storeError(error, doing);
    }
  }
  /** Everything onto the disk, then the final name, then nothing else is left. */
  async function settleAt(target: string): Promise<string> {
    const data = join(await finishFile(), DATA);
    const parent = dirname(target);
    if ((await mkdir(parent, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(dirname(parent));
    const length = await regularSize(data);
    if (!(await place(data, target)) && (await regularSize(target)) !== length) {
      throw new WholesourceError("store-failed", `\`${target}\` is there already and is not the same file`, {
        hint: "the store is damaged: remove that file, or name another store folder",
      });
    }
    await clear();
    return target;
  }
  async function finishFile(): Promise<string> {
    try {
      await file.finish();
    } finally {
      await file.close();
    }
    if (folder === undefined) throw new TypeError("a file without a folder");
    return folder;
  }

  return {
    earlier: claimed?.state,
    write(chunk) {
      const wait = file.write(chunk);
      return wait === undefined ? undefined : safely("writing what came", () => wait);
    },
    replay: (into, signal) =>
      safely("reading what an earlier run left", async () => {
        if (claimed === undefined) return "whole";
        const handle = await openOld(join(claimed.folder, DATA));
        try {
          return await replayFile(handle, claimed.state, into, signal);
        } finally {
          await handle.close();
        }
      }),
    describe(given) {
      facts = given;
    },
    restart: () => safely("starting anew", () => file.restart()),
    commit: (sha256) => safely("keeping what came", () => settleAt(paths.blob(sha256))),
    quarantine: (sha256, more) =>
      safely("keeping what came apart", async () => {
        const target = await settleAt(paths.quarantine(sha256));
        await writeFile(`${target}.${nonce()}.json`, `${JSON.stringify({ url: redactUrl(key.url), ...more })}\n`);
        return target;
      }),
    discard: () => safely("removing what came", clear),
    release: () =>
      safely("keeping what came so far", async () => {
        if (folder === undefined) return clear();
        try {
          await file.flush();
        } finally {
          await file.close();
        }
        if ((await regularSize(join(folder, DATA))) === 0) return clear();
        return releasePartial(paths.partial, name, folder);
      }),
  };
}

async function replayFile(
  handle: FileHandle,
  expected: Synced,
  into: Sink,
  signal: AbortSignal,
): Promise<"whole" | "damaged" | "stopped"> {
  const buffer = Buffer.allocUnsafeSlow(STORE_BUFFER_BYTES);
  let sum = 0;
  for (let at = 0; at < expected.size; ) {
    if (signal.aborted) return "stopped";
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, expected.size - at), at);
    if (bytesRead === 0) return "damaged";
    const chunk = buffer.subarray(0, bytesRead);
    sum = crc32(chunk, sum);
    await into.write(chunk);
    at += bytesRead;
  }
  return sum === expected.crc32 ? "whole" : "damaged";
}
