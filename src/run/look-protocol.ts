import type { Batch, Evidence } from "../model/evidence.ts";
import type { Authorizations } from "./look-context.ts";
import type { PlainFiles, PlainSeen } from "./plain-files.ts";

/** A look as it goes to a lane. */
export type LookJob =
  | PlainFiles
  | { readonly batch: Batch; readonly authorizations: Authorizations }
  /** What the lane has handed to its store is to be durable. */
  | { readonly settle: true };

/** What a job leaves in the end: a batch tells all that it has while it is under way. */
export type LookResult = PlainSeen | undefined;

/** What a look tells while it is under way: payload bytes since the last time, and evidence. */
export interface LookEvent {
  readonly bytes: number;
  /** Evidence as it came, with the place of its object in the batch. */
  readonly evidence: readonly (readonly [number, readonly Evidence[]])[];
}
