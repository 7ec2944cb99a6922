import { describe, expect, test } from "vitest";
import { judgeExpression, type LicenseRule, licenseRules, restrictionsOf } from "../../src/judge/license-rule.ts";

test.each<[LicenseRule, string, string]>([
  ["osi", "MIT", "yes"],
  ["osi", "CC-BY-4.0", "no"],
  ["osi", "LicenseRef-llama3", "no"],
  ["osi", "LicenseRef-something", "person"],
  ["osi", "gpl", "person"],
  ["osi", "not a licence at all", "person"],
  ["osi", "OpenMDW-1.0", "no"],
  ["osi", "GPL-2.0-only WITH Classpath-exception-2.0", "yes"],
  ["osi", "GPL-2.0-only WITH AdditionRef-our-terms", "person"],
  ["osi-terms", "OpenMDW-1.0", "person"],
  ["osi-terms", "CC0-1.0", "person"],
  ["osi-terms", "CC-BY-NC-4.0", "no"],
  ["open", "OpenMDW-1.0", "yes"],
  ["open", "CDLA-Permissive-2.0", "person"],
  ["open", "LicenseRef-gemma", "no"],
  ["open-content", "ODC-By-1.0", "yes"],
  ["open-content", "C-UDA-1.0", "no"],
  ["open-content", "CC-BY-ND-4.0", "no"],
  ["fsf-software", "Apache-2.0", "yes"],
  ["fsf-software", "Hippocratic-2.1", "no"],
  ["dfsg", "CC-BY-SA-2.5", "no"],
  ["dfsg", "CC-BY-SA-4.0", "yes"],
  ["dfsg", "GFDL-1.3-only", "person"],
  ["mot-open", "PDDL-1.0", "no"],
  ["mot-open", "ODC-By-1.0", "yes"],
  ["eu-free", "LicenseRef-llama3.1", "no"],
  ["eu-free", "LicenseRef-openrail", "person"],
  ["eu-free", "Apache-2.0", "yes"],
  ["granted", "CC-BY-NC-ND-4.0", "yes"],
  ["granted", "LicenseRef-something", "person"],
  ["changeable", "CC-BY-ND-4.0", "no"],
  // What holds together must all be allowed, each by its own list; of alternatives one is enough.
  ["open-content", "MIT AND CC-BY-4.0", "yes"],
  ["osi", "MIT AND CC-BY-NC-4.0", "no"],
  ["osi", "MIT OR CC-BY-NC-4.0", "yes"],
  ["osi", "MIT AND LicenseRef-something", "person"],
])("%s: %s is %s", (rule, expression, allowed) => {
  expect(judgeExpression(expression, rule)).toBe(allowed);
});

describe("no rule", () => {
  test.each(Object.keys(licenseRules) as LicenseRule[])("%s takes what nobody can read for allowed", (rule) => {
    for (const text of ["", "LicenseRef-own", "(((", "NOASSERTION", "MIT AND", "cc"]) {
      expect(judgeExpression(text, rule), text).not.toBe("yes");
    }
  });
});

test.each<[string, readonly string[]]>([
  ["MIT", []],
  ["CC-BY-NC-4.0", ["non-commercial"]],
  ["MIT OR CC-BY-NC-4.0", []],
  ["CC-BY-ND-4.0 AND LicenseRef-openrail", ["no-derivatives", "field-of-use"]],
])("restrictions of %s", (expression, flags) => {
  expect(restrictionsOf(expression)).toEqual(flags);
});
