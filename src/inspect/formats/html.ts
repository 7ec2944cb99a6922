import { defineFormat, type Sight } from "../format.ts";

const page =
  /^\s{0,999}(?:<\?xml[^>]{0,200}>\s{0,99})?(?:<!--[^>]{0,2000}>\s{0,99})?<(?:!doctype\s{1,9}html|html|head|body)[\s>]/i;
/** How much of a page is read for what it asks of its reader. */
const readBytes = 64 * 1024;
const maxTitle = 200;
const passwordFields = ['type="password"', "type='password'", "type=password"];
const signInForms = [
  'action="/login',
  'action="/signin',
  'action="/session',
  'action="/users/sign_in',
  "/saml/",
  "openid",
];
const loginTitle =
  /\b(?:sign[ -]?in|log[ -]?in|login|sign[ -]?on|authentication required|access denied|just a moment)\b/;

/** A web page; in the place of data it is a notice, an error or a login. */
export const html = defineFormat({
  id: "html",
  binary: false,
  firstBytes: [0x3c, 0xef, 0x20, 0x09, 0x0a, 0x0d],
  // What decides is ASCII, and bytes that are no UTF-8 are slow to decode.
  matches: (head) =>
    page.test(Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1", bomLength(head), 4096)),
  inspect({ head, promise }): Sight {
    if (promise.kind === "markup") return {};
    const text = textOf(head, readBytes).toLowerCase();
    const title = titleOf(text);
    const called = title === "" ? "" : ` called \`${title}\``;
    const asks =
      passwordFields.some((field) => text.includes(field)) ||
      loginTitle.test(title) ||
      (text.includes("<form") && signInForms.some((form) => text.includes(form)));
    return {
      hazards: [
        asks
          ? { code: "login-page", detail: `a web page${called} that asks its reader to sign in` }
          : { code: "html-page", detail: `a web page${called}` },
      ],
    };
  },
});

function bomLength(head: Uint8Array): number {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
}

function textOf(head: Uint8Array, bytes: number): string {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, bytes)).toString("utf8");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function titleOf(text: string): string {
  const open = text.indexOf("<title");
  const start = open < 0 ? -1 : text.indexOf(">", open);
  const end = start < 0 ? -1 : text.indexOf("</title", start);
  return end < 0
    ? ""
    : text
        .slice(start + 1, Math.min(end, start + 1 + maxTitle))
        .replace(/\s+/g, " ")
        .trim();
}
