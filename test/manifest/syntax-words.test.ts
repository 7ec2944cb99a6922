import { expect, test } from "vitest";
import { readManifest } from "../../src/manifest/read.ts";
import { findingMessage } from "../../src/model/findings.ts";

async function told(text: string): Promise<readonly string[]> {
  const { findings } = await readManifest(Buffer.from(text), { uri: "wholesource.yaml" });
  return findings.map(
    (found) => `${found.line}:${found.column} ${findingMessage(found, String).split(": ").slice(1).join(": ")}`,
  );
}

/** Faults that people make in YAML and JSON, and what they are told: no word of the YAML specification. */
test.each([
  ['name: "a', '1:9 a text begins with `"` and is not closed by another `"`'],
  ["name: 'a", "1:9 a text begins with `'` and is not closed by another `'`"],
  ["name: a: b", "1:7 a second `: ` follows in this entry"],
  ["a: 1\n  b: 2", "1:4 a second `: ` follows in this entry"],
  ["name: `a`", "1:7 a text that begins with a backtick needs quotes"],
  ["name: @a", "1:7 a text that begins with `@` needs quotes"],
  ["name: %a", "1:7 a text that begins with `%` needs quotes"],
  ["a:\n\t- b", "2:1 a tab stands where only spaces may indent"],
  ["a:\n- b: 1\n - c", "3:2 this line is indented otherwise"],
  ["a:\n  b: 1\n c: 2", "3:1 this line is indented otherwise"],
  ["a: [1, 2", "1:9 a `[` is not closed by `]`"],
  ["a: { b: 1", "1:10 a `{` is not closed by `}`"],
  ['{ "a": 1,, "b": 2 }', "1:10 a comma stands where an entry should be"],
  ['a: ["x" "y"]', "1:9 a comma is missing"],
  ['{ "a": 1 "b": 2 }', "1:8 a comma is missing"],
  ['a: "\\q"', "1:5 `\\q` means nothing in a text in double quotes"],
  ['a: "x" y', "1:8 something follows although the value has ended"],
  ["a: - b", "1:4 a list begins on the line below its key"],
  ["- a\nb: c", "2:2 this does not belong to what stands before it"],
  ["a: b\nc", "2:1 this is neither `key: value` on one line nor an item of a list"],
  ['a: "b"#c', "1:7 a comment needs a space before its `#`"],
])("%j", async (text, first) => {
  const [words] = await told(text);
  expect(words?.slice(0, first.length)).toBe(first);
  expect(words).not.toMatch(/flow|implicit|scalar|mapping|sequence|token|indicator/i);
});

test("a place is named once", async () => {
  const places = (await told("a: 1\n  b: 2")).map((words) => words.split(" ")[0]);
  expect(new Set(places).size).toBe(places.length);
});
