import type { Answer, AnswerOptions, Authorization, HttpRequest } from "../io/http.ts";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { jsonOf } from "./json-bytes.ts";
import { type Challenge, readChallenges } from "./oci-challenge.ts";
import { isDockerHub, type OciRef } from "./oci-location.ts";
import { placeOf, TokenReply } from "./oci-reply.ts";
import type { ResolveContext } from "./resolver.ts";

/** A token is not used in its last moments, so that it does not run out under way. Milliseconds. */
const TOKEN_SPARE = 5_000;
/** How long a token is good whose service does not say. Seconds, from the token specification. */
const TOKEN_LIFE = 60;
/** Longer tokens fit into no server's headers. UTF-16 units. */
const TOKEN_MAX_LENGTH = 32 * 1024;
/** What a token service answers is smaller. Bytes. */
const TOKEN_REPLY_MAX_BYTES = 256 * 1024;

/** Registries whose token service is known to live on another host. */
const knownRealms: { readonly [registry: string]: string } = {
  "registry-1.docker.io": "auth.docker.io",
  "registry.gitlab.com": "gitlab.com",
};

/** A question to the registry. */
interface Question extends Pick<HttpRequest, "method" | "upload">, AnswerOptions {
  readonly accept?: string;
  readonly headers?: { readonly [name: string]: string };
}

/** What a repository is opened for; a token is asked for no more than that. */
export type OciAccess = "pull" | "pull,push";

/** One repository of one registry, with whatever login it asks for. */
export interface OciSession {
  /** Where its objects are, with a `/` at the end. */
  readonly url: string;
  readonly isOperators: boolean;
  /** Asks for something below `url`, or at an address that the registry gave; a login goes to its own origin alone. */
  ask(path: string, question: Question): Promise<Answer | Refusal>;
  /** What goes along with a question for an object of this repository; a token is asked for again when it ran out. */
  authorize(object: { readonly url: string }): Promise<Authorization | undefined>;
  /** Why a login of the user's was kept back, if it was. */
  readonly keptBack: string | undefined;
  /** True when a login of the user's went along. */
  readonly isLoggedIn: boolean;
}

