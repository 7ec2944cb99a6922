/** What is thrown: something about this run, never about the release. */
export type WholesourceErrorCode =
  | "usage"
  | "manifest-unreadable"
  | "manifest-invalid"
  | "nothing-to-check"
  | "output-failed"
  | "store-failed"
  | "no-space"
  | "input-unreadable"
  | "interrupted"
  | "internal";

/** An error of this run: bad usage, an unreadable manifest, a full disk, our own bug. */
export class WholesourceError extends Error {
  readonly code: WholesourceErrorCode;
  /** The next step, in the imperative. */
  readonly hint: string | undefined;

  constructor(code: WholesourceErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "WholesourceError";
    this.code = code;
    this.hint = options.hint;
  }
}
