import type { Authorization, Timeouts } from "../io/http.ts";
import type { Batch, Evidence } from "../model/evidence.ts";
import type { PlainFiles, PlainSeen } from "./plain-files.ts";

/** What a look is allowed and told, as plain JSON: it crosses to threads. */
export interface LookOptions {
  readonly offline: boolean;
  readonly allowPrivate: boolean;
  readonly allowDowngrade: boolean;
  readonly perHost: number;
  readonly retries: number;
  readonly userAgent: string;
  readonly timeouts?: Partial<Timeouts>;
  readonly store?: string | undefined;
  readonly maxStoreBytes?: number | undefined;
  readonly keepBad: boolean;
  /** Everything that is read goes into the store, whatever was declared of it, and local files too. */
  readonly keepAll: boolean;
  /** The bytes of one object are never more than this. */
  readonly maxBytes: number;
  /** A folder where every exchange with a host is written down: each lane has a file of its own there. */
  readonly record?: string | undefined;
}

/** Where a look hands over what it saw, as soon as it saw it. */
export interface LookEvents {
  /** `object` is the place in the batch; members follow their archive's place. */
  readonly evidence: (object: number, evidence: readonly Evidence[]) => void;
  /** Payload bytes that arrived since the last call. */
  readonly bytes: (delta: number) => void;
}

/** Credentials of single URLs. They go beside a batch and never inside it: batches may be written down. */
export type Authorizations = { readonly [url: string]: Authorization };

/** Looks at one batch: a thread, a process or a machine far away can do it alone. */
export interface Looker {
  look(batch: Batch, events: LookEvents, authorizations?: Authorizations): Promise<void>;
  /** The same for many local files, without an object for each; `cost` is about how many bytes they have. */
  lookAtPlain(files: PlainFiles, count: number, cost: number, onBytes: (delta: number) => void): Promise<PlainSeen>;
  /** There will be many files: whatever takes time to start begins now, while the first ones are being found. */
  expectMuch(): void;
  close(): Promise<void>;
}