interface Login {
  readonly header: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** The address of a registry's API; what people call docker.io is at another host. */
function registryUrl(registry: string): string {
  return `https://${isDockerHub(registry) ? "registry-1.docker.io" : registry}/`;
}

/**
 * Opens a repository. Nothing is asked before the first question, and no login goes out before the registry asks for
 * one: it names in its 401 how it wants it.
 *
 * Docker, containerd and oras send the user's login to whatever token service the registry names. Here a registry that
 * was taken over can not send it elsewhere: the login goes only to the registry's own host, to the host that is known
 * to serve docker.io or gitlab.com, and to those that the user allows for this registry (`WHOLESOURCE_OCI_REALMS`).
 * Any other service is asked for a token without a name. A service is asked over https, or, where the operator's own
 * endpoint is http, over http at that very host; its redirects are not followed.
 */
export function openSession(
  ref: OciRef,
  context: Pick<ResolveContext, "http" | "signal" | "setting" | "endpoint">,
  access: OciAccess = "pull",
): OciSession {
  const { http, signal, setting } = context;
  const endpoint = context.endpoint("oci");
  const base = new URL(endpoint ?? registryUrl(ref.registry));
  const isOperators = endpoint !== undefined;
  const url = `${base.href}v2/${ref.repository}/`;
  let challenge: Challenge | undefined;
  let login: Login | undefined;
  let asking: Promise<Login | Refusal | undefined> | undefined;
  let keptBack: string | undefined;
  let isLoggedIn = false;

  /** Several groups of objects may want a token at the same moment: it is asked for once. */
  async function loggedIn(): Promise<Login | Refusal | undefined> {
    if (login !== undefined && Date.now() < login.until) return login;
    if (challenge === undefined) return undefined;
    asking ??= logIn(challenge).finally(() => {
      asking = undefined;
    });
    const answer = await asking;
    if (answer !== undefined && !("status" in answer)) login = answer;
    return answer;
  }

  async function logIn(wanted: Challenge): Promise<Login | Refusal | undefined> {
    const credential = await setting(`oci.credential:${base.host}/${ref.repository}`);
    if (wanted.scheme === "basic") {
      if (credential?.startsWith("Basic ") !== true) return undefined;
      isLoggedIn = true;
      return { header: credential, until: Number.POSITIVE_INFINITY };
    }
    if (credential?.startsWith("Bearer ") === true) {
      isLoggedIn = true;
      return { header: credential, until: Number.POSITIVE_INFINITY };
    }
    const realm = realmOf(wanted.parameters.get("realm") ?? "");
    if ("status" in realm) return realm;
    const allowed = await mayHaveLogin(realm);
    keptBack =
      credential === undefined || allowed
        ? undefined
        : `the registry sends its logins to \`${realm.hostname}\`, so yours was not sent: ` +
          `set WHOLESOURCE_OCI_REALMS to \`${base.host}=${realm.hostname}\` if that is right`;
    return askToken(realm, wanted, allowed ? credential : undefined);
  }

  function realmOf(text: string): URL | Refusal {
    const realm = URL.canParse(text) ? new URL(text) : undefined;
    if (realm === undefined || !/^https?:$/.test(realm.protocol)) {
      return refuse("reply-invalid", "the registry names no token service that could be asked", { url: base.href });
    }
    realm.username = "";
    realm.password = "";
    realm.hash = "";
    const isOwn = isOperators && base.protocol === "http:" && realm.hostname === base.hostname;
    if (realm.protocol === "https:" || isOwn) return realm;
    const message = `the registry names a token service without encryption: \`${realm.host}\``;
    return refuse("downgrade-blocked", message, { url: base.href });
  }

  async function mayHaveLogin(realm: URL): Promise<boolean> {
    if (realm.hostname === base.hostname || knownRealms[base.host] === realm.host) return true;
    const hosts = (await setting(`oci.realms:${base.host}`))?.split(",") ?? [];
    return hosts.includes(realm.hostname) || hosts.includes(realm.host);
  }

  async function askToken(
    realm: URL,
    { parameters }: Challenge,
    credential: string | undefined,
  ): Promise<Login | Refusal> {
    const service = parameters.get("service");
    const wanted = parameters.get("scope") ?? "";
    // A mirror may have another name for the repository; what may be done there is not for the registry to say.
    const named = /^(repository:[A-Za-z0-9._:/-]{1,512}):(?:pull|push|pull,push|push,pull)$/.exec(wanted)?.[1];
    const scope = `${named ?? `repository:${ref.repository}`}:${access}`;
    const query = { ...(service === undefined ? {} : { service }), scope };
    const identity = credential?.startsWith("Identity ") === true ? credential.slice("Identity ".length) : undefined;
    const operatorEndpoint = isOperators && realm.origin === base.origin;
    const limits = { maxBytes: TOKEN_REPLY_MAX_BYTES, redirects: "none" } as const;
    if (credential !== undefined) isLoggedIn = true;
    let answer: Answer | Refusal;
    if (identity === undefined) {
      for (const [name, value] of Object.entries(query)) realm.searchParams.set(name, value);
      const authorization = credential === undefined ? {} : { authorization: header(credential) };
      answer = await http.answer({ url: realm.href, signal, operatorEndpoint, ...authorization }, limits);
    } else {
      const body = new URLSearchParams({
        grant_type: "refresh_token",
        client_id: "wholesource",
        refresh_token: identity,
        ...query,
      }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const request = { url: realm.href, method: "POST", headers, body, signal, operatorEndpoint } as const;
      answer = await http.answer(request, limits);
    }
    if (answer.status === "refused") return tokenRefused(realm, answer);
    if (answer.httpStatus !== 200) {
      const unusable = refuse("status-unexpected", `it answered \`${answer.httpStatus}\``, placeOf(answer));
      return tokenRefused(realm, answer.refusal ?? unusable);
    }
    const read = TokenReply.safeParse(jsonOf(answer.bytes));
    const token = read.success ? (read.data.token ?? read.data.access_token) : undefined;
    if (token === undefined || token.length > TOKEN_MAX_LENGTH || !/^[\x21-\x7e]+$/.test(token)) {
      const message = `the token service \`${realm.host}\` answered without a token`;
      return refuse("reply-invalid", message, placeOf(answer));
    }
    const life = (read.success ? read.data.expires_in : undefined) ?? TOKEN_LIFE;
    return { header: `Bearer ${token}`, until: Date.now() + life * 1000 - TOKEN_SPARE };
  }

  return {
    url,
    isOperators,
    get keptBack() {
      return keptBack;
    },
    get isLoggedIn() {
      return isLoggedIn;
    },
    async ask(path, { method = "GET", accept = "*/*", headers = {}, upload, ...limits }) {
      const target = /^https?:/.test(path) ? new URL(path) : new URL(url + path);
      const isOwn = target.origin === base.origin;
      const question = async (tried: Login | undefined): Promise<Answer | Refusal> =>
        http.answer(
          {
            url: target.href,
            method,
            headers: { ...headers, accept },
            signal,
            operatorEndpoint: isOperators && isOwn,
            ...(upload === undefined ? {} : { upload }),
            ...(tried === undefined || !isOwn ? {} : { authorization: header(tried.header) }),
          },
          limits,
        );
      const first = await loggedIn();
      if (first !== undefined && "status" in first) return first;
      const answer = await question(first);
      if (answer.status === "refused" || answer.httpStatus !== 401) return answer;
      // What another host asks for, after a redirect, is not for this registry's logins.
      if (new URL(answer.exchange.finalUrl).origin !== base.origin) return answer;
      const asked = readChallenges(answer.headers["www-authenticate"] ?? "");
      challenge = asked.find(({ scheme }) => scheme === "bearer") ?? asked.find(({ scheme }) => scheme === "basic");
      login = undefined;
      const second = await loggedIn();
      if (second === undefined) return answer;
      if ("status" in second) return second;
      // Once, and not again: a registry that refuses its own token would have us ask for ever.
      return second.header === first?.header ? answer : question(second);
    },
    async authorize(object) {
      if (!object.url.startsWith(url)) return undefined;
      const held = await loggedIn();
      return held === undefined || "status" in held ? undefined : header(held.header);
    },
  };
}

function header(authorization: string): Authorization {
  return { scheme: "headers", headers: { authorization } };
}

/** What a token service lacks says nothing of the piece: only the registry can call that absent. */
function tokenRefused(realm: URL, refusal: Refusal): Refusal {
  const message = `the token service \`${realm.host}\`: ${refusal.message}`;
  if (refusal.kind !== "absent") return { ...refusal, message };
  return { ...refusal, ...refuse("status-unexpected", message) };
}
