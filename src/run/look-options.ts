import { VERSION } from "../model/version.ts";
import type { Keeping } from "./keeping.ts";
import type { LookOptions } from "./look-context.ts";
import { MAX_OBJECT_BYTES, PER_HOST_DEFAULT, RETRIES_DEFAULT, type VerifyOptions } from "./options.ts";

/** How we introduce ourselves to hosts: some turn anonymous agents away. */
export const USER_AGENT = `wholesource/${VERSION}`;

/** The plain options that a look needs, wherever it runs. */
export function lookOptions(options: VerifyOptions, keeping?: Keeping): LookOptions {
  return {
    offline: options.offline ?? false,
    allowPrivate: options.allowPrivate ?? false,
    allowDowngrade: options.allowDowngrade ?? false,
    perHost: options.perHost ?? PER_HOST_DEFAULT,
    retries: options.retries ?? RETRIES_DEFAULT,
    userAgent: USER_AGENT,
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    store: options.store,
    maxStoreBytes: options.maxStoreBytes,
    keepBad: options.keepBad ?? false,
    keepAll: keeping !== undefined,
    maxBytes: options.maxBytes ?? MAX_OBJECT_BYTES,
    ...(options.record === undefined ? {} : { record: options.record }),
  };
}
