import { algorithmInfo, type DigestSet } from "../model/digest.ts";

/** Longer licence fields are no licence. UTF-16 units. */
const licenseMaxLength = 2000;
/** The hashes that npm's integrity strings may name. */
const sriAlgorithms = ["sha256", "sha384", "sha512", "sha1"] as const;

/**
 * The licence field of a package, as written there: a string, or in old packages `{ type }` or an array of these,
 * which npm's documentation reads as alternatives.
 */
export function licenseAsWritten(field: unknown): string | undefined {
  if (!Array.isArray(field)) return licenseName(field)?.slice(0, licenseMaxLength);
  const names = field.map(licenseName);
  if (names.length === 0 || names.includes(undefined)) return undefined;
  const written = names.length === 1 ? names.join() : `(${names.join(" OR ")})`;
  return written.slice(0, licenseMaxLength);
}

function licenseName(field: unknown): string | undefined {
  if (typeof field === "string") return field.trim() === "" ? undefined : field;
  if (typeof field !== "object" || field === null) return undefined;
  const name = ["type", "name"].map((key): unknown => Object.hasOwn(field, key) && Reflect.get(field, key));
  return name.find((value): value is string => typeof value === "string" && value.trim() !== "");
}

/** The registry's word on the tarball's bytes: `dist.integrity` (W3C SRI) and the older `dist.shasum`. */
export function publishedDigest(integrity: string | undefined, shasum: string | undefined): DigestSet {
  const digest: { [Algorithm in (typeof sriAlgorithms)[number]]?: string } = {};
  const hashes = (integrity ?? "").slice(0, 4096).split(/\s+/);
  for (const algorithm of sriAlgorithms) {
    const values = new Set(hashes.flatMap((hash) => sriValue(hash, algorithm) ?? []));
    // Two values for one algorithm mean "one of these": no single word to hold the bytes against.
    const [value] = values;
    if (value !== undefined && values.size === 1) digest[algorithm] = value;
  }
  if (shasum !== undefined && digest.sha1 === undefined && /^[0-9a-f]{40}$/i.test(shasum)) {
    digest.sha1 = shasum.toLowerCase();
  }
  return digest;
}

function sriValue(hash: string, algorithm: (typeof sriAlgorithms)[number]): string | undefined {
  const base64 = /^([a-z0-9]+)-([A-Za-z0-9+/]+={0,2})(?:\?.*)?$/.exec(hash);
  if (base64?.[1] !== algorithm) return undefined;
  const bytes = Buffer.from(base64[2] ?? "", "base64");
  return bytes.length === algorithmInfo[algorithm].length ? bytes.toString("hex") : undefined;
}
