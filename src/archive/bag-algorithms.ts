/** The names by which bags know digest algorithms. */
import { algorithmInfo, type DigestAlgorithm } from "../model/digest.ts";

/** `sha256` for SHA-256: lower case, letters and digits only. */
const byName: ReadonlyMap<string, DigestAlgorithm> = new Map(
  (
    ["md5", "sha1", "sha256", "sha384", "sha512", "sha512_256", "sha3_256", "blake2b", "blake2s", "blake3"] as const
  ).map((algorithm) => [algorithm.replaceAll("_", ""), algorithm]),
);

/** Other names of the same. */
const aliases: ReadonlyMap<string, DigestAlgorithm> = new Map([
  ["blake2b512", "blake2b"],
  ["blake2s256", "blake2s"],
]);

/** One manifest in a bag's base folder. */
export interface BagManifest {
  /** Its file. */
  readonly name: string;
  readonly lists: "payload" | "tags";
  /** As it is written in the name. */
  readonly algorithmName: string;
  /** Undefined when it can not be computed here. */
  readonly algorithm: DigestAlgorithm | undefined;
  /** Hex digits of a digest, where that is known. */
  readonly digits: number | undefined;
  /** Whether the name is spelt as the standard has it. */
  readonly canonical: boolean;
}

const manifestName = /^(tag)?manifest-([a-z0-9][a-z0-9_-]*)\.txt$/i;

/** What a file's name says about it, or undefined when it is no manifest. */
export function bagManifest(name: string): BagManifest | undefined {
  const match = manifestName.exec(name);
  const algorithmName = match?.[2];
  if (algorithmName === undefined) return undefined;
  const folded = algorithmName.toLowerCase().replaceAll(/[_-]/g, "");
  const algorithm = byName.get(folded) ?? aliases.get(folded);
  const lists = match?.[1] === undefined ? "payload" : "tags";
  return {
    name,
    lists,
    algorithmName,
    algorithm,
    digits: algorithm === undefined ? undefined : 2 * algorithmInfo[algorithm].length,
    canonical: name === `${lists === "tags" ? "tag" : ""}manifest-${folded}.txt`,
  };
}
