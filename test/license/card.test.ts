import { describe, expect, test } from "vitest";
import { readCard } from "../../src/license/card.ts";
import { readProse } from "../../src/license/prose.ts";
import { readLicenses } from "../../src/license/read.ts";

const front = (yaml: string, body = "# A model\n") => readCard("README.md", `---\n${yaml}---\n${body}`);

describe("front matter", () => {
  test.each([
    ["license: apache-2.0\n", 2, "apache-2.0", "Apache-2.0"],
    ["tags: [a]\nlicense: 'mit' # ours\n", 3, "mit", "MIT"],
    ["license:\n- cc-by-4.0\n", 2, "cc-by-4.0", "CC-BY-4.0"],
    ["license: [odbl]\n", 2, "odbl", "ODbL-1.0"],
    ["license: other\nlicense_name: llama3.1\n", 2, "llama3.1", "LicenseRef-HF-llama3.1"],
    ["license: other\nlicense_name: deepseek\nlicense_link: LICENSE\n", 2, "deepseek", "LicenseRef-DeepSeek-1.0"],
    ["license: other\nlicense_link: https://opensource.org/licenses/MIT\n", 2, "other", "MIT"],
    ["license: other\nlicense_name: ours\nlicense_link: https://opensource.org/license/mit\n", 2, "ours", "MIT"],
  ])("%j", (yaml, line, raw, expression) => {
    expect(front(yaml)).toMatchObject([{ source: "card", path: "README.md", verdict: "exact", line, raw, expression }]);
  });

  test.each([
    ["license: cc\n", "cc"],
    ["license: [mit, apache-2.0]\n", "mit, apache-2.0"],
    ["license:\n  - mit\n  - apache-2.0\n", "mit, apache-2.0"],
    ["license: other\n", "other"],
    ["license: other\nlicense_name: our-own\n", "our-own"],
    ["license: &a mit\n", "&a mit"],
    ["license: >-\n  mit\n", ">-"],
  ])("%j names no one licence", (yaml, raw) => {
    const [sighting, ...others] = front(yaml);
    expect(others).toEqual([]);
    expect(sighting).toMatchObject({ source: "card", verdict: "unknown", raw });
    expect(sighting).not.toHaveProperty("expression");
  });

  test.each(["tags: [a]\n", "license:\n", "license: []\n", "  license: mit\n", "model:\n  license: mit\n", ""])(
    "%j is silent",
    (yaml) => {
      expect(front(yaml)).toEqual([]);
    },
  );

  test("without its end, or beyond its limit, it is prose at most", () => {
    expect(readCard("README.md", "---\nlicense: mit\n")).toMatchObject([{ source: "prose", verdict: "notice-only" }]);
    expect(readCard("README.md", `---\n${"a: b\n".repeat(100_000)}license: mit\n---\n`)).toEqual([]);
  });

  test("the link is kept as it is written", () => {
    expect(front("license: other\nlicense_name: ours\nlicense_link: LICENSE.md\n")).toMatchObject([
      { raw: "ours", link: "LICENSE.md" },
    ]);
  });

  test("Windows line ends, a mark at the beginning, and a body that speaks too", () => {
    const text = "\uFEFF---\r\ntags: []\r\nlicense: mit\r\n---\r\n\r\nReleased under the GPL-3.0-only license.\r\n";
    expect(readCard("README.md", text)).toMatchObject([
      { source: "card", line: 3, expression: "MIT" },
      { source: "prose", line: 6, expression: "GPL-3.0-only" },
    ]);
  });
});

describe("prose", () => {
  test.each([
    ["This model is released under the MIT license.", "MIT"],
    ["The code is licensed under the Apache License, Version 2.0, see LICENSE.", "Apache-2.0"],
    ["Weights are made available under the terms of the Llama 3.1 Community License.", "LicenseRef-HF-llama3.1"],
    ["Licensed under [CC BY-NC 4.0](https://creativecommons.org/licenses/by-nc/4.0/).", "CC-BY-NC-4.0"],
    ["Licensed under [this license](https://creativecommons.org/licenses/by-nc/4.0/).", "CC-BY-NC-4.0"],
    ["Distributed under https://opensource.org/licenses/MIT.", "MIT"],
    ["License: Apache 2.0", "Apache-2.0"],
    ["- **License:** MIT", "MIT"],
    ["## License\n\nMIT", "MIT"],
    ["## License\n\nThe GNU General Public License v3 or later", "GPL-3.0-or-later"],
    ["It is released\nunder the\nMIT license and more", "MIT"],
  ])("%j", (text, expression) => {
    expect(readProse("README.md", text)).toMatchObject([
      { source: "prose", verdict: "notice-only", basis: "reference", expression },
    ]);
  });

  test.each(["Released under the GPL.", "Released under a BSD license", "Released under the Apache license."])(
    "%j names a family at most, and never one of it",
    (text) => {
      for (const sighting of readProse("README.md", text)) {
        expect(sighting.verdict).toBe("unknown");
        expect(sighting).not.toHaveProperty("expression");
      }
    },
  );

  test.each([
    "MIT is a university.",
    "Released under pressure.",
    "Released under the modified MIT license.",
    "License: see LICENSE",
    "License: other",
    "```\nreleased under the MIT license\n```",
    "~~~\n# License\nMIT\n~~~",
    "Available under request from the MIT press office",
  ])("%j says nothing", (text) => {
    expect(readProse("README.md", text)).toEqual([]);
  });

  test("every licence once, with its first line, and not more than five", () => {
    const text = "a\nlicensed under MIT.\nlicensed under MIT.\nlicensed under ISC.\n";
    expect(readProse("README.md", text, 10)).toMatchObject([
      { line: 12, expression: "MIT" },
      { line: 14, expression: "ISC" },
    ]);
    const many = "MIT ISC Zlib NCSA Apache-2.0 MPL-2.0 EPL-2.0".split(" ").map((id) => `Licensed under ${id}.\n`);
    expect(readProse("README.md", many.join(""))).toHaveLength(5);
  });

  test("is read in proportion to its length", () => {
    const hostile = [
      "licensed ".repeat(30_000),
      `licensed${" ".repeat(250_000)}under`,
      `licensed ${"a ".repeat(100_000)}`,
      "# License\n".repeat(25_000),
      "[".repeat(250_000),
      `licensed under ${"MIT ".repeat(60_000)}`,
      "```\n".repeat(60_000),
    ];
    const started = performance.now();
    for (const text of hostile) readProse("README.md", text);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

test("policies and notices are seen by their names, and only where they have bytes", () => {
  const bytes = Buffer.from("Do no harm.\n");
  for (const path of ["USE_POLICY.md", "ACCEPTABLE_USE_POLICY.txt", "prohibited-uses.md"])
    expect(readLicenses(path, bytes)).toEqual([{ source: "policy", path, verdict: "unknown" }]);
  for (const path of ["NOTICE", "Notice.txt", "THIRD_PARTY_NOTICES.md"])
    expect(readLicenses(path, bytes)).toEqual([{ source: "notice", path, verdict: "unknown" }]);
  expect(readLicenses("NOTICE", Buffer.alloc(0))).toEqual([]);
  expect(readLicenses("README.txt", Buffer.from("Released under the MIT license."))).toMatchObject([
    { source: "prose", expression: "MIT" },
  ]);
});
