import { describe, expect, test } from "vitest";
import { recogniseLicense } from "../../src/license/recognise.ts";
import { seeded, spdxText } from "./spdx-texts.ts";

const licenses = (
  "MIT ISC 0BSD MIT-0 X11 BSD-2-Clause BSD-3-Clause BSD-4-Clause BSD-3-Clause-Clear Apache-2.0 Apache-1.1 Zlib BSL-1.0 " +
  "Unlicense CC0-1.0 CC-BY-4.0 CC-BY-SA-4.0 CC-BY-NC-4.0 CC-BY-3.0 CDLA-Permissive-2.0 CDLA-Permissive-1.0 CDLA-Sharing-1.0 " +
  "ODbL-1.0 ODC-By-1.0 PDDL-1.0 MPL-2.0 EPL-2.0 OpenMDW-1.0 GPL-2.0-only GPL-3.0-only LGPL-2.1-only LGPL-3.0-only AGPL-3.0-only OFL-1.1"
).split(" ");

/** Each changes what a user may do. */
const clauses = [
  "The Software may not be used for commercial purposes.",
  "Non-commercial use only.",
  "Use by companies with more than 700 million monthly active users requires a separate licence.",
  "You may not use the outputs to improve any other large language model.",
  "Your use must comply with the Acceptable Use Policy, which is incorporated by reference.",
  "This licence is not granted to persons domiciled in the European Union.",
  "provided that no fee is charged",
  "except for military purposes",
  "unless you are a competitor",
  "for research purposes only",
  "not for hire",
  "Commons Clause applies.",
  "Attribution must be displayed prominently.",
  "We may revoke this at any time",
  "for students",
  "Germany is excluded",
];

/** Word for word, the first that is there is replaced. */
const alterations: readonly (readonly [from: RegExp, to: string])[] = [
  [/\bany person\b/i, "any natural person"],
  [/\bwithout\b/i, "with"],
  [/\bmay\b/, "may not"],
  [/\bnot\b/i, ""],
  [/\bany\b/i, "no"],
  [/\band\b/i, "or"],
  [/\bmust\b/i, "should"],
  [/\bshall\b/i, "need not"],
  [/\bperpetual\b/i, "temporary"],
  [/\bworldwide\b/i, "domestic"],
  [/\bsource and binary\b/i, "source"],
  [/\bpermitted\b/i, "forbidden"],
  [/\bfree of charge\b/i, "for a charge"],
  [/\broyalty-free\b/i, "royalty-bearing"],
  [/\bmerchantability\b/i, "quality"],
];

const shorten = (text: string): string => JSON.stringify(text.slice(0, 90));

