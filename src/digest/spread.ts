/** Several digests of one big file cost more than one core gives: they are shared out, and every share reads the file. */
import type { DigestAlgorithm } from "../model/digest.ts";
import { digestAlgorithms } from "../model/digest.ts";
import type { ByteAlgorithm } from "./hasher.ts";
import { isByteAlgorithm, rowOf } from "./hasher.ts";

/** From this size another thread may read the same file for its own share of the algorithms, in bytes. */
export const spreadFrom = 64 * 1024 * 1024;

/** Shares of about the same cost, the dearest algorithm first; never more than pays for reading the file once more. */
export function spreadAlgorithms(
  algorithms: readonly DigestAlgorithm[],
  lanes: number,
): readonly (readonly ByteAlgorithm[])[] {
  const wanted = digestAlgorithms.filter(isByteAlgorithm).filter((algorithm) => algorithms.includes(algorithm));
  // One git hash serves both of its spellings, so they stay together.
  const units = wanted.filter((algorithm) => algorithm !== "swhid" || !wanted.includes("gitBlob"));
  const shares = Array.from(
    { length: Math.max(1, Math.min(lanes, units.length)) },
    (): Share => ({ cost: 0, own: [] }),
  );
  for (const algorithm of units.toSorted((a, b) => rowOf(b).cost - rowOf(a).cost)) {
    const share = shares.reduce((best, next) => (next.cost < best.cost ? next : best));
    share.cost += rowOf(algorithm).cost;
    share.own.push(algorithm);
    if (algorithm === "gitBlob" && wanted.includes("swhid")) share.own.push("swhid");
  }
  return shares.map(({ own }) => own);
}

/** What computing these costs for a byte, sha256 being 1. */
export function costOf(algorithms: readonly DigestAlgorithm[]): number {
  const [shares] = spreadAlgorithms(algorithms, 1);
  const hashed = (shares ?? []).filter((algorithm) => algorithm !== "swhid" || !algorithms.includes("gitBlob"));
  return hashed.reduce((sum, algorithm) => sum + rowOf(algorithm).cost, 0);
}

interface Share {
  cost: number;
  readonly own: ByteAlgorithm[];
}
