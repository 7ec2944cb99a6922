/**
 * What a host repeats of our credentials is not passed on: servers in trouble quote the request that they refuse, and
 * their words end up in reports.
 */
import { isSecretName } from "../model/redact.ts";
import type { HttpRequest } from "./http.ts";

/** Shorter ones would be found in words that have nothing to do with them. UTF-16 units. */
const SECRET_MIN_LENGTH = 8;
const MASK = "***";

/** Takes the credentials of one request out of what comes back. */
export interface Unsaid {
  readonly text: (text: string) => string;
  readonly bytes: (bytes: Uint8Array) => Uint8Array;
  /** All but `location`, which is for following and not for showing. */
  readonly headers: (headers: { readonly [name: string]: string }) => { readonly [name: string]: string };
}

const nothing: Unsaid = { text: (text) => text, bytes: (bytes) => bytes, headers: (headers) => headers };

/** Reads from a request what is not to be heard again. */
export function unsaidOf(request: HttpRequest): Unsaid {
  const secrets = [...new Set([...secretsOf(request)].flatMap(formsOf))]
    .filter((secret) => secret.length >= SECRET_MIN_LENGTH)
    // The longest first: one may hold another.
    .sort((a, b) => b.length - a.length);
  if (secrets.length === 0) return nothing;
  const text = (said: string): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), said);
  return {
    text,
    bytes(bytes) {
      // Each byte is a character of its own here, whatever the encoding.
      const said = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
      const left = text(said);
      return left === said ? bytes : Buffer.from(left, "latin1");
    },
    headers: (headers) =>
      Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, name === "location" ? value : text(value)]),
      ),
  };
}

function* secretsOf({ headers = {}, authorization, body }: HttpRequest): Generator<string> {
  const sent = authorization?.scheme === "headers" ? { ...headers, ...authorization.headers } : headers;
  for (const [name, value] of Object.entries(sent)) {
    if (authorization?.scheme === "headers" && Object.hasOwn(authorization.headers, name)) yield* wordsOf(value);
    else if (name.toLowerCase() === "authorization" || isSecretName(name)) yield* wordsOf(value);
  }
  if (authorization?.scheme === "aws-sigv4") {
    yield authorization.secretAccessKey;
    yield authorization.accessKeyId;
    if (authorization.sessionToken !== undefined) yield authorization.sessionToken;
  }
  if (authorization?.scheme === "query") yield* secretFields(authorization.query);
  if (body !== undefined) yield* secretFields(body);
}

/** `Bearer` and `Basic` are no secret; what follows is, and in the second case the password inside it. */
function* wordsOf(value: string): Generator<string> {
  const [, scheme = "", word = value] = /^(bearer|basic|token) +(\S+)$/i.exec(value) ?? [];
  yield word;
  if (scheme.toLowerCase() !== "basic") return;
  const pair = Buffer.from(word, "base64").toString("utf8");
  yield pair;
  yield pair.slice(pair.indexOf(":") + 1);
}

function* secretFields(form: string): Generator<string> {
  for (const field of form.split("&")) {
    const at = field.indexOf("=");
    if (at > 0 && isSecretName(field.slice(0, at))) yield field.slice(at + 1);
  }
}

/** As it was sent, and as it is written in a URL and in JSON. */
function formsOf(secret: string): readonly string[] {
  let decoded = secret;
  try {
    decoded = decodeURIComponent(secret);
  } catch {
    // It was not encoded.
  }
  return [secret, decoded, encodeURIComponent(decoded), JSON.stringify(decoded).slice(1, -1)];
}
