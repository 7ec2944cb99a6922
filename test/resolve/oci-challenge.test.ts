import fc from "fast-check";
import { expect, test } from "vitest";
import { readChallenges } from "../../src/resolve/oci-challenge.ts";

const read = (header: string): object[] =>
  readChallenges(header).map(({ scheme, parameters }) => ({ scheme, ...Object.fromEntries(parameters) }));

test.each<[string, object[]]>([
  [
    'Bearer realm="https://auth.example.org/token",service="registry.example.org",scope="repository:a/b:pull,push"',
    [
      {
        scheme: "bearer",
        realm: "https://auth.example.org/token",
        service: "registry.example.org",
        scope: "repository:a/b:pull,push",
      },
    ],
  ],
  [
    'Basic realm="a, b", Bearer Realm = "c" , error=invalid',
    [
      { scheme: "basic", realm: "a, b" },
      { scheme: "bearer", realm: "c", error: "invalid" },
    ],
  ],
  ['bearer realm="a\\"b\\\\c",realm="other"', [{ scheme: "bearer", realm: 'a"b\\c' }]],
  ["Negotiate", [{ scheme: "negotiate" }]],
  ['Bearer realm="not ended', [{ scheme: "bearer" }]],
  ["", []],
  ['realm="of nobody"', []],
])("%s", (header, challenges) => {
  expect(read(header)).toEqual(challenges);
});

test("any text at all is read, in linear time", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (header) => Array.isArray(readChallenges(header))));
  const start = performance.now();
  for (const part of ['"', "a=", 'a="\\', " ,", "a ", "\\"]) readChallenges(`Bearer ${part.repeat(200_000)}`);
  expect(performance.now() - start).toBeLessThan(2_000);
});
