/**
 * Foreign text made safe for one line of a terminal, and text cut to a number of columns.
 * An allow-list: what is not known to be one visible character that keeps its place is written as `\u{...}`.
 */
import { eastAsianWidth } from "get-east-asian-width";

/** The longest foreign text that is printed when nobody asks for another length, in characters. */
export const PRINTABLE_LENGTH = 200;
/** Marks that may sit on one letter; more would run over the lines above and below. */
const MARKS_PER_LETTER = 3;
const CUT = "...";

const VISIBLE = /^[\p{L}\p{N}\p{P}\p{S}]$/u;
const MARK = /^\p{M}$/u;
/** Visible by category and yet blank: Hangul fillers, variation selectors, the empty braille cell. */
const BLANK = /^[\p{Default_Ignorable_Code_Point}\u2800]$/u;

/** Writes one character so that anybody can see which it is. */
export function escapeCharacter(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Makes foreign text safe to print within a line; text beyond `max` characters is cut and says so. */
export function printable(text: string, max: number = PRINTABLE_LENGTH): string {
  let line = "";
  let count = 0;
  // A mark joins the character before it, which must be a letter of the same text.
  let marksLeft = 0;
  for (const character of text) {
    if (count === max) return `${line}${CUT}`;
    count += 1;
    const ascii = character >= " " && character <= "~";
    if (ascii || (VISIBLE.test(character) && !BLANK.test(character))) {
      line += character;
      marksLeft = character === " " ? 0 : MARKS_PER_LETTER;
    } else if (marksLeft > 0 && MARK.test(character) && !BLANK.test(character)) {
      line += character;
      marksLeft -= 1;
    } else {
      line += escapeCharacter(character);
      marksLeft = 0;
    }
  }
  return line;
}

/** Columns that one printable character takes. */
function characterWidth(character: string): number {
  if (character >= " " && character <= "~") return 1;
  return MARK.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);
}

/** Columns that printable text takes on a terminal. */
export function textWidth(text: string): number {
  let columns = 0;
  for (const character of text) columns += characterWidth(character);
  return columns;
}

/** The longest beginning of `characters` that takes at most `columns`. */
function take(characters: Iterable<string>, columns: number): readonly string[] {
  const taken: string[] = [];
  let left = columns;
  for (const character of characters) {
    left -= characterWidth(character);
    if (left < 0) break;
    taken.push(character);
  }
  return taken;
}

/** Cuts printable text at its end, to at most `columns`. */
export function cut(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const kept = take(text, Math.max(columns - CUT.length, 0)).join("");
  return `${kept}${CUT.slice(0, Math.max(columns, 0))}`;
}

/** Cuts or pads printable text to exactly `columns`. */
export function fitText(text: string, columns: number): string {
  const shown = cut(text, columns);
  return `${shown}${" ".repeat(Math.max(columns - textWidth(shown), 0))}`;
}

/** Cuts printable text in its middle, to at most `columns`: for digests and addresses, whose ends tell most. */
export function middle(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const room = columns - CUT.length;
  if (room < 2) return cut(text, columns);
  const head = take(text, Math.ceil(room / 2)).join("");
  // A mark must not lose its letter, so the tail is searched for its first whole character.
  const tail = [...take([...text].reverse(), Math.floor(room / 2))].reverse();
  while (tail[0] !== undefined && MARK.test(tail[0])) tail.shift();
  return `${head}${CUT}${tail.join("")}`;
}

/**
 * Breaks printable text into lines of at most `columns`, between words only: a longer word stays whole, and so does
 * what stands in backticks where a line has room for it.
 */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of quotedWords(text.split(" "), columns)) {
    const width = textWidth(word);
    if (line !== "" && used + 1 + width > columns) {
      lines.push(line);
      line = word;
      used = width;
    } else {
      used += line === "" ? width : width + 1;
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Joins the words of a quotation again, unless it is longer than `columns`. */
function quotedWords(words: readonly string[], columns: number): readonly string[] {
  const joined: string[] = [];
  let open: string[] | undefined;
  for (const word of words) {
    const turns = word.split("`").length % 2 === 0;
    if (open === undefined && !turns) {
      joined.push(word);
    } else if (open === undefined) {
      open = [word];
    } else {
      open.push(word);
      if (!turns) continue;
      const quotation = open.join(" ");
      joined.push(...(textWidth(quotation) <= columns ? [quotation] : open));
      open = undefined;
    }
  }
  return [...joined, ...(open ?? [])];
}
