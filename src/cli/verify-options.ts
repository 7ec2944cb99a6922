import { WholesourceError } from "../model/error.ts";
import type { VerificationDepth } from "../model/report.ts";
import { parseEndpoint } from "../run/endpoints.ts";
import type { VerifyOptions } from "../run/options.ts";

/** What every command that verifies can be told. */
export interface RunArguments {
  readonly depth?: VerificationDepth;
  readonly sample?: number | "all";
  readonly seed?: number;
  readonly piece?: readonly string[];
  readonly store?: string;
  readonly keepBad?: boolean;
  /** Bytes. */
  readonly maxSize?: number;
  readonly offline?: boolean;
  readonly concurrency?: number;
  readonly perHost?: number;
  readonly retries?: number;
  readonly endpoint?: readonly string[];
  readonly archived?: boolean;
  readonly saveCodeNow?: boolean;
  /** Seconds. */
  readonly timeout?: number;
  readonly allowPrivate?: boolean;
  readonly allowDowngrade?: boolean;
  readonly allowOutside?: boolean;
  readonly failOn?: "error" | "warning" | "never";
  readonly quiet?: boolean;
  readonly fallback?: readonly string[];
  readonly complete?: boolean;
}

/** The same for commands that keep nothing unless they are told where. Throws `usage`. */
export function verifyOnlyOptions(options: RunArguments): VerifyOptions {
  if (options.maxSize !== undefined && options.store === undefined) {
    throw new WholesourceError("usage", "`--max-size` bounds a store, and there is none", {
      hint: "add --store FOLDER",
    });
  }
  return verifyOptions(options);
}

/** The options of a verification. Throws `usage`. */
export function verifyOptions(options: RunArguments): VerifyOptions {
  const { piece, failOn, depth, sample, seed, store, keepBad, offline, concurrency, perHost, retries } = options;
  const { allowPrivate, allowDowngrade, allowOutside, timeout } = options;
  if (keepBad === true && store === undefined) {
    throw new WholesourceError("usage", "`--keep-bad` needs a place to keep them", { hint: "add --store FOLDER" });
  }
  const wait = timeout === undefined ? undefined : timeout * 1000;
  return {
    ...(wait === undefined ? {} : { timeouts: { connect: wait, headers: wait, idle: wait } }),
    ...(options.endpoint === undefined ? {} : { endpoints: Object.fromEntries(options.endpoint.map(parseEndpoint)) }),
    ...(options.archived === undefined ? {} : { archived: options.archived }),
    ...(options.saveCodeNow === undefined ? {} : { saveCodeNow: options.saveCodeNow }),
    ...(depth === undefined ? {} : { depth }),
    ...(sample === undefined ? {} : { sample }),
    ...(seed === undefined ? {} : { seed }),
    ...(piece === undefined ? {} : { pieces: piece }),
    ...(options.complete === true ? { complete: true } : {}),
    ...(options.fallback === undefined ? {} : { fallback: options.fallback }),
    ...(store === undefined ? {} : { store }),
    ...(keepBad === undefined ? {} : { keepBad }),
    ...(options.maxSize === undefined ? {} : { maxStoreBytes: options.maxSize }),
    ...(offline === undefined ? {} : { offline }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(perHost === undefined ? {} : { perHost }),
    ...(retries === undefined ? {} : { retries }),
    ...(allowPrivate === undefined ? {} : { allowPrivate }),
    ...(allowDowngrade === undefined ? {} : { allowDowngrade }),
    ...(allowOutside === undefined ? {} : { allowOutside }),
    policy: { failOn: failOn ?? "error" },
  };
}
