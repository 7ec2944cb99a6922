/**
 * Takes bytes as they pass. The chunk belongs to its owner again as soon as `write` has returned (or its promise has
 * resolved): whoever keeps bytes copies them. A promise means "wait before the next chunk": that is the back-pressure.
 */
export interface Sink {
  write(chunk: Uint8Array): void | Promise<void>;
  /** Called once, after the last byte. Not called when the transfer failed. */
  end?(): void | Promise<void>;
}

/** Hands every chunk to each of the sinks, in order; waits only when one of them asks for it. */
export function tee(sinks: readonly Sink[]): Sink {
  const each = (act: (sink: Sink) => void | Promise<void>): void | Promise<void> => {
    let waits: Promise<void>[] | undefined;
    for (const sink of sinks) {
      const wait = act(sink);
      if (wait !== undefined) waits = [...(waits ?? []), wait];
    }
    return waits === undefined ? undefined : Promise.all(waits).then(() => undefined);
  };
  return {
    write: (chunk) => each((sink) => sink.write(chunk)),
    end: () => each((sink) => sink.end?.()),
  };
}
