import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { recogniseLicenses } from "../../src/run/licenses.ts";
import { spdxText } from "../license/spdx-texts.ts";

function folder(files: { readonly [path: string]: string | Uint8Array }): string {
  const at = mkdtempSync(join(tmpdir(), "wholesource-licenses-"));
  onTestFinished(() => rmSync(at, { recursive: true, force: true }));
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), bytes);
  }
  return at;
}

const told = (paths: readonly string[]) =>
  [...recogniseLicenses(paths)].map(({ path, sightings, refusal }) => [
    path.slice(path.lastIndexOf("/") + 1),
    refusal?.reason ??
      sightings.map(({ source, verdict, expression }) => `${source} ${verdict} ${expression ?? "-"}`).join("; "),
  ]);

test("of a folder the texts, the package files and the tags are read", () => {
  const at = folder({
    LICENSE: spdxText("MIT"),
    "package.json": '{"license":"MIT"}',
    "src/one.py": "# SPDX-License-Identifier: MIT\nprint(1)\n",
    "src/two.py": "print(2)\n",
    "src/big.bin": new Uint8Array(2 * 1024 * 1024),
    ".git/LICENSE": spdxText("ISC"),
  });
  symlinkSync("/etc/hostname", join(at, "COPYING"));
  expect(told([at])).toEqual([
    ["LICENSE", "text exact MIT"],
    ["package.json", "metadata exact MIT"],
    ["one.py", "tag exact MIT"],
  ]);
});

test("a file that is named is read as a text, whatever it is called", () => {
  const at = folder({
    "terms.dat": spdxText("Zlib"),
    "code.py": "# SPDX-License-Identifier: ISC\nprint(1)\n",
    "notes.md": "Hello.\n",
  });
  expect(told([join(at, "terms.dat"), join(at, "code.py"), join(at, "notes.md")])).toEqual([
    ["terms.dat", "text exact Zlib"],
    ["code.py", "tag exact ISC"],
    ["notes.md", "text unknown -"],
  ]);
});

test("what could not be read is told, not passed over", () => {
  const at = folder({ LICENSE: new Uint8Array(1024 * 1024 + 1).fill(0x61) });
  expect(told([at, join(at, "nowhere")])).toEqual([
    ["LICENSE", "too-large"],
    ["nowhere", "not-found"],
  ]);
});

test("a thousand licence files take seconds", () => {
  const ids = "MIT Apache-2.0 BSD-3-Clause ISC GPL-3.0-only CC-BY-4.0 MPL-2.0 Zlib OFL-1.1 Unlicense".split(" ");
  const at = folder(
    Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`${index}/LICENSE`, spdxText(ids[index % ids.length] ?? "MIT")]),
    ),
  );
  const start = performance.now();
  const entries = [...recogniseLicenses([at])];
  expect(performance.now() - start).toBeLessThan(15_000);
  expect(entries.filter(({ sightings }) => sightings[0]?.verdict === "exact")).toHaveLength(1000);
});
