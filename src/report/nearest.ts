/** Longer words are never the misspelling of a name here; the bound keeps the cost small. */
const WORD_MAX = 64;

/** The candidate that a person most likely meant, or undefined when none is near: at most a third of it is wrong. */
export function nearest<Word extends string>(text: string, candidates: readonly Word[]): Word | undefined {
  if (text.length > WORD_MAX) return undefined;
  const word = text.toLowerCase();
  let best: { candidate: Word; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate);
    if (distance * 3 <= candidate.length && (best === undefined || distance < best.distance))
      best = { candidate, distance };
  }
  return best?.candidate;
}

/** How many letters must be added, removed or replaced (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
