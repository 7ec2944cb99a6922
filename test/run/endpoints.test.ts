import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endpointsOf, parseEndpoint } from "../../src/run/endpoints.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "wholesource-config-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const kept = (text: string): { readonly [name: string]: string } => {
  mkdirSync(join(home, ".config", "wholesource"), { recursive: true });
  writeFileSync(join(home, ".config", "wholesource", "config.json"), text);
  return { HOME: home };
};

test("nothing is set unless somebody says so", () => {
  expect(endpointsOf({})).toEqual({});
  expect(endpointsOf({ environment: { HOME: home } })).toEqual({});
});

test("the caller is stronger than the environment, and that than the user's file", () => {
  const file = kept('{"endpoints": {"npm": "https://file/npm", "pypi": "https://file/", "oci": "https://file/f"}}');
  const environment = { ...file, WHOLESOURCE_ENDPOINTS: " npm=https://env/npm pypi=https://env/ " };
  expect(endpointsOf({ environment, endpoints: { npm: "https://caller" } })).toEqual({
    npm: "https://caller/",
    pypi: "https://env/",
    oci: "https://file/f/",
  });
});

test("another file may be named, and then it must be there", () => {
  const named = join(home, "mine.json");
  writeFileSync(named, '{"endpoints": {"npm": "http://127.0.0.1:1"}}');
  expect(endpointsOf({ environment: { WHOLESOURCE_CONFIG: named } })).toEqual({ npm: "http://127.0.0.1:1/" });
  expect(() => endpointsOf({ environment: { WHOLESOURCE_CONFIG: join(home, "none.json") } })).toThrow("ENOENT");
});

test.each([
  ["[]", "not an object"],
  ["{", "not JSON"],
  ['{"endpoint": {}}', "`endpoint` is no key"],
  ['{"endpoints": []}', "not an object"],
  ['{"endpoints": {"npm": 1}}', "not a text"],
  [`"${"a".repeat(70_000)}"`, "longer than"],
])("a file that says %s is a usage error", (text, says) => {
  expect(() => endpointsOf({ environment: kept(text) })).toThrow(says);
});

test.each([
  ["nmp", "https://h/", "no resolver `nmp`"],
  ["constructor", "https://h/", "no resolver"],
  ["git", "https://h/", "no resolver `git` that could"],
  ["file", "https://h/", "no resolver `file` that could"],
  ["npm", "h", "no plain http"],
  ["npm", "ftp://h/", "no plain http"],
  ["npm", "https://user:secret@h/", "no plain http"],
  ["npm", "https://h/?token=secret", "no plain http"],
])("%s=%s is refused, and a secret in it is not repeated", (id, url, says) => {
  const refused = () => endpointsOf({ endpoints: { [id]: url } });
  expect(refused).toThrow(says);
  expect(refused).not.toThrow("secret");
});

test("an endpoint is written with `=`", () => {
  expect(parseEndpoint("npm=https://h/?a=b")).toEqual(["npm", "https://h/?a=b"]);
  expect(() => parseEndpoint("npm")).toThrow("names no endpoint");
  expect(() => parseEndpoint("=https://h/")).toThrow("names no endpoint");
});
