import { expect, test, vi } from "vitest";
import type { Recognition } from "../../src/license/reading.ts";
import { rememberingRecogniser } from "../../src/license/remember.ts";

const counted = () => vi.fn((text: string): Recognition => ({ verdict: "unknown", resembles: text.slice(0, 20) }));

test("a text is recognised once, and each for itself", () => {
  const recognise = counted();
  const remembering = rememberingRecogniser(recognise);
  expect([remembering("a"), remembering("b"), remembering("a")].map(({ resembles }) => resembles)).toEqual([
    "a",
    "b",
    "a",
  ]);
  expect(recognise).toHaveBeenCalledTimes(2);
});

test("of many texts the oldest are forgotten, and long ones never kept", () => {
  const recognise = counted();
  const remembering = rememberingRecogniser(recognise);
  const texts = Array.from({ length: 17 }, (_, index) => `text ${index}`);
  for (const text of texts) remembering(text);
  remembering("text 16");
  expect(recognise).toHaveBeenCalledTimes(17);
  remembering("text 0");
  expect(recognise).toHaveBeenCalledTimes(18);
  const long = "word ".repeat(20_000);
  remembering(long);
  remembering(long);
  expect(recognise).toHaveBeenCalledTimes(20);
});
