/** Takes bytes as they pass. Synchronous: a chunk may be reused by its owner as soon as `write` has returned. */
export interface Sink {
  write(chunk: Uint8Array): void;
  /** Called once, after the last byte. */
  end?(): void;
}

/** Hands every chunk to each of the sinks, in order. */
export function tee(sinks: readonly Sink[]): Sink {
  return {
    write(chunk) {
      for (const sink of sinks) sink.write(chunk);
    },
    end() {
      for (const sink of sinks) sink.end?.();
    },
  };
}
