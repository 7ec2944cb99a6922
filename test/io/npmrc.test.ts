// biome-ignore-all lint/suspicious/noTemplateCurlyInString: npm writes its variables so
import fc from "fast-check";
import { expect, test } from "vitest";
import { expandEnvironment, npmConfigFromEnvironment, parseNpmrc } from "../../src/io/npmrc.ts";

test.each([
  ["registry=https://a/", { registry: "https://a/" }],
  ["registry = https://a/  \r\n", { registry: "https://a/" }],
  ["; registry=https://a/\n# b=c\n\n", {}],
  ["a=1\na=2", { a: "2" }],
  ["//h:1/p/:_authToken=abc==", { "//h:1/p/:_authToken": "abc==" }],
  ["@s:registry=https://a/", { "@s:registry": "https://a/" }],
  ['a="b c ; d"', { a: "b c ; d" }],
  ["a='b # c'", { a: "b # c" }],
  ["a=b ; c", { a: "b" }],
  ["a=b\\;c", { a: "b;c" }],
  ["[section]\nregistry=https://a/", {}],
  ["a[]=b\nflag\n=c", {}],
  ["__proto__=1", { ["__proto__"]: "1" }],
])("%j", (text, expected) => {
  expect([...parseNpmrc(text)]).toEqual(Object.entries(expected));
});

test("any text is read", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(parseNpmrc(text)).toBeInstanceOf(Map);
    }),
  );
});

test("the environment's keys are npm's", () => {
  const env = {
    npm_config_registry: "https://lower/",
    NPM_CONFIG_REGISTRY: "https://upper/",
    NPM_CONFIG_USERCONFIG: "/u",
    npm_config_empty: "",
    "npm_config_//h/:_authToken": "T",
    "npm_config_@S:registry": "https://s/",
    other: "x",
    npm_config_: "x",
  };
  expect(Object.fromEntries(npmConfigFromEnvironment(env))).toEqual({
    registry: "https://lower/",
    userconfig: "/u",
    "//h/:_authToken": "T",
    "@S:registry": "https://s/",
  });
});

test.each([
  ["${A}", "1"],
  ["x${A}y${B}", "x1y2"],
  ["${NONE}", "${NONE}"],
  ["${NONE?}", ""],
  ["${}", "${}"],
  ["$A", "$A"],
])("%s expands to %s", (value, expected) => {
  expect(expandEnvironment(value, { A: "1", B: "2" })).toBe(expected);
});
