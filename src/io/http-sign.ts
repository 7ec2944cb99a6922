/** How a request says who asks: done anew for each request, because a signature holds for minutes and for one URL. */
import { createHash } from "node:crypto";
import type { Authorization } from "./http.ts";
import type { Outgoing } from "./http-ask.ts";

/** The same request with its credential, for the one origin that the credential belongs to. */
export async function authorized(outgoing: Outgoing, authorization: Authorization | undefined): Promise<Outgoing> {
  if (authorization === undefined) return outgoing;
  const headers = { ...outgoing.headers, ...lowerCased(authorization.headers ?? {}) };
  switch (authorization.scheme) {
    case "headers":
      return { ...outgoing, headers };
    case "query":
      return { ...outgoing, headers, url: withQuery(outgoing.url, authorization.query) };
    case "aws-sigv4":
      return { ...outgoing, headers: { ...headers, ...(await signature(outgoing, authorization)) } };
  }
}

/** Headers that are signed are the host, the date, what the credential adds, and every `x-amz-` of the request. */
async function signature(
  { method, url, headers, body, upload }: Outgoing,
  { headers: own = {}, ...credential }: Extract<Authorization, { scheme: "aws-sigv4" }>,
): Promise<{ readonly [name: string]: string }> {
  const { AwsV4Signer } = await import("aws4fetch");
  const { accessKeyId, secretAccessKey, sessionToken, region, service } = credential;
  const signed = Object.entries({ ...headers, ...lowerCased(own) }).filter(([name]) => name.startsWith("x-amz-"));
  const signer = new AwsV4Signer({
    method,
    url: url.href,
    // Proxies change other headers on the way, and a signature over them would no longer hold.
    headers: [...signed, ["x-amz-content-sha256", upload === undefined ? sha256(body ?? "") : "UNSIGNED-PAYLOAD"]],
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    region,
    service,
  });
  const made = await signer.sign();
  return Object.fromEntries(made.headers);
}

function withQuery(url: URL, query: string): URL {
  const whole = new URL(url);
  whole.search = whole.search === "" ? query : `${whole.search}&${query}`;
  return whole;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Header names as they are compared. */
export function lowerCased(headers: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
