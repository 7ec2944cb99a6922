/** Text to syntax tree: the YAML library, driven one word at a time so that hostile text meets our limits first. */
import { Composer, type Document, Lexer, LineCounter, Parser } from "yaml";
import { type Finding, finding } from "../model/findings.ts";
import { MANIFEST_MAX_DEPTH, MANIFEST_MAX_SYNTAX_FINDINGS, MANIFEST_MAX_TOKENS, quoted } from "./limits.ts";
import { syntaxWords } from "./syntax-words.ts";

/** A place in the text, 1-based; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One document as a tree, or everything that keeps it from being one. */
export interface Syntax {
  readonly document?: Document.Parsed;
  readonly findings: readonly Finding[];
  readonly positionAt: (offset: number) => Position;
}

/** The CST's type for a whole document; the library names it only inside its namespace. */
type DocumentToken = Parameters<Composer["next"]>[0];

/** Word before which the library announces that the next one is plain text, whatever it begins with. */
const SCALAR_FOLLOWS = "\u001f";

/** Thrown and caught in this file: enough was found. */
class Stop extends Error {}

/** Reads YAML 1.2 or JSON: one document, no aliases, anchors, tags or directives. */
export function readSyntax(text: string): Syntax {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(Math.max(offset, 0), text.length));
    return { line, column: col };
  };
  const findings: Finding[] = [];
  const add = (found: Finding): void => {
    findings.push(found);
    if (findings.length >= MANIFEST_MAX_SYNTAX_FINDINGS) throw new Stop();
  };
  let lastOffset: number | undefined;
  const syntax = (offset: number, message: string): void => {
    // What the library says twice of one place has one cause.
    if (offset === lastOffset) return;
    lastOffset = offset;
    const detail = quoted(syntaxWords(message));
    add(finding("manifest-syntax", { pointer: "", ...positionAt(offset), args: { detail } }));
  };

  let document: Document.Parsed | undefined;
  try {
    const token = readTokens(text, lines.addNewLine, syntax, (offset, key) =>
      add(finding("manifest-key-forbidden", { pointer: "", ...positionAt(offset), args: { key: quoted(key) } })),
    );
    if ("what" in token) {
      const { offset, ...args } = token;
      add(finding("manifest-limit", { pointer: "", ...positionAt(offset), args }));
    } else if (token.document !== undefined && findings.length === 0) {
      document = compose(token.document, text.length, syntax);
    } else if (findings.length === 0) syntax(0, "there is nothing in it");
  } catch (error) {
    // A RangeError is the library out of stack or memory: our limits should not let it come to that.
    if (error instanceof RangeError) syntax(0, "the text is too involved to be read");
    else if (!(error instanceof Stop)) throw error;
  }
  if (findings.length > 0 || document === undefined) return { findings, positionAt };
  return { document, findings, positionAt };
}

type Report = (offset: number, detail: string) => void;
interface LimitMet {
  readonly what: string;
  readonly limit: number;
  readonly offset: number;
}

/** Words to the token of the one document. Nothing here recurses, so depth is seen before it can do harm. */
function readTokens(
  text: string,
  onNewLine: (offset: number) => void,
  syntax: Report,
  forbidden: Report,
): { readonly document: DocumentToken | undefined } | LimitMet {
  const parser = new Parser(onNewLine);
  let document: DocumentToken | undefined;
  const take = (tokens: Iterable<DocumentToken>): void => {
    for (const token of tokens) {
      if (token.type === "error") syntax(token.offset, token.message);
      else if (token.type === "directive") forbidden(token.offset, token.source);
      else if (token.type === "document") {
        if (document !== undefined) {
          syntax(token.offset, "there is a second document, a manifest is one");
          throw new Stop();
        }
        document = token;
      }
    }
  };
  let words = 0;
  let plain = false;
  for (const word of new Lexer().lex(text)) {
    words += 1;
    if (words > MANIFEST_MAX_TOKENS) return { what: "words", limit: MANIFEST_MAX_TOKENS, offset: parser.offset };
    // Aliases can grow without bound, and tags say that a value is not what it looks like.
    if (!plain && (word[0] === "*" || word[0] === "&" || word[0] === "!")) forbidden(parser.offset, word);
    plain = word === SCALAR_FOLLOWS;
    take(parser.next(word));
    // Below the document, a list or map is one entry of the stack, and a value one more.
    if (parser.stack.length > MANIFEST_MAX_DEPTH + 2) {
      return { what: "levels of nesting", limit: MANIFEST_MAX_DEPTH, offset: parser.offset };
    }
  }
  take(parser.end());
  return { document };
}

function compose(token: DocumentToken, length: number, syntax: Report): Document.Parsed | undefined {
  // Unique keys are checked by `tree.ts`: the library compares each key with every other.
  const composer = new Composer({ schema: "core", uniqueKeys: false, intAsBigInt: true, prettyErrors: false });
  // The library would keep every error of hostile text, a gigabyte of them; this one hands them on and can stop it.
  Object.defineProperty(composer, "onError", {
    value: (place: number | readonly number[] | { readonly offset: number }, _code: string, message: string) =>
      syntax(typeof place === "number" ? place : "offset" in place ? place.offset : (place[0] ?? 0), message),
  });
  for (const document of composer.compose([token], true, length)) return document;
  return undefined;
}
