/** Questions to one bucket of Google Cloud Storage: without a token as long as that does, with it where it does not. */

import type { Answer, Authorization } from "../io/http.ts";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { slowedDown } from "./object-store.ts";
import type { ResolveContext } from "./resolver.ts";
import type { GuardedStore } from "./store-access.ts";

const publicService = "https://storage.googleapis.com/";
/** Bytes of a page of a thousand names at their longest, with room. */
const PAGE_MAX_BYTES = 16 * 1024 * 1024;

/** What an error of the JSON API says. Foreign text. */
export interface GsError {
  readonly message: string;
  readonly reason: string;
}

/** One bucket, as far as this run may ask it. Whether the token was needed it remembers. */
export class GsClient implements GuardedStore {
  readonly #context: ResolveContext;
  readonly #token: string | undefined;
  readonly bucket: string;
  /** With a `/` at the end. */
  readonly base: string;
  readonly isOperators: boolean;
  #usesToken = false;

  private constructor(context: ResolveContext, bucket: string, base: string, token: string | undefined) {
    this.#context = context;
    this.#token = token;
    this.bucket = bucket;
    this.base = base;
    this.isOperators = base !== publicService;
  }

  static async open(bucket: string, { endpoint, setting, ...rest }: ResolveContext): Promise<GsClient> {
    const own = endpoint("gs");
    const emulator = own === undefined ? await setting("gs.emulator") : undefined;
    // An emulator stands in the environment for tests of programs: no token of a person belongs there.
    const token = emulator === undefined ? await setting("gs.token") : undefined;
    return new GsClient({ endpoint, setting, ...rest }, bucket, own ?? emulator ?? publicService, token);
  }

  get hasCredential(): boolean {
    return this.#token !== undefined;
  }

  get usesToken(): boolean {
    return this.#usesToken;
  }

  /** Where the bytes of an object are. */
  at(key: string, generation?: string): { readonly url: string; readonly operatorEndpoint?: true } {
    const query = generation === undefined ? "" : `&generation=${generation}`;
    const url = `${this.base}download/storage/v1/b/${this.bucket}/o/${encodeURIComponent(key)}?alt=media${query}`;
    return { url, ...(this.isOperators ? { operatorEndpoint: true } : {}) };
  }

  /** Asks the JSON API below this bucket, with the token when the question without it is refused. */
  async ask(below: string): Promise<Answer | Refusal> {
    return this.#ask(`${this.base}storage/v1/b/${this.bucket}/${below}`);
  }

  async answers(url: string): Promise<boolean> {
    const metadata = url.replace("/download/storage/", "/storage/").replace("alt=media", "alt=json");
    const answer = await this.#ask(metadata);
    return answer.status === "answered" && answer.httpStatus !== 401 && answer.httpStatus !== 403;
  }

  forgetCredential(): void {
    this.#usesToken = false;
  }

  readonly authorize = async ({ url }: { readonly url: string }): Promise<Authorization | undefined> =>
    this.#usesToken && new URL(url).origin === new URL(this.base).origin ? this.#authorization() : undefined;

  #authorization(): Authorization | undefined {
    return this.#token === undefined
      ? undefined
      : { scheme: "headers", headers: { authorization: `Bearer ${this.#token}` } };
  }

  async #ask(url: string): Promise<Answer | Refusal> {
    const { http, signal } = this.#context;
    for (;;) {
      const authorization = this.#usesToken ? this.#authorization() : undefined;
      const answer = await http.answer(
        {
          url,
          signal,
          headers: { accept: "application/json" },
          operatorEndpoint: this.isOperators,
          ...(authorization === undefined ? {} : { authorization }),
        },
        { redirects: "same-origin", maxBytes: PAGE_MAX_BYTES },
      );
      if (answer.status === "refused") return slowedDown(answer);
      const isDenied = answer.httpStatus === 401 || answer.httpStatus === 403;
      if (!isDenied || this.#usesToken || this.#token === undefined) return answer;
      this.#usesToken = true;
    }
  }
}

/** The refusal that an answer which is no success stands for. */
export function gsRefusal(
  { httpStatus, refusal }: Answer,
  error: GsError | undefined,
  asked: { readonly withToken: boolean; readonly generation: string | undefined },
): Refusal {
  const { attempts: _tries, ...at } = refusal ?? {};
  const said = error === undefined || error.reason === "" ? `\`${httpStatus}\`` : `\`${httpStatus} ${error.reason}\``;
  const say = (reason: Refusal["reason"], message: string): Refusal =>
    refuse(reason, `the host answered ${said}: ${message}`, {
      ...at,
      httpStatus,
      ...(error === undefined || error.reason === "" ? {} : { errorCode: error.reason }),
    });
  const who = asked.withToken ? "to this token" : "to the public";
  switch (httpStatus) {
    case 400:
      if (/requester pays/i.test(error?.message ?? ""))
        return say("forbidden", "the bucket's reader has to pay, which is not done here");
      break;
    case 401:
      if (asked.withToken) return say("authentication-required", "it does not accept the token of this environment");
      return say("authentication-required", `closed ${who}, or missing; this host does not tell which`);
    case 403:
      if (/ratelimitexceeded|quotaexceeded/i.test(error?.reason ?? ""))
        return say("rate-limited", "it asks for fewer requests");
      return say("forbidden", `closed ${who}, or missing; this host does not tell which`);
    case 404:
      if (/bucket does not exist/i.test(error?.message ?? "")) return say("not-found", "there is no such bucket");
      return asked.generation === undefined
        ? say("not-found", "there is no such object")
        : say("revision-not-found", `the object has no generation \`${asked.generation}\``);
    default:
      break;
  }
  if (refusal !== undefined && error === undefined) return refusal;
  return say(refusal?.reason ?? "status-unexpected", error?.message ?? "this status answers no question of ours");
}
