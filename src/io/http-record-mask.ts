/** Takes secrets out of an exchange before it is written down: what was sent, what came back, and what a reply grants. */
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { isSecretName } from "../model/redact.ts";

const MASK = "***";
/** What an encoded reply may become when it is searched, in bytes. */
const SEARCHED_MAX_BYTES = 16 * 1024 * 1024;

/** Headers whose value lets in whoever has it, beside those whose names say so. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "set-cookie2",
]);

/** What replies call what they grant. Exact names: `bos_token` and `tokenizer` are no secrets. */
const GRANTS: ReadonlySet<string> = new Set([
  "token",
  "access_token",
  "accesstoken",
  "refresh_token",
  "refreshtoken",
  "id_token",
  "identitytoken",
  "registrytoken",
  "client_secret",
  "password",
  "secret",
  "jwt",
  "authorization",
  "cookie",
  "secretaccesskey",
  "sessiontoken",
  "accesskeyid",
  "x-amz-security-token",
]);

/** Whether a header's value is not to be shown. */
export function isSecretHeader(name: string): boolean {
  const lower = name.toLowerCase();
  if (SECRET_HEADERS.has(lower)) return true;
  // `access-control-allow-credentials: true` grants nothing.
  return isSecretName(lower) && !lower.startsWith("access-control-");
}

/** `name=value` in an address or a form, and `"name": "value"` in JSON; a value may be cut off by the text's end. */
const FIELD = /(^|[?&;])([A-Za-z0-9_.~%-]{1,64})=([^&;\s"'<>\\]*)/g;
const MEMBER = /"([A-Za-z0-9_.-]{1,64})"(\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?$)/gs;
const ELEMENT = /<([A-Za-z][A-Za-z0-9]{0,63})>([^<]*)(?=<|$)/g;

/** Masks the values of fields of addresses and forms, and of members and elements that grant something. */
export function maskText(text: string): string {
  return text
    .replace(FIELD, (whole, before: string, name: string) =>
      isSecretName(decoded(name)) ? `${before}${name}=${MASK}` : whole,
    )
    .replace(MEMBER, (whole, name: string, between: string) =>
      GRANTS.has(name.toLowerCase()) ? `"${name}"${between}"${MASK}"` : whole,
    )
    .replace(ELEMENT, (whole, name: string) => (GRANTS.has(name.toLowerCase()) ? `<${name}>${MASK}` : whole));
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** A reply's bytes without secrets; undefined where they can not be searched, and are not to be written down. */
export function maskReply(
  bytes: Uint8Array,
  coding: string | undefined,
  unsaid: (text: string) => string,
): { readonly bytes: Uint8Array; readonly masked: boolean } | undefined {
  const plain = plainOf(bytes, coding);
  if (plain === undefined) return undefined;
  // Each byte is a character of its own here, whatever the encoding.
  const said = Buffer.from(plain.buffer, plain.byteOffset, plain.length).toString("latin1");
  const left = maskText(unsaid(said));
  return left === said ? { bytes, masked: false } : { bytes: Buffer.from(left, "latin1"), masked: true };
}

function plainOf(bytes: Uint8Array, coding: string | undefined): Uint8Array | undefined {
  const options = { maxOutputLength: SEARCHED_MAX_BYTES };
  try {
    switch ((coding ?? "identity").trim().toLowerCase()) {
      case "":
      case "identity":
        return bytes;
      case "gzip":
      case "x-gzip":
        return gunzipSync(bytes, options);
      case "deflate":
        return inflateSync(bytes, options);
      case "br":
        return brotliDecompressSync(bytes, options);
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}
