import { z } from "zod";
import type { Authorization } from "../io/http.ts";
import type { Exchange, Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { jsonOf } from "./json-bytes.ts";
import type { ResolveContext } from "./resolver.ts";

/** Where the archive answers programs. */
const publicApi = "https://archive.softwareheritage.org/api/1/";
/** A folder of 100,000 entries is listed in one reply of some 60 MB. Bytes. */
const replyMaxBytes = 128 * 1024 * 1024;

/** The archive's way to say that it understood and has no such object, told from any other web server's 404. */
const ApiError = z.lazy(() => z.object({ exception: z.string(), reason: z.unknown().optional() }));

/** A reply that was read. */
export interface SwhReply<Body> {
  readonly status: "ok";
  readonly body: Body;
  readonly exchange: Exchange;
}

/** The archive's programming interface, as it answers this user. */
export interface SwhApi {
  /** With a `/` at the end. */
  readonly base: string;
  readonly operatorEndpoint: boolean;
  authorization(): Promise<Authorization | undefined>;
  /** Asks one question; `about` names the object, for messages. */
  get<Body>(path: string, schema: z.ZodType<Body>, about: string): Promise<SwhReply<Body> | Refusal>;
  post<Body>(path: string, body: unknown, schema: z.ZodType<Body>, about: string): Promise<SwhReply<Body> | Refusal>;
}

/** Opens it: at the archive itself, or where the operator sends us. */
export function openSwhApi(context: ResolveContext): SwhApi {
  const endpoint = context.endpoint("swh");
  const base = endpoint ?? publicApi;
  const operatorEndpoint = endpoint !== undefined;
  const authorization = async (): Promise<Authorization | undefined> => {
    const token = await context.setting("swh.token");
    return token === undefined ? undefined : { scheme: "headers", headers: { authorization: `Bearer ${token}` } };
  };
  const ask = async <Body>(
    path: string,
    more: { readonly method: "GET" | "POST"; readonly body?: string },
    schema: z.ZodType<Body>,
    about: string,
  ): Promise<SwhReply<Body> | Refusal> => {
    const token = await authorization();
    const answer = await context.http.answer(
      {
        url: base + path,
        ...more,
        headers: {
          accept: "application/json",
          ...(more.body === undefined ? {} : { "content-type": "application/json" }),
        },
        signal: context.signal,
        operatorEndpoint,
        ...(token === undefined ? {} : { authorization: token }),
      },
      { maxBytes: replyMaxBytes },
    );
    if (answer.status === "refused") return answer;
    const { exchange, refusal } = answer;
    const value = jsonOf(answer.bytes);
    if (refusal !== undefined) return refused(refusal, value, about);
    const read = schema.safeParse(value);
    if (read.success) return { status: "ok", body: read.data, exchange };
    const [issue] = read.error.issues;
    const place = issue === undefined || issue.path.length === 0 ? "" : ` at \`${issue.path.join(".").slice(0, 200)}\``;
    return refuse("reply-invalid", `the reply about ${about} is not as expected${place}`, { url: exchange.url });
  };
  return {
    base,
    operatorEndpoint,
    authorization,
    get: (path, schema, about) => ask(path, { method: "GET" }, schema, about),
    post: (path, body, schema, about) => ask(path, { method: "POST", body: JSON.stringify(body) }, schema, about),
  };
}

/** What a status means here: only the archive's own word is absence, and absence from the archive is no more than that. */
function refused(refusal: Refusal, body: unknown, about: string): Refusal {
  const said = ApiError.safeParse(body).data;
  if (refusal.httpStatus === 404) {
    if (said?.exception === "NotFoundExc") return { ...refusal, message: `Software Heritage does not have ${about}` };
    const message = `the answer to the question for ${about} is \`404\`, but not as Software Heritage says it`;
    return refuse("reply-invalid", message, refusal);
  }
  if (refusal.httpStatus === 403 && said?.exception === "MaskedObjectException") {
    return { ...refusal, message: `Software Heritage keeps ${about} and gives it to nobody` };
  }
  if (said === undefined || typeof said.reason !== "string") return refusal;
  return { ...refusal, message: `${refusal.message}: ${said.reason.slice(0, 300)}` };
}
