/** The two releases that archives are measured with: a few big files, and many small ones. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bigFiles, treeOf } from "../data.mjs";

const mebibyte = 1024 * 1024;

/**
 * @typedef {{ name: string, title: string, files: number, bytes: number, list: string }} Release
 * @param {string} root The folder that is served.
 * @param {boolean} quick
 * @returns {readonly Release[]} Each lies in `root/<name>`, with its list beside it.
 */
export function releases(root, quick) {
  const bigBytes = (quick ? 128 : 1024) * mebibyte;
  const many = quick ? 2_000 : 20_000;
  mkdirSync(root, { recursive: true });
  bigFiles(root, "big", 4, bigBytes);
  treeOf(join(root, "many"), { count: many, bytes: 64 * 1024 });
  return [
    {
      name: "big",
      title: `4 files of ${bigBytes / mebibyte} MiB`,
      files: 4,
      bytes: 4 * bigBytes,
      list: join(root, "big.sha256"),
    },
    {
      name: "many",
      title: `${many.toLocaleString("en")} files of 64 KiB`,
      files: many,
      bytes: many * 64 * 1024,
      list: join(root, "many.sha256"),
    },
  ];
}

/**
 * The paths of a release's files.
 * @param {Release} release
 */
export function pathsOf({ list }) {
  return readFileSync(list, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.slice(66));
}