describe.each(licenses)("%s", (id) => {
  const text = spdxText(id);
  const random = seeded(id.length * 7919 + id.charCodeAt(0));

  test("is exact as it stands", () => {
    const { verdict, expression, also } = recogniseLicense(text);
    expect({ verdict, names: [expression, ...(also ?? [])].includes(id) }).toEqual({ verdict: "exact", names: true });
  });

  test("is not exact with a clause more", () => {
    // Every clause in the short texts, every third in the long ones: their reading takes the time.
    for (const clause of clauses.filter((_, index) => text.length < 6000 || index % 3 === id.length % 3)) {
      const gaps = [...text.matchAll(/\s+/g)];
      const at = gaps[Math.floor(random() * gaps.length)]?.index ?? 0;
      const line = text.indexOf("\n", at);
      const forms = [
        `${text.slice(0, at)} ${clause}${text.slice(at)}`,
        `${text.slice(0, at)}\n\n${clause}\n\n${text.slice(at)}`,
        `${text.slice(0, line)} ${clause}${text.slice(line)}`,
        `${text}\n${clause}\n`,
        `${clause}\n\n${text}`,
        `${text.trimEnd()} ${clause.toUpperCase()}`,
        `Copyright (c) 2024 Foo. ${clause}\n\n${text}`,
        `Copyright (c) 2024 Foo\n${clause}\n\n${text}`,
        `${text}\n\n* (c) 2024 Foo, ${clause.toUpperCase()}\n`,
      ];
      for (const [number, form] of forms.entries())
        expect(`${clause} ${number} ${recogniseLicense(form).verdict}`).not.toMatch(/exact$/);
    }
  });

  test("is not exact with a sentence less", () => {
    // The first and the last part of some licences only introduce them or tell how to apply them.
    const sentences = [...text.matchAll(/[^.;:]{20,}[.;:]/g)].filter(
      ({ 0: sentence, index }) =>
        index > text.length * 0.22 &&
        index + sentence.length < text.length * (/^(?:LGPL-3|CC-BY-3)/.test(id) ? 0.15 : 0.6) + 300 &&
        /\b(?:must|may|not|shall|grants?|provided|permitted|without|any)\b/i.test(sentence),
    );
    for (let round = 0; round < 8 && sentences.length > 0; round++) {
      const [sentence = "", index = 0] = ((m) => [m?.[0], m?.index])(
        sentences[Math.floor(random() * sentences.length)],
      );
      const form = text.slice(0, index) + text.slice(index + sentence.length);
      // BSD-3-Clause without its third clause is BSD-2-Clause, and nothing else.
      const { verdict, expression, also } = recogniseLicense(form);
      const same = verdict === "exact" && [expression, ...(also ?? [])].includes(id);
      expect(`${shorten(sentence)} ${same ? "exact" : "other"}`).not.toMatch(/exact$/);
    }
  });

  test("is not exact with a word changed", () => {
    const body = Math.floor(text.length * 0.2);
    for (const [from, to] of alterations) {
      const match = from.exec(text.slice(body, body + text.length * 0.5));
      if (match === null) continue;
      const at = body + match.index;
      const form = text.slice(0, at) + to + text.slice(at + match[0].length);
      expect(`${from} ${shorten(text.slice(at, at + 60))} ${recogniseLicense(form).verdict}`).not.toMatch(/exact$/);
    }
  });
});

describe("what may vary hides no clause", () => {
  const bsd = spdxText("BSD-3-Clause");
  const mit = spdxText("MIT");
  test.each([
    ["a holder", bsd.replace("BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS", "BY FOO TO STUDENTS")],
    ["a holder with a relative clause", bsd.replace("the copyright holder nor", "Foo, whose users must pay, nor")],
    [
      "the one who is not liable",
      bsd.replace("SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE", "SHALL FOO, UNLESS PAID, BE"),
    ],
    ["a long holder", bsd.replace("the copyright holder nor", `${"Foo ".repeat(30)} nor`)],
    ["a placeholder", mit.replace("<copyright holders>", "<hobbyists only>")],
    ["a second line of a notice", mit.replace("<copyright holders>", "Foo\nSale in Europe prohibited")],
    ["a notice in another script", mit.replace("<copyright holders>", "Foo \u7981\u6b62\u5546\u7528")],
    ["a notice in another language", mit.replace("<copyright holders>", "Foo, uso comercial vedado")],
    ["a title", `Non-Commercial ${mit}`],
    ["another title", mit.replace("MIT License", "GPL")],
    ["another version", spdxText("Apache-2.0").replace("Version 2.0", "Version 2.1")],
    ["struck-out text", mit.replace("without restriction", "~~without restriction~~")],
    ["struck-out text in HTML", mit.replace("without restriction", "<del>without restriction</del>")],
    ["a reversed word", mit.replace("without", "\u202ewithout\u202c")],
    ["look-alike letters", mit.replace("Permission", "P\u0435rmission")],
    ["a hidden attribute", mit.replace("Software", '<b title="unpaid hobbyists only">Software</b>')],
    ["an HTML comment", `${mit}<!-- commercial use forbidden -->`],
    ["a link", mit.replace("any person", '[any person](https://example.org "if not a company")')],
    [
      "GPL paragraphs missing after the LGPL",
      spdxText("LGPL-3.0-only").replace(/You may convey verbatim copies of the Program's[^\n]*\n/, ""),
    ],
  ])("%s", (_name, text) => {
    expect(recogniseLicense(text).verdict).not.toBe("exact");
  });
});
