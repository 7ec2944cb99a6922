import { statusFault } from "../io/http-fault.ts";
import type { Refusal, RefusalReason } from "../model/evidence.ts";
import { redactUrl } from "../model/redact.ts";
import { refuse } from "../model/refusal.ts";

/** What git says of a failure, in the C locale, and what that is; the first that fits. */
const sayings: readonly (readonly [RegExp, RefusalReason])[] = [
  [/No space left on device|Disk quota exceeded|unable to create temporary file|write error/i, "read-failed"],
  [/Could not resolve host|Name or service not known|Temporary failure in name resolution/i, "name-not-resolved"],
  [/Connection refused|Couldn't connect to server/i, "connection-refused"],
  [/Connection timed out|Operation timed out|Timeout was reached/i, "connect-timeout"],
  [/Failed to connect|Network is unreachable|No route to host/i, "connection-failed"],
  [/Operation too slow|Less than \d+ bytes/i, "too-slow"],
  [/Host key verification failed/i, "tls"],
  [/SSL|TLS|certificate/, "tls"],
  [/url base from redirection|redirect/i, "redirect-invalid"],
  [/could not read (?:Username|Password)|terminal prompts disabled|Authentication failed/i, "authentication-required"],
  [/Permission denied \(|ERROR: .*not found|^DENIED|access denied/im, "authentication-required"],
  [/dubious ownership|Permission denied/i, "permission"],
  [/not our ref|couldn't find remote ref|want [0-9a-f]+ not valid/i, "revision-not-found"],
  [/does not appear to be a git repository|repository '.*' not found/i, "not-found"],
  [/mismatched algorithms/i, "revision-not-found"],
  [
    /connection was reset|Connection reset|Recv failure|unexpected disconnect|hung up unexpectedly/i,
    "connection-reset",
  ],
  [/early EOF|RPC failed|transfer closed/i, "truncated"],
  [
    /fsck error|index-pack failed|corrupt|bad object|bad pack|inflate|SHA1 COLLISION|invalid|protocol error/i,
    "reply-invalid",
  ],
];

/** Characters of git's own words that a message repeats. */
const wordsMaxLength = 300;

/** What went wrong, by git's own words; `reason` where they say nothing that we know. */
export function gitRefusal(stderr: string, otherwise: RefusalReason = "status-unexpected"): Refusal {
  const httpStatus = Number(/requested URL returned error: (\d{3})/.exec(stderr)?.[1]);
  if (httpStatus > 0) {
    if (httpStatus < 400) {
      return refuse("redirect-invalid", "the host sends git elsewhere in the middle, which was not followed", {
        httpStatus,
      });
    }
    const { reason, message } = statusFault(httpStatus, {}, 0);
    return refuse(reason, message, { httpStatus });
  }
  const reason = sayings.find(([saying]) => saying.test(stderr))?.[1] ?? otherwise;
  return refuse(reason, `git: ${lastWords(stderr)}`);
}

/** The last line in which git says why it stopped, without its advice. */
function lastWords(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const fatal = lines.filter((line) => /^(?:fatal|error|ssh|ERROR|remote): ?./.test(line));
  const telling = fatal.filter((line) => !/Could not read from remote repository|failed to push/.test(line));
  const line = telling.at(-1) ?? lines.findLast((one) => one !== "") ?? "it said nothing";
  // Whatever looks like an address is shown without what may be secret in it.
  const shown = line.replace(/^(?:fatal|error): /, "").replace(/[a-z+]+:\/\/[^\s'"]+/g, redactUrl);
  return shown.length <= wordsMaxLength ? shown : `${shown.slice(0, wordsMaxLength)}...`;
}
