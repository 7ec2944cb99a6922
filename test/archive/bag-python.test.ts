/** Bags that bagit-python made are valid by our reading of the standard. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkBagFolder } from "../../src/run/bag-check.ts";
import { judgeBags, makeBags, needBagit } from "../services/bagit.ts";
import { layFiles, newFolder } from "./bag-made.ts";

const files = {
  "a b  c.txt": "blanks",
  " leading.txt": "a blank first",
  "line\nfeed\rreturn": "line ends",
  "100% %20 %zz": "per cent",
  "~tilde": "home",
  "#hash": "no comment",
  "empty/": "",
  zürich: "composed",
  "zu\u0308rich 2": "decomposed",
  "deep/er/and/deeper/file.bin": Buffer.alloc(300_000, 9),
  "\u{1f600}": "four bytes",
  "back\\slash": "x",
};

const laid = (): string => {
  const { "empty/": _, ...named } = files;
  return layFiles(newFolder(), { ...named, "empty/file": "" });
};

needBagit()("bagit-python makes a bag", () => {
  test.each([
    [["md5"], ["form-discouraged"]],
    [["sha1"], ["form-discouraged"]],
    [["sha256"], []],
    [["sha512", "sha256"], []],
    [["sha384", "blake2b", "blake2s"], []],
    // It writes the name with the underscore.
    [["sha3_256"], ["form-discouraged", "form-discouraged"]],
    // Not computed here, in a payload and in a tag manifest.
    [
      ["sha224", "sha256"],
      ["form-discouraged", "form-discouraged"],
    ],
  ] as const)("with %s", async (algorithms, codes) => {
    const folder = laid();
    await makeBags([[folder, algorithms, { "Contact-Name": "Jürg", "External-Description": "one\ntwo" }]]);
    const check = await checkBagFolder(folder, { depth: "full" });
    expect(check.faults.map(({ code }) => code)).toEqual(codes);
    expect(check).toMatchObject({ valid: true, files: 12, faultsOmitted: 0 });
    expect(await checkBagFolder(folder, { depth: "fast" })).toMatchObject({ valid: true });

    writeFileSync(join(folder, "data", "zürich"), "Composed");
    const changed = await checkBagFolder(folder, { depth: "full" });
    const corrupt = changed.faults.filter(({ severity }) => severity === "error");
    const known = algorithms.filter((algorithm) => algorithm !== "sha224");
    expect(corrupt.map(({ code, path }) => [code, path])).toEqual(known.map(() => ["file-corrupt", "data/zürich"]));
    expect(await judgeBags([[folder, "full"]])).toMatchObject([{ valid: false }]);
  });

  test("and both miss what is gone and see what came", async () => {
    const folder = laid();
    await makeBags([[folder, ["sha256"], {}]]);
    rmSync(join(folder, "data", "~tilde"));
    writeFileSync(join(folder, "data", "new"), "");
    const { faults } = await checkBagFolder(folder, { depth: "completeness" });
    expect(faults.map(({ code, path }) => [code, path])).toEqual([
      ["oxum-differs", "bag-info.txt"],
      ["file-unexpected", "data/new"],
      ["file-missing", "data/~tilde"],
    ]);
  });
});
