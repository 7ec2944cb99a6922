import fc from "fast-check";
import { PackageURL } from "packageurl-js";
import { expect, test } from "vitest";
import { isExactVersion, parseNpmPurl } from "../../src/resolve/purl.ts";

test.each([
  ["pkg:npm/left@1.2.3", "left", "1.2.3", undefined],
  ["pkg:npm/left", "left", undefined, undefined],
  ["pkg:npm/left@latest", "left", "latest", undefined],
  ["pkg:npm/%40scope/left@1.2.3", "@scope/left", "1.2.3", undefined],
  ["pkg:npm/@scope/left@1.2.3", "@scope/left", "1.2.3", undefined],
  ["pkg:npm/@scope/left", "@scope/left", undefined, undefined],
  ["pkg:npm/JSONStream@1.0.0", "JSONStream", "1.0.0", undefined],
  ["pkg:npm/left@1.2.3#src/data", "left", "1.2.3", "src/data"],
  ["pkg:npm/left#a%20b", "left", undefined, "a b"],
  ["pkg:npm/left@1.0.0-rc.1%2Bbuild", "left", "1.0.0-rc.1+build", undefined],
  ["pkg:NPM/left@1.2.3", "left", "1.2.3", undefined],
])("%s", (uri, name, version, subpath) => {
  expect(parseNpmPurl(uri)).toEqual({ name, version, subpath });
});

test.each([
  "pkg:npm/",
  "pkg:npm/@",
  "pkg:npm/@scope",
  "pkg:npm/@scope/",
  "pkg:npm/scope/left@1.0.0",
  "pkg:npm/@a/b/c@1.0.0",
  "pkg:npm/left@",
  "pkg:npm/left@^1.0.0",
  "pkg:npm/left@>=1",
  "pkg:npm/left@1.0.0 || 2.0.0",
  "pkg:npm/left@1.0.0/../other",
  "pkg:npm/left@..%2Fother",
  "pkg:npm/..@1.0.0",
  "pkg:npm/%2e%2e/left@1.0.0",
  "pkg:npm/@scope%2Fleft@1.0.0",
  "pkg:npm/%40scope%2Fleft@1.0.0",
  "pkg:npm/left@1.0.0#../other",
  "pkg:npm/left@1.0.0#a//b",
  "pkg:npm/left@1.0.0?repository_url=https://example.org/",
  "pkg:npm/left@1.0.0?",
  "pkg:npm/left%",
  "pkg:npm/left@%ff",
  "pkg:npm/user:password@host/left@1.0.0",
  `pkg:npm/${"a".repeat(215)}@1.0.0`,
  " pkg:npm/left@1.0.0",
  "pkg://npm/left@1.0.0",
])("refuses %s", (uri) => {
  expect(parseNpmPurl(uri)).toBeUndefined();
});

test("what we read, packageurl-js reads the same way", () => {
  const name = fc.stringMatching(/^[a-z0-9-][a-z0-9._-]{0,20}$/);
  const version = fc.stringMatching(/^[0-9]\.[0-9]\.[0-9](-[a-z0-9.]{1,5})?(\+[a-z0-9]{1,4})?$/);
  fc.assert(
    fc.property(
      fc.option(name, { nil: undefined }),
      name,
      fc.option(version, { nil: undefined }),
      (scope, base, exact) => {
        const namespace = scope === undefined ? undefined : `@${scope}`;
        const uri = new PackageURL("npm", namespace, base, exact, undefined, undefined).toString();
        const ours = parseNpmPurl(uri);
        expect(ours?.name).toBe(namespace === undefined ? base : `${namespace}/${base}`);
        expect(ours?.version).toBe(exact);
      },
    ),
  );
});

test.each([
  ["1.2.3", true],
  ["0.0.0", true],
  ["1.2.3-rc.1", true],
  ["1.2.3+build", true],
  ["1.2", false],
  ["01.2.3", false],
  ["v1.2.3", false],
  ["latest", false],
  ["1.2.3 ", false],
  ["1.x.0", false],
  [`1.2.3-${"a".repeat(300)}`, false],
])("%s is exact: %s", (version, exact) => {
  expect(isExactVersion(version)).toBe(exact);
});

test("a hostile purl costs no more than its length", () => {
  const started = performance.now();
  for (const part of ["@", "/", "#", "%40", "a@", "-", "1."]) parseNpmPurl(`pkg:npm/${part.repeat(200_000)}`);
  expect(performance.now() - started).toBeLessThan(1000);
});
