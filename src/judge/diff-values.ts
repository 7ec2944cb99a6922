/** What each voice says of the bytes of one thing, before and after. */
import type { Difference, DiffVoice } from "../model/diff.ts";
import { algorithmInfo, type DigestAlgorithm, digestAlgorithms } from "../model/digest.ts";
import type { Comparison } from "../model/report.ts";

/** Sizes and digests of one thing. */
export interface Bytes {
  readonly size?: Comparison<number> | undefined;
  readonly digest: { readonly [Algorithm in DigestAlgorithm]?: Comparison };
}

export type Basis = "seen" | "declared";

const VOICES = ["declared", "published", "measured"] as const satisfies readonly DiffVoice[];

/**
 * Where the voices say another thing than before. A declaration that is no longer there is a change; a host or a
 * measurement that is silent says nothing.
 */
export function bytesDifferences(before: Bytes, after: Bytes, basis: Basis): readonly Difference[] {
  const found: Difference[] = [];
  for (const voice of basis === "declared" ? (["declared"] as const) : VOICES) {
    for (const algorithm of digestAlgorithms) {
      push(found, voice, algorithm, before.digest[algorithm]?.[voice], after.digest[algorithm]?.[voice]);
    }
    push(found, voice, "size", before.size?.[voice], after.size?.[voice]);
  }
  return found;
}

function push(
  into: Difference[],
  voice: DiffVoice,
  of: string,
  before: string | number | undefined,
  after: string | number | undefined,
): void {
  if (before === after) return;
  if (voice !== "declared" && (before === undefined || after === undefined)) return;
  into.push({ voice, of, before, after });
}

/**
 * Whether the bytes were compared: both sides have a digest that can not be made the same for other bytes, in one voice,
 * or the host now says what was measured.
 */
export function isCompared(before: Bytes, after: Bytes): boolean {
  return digestAlgorithms.some((algorithm) => {
    if (algorithmInfo[algorithm].weak) return false;
    const [was, is] = [before.digest[algorithm], after.digest[algorithm]];
    const inOneVoice = (voice: "published" | "measured"): boolean =>
      was?.[voice] !== undefined && is?.[voice] !== undefined;
    const across = (one: string | undefined, other: string | undefined): boolean => one !== undefined && one === other;
    return (
      inOneVoice("published") ||
      inOneVoice("measured") ||
      across(was?.measured, is?.published) ||
      across(was?.published, is?.measured)
    );
  });
}
