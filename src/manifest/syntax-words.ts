/** What the YAML library says of a text, in words for people who never read the YAML specification. */
import { escapeCharacter } from "../model/printable.ts";

const INDENTED = "this line is indented otherwise than those that it belongs to";
const NO_ENTRY = "this is neither `key: value` on one line nor an item of a list";
const STRAY = "this does not belong to what stands before it";

/** The most usual faults; the first that fits tells. */
const words: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  [
    /^Missing closing (["'])quote/,
    (quote) => `a text begins with \`${quote}\` and is not closed by another \`${quote}\``,
  ],
  [
    /^Nested mappings are not allowed in compact mappings/,
    "a second `: ` follows in this entry; put a text that holds it in quotes, or begin a map on the line below its key",
  ],
  [/^Implicit keys need to be on a single line|^Implicit keys of flow sequence pairs/, NO_ENTRY],
  [/^Implicit map keys need to be followed by map values/, NO_ENTRY],
  [/^Plain value cannot start with .*?(\S)$/, (sign) => `a text that begins with ${named(sign)} needs quotes`],
  [/^Tabs are not allowed as indentation/, "a tab stands where only spaces may indent"],
  [/^All (?:sequence|mapping) items must start at the same column/, INDENTED],
  [/^Sequence item without - indicator/, "an item of this list does not begin with `- `"],
  [/^Flow (?:sequence|map) .*end with a ([\]}])$/, (end) => `a \`${opening(end)}\` is not closed by \`${end}\``],
  [/^Unexpected (?:,|empty item) in flow/, "a comma stands where an entry should be"],
  [/^Missing ,(?: or :)? between flow/, "a comma is missing between two entries"],
  [
    /^Block collections are not allowed within flow collections/,
    "a comma is missing between two entries, or a list or map of lines stands inside `[ ]` or `{ }`",
  ],
  [
    /^Invalid escape sequence (\\.)/,
    (sign) => `\`${printed(sign)}\` means nothing in a text in double quotes; write \`\\\\\` for a backslash`,
  ],
  [/^Unexpected \S+ at node end/, "something follows although the value has ended"],
  [/^Unexpected block-seq-ind on same line with key/, "a list begins on the line below its key"],
  [/^Not a YAML token|^Unexpected \S+ token/, STRAY],
  [/^Comments must be separated/, "a comment needs a space before its `#`"],
];

/** One fault of the text; what is not among the usual ones is told in the library's words. */
export function syntaxWords(message: string): string {
  for (const [pattern, text] of words) {
    const found = pattern.exec(message);
    if (found !== null) return typeof text === "string" ? text : text(found[1] ?? "");
  }
  return message;
}

const opening = (end: string): string => (end === "]" ? "[" : "{");
const named = (sign: string): string => (sign === "`" ? "a backtick" : `\`${printed(sign)}\``);
const printed = (text: string): string => text.replaceAll("`", escapeCharacter);
