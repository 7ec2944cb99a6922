/** When to ask again, and when to give up. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Exchange, Refusal } from "../model/evidence.ts";
import type { Timeouts } from "./http.ts";
import { type Fault, fault, refusalOf } from "./http-fault.ts";
import { HOST_RETRY_BUDGET, MAX_ATTEMPTS_PER_DOWNLOAD } from "./limits.ts";

/** Counts retries per host, so that a dead host is not asked five times for each of a million files (B13). */
export interface RetryBudget {
  spend(host: string): boolean;
  succeeded(host: string): void;
}

/** A budget that starts full and is refilled by every success. */
export function createRetryBudget(): RetryBudget {
  const spent = new Map<string, number>();
  return {
    spend(host) {
      const so = spent.get(host) ?? 0;
      if (so >= HOST_RETRY_BUDGET) return false;
      spent.set(host, so + 1);
      return true;
    },
    succeeded: (host) => void spent.delete(host),
  };
}

/** The memory of one question's failed tries. */
export interface Patience {
  readonly attempts: Exchange["attempts"];
  /** Records a failed try that costs no retry. */
  note(failed: Fault, atByte?: number): void;
  /** Records a failed try; then either waits and returns undefined, or returns the refusal to give up with. */
  failed(failed: Fault, atByte?: number): Promise<Refusal | undefined>;
  /** The try got somewhere: retries are counted afresh. */
  progressed(): void;
  succeeded(): void;
}

export interface PatienceOptions {
  readonly url: string;
  readonly retries: number;
  readonly timeouts: Timeouts;
  readonly budget: RetryBudget;
  readonly signal: AbortSignal | undefined;
}

/** Exponential back-off with full jitter; a Retry-After is obeyed to the second or not waited for at all. */
export function createPatience({ url, retries, timeouts, budget, signal }: PatienceOptions): Patience {
  const attempts: { reason: Fault["reason"]; message: string; atByte?: number }[] = [];
  const host = hostOf(url);
  let retried = 0;
  const giveUp = (last: Fault): Refusal => refusalOf(last, url, attempts.length, Date.now());
  const note = (failed: Fault, atByte?: number): void => {
    attempts.push({ reason: failed.reason, message: failed.message, ...(atByte === undefined ? {} : { atByte }) });
  };

  async function failed(last: Fault, atByte?: number): Promise<Refusal | undefined> {
    note(last, atByte);
    if (!last.mayPass || retried >= retries || attempts.length >= MAX_ATTEMPTS_PER_DOWNLOAD) return giveUp(last);
    const asked = last.retryAfter;
    if (asked !== undefined && asked > timeouts.retryAfterCap) return giveUp({ ...last, reason: "rate-limited" });
    if (!budget.spend(host)) return giveUp(last);
    const backoff = Math.random() * Math.min(timeouts.backoffCap, timeouts.backoffBase * 2 ** retried);
    retried += 1;
    try {
      // Never earlier than asked; the jitter comes on top.
      await sleep(asked === undefined ? backoff : asked + Math.random() * timeouts.backoffBase, undefined, {
        ...(signal === undefined ? {} : { signal }),
      });
    } catch {
      return giveUp(fault("interrupted", "stopped while waiting to try again"));
    }
    return undefined;
  }

  return {
    attempts,
    note,
    failed,
    progressed() {
      retried = 0;
    },
    succeeded: () => budget.succeeded(host),
  };
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return "";
  }
}
