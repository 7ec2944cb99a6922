/** Characters that make a text look like another one. */

/** What stands for nothing visible, or turns the reading direction; joiners are spared, scripts and emoji need them. */
const INVISIBLE =
  /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]/;
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** What is odd about a text that people will see, or undefined. */
export function suspiciousText(text: string): string | undefined {
  if (PRINTABLE_ASCII.test(text)) return undefined;
  const half = /\p{Surrogate}/u.exec(text);
  if (half !== null) return `it holds half of a character, ${name(half[0])}`;
  const control = CONTROL.exec(text);
  if (control !== null) return `it holds the control character ${name(control[0])}`;
  const invisible = INVISIBLE.exec(text);
  if (invisible === null) return undefined;
  const [character] = invisible;
  return BIDI.test(character)
    ? `${name(character)} changes the reading direction`
    : `it holds the invisible character ${name(character)}`;
}

const PRINTABLE_ASCII = /^[\t\n\r -~]*$/;

function name(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
