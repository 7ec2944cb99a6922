/** Takes secrets out of URLs before they reach a report, a log or an error message (invariant 8). */

const MASK = "***";

/** Whole names of query parameters that carry a secret or a part of one. */
const secretNames: ReadonlySet<string> = new Set([
  "key",
  "sig",
  "auth",
  "code",
  "pass",
  "pwd",
  "policy",
  "session",
  "sessionid",
  "jwt",
  "sas",
  "key-pair-id",
  "googleaccessid",
  "awsaccesskeyid",
]);

/** Parts of such names. */
const secretParts: readonly string[] = [
  "token",
  "secret",
  "signature",
  "password",
  "passwd",
  "credential",
  "apikey",
  "api-key",
  "api_key",
  "access_key",
  "accesskey",
  "private",
];

/** True for a query parameter or header whose value should not be shown. */
export function isSecretName(name: string): boolean {
  const lower = name.toLowerCase();
  return secretNames.has(lower) || secretParts.some((part) => lower.includes(part));
}

/** The URL without userinfo and fragment, and with the values of secret-looking query parameters masked. */
export function redactUrl(url: string): string {
  const [withoutFragment = ""] = url.split("#", 1);
  const queryAt = withoutFragment.indexOf("?");
  const beforeQuery = queryAt < 0 ? withoutFragment : withoutFragment.slice(0, queryAt);
  const shown = dropUserinfo(beforeQuery);
  return queryAt < 0 ? shown : `${shown}?${maskQuery(withoutFragment.slice(queryAt + 1))}`;
}

/**
 * A location as a manifest writes it, without what should not be shown: as for a URL, but what stands behind `#` is kept,
 * for it is part of the name in some of them, and so is the user name that ssh needs.
 */
export function redactLocation(uri: string): string {
  const fragmentAt = uri.indexOf("#");
  const base = fragmentAt < 0 ? uri : uri.slice(0, fragmentAt);
  const shown = /^(?:git\+)?ssh:\/\/[^/:@]*@[^/@]*(?:\/|$)/i.test(base) ? base : redactUrl(base);
  return fragmentAt < 0 ? shown : `${shown}#${maskQuery(uri.slice(fragmentAt + 1))}`;
}

function dropUserinfo(url: string): string {
  const authorityAt = url.indexOf("//");
  if (authorityAt < 0) return url;
  const rest = url.slice(authorityAt + 2);
  const pathAt = rest.search(/[/\\]/);
  const authority = pathAt < 0 ? rest : rest.slice(0, pathAt);
  const at = authority.lastIndexOf("@");
  return at < 0 ? url : url.slice(0, authorityAt + 2) + rest.slice(at + 1);
}

function maskQuery(query: string): string {
  return query
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=");
      if (equals < 0) return pair;
      const name = pair.slice(0, equals);
      return isSecretName(decodeName(name)) ? `${name}=${MASK}` : pair;
    })
    .join("&");
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
