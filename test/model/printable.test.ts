import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cut, fitText, middle, PRINTABLE_LENGTH, printable, textWidth, wrap } from "../../src/model/printable.ts";
import { ACTED_UPON } from "../report/acted-upon.ts";

describe("printable", () => {
  test.each([
    ["plain ASCII stays", "model-00001-of-00002.safetensors", "model-00001-of-00002.safetensors"],
    ["letters of every script stay", "données/数据/данные", "données/数据/данные"],
    ["an accent of its own stays with its letter", "e\u0301", "e\u0301"],
    ["escape", "\u001b[2J", "\\u{1b}[2J"],
    ["C1 control", "\u009b31m", "\\u{9b}31m"],
    ["newline and carriage return", "a\r\nb", "a\\u{d}\\u{a}b"],
    ["backspace and delete", "a\b\u007f", "a\\u{8}\\u{7f}"],
    ["reversed direction", "\u202egpj.exe", "\\u{202e}gpj.exe"],
    ["isolate", "\u2066a\u2069", "\\u{2066}a\\u{2069}"],
    ["zero width", "a\u200b\u200d\ufeffb", "a\\u{200b}\\u{200d}\\u{feff}b"],
    ["blank that is a letter", "a\u3164b\u115f", "a\\u{3164}b\\u{115f}"],
    ["blank that is a symbol", "a\u2800b", "a\\u{2800}b"],
    ["spaces other than the space", "a\u00a0b\u2003", "a\\u{a0}b\\u{2003}"],
    ["line separator", "a\u2028b", "a\\u{2028}b"],
    ["lone surrogate", "a\ud800b", "a\\u{d800}b"],
    ["tag characters", "a\u{e0041}", "a\\u{e0041}"],
    ["private use", "\ue000", "\\u{e000}"],
    ["a mark without a letter", "\u0301a", "\\u{301}a"],
    ["a mark on a space", " \u0301", " \\u{301}"],
  ])("%s", (_name, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test("lets no more than three marks sit on one letter", () => {
    expect(printable(`a${"\u0301".repeat(5)}`)).toBe(`a${"\u0301".repeat(3)}\\u{301}\\u{301}`);
  });

  test("cuts at the length and says so", () => {
    expect(printable("x".repeat(PRINTABLE_LENGTH))).toHaveLength(PRINTABLE_LENGTH);
    expect(printable("x".repeat(PRINTABLE_LENGTH + 1))).toBe(`${"x".repeat(PRINTABLE_LENGTH)}...`);
    expect(printable("abc", 2)).toBe("ab...");
  });

  test("does not read on behind the cut", () => {
    const text = Buffer.alloc(40_000_000, "é").toString();
    const started = performance.now();
    expect(printable(text)).toHaveLength(PRINTABLE_LENGTH + 3);
    // Reading all of it takes seconds.
    expect(performance.now() - started).toBeLessThan(400);
  });

  test("nothing that a terminal acts upon passes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        expect(printable(text)).not.toMatch(ACTED_UPON);
        expect(printable(text)).not.toContain("\n");
      }),
    );
  });
});

describe("columns", () => {
  test("counts wide characters twice and marks not at all", () => {
    expect(textWidth("abc")).toBe(3);
    expect(textWidth("数据")).toBe(4);
    expect(textWidth("e\u0301")).toBe(1);
  });

  test("fitText pads and cuts to exactly the columns", () => {
    expect(fitText("ab", 4)).toBe("ab  ");
    expect(fitText("数据集合", 6)).toBe("数... ");
    expect(textWidth(fitText("数据集合", 6))).toBe(6);
  });

  test("cut and middle never exceed the columns", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "数", "e\u0301", "🎲"), maxLength: 40 }),
        fc.nat(50),
        (text, columns) => {
          expect(textWidth(cut(text, columns))).toBeLessThanOrEqual(columns);
          expect(textWidth(middle(text, columns))).toBeLessThanOrEqual(columns);
          expect(textWidth(fitText(text, columns))).toBe(columns);
        },
      ),
    );
  });

  test("middle keeps both ends", () => {
    expect(middle("9f2c41d0a7b1e6f3458c09d2b7e1f4a6", 11)).toBe("9f2c...f4a6");
    expect(middle("short", 11)).toBe("short");
    expect(middle("abcdef", 4)).toBe("a...");
  });
});

describe("wrap", () => {
  test("breaks between words", () => {
    expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  });

  test("leaves a long word whole", () => {
    expect(wrap("a 0123456789 b", 5)).toEqual(["a", "0123456789", "b"]);
  });

  test("keeps a quotation together where it fits", () => {
    expect(wrap("run `wholesource explain x` now", 26)).toEqual(["run", "`wholesource explain x`", "now"]);
    expect(wrap("run `wholesource explain x` now", 20)).toEqual(["run `wholesource", "explain x` now"]);
  });

  test("loses and adds no word", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "bb", "`c", "d`", "数据", ""), { maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        (words, columns) => {
          const text = words.filter((word) => word !== "").join(" ");
          expect(wrap(text, columns).join(" ")).toBe(text);
        },
      ),
    );
  });
});
