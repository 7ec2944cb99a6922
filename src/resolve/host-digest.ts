import { algorithmInfo, type DigestAlgorithm, type DigestSet } from "../model/digest.ts";

/** A digest as a host writes it, where it is one: hex of the right length. */
export function hostDigest(algorithm: DigestAlgorithm, hex: string | null | undefined): DigestSet {
  const text = hex?.trim().toLowerCase() ?? "";
  const isHex = text.length === algorithmInfo[algorithm].length * 2 && /^[0-9a-f]+$/.test(text);
  return isHex ? { [algorithm]: text } : {};
}

/** The part of a listed object that says its digest; nothing where there is none. */
export function withDigest(digest: DigestSet): { readonly digest?: DigestSet } {
  return Object.keys(digest).length === 0 ? {} : { digest };
}
