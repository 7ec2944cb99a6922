import { lookup } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { codeOf } from "./errno.ts";
import { isGlobalUnicast } from "./guard.ts";

/**
 * Where a program of ours that connects by itself (git, ssh) may connect to for this host: addresses that it is to be
 * held to, because asking for the name again may give others. The same rule as for our own connections.
 */
export type Admit = (
  hostname: string,
  options?: { readonly operatorEndpoint?: boolean },
) => Promise<readonly string[] | Refusal>;

/** The rule for one run; nothing is looked up when it is offline. */
export function createAdmit({
  offline,
  allowPrivate,
}: {
  readonly offline: boolean;
  readonly allowPrivate: boolean;
}): Admit {
  return async (hostname, { operatorEndpoint = false } = {}) => {
    if (offline) return refuse("offline", "no host is asked in this run");
    const host = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
    let addresses: readonly string[];
    try {
      addresses = ipaddr.isValid(host) ? [host] : (await lookup(host, { all: true })).map(({ address }) => address);
    } catch (error) {
      return refuse("name-not-resolved", `there is no host \`${host}\`: ${codeOf(error) ?? "no answer"}`);
    }
    if (addresses.length === 0) return refuse("name-not-resolved", `there is no host \`${host}\``);
    // One of several that is not to be reached is how a name is made to change its meaning.
    const blocked = allowPrivate || operatorEndpoint ? undefined : addresses.find((one) => !isGlobalUnicast(one));
    return blocked === undefined ? addresses : refuse("address-blocked", `\`${host}\` resolves to \`${blocked}\``);
  };
}
