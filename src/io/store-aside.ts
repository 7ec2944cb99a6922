/** Bytes written aside while they come, until somebody says what becomes of them. */
import { type FileHandle, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import type { Json } from "../model/json.ts";
import { redactUrl } from "../model/redact.ts";
import { STORE_BUFFER_BYTES } from "./limits.ts";
import type { Sink } from "./sink.ts";
import { GrowingFile, openNew, openOld, type Synced } from "./store-file.ts";
import { nonce } from "./store-owner.ts";
import { claimPartial, DATA, keyName, newPartial, type PartialKey, releasePartial } from "./store-partial.ts";
import { type Settled, type Settling, settleBytes, settleFile } from "./store-settle.ts";
import { type PartialState, writeState } from "./store-state.ts";
import { place, regularSize, storeError } from "./store-write.ts";

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
  /**
   * Gives the bytes their final name; resolves when they would be found under it after a power cut. The digest is the
   * caller's own, of the very bytes that were written. Many at a time are made durable together, so whoever has many
   * does not wait for one before it begins the next.
   */
  commit(sha256: string): Promise<string>;
  /** The same for those who do not wait at all: resolves when the next may come; the store's `settled` tells the rest. */
  commitSoon(sha256: string): Promise<void>;
  /** Keeps the bytes apart, with facts for whoever looks into the matter. */
  quarantine(sha256: string, facts: { readonly [name: string]: Json }): Promise<string>;
  discard(): Promise<void>;
  /** Leaves the bytes for a later run to go on with. */
  release(): Promise<void>;
}

/** What an aside works with. */
export interface AsideContext extends Settling {
  /** The names in the folder of partial files. */
  readonly partials: () => Promise<readonly string[]>;
  /** Hears of everything that nobody waits for; resolves when there may be more of it. */
  readonly later: (work: Promise<unknown>) => Promise<void>;
}

/** Bytes that nobody would find again have no address. */
const NO_KEY: PartialKey = { url: "" };

/** Opens a place for the bytes of a key: what an earlier run has left, or a new one. Without a key nothing is left. */
export async function openAside(context: AsideContext, given: PartialKey | undefined): Promise<Aside> {
  const { paths, group } = context;
  const key = given ?? NO_KEY;
  const name = keyName(key);
  const claimed = given === undefined ? undefined : await claimPartial(paths.partial, name, context.partials);
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
    // Without a key nobody comes back for it.
    if (folder === undefined || given === undefined) return;
    await writeState(folder, { version: 1, url: redactUrl(key.url), ...facts, size, crc32 });
  }
  const file = new GrowingFile(create, synced);
  if (claimed !== undefined) {
    const handle = await openOld(join(claimed.folder, DATA));
    // What was written after the last sync may be anything (B10).
    await handle.truncate(claimed.state.size);
    file.continueAt(handle, claimed.state);
  }

  group.begin();
  let expected = true;
  /** The others need not wait for this one. */
  function leave(): void {
    if (expected) group.end();
    expected = false;
  }
  async function clear(): Promise<void> {
    leave();
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
  /** Whole bytes in memory share their file system calls with others; a file of its own was synced as it grew. */
  async function settle(sha256: string, patient: boolean): Promise<Settled> {
    const few = folder === undefined ? await file.gathered() : undefined;
    if (few !== undefined) return settleBytes(few, sha256, context, patient);
    return settleFile(join(await finishFile(), DATA), sha256, context, patient);
  }
  /** Resolves when the bytes are written, and leaves nothing of them behind whatever becomes of them. */
  async function hand(sha256: string, patient = false): Promise<Settled> {
    let settled: Settled;
    try {
      settled = await settle(sha256, patient);
    } catch (error) {
      // Nothing is lost when it can not be kept for now: a later run goes on with it.
      await leaveForLater().catch(() => undefined);
      throw error;
    }
    leave();
    return { durable: finish(settled.durable) };
  }
  async function finish(durable: Promise<string>): Promise<string> {
    try {
      return await durable;
    } finally {
      await clear();
    }
  }
  async function setAside(sha256: string): Promise<string> {
    const target = paths.quarantine(sha256);
    const data = join(await finishFile(), DATA);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await place(data, target);
    await clear();
    return target;
  }
  async function leaveForLater(): Promise<void> {
    leave();
    if (folder === undefined || given === undefined) return clear();
    try {
      await file.flush();
    } finally {
      await file.close();
    }
    if (((await regularSize(join(folder, DATA))) ?? 0) === 0) return clear();
    return releasePartial(paths.partial, name, folder);
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
    describe(said) {
      facts = said;
    },
    restart: () => safely("starting anew", () => file.restart()),
    commit: (sha256) => safely("keeping what came", async () => (await hand(sha256)).durable),
    commitSoon: (sha256) =>
      safely("keeping what came", async () => {
        const { durable } = await hand(sha256, true);
        await context.later(safely("keeping what came", () => durable));
      }),
    quarantine: (sha256, more) =>
      safely("keeping what came apart", async () => {
        const target = await setAside(sha256);
        await writeFile(`${target}.${nonce()}.json`, `${JSON.stringify({ url: redactUrl(key.url), ...more })}\n`);
        return target;
      }),
    discard: () => safely("removing what came", clear),
    release: () => safely("keeping what came so far", leaveForLater),
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
