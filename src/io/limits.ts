/**
 * The limits of the transfer floor, each with its unit and the row of facts/faults.md (part 8, or a letter) that it
 * comes from. What a caller may change is in `HttpOptions`; what stands here is the default, or fixed.
 */
import type { Timeouts } from "./http.ts";

/** Redirects that are followed (part 8). */
export const MAX_REDIRECTS = 5;

/** Bytes of a JSON or text reply, decoded (part 8: npm packuments are the big ones). */
export const MAX_REPLY_BYTES = 16 * 1024 * 1024;

/** Bytes of an answer's header block (A15). */
export const MAX_HEADER_BYTES = 32 * 1024;

/** Bytes of an unwanted payload that are read to keep the connection, instead of dropping it (A18). */
export const MAX_DRAINED_BYTES = 16 * 1024;

/** Bytes a second, below which a whole `rateWindow` makes a transfer `too-slow` (A6, part 8). */
export const MINIMUM_BYTES_PER_SECOND = 1000;

/** Milliseconds; see `Timeouts` (part 8). */
export const DEFAULT_TIMEOUTS: Timeouts = {
  connect: 10_000,
  headers: 30_000,
  idle: 60_000,
  rateWindow: 60_000,
  backoffBase: 500,
  backoffCap: 60_000,
  retryAfterCap: 60_000,
};

/** Tries after which a download gives up although each try got further (B13). */
export const MAX_ATTEMPTS_PER_DOWNLOAD = 50;

/** New bytes that make a failed try count as progress, so that the retries are counted afresh. */
export const PROGRESS_BYTES = 1024 * 1024;

/** Retries at one host without a success between them, after which nothing is retried there any more (B13, part 8). */
export const HOST_RETRY_BUDGET = 50;

/** Bytes that one read from a socket takes at most; few large reads are what makes a fast stream fast. */
export const SOCKET_READ_BYTES = 256 * 1024;

/** Bytes that one read from a secure socket takes at most: a TLS record. */
export const TLS_READ_BYTES = 16 * 1024;

/** Milliseconds that an idle connection is kept. */
export const KEEP_ALIVE_MS = 4_000;
/** Milliseconds that an idle connection is kept at most when the host offers more. */
export const KEEP_ALIVE_MAX_MS = 30_000;

/** The part of a transfer's own time that is spent waiting for bytes beyond its announced end (A10). */
export const OVERLONG_WATCH_SHARE = 0.01;
/** Milliseconds of that wait at most. */
export const OVERLONG_WATCH_CAP_MS = 25;
/** Milliseconds of that wait at least for the first answer over a connection: a host that does it does it at once. */
export const OVERLONG_WATCH_FIRST_MS = 20;
/** Milliseconds that a host which announced to close the connection is given to do so: then nothing can follow. */
export const OVERLONG_WATCH_CLOSE_MS = 250;

/** Characters of foreign text that a refusal's message repeats. */
export const MAX_MESSAGE_CHARACTERS = 400;

/** Bytes that a transfer gathers before it writes to the store. */
export const STORE_BUFFER_BYTES = 2 * 1024 * 1024;

/** Bytes after which a partial file is synced and its state recorded (B10). */
export const STORE_SYNC_BYTES = 64 * 1024 * 1024;
/** Milliseconds after which the same is done, for slow transfers (B10). */
export const STORE_SYNC_MS = 1_000;

/** Bytes of a partial file's state document. */
export const MAX_STATE_BYTES = 64 * 1024;

/** Milliseconds after which a partial file that nobody finished is swept away when the store is opened. */
export const PARTIAL_MAX_AGE_MS = 14 * 24 * 3600 * 1000;

/** Milliseconds without a sign of life, after which a partial file counts as left behind when its owner can not be asked (J12). */
export const PARTIAL_STALE_MS = 3600 * 1000;
