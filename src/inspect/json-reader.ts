/** Reads JSON text value by value, without building a tree: hostile headers then cost no more than their length. */
export interface JsonReader {
  /** Calls `onKey` for each key of the object that stands here; `onKey` must read the value. */
  object(onKey: (key: string) => void): void;
  array(onItem: () => void): void;
  string(): string;
  /** A whole number from 0 to 2^53 - 1. */
  integer(): number;
  /** Passes over one value of any kind. */
  skip(): void;
  /** Nothing but white space is left. */
  end(): void;
}

/** The text is not what was asked for. */
export class JsonShapeError extends Error {}

const maxDepth = 16;
const space = /[\t\n\r ]*/y;
const integer = /(?:0|[1-9]\d{0,15})(?![\d.eE])/y;
const scalar = /(?:-?\d[\d.eE+-]{0,40}|true|false|null)/y;

export function createJsonReader(text: string): JsonReader {
  let at = 0;
  let depth = 0;
  const fail = (expected: string): never => {
    throw new JsonShapeError(`${expected} expected at character ${at}`);
  };
  const pass = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const take = (character: string): boolean => {
    pass(space);
    if (text[at] !== character) return false;
    at++;
    return true;
  };
  const list = (open: string, close: string, item: () => void): void => {
    if (!take(open)) fail(`\`${open}\``);
    if (++depth > maxDepth) fail(`no more than ${maxDepth} levels`);
    if (!take(close)) {
      do item();
      while (take(","));
      if (!take(close)) fail(`\`${close}\``);
    }
    depth--;
  };
  const string = (): string => {
    if (!take('"')) fail("a string");
    const start = at;
    let escaped = false;
    for (;;) {
      const unit = text.charCodeAt(at);
      if (unit === 0x22) break;
      // NaN at the end of the text, control characters inside.
      if (!(unit >= 0x20)) fail("a closed string");
      if (unit === 0x5c) {
        escaped = true;
        at++;
      }
      at++;
    }
    const raw = text.slice(start, at++);
    if (!escaped) return raw;
    try {
      return String(JSON.parse(`"${raw}"`));
    } catch {
      return fail("a valid string");
    }
  };
  const reader: JsonReader = {
    object(onKey) {
      list("{", "}", () => {
        const key = string();
        if (!take(":")) fail("`:`");
        onKey(key);
      });
    },
    array(onItem) {
      list("[", "]", onItem);
    },
    string,
    integer() {
      pass(space);
      const value = Number(pass(integer) ?? fail("a whole number"));
      return Number.isSafeInteger(value) ? value : fail("a number below 2^53");
    },
    skip() {
      pass(space);
      if (text[at] === "{") reader.object(() => reader.skip());
      else if (text[at] === "[") reader.array(() => reader.skip());
      else if (text[at] === '"') string();
      else if (pass(scalar) === undefined) fail("a value");
    },
    end() {
      pass(space);
      if (at < text.length) fail("the end");
    },
  };
  return reader;
}
