import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import type { Sink } from "./sink.ts";

/** A sink that keeps what passes in a file of this run. Whoever opens it closes it. */
export interface FileSink extends Sink {
  write(chunk: Uint8Array): void;
  /** Byte 0 follows. */
  restart(): void;
  close(): void;
}

/** Opens a new file at this path; what is there already stays as it is, and the path is refused. */
export function openFileSink(path: string): FileSink {
  const fd = openSync(path, "wx", 0o600);
  let at = 0;
  let open = true;
  return {
    write(chunk) {
      for (let done = 0; done < chunk.length; ) done += writeSync(fd, chunk, done, chunk.length - done, at + done);
      at += chunk.length;
    },
    restart() {
      ftruncateSync(fd, 0);
      at = 0;
    },
    close() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}
