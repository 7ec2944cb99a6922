/** libzstd as WebAssembly: the same bytes on every machine and every Node, without a program of the system. */

/** One running stream of the library, packing or unpacking. Sizes and errors are numbers, told apart by `isError`. */
interface Codec {
  reset(): void;
  setCompressionLevel(level: number): void;
  compressChunk(out: number, outSize: number, input: number, inputSize: number): number;
  compressEnd(out: number, outSize: number): number;
  decompressChunk(out: number, outSize: number, input: number, inputSize: number): number;
  delete(): void;
}

interface Memory {
  _malloc(bytes: number): number;
  _free(address: number): void;
  /** Replaced whenever the memory grows. */
  readonly HEAPU8: Uint8Array;
}

interface Functions {
  new (): Codec;
  compressBound(bytes: number): number;
  CStreamOutSize(): number;
  isError(size: number): number;
  getErrorName(size: number): string;
}

type Act = (codec: Codec, out: number, outSize: number, input: number, inputSize: number) => number;

/** One stream with memory of its own, so that several may run in turn. */
export interface ZstdStream {
  /** Puts `input` (no longer than announced) before the library; the answer is lent until the next call. */
  run(input: Uint8Array, act: Act): Uint8Array;
  /** Byte 0 of a new frame follows. */
  reset(level?: number): void;
  close(): void;
}

const nothing = new Uint8Array(0);

/** Opens a stream for inputs of at most so many bytes; `outBytes` is what one answer may have, or what packing may make. */
export async function openZstdStream(inBytes: number, outBytes?: number): Promise<ZstdStream> {
  const { Zstd } = await import("@hpcc-js/wasm-zstd");
  const library = await Zstd.load();
  // The wrapper has one stream for all its users, and copies results byte by byte through an array: ten times the cost.
  // biome-ignore lint/complexity/useLiteralKeys: that spelling reaches below the wrapper, whose fields are private
  const functions: Functions = library["_zstdClass"];
  // biome-ignore lint/complexity/useLiteralKeys: as above
  const memory: Memory = library["_mainModule"]["_module"];
  const outSize = outBytes ?? functions.compressBound(inBytes) + functions.CStreamOutSize();
  const codec = new functions();
  const input = allocate(memory, inBytes);
  const out = allocate(memory, outSize);
  let open = true;
  return {
    run(bytes, act) {
      if (bytes.length > inBytes) throw new TypeError(`${bytes.length} bytes for a stream of ${inBytes}`);
      memory.HEAPU8.set(bytes, input);
      const size = act(codec, out, outSize, input, bytes.length);
      if (functions.isError(size) !== 0) throw new Error(`zstd failed: ${functions.getErrorName(size)}`);
      return size === 0 ? nothing : memory.HEAPU8.subarray(out, out + size);
    },
    reset(level) {
      codec.reset();
      if (level !== undefined) codec.setCompressionLevel(level);
    },
    close() {
      if (!open) return;
      open = false;
      codec.delete();
      memory._free(input);
      memory._free(out);
    },
  };
}

function allocate(memory: Memory, bytes: number): number {
  const address = memory._malloc(bytes);
  if (address === 0) throw new Error("no memory is left for zstd");
  return address;
}
