import type { Answer, Authorization } from "../io/http.ts";
import type { Exchange, Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { type Remote, readRemote } from "./git-remote.ts";
import type { ResolveContext } from "./resolver.ts";

/** What a repository's server says of itself before anything is asked of it. */
export interface Door {
  /** Where the repository is, after redirects that stayed at the host. */
  readonly remote: Remote;
  readonly exchange?: Exchange;
  /** The server can leave out the contents of files. */
  readonly filters: boolean;
  /** A commit that the server does not give is not there; older servers give only what a branch or a tag points at. */
  readonly givesAny: boolean;
  readonly objectFormat?: "sha1" | "sha256";
}

/** How a repository behind http is asked. */
export interface Access {
  readonly authorization?: Authorization | undefined;
  readonly operatorEndpoint?: boolean;
  /** This host answers for what is private as for what is not there. */
  readonly hidesPrivate?: boolean;
}

const question = "/info/refs?service=git-upload-pack";
const advertisement = "application/x-git-upload-pack-advertisement";

/** Asks a server behind http whether it has the repository: its status says more, and more surely, than git repeats. */
export async function knock(remote: Remote, context: ResolveContext, access: Access): Promise<Door | Refusal> {
  // Some forges show a web page to what does not call itself git.
  const headers = { "git-protocol": "version=2", "user-agent": "git/2 (wholesource)", accept: "*/*" };
  const answer = await context.http.answer(
    {
      url: remote.url + question,
      headers,
      signal: context.signal,
      operatorEndpoint: access.operatorEndpoint === true,
      ...(access.authorization === undefined ? {} : { authorization: access.authorization }),
    },
    { redirects: "same-origin" },
  );
  if (answer.status === "refused") return answer;
  const { exchange, httpStatus } = answer;
  if (httpStatus >= 300 && httpStatus < 400) return sentElsewhere(answer);
  if (answer.refusal !== undefined) return unanswered(answer, answer.refusal, access);
  const at = { url: exchange.finalUrl, httpStatus };
  const text = Buffer.from(answer.bytes.buffer, answer.bytes.byteOffset, answer.bytes.byteLength).toString("latin1");
  if (!(exchange.mediaType ?? "").startsWith(advertisement)) {
    return /^[0-9a-f]{40}\trefs\//.test(text)
      ? refuse("reply-invalid", "the host serves the repository's files, but does not speak git's smart protocol", at)
      : refuse("reply-invalid", "the host answers with something else than a git repository", at);
  }
  const moved = exchange.hops.length === 0 ? remote : readRemote(exchange.finalUrl.replace(question, ""));
  if (moved === undefined) return refuse("redirect-invalid", "the redirect does not lead to a repository", at);
  return { remote: moved, exchange, ...abilities(text) };
}

/** Reads what the server says that it can do; whatever can not be read is not counted on. */
function abilities(text: string): Pick<Door, "filters" | "givesAny" | "objectFormat"> {
  const isNew = /^(?:[0-9a-f]{4}# service=git-upload-pack\n0000)?[0-9a-f]{4}version 2\n/.test(text);
  // Of older servers the line of the first ref has it.
  const said = isNew ? text : (text.slice(text.indexOf("\0") + 1).split("\n", 1)[0] ?? "");
  const format = /object-format=(sha1|sha256)(?![0-9a-z])/.exec(said)?.[1];
  return {
    filters: isNew ? /fetch=[^\n]*\bfilter\b/.test(said) : /(?:^| )filter(?: |$)/.test(said),
    givesAny: isNew,
    ...(format === "sha1" || format === "sha256" ? { objectFormat: format } : {}),
  };
}

/** The repository's new address is for a person to judge: a pinned commit there may be somebody else's. */
function sentElsewhere({ headers, exchange, httpStatus }: Answer): Refusal {
  const at = { url: exchange.finalUrl, httpStatus };
  const { location = "" } = headers;
  const target = URL.canParse(location, exchange.finalUrl) ? new URL(location, exchange.finalUrl) : undefined;
  if (target === undefined) return refuse("redirect-invalid", "the host sends us away, and not to any address", at);
  const page = target.pathname.toLowerCase();
  if (/(?:^|[/_-])(?:log-?in|sign-?in|sign_in|sso|auth|oauth2?|saml)(?:[/_.-]|$)/.test(page)) {
    return refuse("authentication-required", `the host sends git to a login page at \`${target.origin}\``, at);
  }
  const shown = `${target.origin}${target.pathname.replace(/\/info\/refs$/, "")}`.slice(0, 300);
  return refuse("redirect-invalid", `the host sends git to \`${shown}\`, which was not followed`, at);
}

function unanswered({ httpStatus, headers }: Answer, refusal: Refusal, { hidesPrivate = false }: Access): Refusal {
  const isForge = hidesPrivate || "x-github-request-id" in headers || "x-gitlab-meta" in headers;
  if (httpStatus === 401 || (httpStatus === 404 && isForge)) {
    const message = `the host answered \`${httpStatus}\`: private or missing, this host does not tell`;
    return { ...refusal, kind: "denied", reason: "authentication-required", message };
  }
  if (httpStatus === 403)
    return { ...refusal, message: "the host answered `403`: access is denied, or it hides what is missing" };
  return httpStatus === 404
    ? { ...refusal, message: "the host answered `404`: there is no repository at this address" }
    : refusal;
}
