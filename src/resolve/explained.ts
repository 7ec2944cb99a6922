import type { Refusal, RefusalReason } from "../model/refusal.ts";

/** The same refusal with what it means at this host, where that is more than the status says. */
export function explained(refusal: Refusal, meanings: { readonly [Reason in RefusalReason]?: string }): Refusal {
  const meaning = meanings[refusal.reason];
  return meaning === undefined ? refusal : { ...refusal, message: `${refusal.message} (${meaning})` };
}
