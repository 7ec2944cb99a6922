/** The clock over one exchange: no head, no bytes, too few bytes. */
import type { Timeouts } from "./http.ts";
import { type Fault, fault } from "./http-fault.ts";
import { MINIMUM_BYTES_PER_SECOND } from "./limits.ts";

export interface Watch {
  headSeen(): void;
  /** Something was taken from us. */
  sent(): void;
  came(bytes: number): void;
  /** Time stands still while our own side is the slow one. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Milliseconds between two looks, at most and at least. */
const TICK_MAX = 1000;
const TICK_MIN = 10;

/** Calls `bark` once, with what went wrong. One timer an exchange: nothing is set or cleared per chunk. */
export function startWatch(timeouts: Timeouts, bark: (found: Fault) => void): Watch {
  const { headers, idle, rateWindow } = timeouts;
  const tick = Math.max(TICK_MIN, Math.min(TICK_MAX, Math.min(headers, idle, rateWindow) / 8));
  let head = false;
  let pausedAt: number | undefined;
  let last = performance.now();
  let windowStart = last;
  let windowBytes = 0;

  const look = (): void => {
    if (pausedAt !== undefined) return;
    const now = performance.now();
    if (!head) {
      if (now - last >= headers) bark(fault("headers-timeout", `no answer within \`${headers}\` ms`));
    } else if (now - last >= idle) {
      bark(fault("stalled", `nothing came for \`${idle}\` ms`));
    } else if (now - windowStart >= rateWindow) {
      const rate = (windowBytes * 1000) / (now - windowStart);
      windowStart = now;
      windowBytes = 0;
      if (rate < MINIMUM_BYTES_PER_SECOND) {
        bark(
          fault(
            "too-slow",
            `\`${Math.round(rate)}\` bytes a second, expected at least \`${MINIMUM_BYTES_PER_SECOND}\``,
          ),
        );
      }
    }
  };
  const timer = setInterval(look, tick);

  return {
    headSeen() {
      head = true;
      last = performance.now();
      windowStart = last;
    },
    sent() {
      last = performance.now();
    },
    came(bytes) {
      last = performance.now();
      windowBytes += bytes;
    },
    pause() {
      pausedAt = performance.now();
    },
    resume() {
      if (pausedAt === undefined) return;
      const rested = performance.now() - pausedAt;
      pausedAt = undefined;
      last += rested;
      windowStart += rested;
    },
    stop: () => clearInterval(timer),
  };
}
