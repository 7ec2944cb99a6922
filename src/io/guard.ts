/** Which schemes and addresses may be reached at all. One policy for every URL, whoever gave it (faults C1 to C7). */
import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** Thrown into a connection attempt when an address is not to be reached. */
export class AddressBlocked extends Error {
  readonly code = "ERR_ADDRESS_BLOCKED";
}

/** True for an address that belongs to the public internet: the only kind that is reached unless the operator says so. */
export function isGlobalUnicast(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast") return false;
  // Of IPv6 only 2000::/3 is given out as global unicast; what else the library calls unicast (::/96, fec0::/10) is not.
  return parsed.kind() === "ipv4" || (parsed.toByteArray()[0] ?? 0) >> 5 === 1;
}

/** The address that a URL's host is, when it is one; the URL parser has already undone every odd spelling of IPv4. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  return ipaddr.isValid(host) ? host : undefined;
}

/** A DNS lookup that fails when any one of the answers is not to be reached: a mixed answer is how rebinding looks. */
export function guardedLookup(allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, answers) => {
      if (error !== null) return callback(error, []);
      const blocked = allowPrivate ? undefined : answers.find(({ address }) => !isGlobalUnicast(address));
      if (blocked !== undefined) {
        return callback(new AddressBlocked(`\`${hostname}\` resolves to \`${blocked.address}\``), []);
      }
      if (options.all === true) return callback(null, answers);
      const [first] = answers;
      return callback(null, first?.address ?? "", first?.family ?? 0);
    });
  };
}

/** A URL that may be asked, without userinfo and fragment; or the reason why not. */
export function admitUrl(text: string, base?: URL): URL | "invalid" | "scheme" {
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    return "invalid";
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return "scheme";
  url.username = "";
  url.password = "";
  url.hash = "";
  return url;
}
