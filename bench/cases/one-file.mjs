/** One big file: what a core can do, and that memory does not grow with it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bigFile, sparseFile } from "../data.mjs";

const mebibytes = 150;

/** @type {import("../rounds.mjs").Case} */
export async function* oneFile({ program, work, quick }) {
  const bytes = (quick ? 256 : 2048) * 1024 * 1024;
  const file = join(work, "big.bin");
  const known = join(work, "big.sha256");
  if (!existsSync(known)) writeFileSync(known, `${bigFile(file, bytes)}  big.bin\n`);
  const expect = readFileSync(known, "utf8").slice(0, 64);
  const ours = (/** @type {readonly string[]} */ ...args) => ["node", program, "hash", ...args];

  yield {
    title: `sha256 of one file of ${bytes / 1024 ** 2} MiB`,
    bytes,
    contestants: [
      { name: "wholesource hash", argv: ours(file), expect },
      { name: "openssl dgst", argv: ["openssl", "dgst", "-sha256", file], expect, needs: ["openssl"] },
      { name: "rhash", argv: ["rhash", "--sha256", file], expect, needs: ["rhash"] },
      { name: "sha256sum", argv: ["sha256sum", file], expect, needs: ["sha256sum"] },
      { name: "hashdeep", argv: ["hashdeep", "-c", "sha256", file], expect, needs: ["hashdeep"] },
    ],
    goals: [
      { kind: "seconds-by", of: "openssl dgst", factor: 1.05 },
      { kind: "faster", than: ["sha256sum"], factor: 4 },
      { kind: "memory", mebibytes },
    ],
  };

  yield {
    title: `blake3 of one file of ${bytes / 1024 ** 2} MiB`,
    bytes,
    contestants: [
      { name: "wholesource hash", argv: ours("-a", "blake3", "--", file) },
      { name: "b3sum", argv: ["b3sum", file], needs: ["b3sum"] },
      { name: "sha256sum", argv: ["sha256sum", file], needs: ["sha256sum"] },
    ],
    goals: [
      { kind: "faster", than: ["sha256sum"], factor: 10 },
      { kind: "memory", mebibytes },
    ],
  };

  yield {
    title: `sha256, sha1 and md5 of one file of ${bytes / 1024 ** 2} MiB`,
    bytes,
    contestants: [
      { name: "wholesource hash", argv: ours("-a", "sha256,sha1,md5", "--", file) },
      { name: "rhash", argv: ["rhash", "--sha256", "--sha1", "--md5", file], needs: ["rhash"] },
      { name: "hashdeep", argv: ["hashdeep", "-c", "sha256,sha1,md5", file], needs: ["hashdeep"] },
    ],
    goals: [{ kind: "memory", mebibytes }],
  };

  const huge = join(work, "huge.bin");
  const hugeBytes = (quick ? 2 : 8) * 1024 ** 3;
  sparseFile(huge, hugeBytes);
  yield {
    title: `sha256 of one file of ${hugeBytes / 1024 ** 3} GiB without blocks: memory`,
    bytes: hugeBytes,
    rounds: 1,
    contestants: [
      { name: "wholesource hash", argv: ours(huge) },
      { name: "openssl dgst", argv: ["openssl", "dgst", "-sha256", huge], needs: ["openssl"] },
    ],
    goals: [{ kind: "memory", mebibytes }],
  };
}
