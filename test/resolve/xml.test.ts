import fc from "fast-check";
import { expect, test } from "vitest";
import { childOf, childText, parseXml } from "../../src/resolve/xml.ts";

test("a reply is a tree of names without prefixes", () => {
  const root = parseXml(
    '\ufeff<?xml version="1.0"?>\n<!-- x --><a:R xmlns:a="u"><Key Encoded="true">a&amp;&#233;<![CDATA[<b>]]></Key><Key>2</Key></a:R>',
  );
  expect(root?.name).toBe("R");
  expect(childText(root, "Key")).toBe("a&\u00e9<b>");
  expect(childOf(root, "Key")?.attributes).toEqual({ Encoded: "true" });
  expect(childText(root, "none")).toBeUndefined();
});

test.each([
  ["nothing", ""],
  ["JSON", "{}"],
  ["a text cut short", "<a>"],
  ["crossed tags", "<a></b>"],
  ["a second root", "<a/><b/>"],
  ["an entity of HTML", "<a>&nbsp;</a>"],
  ["a control character", "<a>\u0000</a>"],
  ["an entity of its own", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
  ["a DTD elsewhere", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
  ["a page", "<!DOCTYPE html><html><body><br></body></html>"],
  ["a deep nest", `${"<a>".repeat(100)}${"</a>".repeat(100)}`],
  ["a flood", `<a>${"<b/>".repeat(500_001)}</a>`],
])("%s is not read", (_name, text) => {
  expect(parseXml(text)).toBeUndefined();
});

test("any text is answered, never thrown at", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseXml(`<a>${text}</a>`)));
});
