/** RTF: the words between its control words. Line numbers are those of the text as it is shown. */

/** Groups that hold no words of the text, by their first control word. */
const silent: ReadonlySet<string> = new Set([
  "colortbl",
  "filetbl",
  "fldinst",
  "fonttbl",
  "footer",
  "generator",
  "header",
  "info",
  "listtable",
  "listoverridetable",
  "pict",
  "revtbl",
  "rsidtbl",
  "stylesheet",
  "xmlnstbl",
]);
/** Control words that stand for a character. */
const characters: { readonly [word: string]: string } = {
  par: "\n",
  line: "\n",
  sect: "\n",
  page: "\n",
  row: "\n",
  cell: " ",
  tab: "\t",
  emdash: "-",
  endash: "-",
  bullet: "*",
  lquote: "'",
  rquote: "'",
  ldblquote: '"',
  rdblquote: '"',
};
/** Struck out, deleted or hidden: marked as Markdown marks it, so that it can not pass for a part of the licence. */
const unsettled: ReadonlySet<string> = new Set(["deleted", "strike", "striked", "v"]);
const token = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|[^\\{}\r\n]+/gi;
/** Groups inside each other; deeper ones are no text that anybody wrote. */
const depthLimit = 200;
const windows = new TextDecoder("windows-1252");

/** True when a text is RTF. */
export function isRichText(text: string): boolean {
  return text.startsWith("{\\rtf");
}

/** The text without control words. */
export function richText(text: string): string {
  const out: string[] = [];
  /** For each open group whether it is silent, and how many characters follow a `\u` that it stands for. */
  const groups: { silent: boolean; skip: number }[] = [{ silent: false, skip: 1 }];
  let pending = 0;
  let opened = false;
  for (const [whole, name, amount, hex, symbol, brace] of text.matchAll(token)) {
    const group = groups.at(-1);
    if (group === undefined || groups.length > depthLimit) break;
    const isFirst = opened;
    opened = false;
    if (brace === "{") {
      groups.push({ ...group });
      opened = true;
    } else if (brace === "}") groups.pop();
    else if (symbol === "*" && isFirst) group.silent = true;
    else if (name !== undefined) {
      const word = name.toLowerCase();
      if (isFirst && silent.has(word)) group.silent = true;
      if (word === "uc") group.skip = Math.min(8, Math.max(0, Number(amount ?? 1)));
      if (group.silent) continue;
      if (word === "u" && amount !== undefined) {
        out.push(String.fromCharCode(Number(amount) & 0xffff));
        pending = group.skip;
      } else if (unsettled.has(word) && amount !== "0") out.push("~~");
      else if (Object.hasOwn(characters, word)) out.push(characters[word] ?? "");
    } else if (group.silent || /^[\r\n]/.test(whole)) continue;
    else if (hex !== undefined) {
      if (pending > 0) pending--;
      else out.push(windows.decode(Uint8Array.of(Number.parseInt(hex, 16))));
    } else if (symbol !== undefined) {
      if (symbol === "~") out.push(" ");
      else if (symbol === "\n" || symbol === "\r") out.push("\n");
      else if (/[\\{}]/.test(symbol)) out.push(symbol);
      else if (symbol === "_") out.push("-");
    } else {
      out.push(whole.slice(pending));
      pending = Math.max(0, pending - whole.length);
    }
  }
  return out.join("");
}
