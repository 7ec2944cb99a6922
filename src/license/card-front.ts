/** The front matter of a card: the lines between two rules at its beginning. */

/** Front matter that is read, in UTF-16 units: the longest real ones list thousands of languages or tags. */
const frontMax = 256 * 1024;

/** The lines between the two rules; `end` is where the text after them begins. */
export interface FrontMatter {
  readonly lines: readonly string[];
  readonly end: number;
}

/** Finds the front matter of a text without a byte order mark; undefined where it has none. */
export function frontMatter(card: string): FrontMatter | undefined {
  if (!/^---[ \t]*\r?\n/.test(card)) return undefined;
  const head = card.slice(0, frontMax);
  const closing = /\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/g;
  closing.lastIndex = head.indexOf("\n") - 1;
  const found = closing.exec(head);
  if (found === null) return undefined;
  const lines = head.slice(0, found.index).split(/\r?\n/).slice(1);
  return { lines, end: found.index + found[0].length };
}
