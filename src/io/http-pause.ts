/** What a host said about being left alone holds for every question to it, not only for the one that it answered. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Head } from "./http-ask.ts";
import { type Fault, fault, retryAfterOf } from "./http-fault.ts";
import { isUsedUp, rateLimitWait } from "./http-ratelimit.ts";

/** The hosts that asked for patience, until when. */
export interface Pauses {
  /** Takes what an answer says of the next ones. */
  heard(url: URL, head: Head): void;
  /** True while the host is to be left alone. */
  isOn(url: URL): boolean;
  /** Waits until the host may be asked; a fault where that is longer than `cap`, in milliseconds, or the run ends. */
  wait(url: URL, cap: number, signal: AbortSignal | undefined): Promise<Fault | undefined>;
}

/** Remembers nothing at first. `now`: milliseconds that never go back. */
export function createPauses(now: () => number = () => performance.now()): Pauses {
  const pauses = new Map<string, { readonly until: number; readonly httpStatus: number }>();
  const left = (host: string): number => (pauses.get(host)?.until ?? 0) - now();
  return {
    heard({ host }, { httpStatus, headers }) {
      const time = Date.now();
      const isBusy = httpStatus === 429 || httpStatus === 503;
      // An answer may be the last one of its window: the next question would be refused.
      const wait = isBusy ? retryAfterOf(headers, time) : isUsedUp(headers) ? rateLimitWait(headers, time) : undefined;
      if (wait === undefined || wait <= Math.max(0, left(host))) return;
      pauses.set(host, { until: now() + wait, httpStatus });
    },
    isOn: ({ host }) => left(host) > 0,
    async wait({ host }, cap, signal) {
      for (;;) {
        const rest = left(host);
        if (rest <= 0) {
          pauses.delete(host);
          return undefined;
        }
        if (rest > cap) {
          const message = `\`${host}\` asked to be left alone for longer than we wait, and was not asked again`;
          const { httpStatus = 429 } = pauses.get(host) ?? {};
          return fault("rate-limited", message, { retryAfter: rest, mayPass: false, httpStatus });
        }
        try {
          await sleep(rest, undefined, signal === undefined ? {} : { signal });
        } catch {
          return fault("interrupted", "stopped while the host was left alone");
        }
      }
    },
  };
}
