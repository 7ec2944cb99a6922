/** Foreign text in markdown: it can begin no construct, link nowhere, mention nobody and load nothing. */
import { escapeCharacter, printable } from "../model/printable.ts";

/** Words that no markdown reader turns into anything else. */
const PLAIN_WORD = /^[\p{L}\p{N}][\p{L}\p{N}\p{M},.;:'"/()%-]*$/u;
const PARENTHESISED = /^\([\p{L}\p{N}][\p{L}\p{N},.;:' -]*\)[,.;:]?$/u;
/** Extended autolinks need no brackets. */
const LINKS_ITSELF = /:\/\/|www\.|mailto:|xmpp:/i;
/** A code span ends at a backtick, a table's cell at a bar. */
const ENDS_SPAN = /[`|]/g;

/** Makes a value safe to stand between the backticks of a code span, also within a table. */
export function markdownValue(foreign: string, max?: number): string {
  return printable(foreign, max).replace(ENDS_SPAN, escapeCharacter);
}

/** A value as a code span. */
export function markdownCode(foreign: string): string {
  const value = markdownValue(foreign);
  return value === "" ? "(empty)" : `\`${value}\``;
}

/**
 * A sentence whose values stand in backticks, or have none. Every other word that is not a plain one becomes a code
 * span too: foreign details must not act either.
 */
export function markdownText(sentence: string): string {
  const parts = printable(sentence, Number.POSITIVE_INFINITY).split("`");
  // An odd number of backticks leaves a span open: then none of them is taken for ours.
  if (parts.length % 2 === 0) return markdownCode(sentence);
  return parts.map((part, index) => (index % 2 === 1 ? markdownCode(part) : words(part))).join("");
}

function words(text: string): string {
  return text
    .split(" ")
    .map((word) => {
      const plain = (PLAIN_WORD.test(word) || PARENTHESISED.test(word)) && !LINKS_ITSELF.test(word);
      return word === "" || plain || /^[,.;:)(]+$/.test(word) ? word : markdownCode(word);
    })
    .join(" ");
}
