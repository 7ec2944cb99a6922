import type { Evidence, Refusal } from "../model/evidence.ts";
import type { Waiting } from "./pair.ts";

/** Why an archive's members can not be called missing; undefined when it was read to its end. */
export type Unread = Refusal | "not-asked" | undefined;

/** A member that did not turn up: missing, or not known because its archive was not read whole. */
export interface Absent extends Waiting {
  readonly containedIn: string;
  readonly why: Refusal | "not-asked" | "missing";
}

/** Why an archive was not read to its end, from what was seen of it. */
export function unreadReason({ refusal, transfer, inspection }: Evidence): Unread {
  if (refusal !== undefined) return refusal;
  if (transfer === undefined) return "not-asked";
  return inspection?.membersComplete === true ? undefined : unreadArchive;
}

const unreadArchive: Refusal = {
  status: "refused",
  kind: "malformed",
  reason: "truncated",
  message: "the archive that should hold it could not be read to its end",
};
