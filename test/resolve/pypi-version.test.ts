import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalVersion, compareVersions, isPreRelease } from "../../src/resolve/pypi-version.ts";
import { pypiFolder } from "../services/pypi-folder.mjs";
import { needPypi } from "../services/pypi-index.ts";

test.each([
  ["1.0", "1"],
  ["v1.2.0", "1.2"],
  ["1.0-1", "1.post1"],
  ["1.0.ALPHA-2", "1a2"],
  ["1.0preview", "1rc0"],
  ["1.0-r4.dev", "1.post4.dev0"],
  ["0!01.02", "1.2"],
  ["2!1+Ubuntu-1", "2!1+ubuntu.1"],
  ["0.0", "0"],
  ["2004d", "2004d"],
  ["1.0.", "1.0."],
])("%s is %s", (written, canonical) => expect(canonicalVersion(written)).toBe(canonical));

test("versions of any length are compared in time", () => {
  const hostile = `${"1.".repeat(200_000)}x`;
  expect(compareVersions(hostile, "1")).toBe(-1);
  expect(canonicalVersion(hostile)).toBe(hostile);
});

needPypi()("against Python's own reader of versions", () => {
  const number = fc.constantFrom("0", "1", "2", "10", "007", "99999999999999999999");
  const release = fc.array(number, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
  const phase = fc.constantFrom("", "a1", ".b", "-rc.2", "c3", "_preview", "alpha");
  const post = fc.constantFrom("", "-1", ".post", "rev2", "_r.3", ".post10");
  const dev = fc.constantFrom("", ".dev", "dev2", "-dev.10");
  const local = fc.constantFrom("", "+cu118", "+1.2", "+1_a", "+a.10", "+a.9", "+1", "+A");
  const epoch = fc.constantFrom("", "", "", "1!", "0!");
  const version = fc.tuple(epoch, release, phase, post, dev, local).map((parts) => parts.join(""));

  test("order, equality and pre-releases are the same", () => {
    const versions = fc.sample(version, { numRuns: 1500, seed: 1 });
    const program = `
import json, sys
from packaging.version import Version
def key(text): return Version(text)
versions = json.load(sys.stdin)
pairs = list(zip(versions, versions[1:]))
print(json.dumps([[(key(a) > key(b)) - (key(a) < key(b)) for a, b in pairs], [key(v).is_prerelease for v in versions]]))`;
    const { stdout, stderr } = spawnSync(join(pypiFolder, "bin", "python"), ["-c", program], {
      input: JSON.stringify(versions),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const ours = versions.slice(1).map((next, index) => Math.sign(compareVersions(versions[index] ?? "", next)));
    const same = versions.slice(1).map((next, at) => canonicalVersion(next) === canonicalVersion(versions[at] ?? ""));
    expect([ours, versions.map(isPreRelease)]).toEqual(JSON.parse(stdout));
    expect(same).toEqual(ours.map((order) => order === 0));
    expect(ours.filter((order) => order === 0).length).toBeLessThan(ours.length);
  });
});
