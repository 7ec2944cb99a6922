/** The bytes of an archive's entries on their way: as many as were announced, and what they were announced to be. */
import { hash } from "node:crypto";
import { closeSync } from "node:fs";
import { createDigester, type Digester } from "../digest/digester.ts";
import { createReadBuffer, readOpenAhead, readOpenSync } from "../io/files.ts";
import { openFile } from "../io/files-open.ts";
import { WholesourceError } from "../model/error.ts";
import type { ArchiveEntry } from "./contents.ts";
import { stopIfAborted } from "./folder-error.ts";

/** Reads entries one after the other. */
export interface SourceReader {
  /** Hands all bytes of the entry on, in order; throws when they are not what was announced. */
  read(entry: ArchiveEntry, onChunk: (chunk: Uint8Array) => void | Promise<void>): Promise<void>;
}

/** Made once for many entries: it has one buffer. */
export function createSourceReader(signal: AbortSignal | undefined): SourceReader {
  const buffer = createReadBuffer();

  const readWaiting = async (
    entry: ArchiveEntry,
    from: string,
    onChunk: (chunk: Uint8Array) => void | Promise<void>,
  ) => {
    const file = openFile(from);
    if (file.status === "refused") throw unread(entry, file.message);
    try {
      if (file.size !== entry.size) throw wrongSize(entry, file.size);
      const digester = entry.sha256 === undefined ? undefined : await createDigester(["sha256"]);
      const take = (chunk: Uint8Array): void | Promise<void> => {
        digester?.write(chunk);
        return onChunk(chunk);
      };
      // A file that fits into the buffer comes in one chunk, so that nothing is read while its taker makes us wait.
      let wait: undefined | Promise<void>;
      const result =
        file.size < buffer.length
          ? readOpenSync(file, buffer, (chunk) => {
              wait = take(chunk) ?? undefined;
            })
          : await readOpenAhead(file, take, { signal });
      await wait;
      stopIfAborted(signal);
      if (result.status === "refused") throw unread(entry, result.message);
      checkDigest(entry, digester);
    } finally {
      closeSync(file.fd);
    }
  };

  return {
    async read(entry, onChunk) {
      const { source } = entry;
      if ("from" in source) return readWaiting(entry, source.from, onChunk);
      if (source.bytes.length !== entry.size) throw wrongSize(entry, source.bytes.length);
      if (source.bytes.length > 0) await onChunk(source.bytes);
      if (entry.sha256 !== undefined) checkSum(entry, hash("sha256", source.bytes, "hex"));
    },
  };
}

function checkDigest(entry: ArchiveEntry, digester: Digester | undefined): void {
  const { sha256 } = digester?.digest() ?? {};
  if (sha256 !== undefined) checkSum(entry, sha256);
}

function checkSum(entry: ArchiveEntry, sha256: string): void {
  if (sha256 === entry.sha256) return;
  throw new WholesourceError(
    "input-unreadable",
    `\`${entry.path}\` is not what it was: its sha256 should be \`${entry.sha256}\` and is \`${sha256}\``,
    { hint: "the kept copy is damaged: remove it and archive again", subject: nameOf(entry) },
  );
}

/** The size is not the announced one. */
export function wrongSize(entry: ArchiveEntry, size: number): WholesourceError {
  return new WholesourceError(
    "input-unreadable",
    `\`${entry.path}\` changed: it should have ${entry.size} bytes and has ${size}`,
    { hint: "archive again when nothing writes to it", subject: nameOf(entry) },
  );
}

/** The entry's bytes can not be had. */
export function unread(entry: ArchiveEntry, why: string): WholesourceError {
  return new WholesourceError("input-unreadable", `\`${entry.path}\` can not be archived: ${why}`, {
    hint: "archive again, or check the file where it lies",
    subject: nameOf(entry),
  });
}

const nameOf = ({ path, source }: ArchiveEntry): string => ("from" in source ? source.from : path);
