import { type Refusal, type RefusalReason, refusalReasons } from "../model/refusal.ts";

/** A refusal of our own, for what a host's answer means. */
export function refuse(reason: RefusalReason, message: string, more: Partial<Refusal> = {}): Refusal {
  return { ...more, status: "refused", kind: refusalReasons[reason], reason, message };
}

/** The same refusal with what it means at this host, where that is more than the status says. */
export function explained(refusal: Refusal, meanings: { readonly [Reason in RefusalReason]?: string }): Refusal {
  const meaning = meanings[refusal.reason];
  return meaning === undefined ? refusal : { ...refusal, message: `${refusal.message} (${meaning})` };
}
