import { crc32, createDeflateRaw } from "node:zlib";
import type { Packing } from "./tar-seal.ts";
import { openZstdStream } from "./zstd-library.ts";

/** Packs bytes that pass by. What comes out is lent for the call of `put`. */
export interface Packer {
  /** A promise means "wait before the next chunk". */
  write(chunk: Uint8Array): void | Promise<void>;
  end(): void | Promise<void>;
  close(): void;
}

type Put = (bytes: Uint8Array) => void;

/** zstd's own default: as fast as disks are, and near what slower levels make of weights. */
const zstdLevel = 3;
/** Bytes that are packed at a time. */
const inputBytes = 1024 * 1024;
/** Packed bytes that are handed on at a time. */
const outputBytes = 256 * 1024;

/** Opens a packer whose result goes to `put`. */
export async function openPacker(packing: Packing, put: Put): Promise<Packer> {
  if (packing === "gzip") return openGzip(put);
  if (packing === "zstd") return openZstd(put);
  return { write: put, end: () => {}, close: () => {} };
}

/** The header is the seal's, which is written later; no name and no time are in it. */
function openGzip(put: Put): Packer {
  const deflate = createDeflateRaw({ chunkSize: outputBytes });
  let sum = 0;
  let size = 0;
  let failure: Error | undefined;
  deflate.on("data", (chunk: Buffer) => {
    try {
      put(chunk);
    } catch (error) {
      deflate.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  deflate.on("error", (error) => {
    failure ??= error;
  });
  const ended = new Promise<void>((resolve) => deflate.once("close", resolve));
  return {
    async write(chunk) {
      sum = crc32(chunk, sum);
      size += chunk.length;
      if (failure === undefined) {
        await Promise.race([new Promise<void>((resolve) => deflate.write(chunk, () => resolve())), ended]);
      }
      if (failure !== undefined) throw failure;
    },
    async end() {
      deflate.end();
      await ended;
      if (failure !== undefined) throw failure;
      const trailer = Buffer.alloc(8);
      trailer.writeUInt32LE(sum, 0);
      trailer.writeUInt32LE(size % 2 ** 32, 4);
      put(trailer);
    },
    close: () => void deflate.destroy(),
  };
}

async function openZstd(put: Put): Promise<Packer> {
  const stream = await openZstdStream(inputBytes);
  stream.reset(zstdLevel);
  return {
    write(chunk) {
      for (let at = 0; at < chunk.length; at += inputBytes) {
        put(stream.run(chunk.subarray(at, at + inputBytes), (codec, ...rest) => codec.compressChunk(...rest)));
      }
    },
    end: () => put(stream.run(new Uint8Array(0), (codec, out, outSize) => codec.compressEnd(out, outSize))),
    close: () => stream.close(),
  };
}
