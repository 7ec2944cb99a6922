/** What the hub means by its refusals. Its statuses hide on purpose what exists; its own codes say more. */

import type { Answer } from "../io/http.ts";
import type { Refusal, RefusalReason } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { jsonOf } from "./json-bytes.ts";

/** Longer words of the host are cut. UTF-16 units. */
const wordsMaxLength = 300;

/** What was asked for, for the message. */
export interface HubQuestion {
  /** `model \`org/name\``. */
  readonly repository: string;
  readonly revision: string | undefined;
  readonly path: string;
  /** The token that went along. */
  readonly token: string | undefined;
}

/** The refusal that an answer is, or undefined for one that is none. */
export function refusalOfAnswer(answer: Answer, asked: HubQuestion): Refusal | undefined {
  const { refusal, httpStatus, headers, exchange } = answer;
  const say = (reason: RefusalReason, message: string): Refusal => ({
    ...refusal,
    ...refuse(reason, message),
    url: exchange.finalUrl,
    httpStatus,
  });
  const { repository, token } = asked;
  if (isLogin(exchange.finalUrl)) {
    return say("authentication-required", `the host sent the question for the ${repository} to its login page`);
  }
  if (refusal === undefined) return undefined;
  const code = headers["x-error-code"];
  const words = wordsOf(answer);
  if (/^access to this resource is disabled/i.test(words)) return say("forbidden", disabled(repository));
  switch (code) {
    case "GatedRepo":
      return say("gated", `the ${repository} is given only to those who accept its terms`);
    case "RevisionNotFound":
      return say("revision-not-found", `the ${repository} has no revision \`${asked.revision ?? "main"}\``);
    case "EntryNotFound":
      return say("not-found", `the ${repository} has no \`${asked.path.slice(0, 200)}\``);
  }
  if (httpStatus === 401 && token !== undefined && /^invalid credentials/i.test(words)) {
    return say("authentication-required", "the host does not take the token: it is not valid, or no longer");
  }
  if (code === "RepoNotFound" || httpStatus === 401 || httpStatus === 404) {
    const also = httpStatus === 401 && token !== undefined ? ", or the token is not valid" : "";
    const reason = token === undefined ? "authentication-required" : "forbidden";
    return say(reason, `the ${repository} is private or missing${also}: this host does not tell`);
  }
  if (refusal.reason === "forbidden") {
    const said = words === "" ? "" : `: ${token === undefined ? words : words.replaceAll(token, "***")}`;
    const who = token === undefined ? "" : "with this token, which may lack a permission";
    return { ...refusal, message: `access to the ${repository} is denied ${who}`.trimEnd() + said };
  }
  return refusal;
}

/** The words for a repository that the hub itself took out of reach. */
export function disabled(repository: string): string {
  return `the host has disabled the ${repository}: nobody can have its files`;
}

/** The host's message, from its header or its JSON. */
function wordsOf({ headers, bytes }: Answer): string {
  const header = headers["x-error-message"];
  return (header ?? errorOf(jsonOf(bytes)) ?? "").slice(0, wordsMaxLength).trim();
}

function errorOf(body: unknown): string | undefined {
  const error: unknown = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
  return typeof error === "string" ? error : undefined;
}

function isLogin(url: string): boolean {
  return URL.canParse(url) && /^\/login(?:\/|$)/.test(new URL(url).pathname);
}
