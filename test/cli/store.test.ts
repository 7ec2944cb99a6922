import { expect, test } from "vitest";
import { byteCount } from "../../src/cli/option-values.ts";

test.each([
  ["1", 1],
  ["500000000", 500_000_000],
  ["10GB", 10_000_000_000],
  ["10gb", 10_000_000_000],
  ["1.5 TiB", 1.5 * 1024 ** 4],
  ["7B", 7],
  ["0.5kB", 500],
])("%s is an amount", (text, bytes) => {
  expect(byteCount("--max-size")(text)).toBe(bytes);
});

test.each(["", "0", "-1", "GB", "10XB", "10 GB GB", "1e9", "1_000", "0.0001B", "99999999 PB", " 1", "١٠"])(
  "`%s` is none",
  (text) => {
    expect(() => byteCount("--max-size")(text)).toThrow(expect.objectContaining({ code: "usage" }));
  },
);
