/** Takes away what a page or a Markdown file adds to the words: tags, link targets, entities. */

import { isRichText, richText } from "./rich-text.ts";

/** Elements without a meaning of their own. Struck-out and hidden text is not among them: it stays visible as a tag. */
const element =
  /<\/?(?:a|b|blockquote|body|br|center|code|dd|div|dl|dt|em|font|h[1-6]|head|hr|html|i|li|link|meta|ol|p|pre|small|span|strong|table|tbody|td|th|title|tr|tt|u|ul)(?:\s[^<>]{0,300})?\/?>/gi;
/** Without attributes, save the target of a link: what Markdown files use. */
const plainElement =
  /<\/?(?:a|b|br|code|em|h[1-6]|hr|i|li|ol|p|pre|strong|tt|u|ul)(?:\s(?:href|name|id)=["'][^\s"'<>]{0,200}["'])?\s?\/?>/gi;
const isPage = /<html[\s>]|<!doctype\shtml|<\/body>/i;
/** Where a page says how it looks; nobody reads that as words. */
const style = /<style[^<>]{0,200}>[^<]{0,20000}<\/style>|<[!?](?:doctype|xml)[^<>]{0,300}>/gi;
/** `](target)` of a Markdown link. */
const linkTarget = /\]\((?:https?:\/\/|#|mailto:|\.{0,2}\/)[^\s()]{0,300}\)/g;
/** `[name]: target` on a line of its own. */
const linkDefinition = /^ {0,3}\[[^\][]{1,60}\]:[ \t]{1,8}<?https?:\/\/\S{1,300}>?[ \t]*$/gm;

const entities: { readonly [name: string]: string } = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  copy: "©",
  ldquo: '"',
  rdquo: '"',
  lsquo: "'",
  rsquo: "'",
  ndash: "-",
  mdash: "-",
  bull: "*",
  sect: "§",
};

/** Ends a line where an element does, and is no line of the file. */
export const elementBreak = "\u2028";

/** The text without its markup; every line of it is still there, so that lines can be counted. */
export function withoutMarkup(text: string): string {
  const page = isPage.test(text.slice(0, 2000)) || isPage.test(text.slice(-200));
  const bare = isRichText(text)
    ? richText(text)
    : page
      ? text
          .replace(style, (whole) => elementBreak + breaksOf(whole))
          .replace(
            element,
            (tag) =>
              (/^<\/?(?:a|b|code|em|font|i|small|span|strong|tt|u)\b/i.test(tag) ? "" : elementBreak) + breaksOf(tag),
          )
      : text.replace(plainElement, breaksOf).replace(linkDefinition, "").replace(linkTarget, "]");
  return bare.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code > 0x1f && code <= 0xffff ? String.fromCharCode(code) : whole;
  });
}

function breaksOf(markup: string): string {
  return markup.replace(/[^\n]+/g, "");
}
