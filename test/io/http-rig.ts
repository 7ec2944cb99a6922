/** What the tests of the transfer floor share: a fast and open Http, and a sink that remembers. */
import { createHash } from "node:crypto";
import { createHttp, type Http, type HttpOptions, type RestartableSink } from "../../src/io/http.ts";

/** Short times, so that a test of a timeout is over soon. */
export const quick: HttpOptions = {
  offline: false,
  allowPrivate: true,
  allowDowngrade: false,
  perHost: 4,
  retries: 2,
  userAgent: "wholesource-test",
  timeouts: {
    connect: 500,
    headers: 300,
    idle: 300,
    rateWindow: 600,
    backoffBase: 5,
    backoffCap: 20,
    retryAfterCap: 1500,
  },
};

export function http(more: Partial<HttpOptions> = {}): Http {
  return createHttp({ ...quick, ...more });
}

export interface Remembering extends RestartableSink {
  readonly text: () => string;
  readonly restarts: () => number;
  readonly ended: () => number;
  readonly largest: () => number;
}

/** Keeps what it is given; with `slow`, asks its source to wait before every next chunk. */
export function remember(slow = false): Remembering {
  let chunks: Buffer[] = [];
  let restarts = 0;
  let ended = 0;
  let largest = 0;
  return {
    write(chunk) {
      largest = Math.max(largest, chunk.length);
      if (!slow) {
        chunks.push(Buffer.from(chunk));
        return undefined;
      }
      // Read only after the wait: a source that reuses the chunk too early is found out.
      return new Promise((resolve) => {
        setImmediate(() => {
          chunks.push(Buffer.from(chunk));
          resolve();
        });
      });
    },
    end() {
      ended += 1;
    },
    restart() {
      chunks = [];
      restarts += 1;
    },
    text: () => Buffer.concat(chunks).toString("latin1"),
    restarts: () => restarts,
    ended: () => ended,
    largest: () => largest,
  };
}

export const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
