import { describe, expect, test } from "vitest";
import { readLicenses } from "../../src/license/read.ts";
import { licenseSizeLimit, licenseSourceKind } from "../../src/license/sources.ts";
import { readTag, tagHeadBytes } from "../../src/license/tag.ts";
import { spdxText } from "./spdx-texts.ts";

describe("licenseSourceKind", () => {
  test.each(
    (
      "LICENSE LICENCE license.txt LICENSE.md Licence.rst LICENSE-MIT LICENSE-APACHE LICENSE_1_0.txt LICENSE-2.0 COPYING " +
      "COPYING.LESSER copying.txt UNLICENSE LICENSE.MIT LICENSE.apache2 MIT-LICENSE.txt MODEL_LICENSE LICENSE-WEIGHTS.md " +
      "LICENSES/MIT.txt a/LICENSES/LicenseRef-x.txt package/LICENSE license.html COPYRIGHT"
    ).split(" "),
  )("%s is a text", (path) => {
    expect(licenseSourceKind(path)).toBe("text");
  });

  test.each([
    ["package", "package.json a/b/pyproject.toml Cargo.toml CITATION.cff"],
    ["card", "README.md model_card.md DATASET_CARD.markdown"],
    ["readme", "README README.txt docs/readme.rst"],
    [
      "policy",
      "USE_POLICY.md ACCEPTABLE_USE_POLICY.md Prohibited_Use_Policy.txt use-restrictions.md MODEL_USE_POLICY.md",
    ],
    ["notice", "NOTICE NOTICE.txt Notice THIRD-PARTY-NOTICES.md third_party_notices.txt"],
  ])("%s: %s", (kind, paths) => {
    for (const path of paths.split(" ")) expect(licenseSourceKind(path), path).toBe(kind);
  });

  test.each(
    (
      "license.ts license.json licenses.py LICENSE.png licensee.md src/licensed.txt notice.py policy.md user_policy.md " +
      "copying-files.js tsconfig.json LICENSES/MIT.json LICENSE.spdx.json"
    ).split(" "),
  )("%s is neither", (path) => {
    expect(licenseSourceKind(path)).toBeUndefined();
  });
});

describe("readTag", () => {
  const tag = (text: string) => readTag(Buffer.from(text), "a.py");

  test.each([
    ["# SPDX-License-Identifier: MIT\n", 1, "MIT", "MIT"],
    ["#!/bin/sh\n# spdx\n# SPDX-License-Identifier: apache-2.0\r\ncode", 3, "apache-2.0", "Apache-2.0"],
    [
      "/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */",
      1,
      undefined,
      "GPL-2.0-only WITH Linux-syscall-note",
    ],
    ["<!-- SPDX-License-Identifier: CC0-1.0 -->", 1, "CC0-1.0", "CC0-1.0"],
    ["`SPDX-License-Identifier: (MIT OR ISC)`", 1, "(MIT OR ISC)", "MIT OR ISC"],
    [
      "SPDX-License-Identifier: MIT\nSPDX-License-Identifier: ISC OR Zlib",
      1,
      "MIT AND ISC OR Zlib",
      "MIT AND (ISC OR Zlib)",
    ],
    ["SPDX-License-Identifier: MIT\n//\n// SPDX-License-Identifier: MIT", 1, "MIT", "MIT"],
    ["// SPDX-License-Identifier: LicenseRef-Mine", 1, "LicenseRef-Mine", "LicenseRef-Mine"],
  ])("%j", (text, line, raw, expression) => {
    expect(tag(text)).toMatchObject({
      source: "tag",
      path: "a.py",
      verdict: "exact",
      line,
      expression,
      ...(raw === undefined ? {} : { raw }),
    });
  });

  test.each([
    "SPDX-License-Identifier: Proprietary",
    "SPDX-License-Identifier: MIT\nSPDX-License-Identifier: huh",
    "SPDX-License-Identifier:",
  ])("%j speaks, and is not understood", (text) => {
    const sighting = tag(text);
    expect(sighting).toMatchObject({ verdict: "unknown" });
    expect(sighting).not.toHaveProperty("expression");
  });

  test("is silent without a tag, beyond the head and in binary files", () => {
    expect(tag("import x\n")).toBeUndefined();
    expect(tag(`${" ".repeat(tagHeadBytes)}SPDX-License-Identifier: MIT`)).toBeUndefined();
    expect(tag("\0ELF SPDX-License-Identifier: MIT\n")).toBeUndefined();
  });
});

