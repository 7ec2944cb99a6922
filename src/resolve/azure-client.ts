/** Questions to one container of Azure Blob Storage: without a signature as long as that does, with it where it does not. */

import type { Answer, Authorization } from "../io/http.ts";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import type { AzureRef } from "./azure-address.ts";
import { encodeKey, type StoredAt, slowedDown } from "./object-store.ts";
import type { ResolveContext } from "./resolver.ts";
import type { GuardedStore } from "./store-access.ts";
import { childText, parseXml } from "./xml.ts";

/** Without a version the service answers as it did in 2009: no versions, no tiers, other refusals. */
const headers = { "x-ms-version": "2021-12-02" };
/** Bytes of a page of five thousand names, with room. */
const PAGE_MAX_BYTES = 32 * 1024 * 1024;

/** One container, as far as this run may ask it. Whether the signature was needed it remembers. */
export class AzureClient implements GuardedStore {
  readonly #context: ResolveContext;
  readonly #sas: string | undefined;
  /** The container's own address, with a `/` at the end. */
  readonly base: string;
  readonly endpoint: string | undefined;
  /** The signature is part of the location: whoever has the location has it. */
  readonly #isGiven: boolean;
  #signs: boolean;

  private constructor(context: ResolveContext, ref: AzureRef, endpoint: string | undefined, sas: string | undefined) {
    const { account, container, host = `${account}.blob.core.windows.net` } = ref;
    this.#context = context;
    this.#sas = sas;
    this.#isGiven = ref.sas !== undefined;
    this.#signs = this.#isGiven;
    this.endpoint = endpoint;
    this.base = endpoint === undefined ? `https://${host}/${container}/` : `${endpoint}${account}/${container}/`;
  }

  static async open(ref: AzureRef, context: ResolveContext): Promise<AzureClient> {
    const sas = ref.sas ?? (await context.setting(`azure.sas:${ref.account}`));
    return new AzureClient(context, ref, context.endpoint("azure"), sas);
  }

  get hasCredential(): boolean {
    return this.#sas !== undefined;
  }

  get signs(): boolean {
    return this.#signs;
  }

  /** True when a secret that the location does not hold was needed. */
  get isGate(): boolean {
    return this.#signs && !this.#isGiven;
  }

  /** Where a blob is. Its bytes come as they were put there, whatever was said of their encoding then. */
  at(key: string, query = ""): StoredAt {
    const url = `${this.base}${encodeKey(key)}${query === "" ? "" : `?${query}`}`;
    return { url, encodedAtRest: true, ...(this.endpoint === undefined ? {} : { operatorEndpoint: true }) };
  }

  /** Asks about one blob, or with a query about the container. */
  async ask(method: "GET" | "HEAD", key: string, query = ""): Promise<Answer | Refusal> {
    const { url } = this.at(key, query);
    return this.#ask(method, key === "" ? url.replace("/?", "?") : url);
  }

  async answers(url: string): Promise<boolean> {
    const answer = await this.#ask("HEAD", url);
    return answer.status === "answered" && !isClosed(answer);
  }

  forgetCredential(): void {
    this.#signs = this.#isGiven;
  }

  readonly authorize = async ({ url }: { readonly url: string }): Promise<Authorization | undefined> => {
    if (new URL(url).origin !== new URL(this.base).origin) return undefined;
    return this.#signs ? this.#authorization() : { scheme: "headers", headers };
  };

  #authorization(): Authorization | undefined {
    return this.#sas === undefined ? undefined : { scheme: "query", query: this.#sas, headers };
  }

  async #ask(method: "GET" | "HEAD", url: string): Promise<Answer | Refusal> {
    const { http, signal } = this.#context;
    for (;;) {
      const authorization = this.#signs ? this.#authorization() : undefined;
      const answer = await http.answer(
        {
          url,
          method,
          headers,
          signal,
          operatorEndpoint: this.endpoint !== undefined,
          ...(authorization === undefined ? {} : { authorization }),
        },
        { redirects: "same-origin", maxBytes: PAGE_MAX_BYTES },
      );
      if (answer.status === "refused") return slowedDown(answer);
      if (this.#signs || this.#sas === undefined || !isClosed(answer)) return answer;
      this.#signs = true;
    }
  }
}

/** The host's own word for what is wrong; also in answers to HEAD, which have no text. Foreign text. */
export function azureError({ headers, bytes }: Answer): string | undefined {
  const code = headers["x-ms-error-code"] ?? childText(parseXml(new TextDecoder().decode(bytes)), "Code");
  return code?.slice(0, 100);
}

/** To the public a private container looks as one that is not there, and so it is not said which. */
function isClosed(answer: Answer): boolean {
  const { httpStatus } = answer;
  if (httpStatus === 401 || httpStatus === 403) return true;
  const code = azureError(answer);
  return code === "PublicAccessNotPermitted" || (httpStatus === 404 && !isDefinite(code));
}

const isDefinite = (code: string | undefined): boolean => code === "BlobNotFound" || code === "ContainerNotFound";

/** True for a listing that is refused while blobs may be had. */
export function isClosedListing({ httpStatus, errorCode, kind }: Refusal): boolean {
  if (kind !== "denied" || errorCode === "PublicAccessNotPermitted" || errorCode === "AuthenticationFailed")
    return false;
  return httpStatus === 401 || httpStatus === 403 || httpStatus === 404;
}

/** The refusal that an answer which is no success stands for. */
export function azureRefusal(
  answer: Answer,
  asked: { readonly signed: boolean; readonly version: string | undefined },
): Refusal {
  const { httpStatus, refusal } = answer;
  const { attempts: _tries, ...at } = refusal ?? {};
  const code = azureError(answer);
  const said = code === undefined ? `\`${httpStatus}\`` : `\`${httpStatus} ${code}\``;
  const say = (reason: Refusal["reason"], message: string): Refusal =>
    refuse(reason, `the host answered ${said}: ${message}`, {
      ...at,
      httpStatus,
      ...(code === undefined ? {} : { errorCode: code }),
    });
  const who = asked.signed ? "to this signature" : "to the public";
  switch (code) {
    case "BlobNotFound":
      return asked.version === undefined
        ? say("not-found", "there is no such blob in the container")
        : say("revision-not-found", "the blob, or this version of it, is not there");
    case "ContainerNotFound":
      return say("not-found", "there is no such container");
    case "ContainerBeingDeleted":
      return say("gone", "the container is being deleted");
    case "AccountIsDisabled":
      return say("forbidden", "the account is closed");
    case "PublicAccessNotPermitted":
      return say("authentication-required", "the account gives nothing to the public");
    case "AuthenticationFailed":
      return say("authentication-required", "it does not accept the shared access signature: it may have expired");
    case "BlobArchived":
    case "BlobBeingRehydrated":
      return say("archived", "the blob is archived, and has to be restored before it can be read");
    case "ServerBusy":
      return say("rate-limited", "it asks for fewer requests");
    default:
      break;
  }
  if (httpStatus === 401 || httpStatus === 403 || httpStatus === 404) {
    const reason = httpStatus === 403 ? "forbidden" : "authentication-required";
    return say(reason, `closed ${who}, or missing; this host does not tell which`);
  }
  if (refusal !== undefined && code === undefined) return refusal;
  return say(refusal?.reason ?? "status-unexpected", "this status answers no question of ours");
}
