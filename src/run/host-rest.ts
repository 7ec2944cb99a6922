/** When a host is left alone: it asked for that, or it does not answer anybody. */
import type { Refusal } from "../model/evidence.ts";

/** Questions in a row that a host may leave without an answer before it is asked nothing more. */
export const UNANSWERED_MAX = 16;

/** Remembers how hosts answered. */
export interface HostRest {
  /** What is said of a question that is not asked any more; undefined while the host may be asked. */
  refusal(host: string): Refusal | undefined;
  /** Takes how a question ended; undefined for an answer. */
  note(host: string, refusal: Refusal | undefined): void;
}

/** Starts with every host being asked. */
export function createHostRest(): HostRest {
  const unanswered = new Map<string, number>();
  const resting = new Map<string, Refusal>();
  return {
    refusal: (host) => resting.get(host),
    note(host, refusal) {
      if (refusal?.kind !== "unreachable" || refusal.reason === "interrupted") {
        unanswered.delete(host);
        return;
      }
      const count = (unanswered.get(host) ?? 0) + 1;
      unanswered.set(host, count);
      const told = refusal.reason === "rate-limited" || refusal.reason === "name-not-resolved";
      if (!told && count < UNANSWERED_MAX) return;
      const { status, kind, reason, retryAt } = refusal;
      const why = told ? refusal.message : `it left ${count} questions without an answer`;
      const message = `\`${host}\` is not asked: ${why}`;
      resting.set(host, { status, kind, reason, message, ...(retryAt === undefined ? {} : { retryAt }) });
    },
  };
}
