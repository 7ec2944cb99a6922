/**
 * The other side of AWS Signature Version 4: reads a request as it came and says whether its signature holds. Written
 * from the published specification of S3, and held to its three worked GET examples by test/io/http-sign.test.ts.
 */
import { createHash, createHmac } from "node:crypto";

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they came over the wire. */
  readonly target: string;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly body?: string;
}

export type SignatureFault =
  | "AuthorizationHeaderMalformed"
  | "InvalidAccessKeyId"
  | "InvalidToken"
  | "RequestTimeTooSkewed"
  | "SignatureDoesNotMatch"
  | "XAmzContentSHA256Mismatch";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const allowedSkew = 15 * 60 * 1000;
const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text, "utf8").digest();
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** Undefined when the signature holds; `region` is the one that this host is in. */
export function signatureFault(
  request: SignedRequest,
  keys: Keys,
  region: string,
  now: number,
): SignatureFault | undefined {
  const header = (name: string): string => {
    const value = request.headers[name];
    return (typeof value === "string" ? value : (value ?? []).join(",")).trim().replace(/ +/g, " ");
  };
  const read =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/.exec(
      header("authorization"),
    );
  const [, accessKeyId, day = "", askedRegion = "", signedHeaders = "", signature] = read ?? [];
  if (read === null || askedRegion !== region) return "AuthorizationHeaderMalformed";
  if (accessKeyId !== keys.accessKeyId) return "InvalidAccessKeyId";
  const names = signedHeaders.split(";");
  const mustBeSigned = Object.keys(request.headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  if (mustBeSigned.some((name) => !names.includes(name))) return "SignatureDoesNotMatch";
  if (header("x-amz-security-token") !== (keys.sessionToken ?? "")) return "InvalidToken";
  const date = header("x-amz-date");
  const [, year, month, dayOfMonth, hour, minute, second] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(date) ?? [];
  const time = Date.parse(`${year}-${month}-${dayOfMonth}T${hour}:${minute}:${second}Z`);
  if (!(Math.abs(time - now) <= allowedSkew)) return "RequestTimeTooSkewed";
  const payload = header("x-amz-content-sha256");
  if (payload !== "UNSIGNED-PAYLOAD" && payload !== sha256(request.body ?? "")) return "XAmzContentSHA256Mismatch";
  const [path = "", query = ""] = request.target.split("?");
  const pairs = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", value = ""] = pair.split("=");
      return `${encode(decodeURIComponent(name))}=${encode(decodeURIComponent(value))}`;
    })
    .sort();
  const canonical = [
    request.method,
    path
      .split("/")
      .map((segment) => encode(decodeURIComponent(segment)))
      .join("/"),
    pairs.join("&"),
    ...names.map((name) => `${name}:${header(name)}`),
    "",
    signedHeaders,
    payload,
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const key = ["aws4_request"].reduce(
    (made, part) => hmac(made, part),
    hmac(hmac(hmac(`AWS4${keys.secretAccessKey}`, day), region), "s3"),
  );
  return hmac(key, toSign).toString("hex") === signature ? undefined : "SignatureDoesNotMatch";
}
