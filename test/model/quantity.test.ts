import { expect, test } from "vitest";
import { bytesText, countText, durationText, plural } from "../../src/model/quantity.ts";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [21_271, "21.3 kB"],
  [99_949, "99.9 kB"],
  [99_950, "100 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [1_234_567_890, "1.2 GB"],
  [999_999_999_999, "1.0 TB"],
  [Number.MAX_SAFE_INTEGER, "9.0 PB"],
  [1e21, "1000 EB"],
  [Number.NaN, "? bytes"],
  [-1, "? bytes"],
])("%d bytes are %s", (bytes, shown) => {
  expect(bytesText(bytes)).toBe(shown);
});

test.each([
  [0, "0.0 s"],
  [0.412, "0.4 s"],
  [9.94, "9.9 s"],
  [9.96, "10 s"],
  [59.4, "59 s"],
  [59.6, "1 min 00 s"],
  [187.4, "3 min 07 s"],
  [3599.6, "1 h 00 min"],
  [7620, "2 h 07 min"],
  [Number.POSITIVE_INFINITY, "? s"],
])("%d seconds are %s", (seconds, shown) => {
  expect(durationText(seconds)).toBe(shown);
});

test("counts are grouped and take the right noun", () => {
  expect(countText(1_234_567)).toBe("1,234,567");
  expect(countText(999)).toBe("999");
  expect(plural(1, "file")).toBe("1 file");
  expect(plural(0, "file")).toBe("0 files");
  expect(plural(2, "entry", "entries")).toBe("2 entries");
});
