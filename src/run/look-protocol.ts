import type { WholesourceErrorCode } from "../model/error.ts";
import type { Batch, Evidence } from "../model/evidence.ts";
import type { Authorizations } from "./look-context.ts";

/** What goes to a look worker. */
export type LookRequest =
  | { readonly kind: "look"; readonly id: number; readonly batch: Batch; readonly authorizations: Authorizations }
  | { readonly kind: "abort" };

/** What comes back. */
export type LookReply =
  | {
      readonly kind: "seen";
      readonly id: number;
      readonly bytes: number;
      readonly evidence: readonly (readonly [number, readonly Evidence[]])[];
    }
  | { readonly kind: "done"; readonly id: number }
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly code?: WholesourceErrorCode | undefined;
      readonly message: string;
      readonly hint?: string | undefined;
    };
