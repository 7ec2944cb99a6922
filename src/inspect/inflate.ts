import { createInflateRaw } from "node:zlib";

/** One deflate stream, unpacked as it arrives. */
export interface Inflater {
  /** Resolves with the number of bytes that belonged to the stream: fewer than given once it has ended. */
  write(chunk: Uint8Array): Promise<number>;
  /** Resolves when every unpacked byte was taken: `corrupt` or `truncated` when the stream is not whole. */
  finish(): Promise<"whole" | "corrupt" | "truncated">;
  /** Lets go of everything, whatever state it is in. */
  abandon(): void;
}

/** Unpacked bytes that are handed on at once: large enough that their promises cost little. */
const outputBytes = 256 * 1024;

/**
 * Unpacks into `onChunk`, which may make the stream wait and ends it with false. An error thrown there comes back from
 * `write` or `finish`; broken data never throws.
 */
export function createInflater(onChunk: (chunk: Uint8Array) => Promise<boolean>): Inflater {
  const stream = createInflateRaw({ chunkSize: outputBytes });
  let consumerError: { readonly error: unknown } | undefined;
  let outcome: "whole" | "corrupt" | "truncated" = "whole";
  const drained = (async () => {
    try {
      for await (const chunk of stream) {
        try {
          if (!(await onChunk(chunk))) return;
        } catch (error) {
          consumerError = { error };
          return;
        }
      }
    } catch (error) {
      // Z_BUF_ERROR: the input ended before the stream did.
      outcome = isCoded(error) && error.code === "Z_BUF_ERROR" ? "truncated" : "corrupt";
    }
  })();
  const rethrow = (): void => {
    if (consumerError !== undefined) throw consumerError.error;
  };
  return {
    async write(chunk) {
      const before = stream.bytesWritten;
      // A stream that has failed may never call back: then its reader's end is what we wait for.
      if (!stream.destroyed) {
        await Promise.race([new Promise<void>((resolve) => stream.write(chunk, () => resolve())), drained]);
      }
      rethrow();
      return stream.bytesWritten - before;
    },
    async finish() {
      if (!stream.destroyed) stream.end();
      await drained;
      rethrow();
      return outcome;
    },
    abandon() {
      stream.destroy();
    },
  };
}

function isCoded(error: unknown): error is { readonly code: unknown } {
  return typeof error === "object" && error !== null && "code" in error;
}
