import { describe, expect, test } from "vitest";
import { compareLicenses, licenseDepthLimit, licenseLengthLimit, parseLicense } from "../../src/model/license.ts";

describe("parseLicense normalises", () => {
  test.each([
    ["MIT", "MIT"],
    [" mit ", "MIT"],
    ["apache-2.0", "Apache-2.0"],
    ["mit or apache-2.0", "MIT OR Apache-2.0"],
    ["(MIT)", "MIT"],
    ["((MIT OR (ISC))) AND 0bsd", "(MIT OR ISC) AND 0BSD"],
    ["MIT AND ISC OR Zlib", "MIT AND ISC OR Zlib"],
    ["Apache-2.0+", "Apache-2.0+"],
    ["GPL-2.0+", "GPL-2.0-or-later"],
    ["gpl-2.0-only with classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"],
    ["MIT WITH AdditionRef-Mine", "MIT WITH AdditionRef-Mine"],
    ["MIT WITH DocumentRef-a:AdditionRef-b AND ISC", "MIT WITH DocumentRef-a:AdditionRef-b AND ISC"],
    [
      "GPL-2.0-only WITH Classpath-exception-2.0 OR MIT WITH AdditionRef-x",
      "GPL-2.0-only WITH Classpath-exception-2.0 OR MIT WITH AdditionRef-x",
    ],
    ["licenseref-Foo-1.0", "LicenseRef-Foo-1.0"],
    ["DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2", "DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2"],
    ["Apache 2.0", "Apache-2.0"],
    ["Apache  License,\nVersion 2.0", "Apache-2.0"],
    ["MIT License", "MIT"],
    ["odbl", "ODbL-1.0"],
    ["odc-by OR mit", "ODC-By-1.0 OR MIT"],
    ["llama3.1", "LicenseRef-HF-llama3.1"],
    ["openrail++", "LicenseRef-HF-openrail-plus-plus"],
    ["bsl-1.0", "BSL-1.0"],
    ["OpenMDW-1.0", "OpenMDW-1.0"],
  ])("%s", (text, expression) => {
    expect(parseLicense(text)).toMatchObject({ kind: "expression", expression });
  });
});

test("NONE and NOASSERTION are answers of their own", () => {
  expect(parseLicense("NONE")).toEqual({ kind: "none" });
  expect(parseLicense(" NOASSERTION")).toEqual({ kind: "noassertion" });
});

describe("parseLicense reports", () => {
  test.each([
    ["", "malformed"],
    ["MIT AND", "malformed"],
    ["AND", "malformed"],
    ["MIT MIT", "malformed"],
    ["MIT +", "malformed"],
    ["MIT OR NONE", "malformed"],
    ["(MIT", "malformed"],
    ["MIT)", "malformed"],
    ["LicenseRef-", "unknown-id"],
    ["MIT/ISC", "malformed"],
    ["MIT WITH", "malformed"],
    ["LicenseRef-a WITH LicenseRef-b", "unknown-id"],
    ["AdditionRef-b", "unknown-id"],
    ["constructor", "unknown-id"],
    ["__proto__", "malformed"],
    ["SEE LICENSE IN FILE", "unknown-id"],
    ["Appache-2.0", "unknown-id"],
    ["gpl", "ambiguous"],
    ["bsd", "ambiguous"],
    ["cc", "ambiguous"],
    ["openrail", "ambiguous"],
    ["MIT OR bsd", "ambiguous"],
    ["UNLICENSED", "ambiguous"],
    ["other", "ambiguous"],
    ["GPL-3.0", "ambiguous"],
  ])("%s as %s", (text, problem) => {
    expect(parseLicense(text)).toMatchObject({ kind: "problem", problem });
  });

  test("what is nearest, and both meanings of a deprecated id", () => {
    expect(parseLicense("Appache-2.0")).toMatchObject({ nearest: "Apache-2.0" });
    expect(parseLicense("wholly-other-thing")).not.toHaveProperty("nearest");
    expect(parseLicense("mit or gpl-3.0")).toMatchObject({
      problem: "ambiguous",
      expression: "MIT OR GPL-3.0",
      detail: expect.stringMatching(/GPL-3.0-only.*GPL-3.0-or-later/),
    });
  });

  test.each([
    ["too long", `${"MIT OR ".repeat(licenseLengthLimit)}MIT`],
    ["too deep", `${"(".repeat(licenseDepthLimit + 1)}MIT${")".repeat(licenseDepthLimit + 1)}`],
    ["unbalanced", "(".repeat(4000)],
    ["null", "MIT\0"],
  ])("a hostile expression: %s", (_name, text) => {
    expect(parseLicense(text)).toMatchObject({ kind: "problem", problem: "malformed" });
  });

  test("and reads the longest chain that fits", () => {
    const chain = Array.from({ length: 500 }, () => "MIT").join(" OR ");
    expect(parseLicense(chain)).toMatchObject({ kind: "expression" });
    expect(compareLicenses(chain, "MIT")).toBe("same");
  });
});

describe("compareLicenses", () => {
  test.each([
    ["MIT", "mit", "same"],
    ["MIT OR ISC", "ISC OR MIT OR ISC", "same"],
    ["(MIT OR ISC) AND Zlib", "Zlib AND MIT OR ISC AND Zlib", "same"],
    ["GPL-2.0+", "GPL-2.0-or-later", "same"],
    ["BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views", "same"],
    ["NONE", "NONE", "same"],
    ["licenseref-foo", "LicenseRef-FOO", "same"],
    ["GPL-3.0", "gpl-3.0", "same"],
    ["MIT", "ISC", "different"],
    ["NONE", "MIT", "different"],
    ["GPL-2.0-only", "GPL-2.0-or-later", "different"],
    ["GPL-3.0", "GPL-2.0-only", "different"],
    ["MIT", "MIT AND Apache-2.0", "different"],
    ["MIT OR ISC", "MIT AND ISC", "different"],
    ["GPL-2.0-only", "GPL-2.0-only WITH Classpath-exception-2.0", "different"],
    ["GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only", "undetermined"],
    ["GPL-3.0", "GPL-3.0-only", "undetermined"],
    ["GPL-3.0-or-later", "GPL-3.0", "undetermined"],
    ["MIT OR ISC", "MIT", "undetermined"],
    ["MIT AND ISC", "MIT", "undetermined"],
    ["MIT", "MIT OR ISC", "undetermined"],
    ["Apache-2.0+", "Apache-2.0", "undetermined"],
    ["NOASSERTION", "MIT", "undetermined"],
    ["MIT", "NOASSERTION", "undetermined"],
    ["gpl", "GPL-3.0-only", "undetermined"],
    ["nonsense here", "MIT", "undetermined"],
    ["NONE", "nonsense here", "undetermined"],
  ] as const)("%s against %s is %s", (declared, found, answer) => {
    expect(compareLicenses(declared, found)).toBe(answer);
  });

  test("an expression whose normal form explodes is undetermined, at once", () => {
    const ids = ["MIT", "ISC", "Zlib", "0BSD", "Apache-2.0", "CC0-1.0", "EPL-2.0", "MPL-2.0", "X11", "NTP"];
    const bomb = Array.from({ length: 60 }, (_, i) => `(${ids[i % 10]} OR ${ids[(i + 3) % 10]})`).join(" AND ");
    expect(compareLicenses(bomb, "MIT")).toBe("undetermined");
  });
});
