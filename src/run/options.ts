import type { Timeouts } from "../io/http.ts";
import type { Evidence } from "../model/evidence.ts";
import type { Policy, VerificationDepth } from "../model/report.ts";
import type { ProgressEvents } from "./progress.ts";

/** What the operator decides; nothing here is ever taken from a manifest. */
export interface VerifyOptions {
  /** How thoroughly to look. Default `full`. */
  readonly depth?: VerificationDepth;
  /** Rows of a piece's lists of addresses that are asked for. Default: all at depth `full`, else `SAMPLE_DEFAULT`. */
  readonly sample?: number | "all";
  /** What draws them: a whole number. Default: another one for each run; the report tells it. */
  readonly seed?: number;
  /** Only these pieces, by id. */
  readonly pieces?: readonly string[];
  /** Open no socket at all. */
  readonly offline?: boolean;
  /** Keep what was verified here, and resume from what an earlier run left. */
  readonly store?: string;
  /** With a store: bytes that it may hold. What no release needs makes room, the oldest first. */
  readonly maxStoreBytes?: number;
  /** With a store: keep bytes that did not match, apart from the good ones. */
  readonly keepBad?: boolean;
  /** Threads that look at batches. Default: one for each core. */
  readonly concurrency?: number;
  /** Connections to one host at a time. */
  readonly perHost?: number;
  /** Tries after the first. */
  readonly retries?: number;
  /** How long to wait, in milliseconds; what is left out has its default. */
  readonly timeouts?: Partial<Timeouts>;
  /** Reach loopback and private addresses. */
  readonly allowPrivate?: boolean;
  /** Follow a redirect from https to http. */
  readonly allowDowngrade?: boolean;
  /** Let local paths leave the manifest's folder. */
  readonly allowOutside?: boolean;
  /** The most bytes that one object may have. */
  readonly maxBytes?: number;
  /** Where a resolver, by id, asks instead of at its usual host: URLs with a `/` at the end. */
  readonly endpoints?: { readonly [resolver: string]: string };
  /** Ask Software Heritage, once, whether it keeps the commits that the locations stand for. */
  readonly archived?: boolean;
  /** The same, and ask it to archive the repositories whose commits it does not have. */
  readonly saveCodeNow?: boolean;
  /** Archives whose copies are tried where no source has a piece, in this order. */
  readonly fallback?: readonly string[];
  /** Of a bag: fetch first what its `fetch.txt` names. */
  readonly complete?: boolean;
  /** A folder where every exchange with a host is written down, without secrets; `mergeWarcs` makes a web archive of it. */
  readonly record?: string;
  readonly policy?: Policy;
  readonly signal?: AbortSignal;
  readonly events?: ProgressEvents;
  /** Every piece of evidence, as it comes. */
  readonly onEvidence?: (evidence: Evidence) => void;
  /** Where the user stands: a `.npmrc` of that folder's project is read, as npm does. Default: none. */
  readonly cwd?: string;
  /** The environment that configures registries and tokens. Default: none. */
  readonly environment?: { readonly [name: string]: string | undefined };
  /** The clock, for the report's times. */
  readonly now?: () => Date;
}

/** The most bytes that one object may have: 16 TiB, beyond any file that a release has had so far. */
export const MAX_OBJECT_BYTES = 16 * 1024 ** 4;
/** Rows that are drawn when nobody says how many: no share's interval is then wider than 2.3 points on either side. */
export const SAMPLE_DEFAULT = 2_000;
export const PER_HOST_DEFAULT = 8;
export const RETRIES_DEFAULT = 4;
