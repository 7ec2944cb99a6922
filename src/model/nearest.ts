/** "Did you mean": the known word that a mistyped one resembles. */

/** Longer words are nobody's typing error, and the cost grows with the square. In UTF-16 units. */
const MAX_WORD = 64;

/** From so many letters on, the beginning of one candidate alone is meant as that candidate. */
const MIN_BEGINNING = 4;

/** The candidate with the fewest edits from `word`, when few enough to be a slip of the fingers, or the only one begun by it. */
export function nearest<Word extends string>(word: string, candidates: readonly Word[]): Word | undefined {
  const typed = fold(word);
  if (typed.length === 0 || word.length > MAX_WORD) return undefined;
  let best: Word | undefined;
  let fewest = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(typed, fold(candidate));
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  if (best !== undefined || typed.length < MIN_BEGINNING) return best;
  const begun = candidates.filter((candidate) => fold(candidate).startsWith(typed));
  return begun.length === 1 ? begun[0] : undefined;
}

/** How many letters must be put in, taken out, changed or swapped with their neighbour. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let edits = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) edits = Math.min(edits, at(beforeLast, column - 2) + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? 0;

/** `license_declared`, `LicenseDeclared` and `licenseDeclared` differ in spelling only. */
const fold = (word: string): string => word.toLowerCase().replaceAll("_", "").replaceAll("-", "");