describe("readLicenses", () => {
  const read = (path: string, text: string) => readLicenses(path, Buffer.from(text));

  test("a text", () => {
    expect(read("pkg/LICENSE", spdxText("MIT"))).toEqual([
      { source: "text", path: "pkg/LICENSE", verdict: "exact", expression: "MIT" },
    ]);
  });

  test("a text with a tag says both", () => {
    const sightings = read("LICENSE", `SPDX-License-Identifier: MIT\n\n${spdxText("MIT")}`);
    expect(sightings.map(({ source, verdict, expression }) => [source, verdict, expression])).toEqual([
      ["text", "exact", "MIT"],
      ["tag", "exact", "MIT"],
    ]);
  });

  test("a tag for another licence takes the exactness away", () => {
    expect(read("LICENSE", `SPDX-License-Identifier: Zlib\n\n${spdxText("MIT")}`)[0]).toMatchObject({
      verdict: "several",
    });
  });

  test.each([
    ["package.json", '{"name":"x",\n"license":"MIT"}', 2, "MIT", "MIT"],
    ["package.json", '\ufeff{"license":{"type":"BSD-3-Clause","url":"x"}}', 1, "BSD-3-Clause", "BSD-3-Clause"],
    ["package.json", '{"licenses":[{"type":"Apache 2.0"}]}', 1, "Apache 2.0", "Apache-2.0"],
    ["package.json", '{"license":"GPL-3.0"}', 1, "GPL-3.0", "GPL-3.0"],
    ["pyproject.toml", '[build]\nlicense = "ISC"\n[project]\nlicense = "MIT" # x\n', 4, "MIT", "MIT"],
    ["pyproject.toml", "[project]\nlicense = { text = 'Apache License 2.0' }\n", 2, "Apache License 2.0", "Apache-2.0"],
    [
      "Cargo.toml",
      '[package]\nname = "x"\nlicense = "MIT OR Apache-2.0"\n',
      3,
      "MIT OR Apache-2.0",
      "MIT OR Apache-2.0",
    ],
    ["CITATION.cff", "cff-version: 1.2.0\nlicense: Apache-2.0\n", 2, "Apache-2.0", "Apache-2.0"],
  ])("%s: %j", (path, text, line, raw, expression) => {
    expect(read(path, text)).toEqual([{ source: "metadata", path, line, raw, expression, verdict: "exact" }]);
  });

  test.each([
    ["package.json", '{"license":"SEE LICENSE IN x.txt"}', "SEE LICENSE IN x.txt"],
    ["package.json", '{"licenses":[{"type":"MIT"},{"type":"ISC"}]}', "MIT, ISC"],
    ["Cargo.toml", '[package]\nlicense = "MIT/Apache-2.0"\n', "MIT/Apache-2.0"],
  ])("%s: %j is not understood", (path, text, raw) => {
    const [sighting, ...more] = read(path, text);
    expect(more).toEqual([]);
    expect(sighting).toMatchObject({ source: "metadata", verdict: "unknown", raw });
    expect(sighting).not.toHaveProperty("expression");
  });

  test.each([
    ["package.json", "{"],
    ["package.json", "null"],
    ["package.json", '{"license":7}'],
    ["package.json", `${"[".repeat(500_000)}`],
    ["package.json", '{"__proto__":{"license":"MIT"}}'],
    ["pyproject.toml", '[project]\nlicense-files = ["LICENSE"]\n'],
    ["Cargo.toml", '[dependencies]\nlicense = "1"\n'],
    ["README.md", "# license: mit"],
    ["README.md", "---\nmodel:\n  license: mit\n---\n"],
    ["src/a.py", "print('MIT')"],
  ])("%s: %j is silent", (path, text) => {
    expect(read(path, text)).toEqual([]);
  });

  test("a text beyond the limit is said to be unknown", () => {
    const long = Buffer.alloc(licenseSizeLimit + 1, "a ");
    expect(readLicenses("LICENSE", long)).toEqual([{ source: "text", path: "LICENSE", verdict: "unknown" }]);
    expect(readLicenses("package.json", long)).toEqual([]);
  });
});
