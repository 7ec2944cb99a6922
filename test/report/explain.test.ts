import { expect, test } from "vitest";
import { WholesourceError } from "../../src/model/error.ts";
import { findingCodes } from "../../src/model/findings.ts";
import { explainFinding, explainList } from "../../src/report/explain.ts";

test("a code is explained", () => {
  expect(explainFinding("digest-weak")).toMatchInlineSnapshot(`
    "digest-weak: only a weak digest is declared
    usually a warning: something is weak, or could not be told

    Two different files with one such digest can be made today. A match shows that
    the file was not damaged by accident, but not that nobody replaced it on
    purpose, so it is not called verified.

    hint: add a \`sha256\` digest for this file; \`wholesource hash\` prints it
    "
  `);
});

test.each(findingCodes)("%s fits a terminal", (code) => {
  for (const line of explainFinding(code).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("an unknown code is a usage error that names the nearest", () => {
  const thrown = (code: string): WholesourceError => {
    try {
      explainFinding(code);
    } catch (error) {
      if (error instanceof WholesourceError) return error;
    }
    throw new Error("nothing was thrown");
  };
  expect(thrown("digest-mismach")).toMatchObject({ code: "usage", message: "`digest-mismach` is not a finding code" });
  expect(thrown("digest-mismach").hint).toContain("`wholesource explain digest-mismatch`");
  expect(thrown("\u001b[2Jxyzzy-nothing-like-it").message).not.toContain("\u001b");
  expect(thrown("constructor").hint).toContain("`wholesource explain`");
});

test("the list has every code once, with its title", () => {
  const lines = explainList().trimEnd().split("\n");
  expect(lines.map((line) => line.split(" ")[0])).toEqual(findingCodes);
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(lines.find((line) => line.startsWith("file-missing "))).toMatch(/ {2}a declared file is not there$/);
});
