/** What is thrown: something about this run, never about the release. */
import type { Finding } from "./findings.ts";

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
  /** For `manifest-invalid`: everything that is wrong with it, in the order of its text. */
  readonly findings: readonly Finding[];
  /** The file or address that it is about, as the user named it. */
  readonly subject: string | undefined;

  constructor(
    code: WholesourceErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown; findings?: readonly Finding[]; subject?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "WholesourceError";
    this.code = code;
    this.hint = options.hint;
    this.findings = options.findings ?? [];
    this.subject = options.subject;
  }
}
