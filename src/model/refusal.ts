/** Why a question got no usable answer. */

/** Only `absent` speaks about the piece; not knowing is not absence. */
export type RefusalKind = "absent" | "denied" | "unreachable" | "malformed";

/** Why, with the kind that each reason belongs to. A reason is never renamed or reused. */
export const refusalReasons = {
  "not-found": "absent",
  gone: "absent",
  "legal-reasons": "absent",
  "not-a-file": "absent",
  "revision-not-found": "absent",
  "authentication-required": "denied",
  forbidden: "denied",
  gated: "denied",
  permission: "denied",
  archived: "denied",
  "address-blocked": "denied",
  "scheme-blocked": "denied",
  "downgrade-blocked": "denied",
  "outside-blocked": "denied",
  offline: "unreachable",
  "name-not-resolved": "unreachable",
  "connection-refused": "unreachable",
  "connection-failed": "unreachable",
  "connection-reset": "unreachable",
  "connect-timeout": "unreachable",
  "headers-timeout": "unreachable",
  stalled: "unreachable",
  "too-slow": "unreachable",
  deadline: "unreachable",
  tls: "unreachable",
  "rate-limited": "unreachable",
  "server-error": "unreachable",
  "status-unexpected": "unreachable",
  interrupted: "unreachable",
  "not-archived": "unreachable",
  "read-failed": "unreachable",
  "program-missing": "unreachable",
  truncated: "malformed",
  overlong: "malformed",
  protocol: "malformed",
  "redirect-limit": "malformed",
  "redirect-invalid": "malformed",
  "range-invalid": "malformed",
  "encoding-unsupported": "malformed",
  "too-large": "malformed",
  "reply-invalid": "malformed",
  "not-listable": "malformed",
  "revision-unclear": "malformed",
  "choice-needed": "malformed",
  "link-unfollowed": "malformed",
  "changed-during-read": "malformed",
} as const satisfies Record<string, RefusalKind>;

export type RefusalReason = keyof typeof refusalReasons;

/** Whether a word from outside is one of our reasons. */
export const isRefusalReason = (word: string): word is RefusalReason => Object.hasOwn(refusalReasons, word);

/** A question that got no usable answer. `message` is for people and may hold foreign text: print it escaped. */
export interface Refusal {
  readonly status: "refused";
  readonly kind: RefusalKind;
  readonly reason: RefusalReason;
  readonly message: string;
  /** Redacted: no userinfo, no secret query values. */
  readonly url?: string;
  readonly httpStatus?: number;
  /** `ECONNREFUSED`, `UND_ERR_BODY_TIMEOUT`, ... */
  readonly errorCode?: string;
  /** When the host asked us to come back, ISO 8601 UTC. */
  readonly retryAt?: string;
  /** How often it was asked in this run. */
  readonly attempts?: number;
}

/** A refusal, with the kind that belongs to its reason. */
export function refuse(reason: RefusalReason, message: string, more: Partial<Refusal> = {}): Refusal {
  return { ...more, status: "refused", kind: refusalReasons[reason], reason, message };
}
