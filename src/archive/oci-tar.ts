/** A tar of many small files, written aside while it is hashed: the same files give the same bytes. */
import { createHash } from "node:crypto";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { createReadBuffer, readAhead, readFileSyncInto, syncBufferBytes } from "../io/files.ts";
import { storeError } from "../io/store-write.ts";
import { WholesourceError } from "../model/error.ts";
import type { EntrySource } from "./contents.ts";
import { tarEnd, tarFileBlocks, tarPadding } from "./tar-header.ts";

/** Bytes that are gathered before they are written. */
const GATHER_BYTES = 1024 * 1024;

/** One file on its way into the tar. */
export interface TarInput {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly source: EntrySource;
}

/** A tar that is being written. */
export interface TarSpool {
  /** Where it is written. */
  readonly file: string;
  /** Bytes so far. */
  readonly size: number;
  /** Files so far. */
  readonly members: number;
  add(input: TarInput): Promise<void>;
  /** Closes it; the digest of all of it. */
  end(): string;
  /** Gives it up. */
  drop(): void;
}

/** Begins a tar in a new file; every member gets the one time, in seconds since 1970. */
export function createTarSpool(file: string, time: number): TarSpool {
  const fd = openSync(file, "wx");
  const hash = createHash("sha256");
  const gathered = Buffer.allocUnsafe(GATHER_BYTES);
  const readBuffer = createReadBuffer();
  let filled = 0;
  let size = 0;
  let members = 0;
  let open = true;

  const flush = (): void => {
    try {
      for (let at = 0; at < filled; ) at += writeSync(fd, gathered, at, filled - at);
    } catch (error) {
      throw storeError(error, "writing an archive aside");
    }
    filled = 0;
  };
  const write = (bytes: Uint8Array): void => {
    hash.update(bytes);
    size += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const took = Math.min(bytes.length - at, gathered.length - filled);
      gathered.set(bytes.subarray(at, at + took), filled);
      filled += took;
      at += took;
      if (filled === gathered.length) flush();
    }
  };

  return {
    file,
    get size() {
      return size;
    },
    get members() {
      return members;
    },
    async add(input) {
      members++;
      write(tarFileBlocks(input.path, input.size, time));
      const own = createHash("sha256");
      let came = 0;
      const take = (chunk: Uint8Array): void => {
        own.update(chunk);
        came += chunk.length;
        write(chunk);
      };
      const { source } = input;
      if ("bytes" in source) take(source.bytes);
      else {
        const limits = { maxBytes: input.size };
        const read =
          input.size < syncBufferBytes
            ? readFileSyncInto(source.from, readBuffer, take, limits)
            : await readAhead(source.from, take, limits);
        if (read.status === "refused") throw notAsKnown(input, read.message);
      }
      if (came !== input.size) throw notAsKnown(input, `expected \`${input.size}\` bytes, got \`${came}\``);
      const digest = own.digest("hex");
      if (digest !== input.sha256) throw notAsKnown(input, `expected sha256 \`${input.sha256}\`, got \`${digest}\``);
      write(tarPadding(input.size));
    },
    end() {
      write(tarEnd);
      flush();
      open = false;
      closeSync(fd);
      return hash.digest("hex");
    },
    drop() {
      if (open) closeSync(fd);
      open = false;
      rmSync(file, { force: true });
    },
  };
}

/** A file that was measured and is another one now: what is archived must be what was verified. */
function notAsKnown({ path }: TarInput, message: string): WholesourceError {
  return new WholesourceError("store-failed", `\`${path}\` is no longer what was verified: ${message}`, {
    hint: "verify the release again, and check the disk",
  });
}
