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
const maxDigits = 16;
const scalar = /(?:-?\d[\d.eE+-]{0,40}|true|false|null)/y;

export function createJsonReader(text: string): JsonReader {
  let at = 0;
  let depth = 0;
  const fail = (expected: string): never => {
    throw new JsonShapeError(`${expected} expected at character ${at}`);
  };
  const passSpace = (): void => {
    for (;;) {
      const unit = text.charCodeAt(at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      at++;
    }
  };
  const take = (character: string): boolean => {
    passSpace();
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
      passSpace();
      const start = at;
      let value = 0;
      for (;;) {
        const digit = text.charCodeAt(at) - 0x30;
        if (!(digit >= 0 && digit <= 9) || at - start > maxDigits) break;
        value = value * 10 + digit;
        at++;
      }
      const next = text[at];
      const leadingZero = text[start] === "0" && at - start > 1;
      if (at === start || leadingZero || next === "." || next === "e" || next === "E") fail("a whole number");
      return Number.isSafeInteger(value) ? value : fail("a number below 2^53");
    },
    skip() {
      passSpace();
      if (text[at] === "{") reader.object(() => reader.skip());
      else if (text[at] === "[") reader.array(() => reader.skip());
      else if (text[at] === '"') string();
      else {
        scalar.lastIndex = at;
        at += (scalar.exec(text)?.[0] ?? fail("a value")).length;
      }
    },
    end() {
      passSpace();
      if (at < text.length) fail("the end");
    },
  };
  return reader;
}
