/** Test data: bytes that no file system and no server can make short work of, and the lists that describe them. */
import { createHash, hash, randomFillSync } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

const blockBytes = 8 * 1024 * 1024;

/**
 * A file of random bytes, each block of it different; made once.
 * @param {string} path
 * @param {number} bytes
 * @returns {string} its sha256
 */
export function bigFile(path, bytes) {
  const block = randomFillSync(Buffer.alloc(Math.min(blockBytes, bytes)));
  const sum = createHash("sha256");
  const fd = openSync(path, "w");
  for (let at = 0; at < bytes; at += block.length) {
    block.writeBigUInt64LE(BigInt(at), 0);
    const part = block.subarray(0, Math.min(block.length, bytes - at));
    writeSync(fd, part);
    sum.update(part);
  }
  closeSync(fd);
  return sum.digest("hex");
}

/**
 * A folder of such files, with a list in the format of `sha256sum` beside it.
 * @param {string} root
 * @param {string} name
 * @param {number} count
 * @param {number} bytes
 */
export function bigFiles(root, name, count, bytes) {
  const list = join(root, `${name}.sha256`);
  if (existsSync(list)) return;
  mkdirSync(join(root, name), { recursive: true });
  const lines = Array.from({ length: count }, (_, n) => `${bigFile(join(root, name, `${n}.bin`), bytes)}  ${n}.bin\n`);
  writeFileSync(list, lines.join(""));
}

/**
 * A file that has a size and no blocks: what it costs to read is memory and hashing alone.
 * @param {string} path
 * @param {number} bytes
 */
export function sparseFile(path, bytes) {
  writeFileSync(path, "");
  truncateSync(path, bytes);
}

/**
 * A folder of files of one size, a thousand to a folder, with a list in the format of `sha256sum` beside it.
 * @param {string} folder
 * @param {{ count: number, bytes: number }} shape
 */
export function treeOf(folder, { count, bytes }) {
  if (existsSync(`${folder}.sha256`)) return;
  const content = randomFillSync(Buffer.alloc(Math.max(bytes, 8)));
  const lines = [];
  for (let n = 0; n < count; n++) {
    const path = `${String(Math.floor(n / 1000)).padStart(4, "0")}/${String(n).padStart(7, "0")}.bin`;
    if (n % 1000 === 0) mkdirSync(dirname(join(folder, path)), { recursive: true });
    content.writeBigUInt64LE(BigInt(n), 0);
    writeFileSync(join(folder, path), content.subarray(0, bytes));
    lines.push(`${hash("sha256", content.subarray(0, bytes), "hex")}  ${path}\n`);
  }
  writeFileSync(`${folder}.sha256`, lines.join(""));
}

/**
 * A manifest of one piece at one place, whose files a list names.
 * @param {string} path
 * @param {{ location: string, listing: string }} piece
 */
export function listedManifest(path, { location, listing }) {
  const piece = { id: "data", kind: "dataset", licenseDeclared: "NOASSERTION", locations: [location] };
  const manifest = {
    schemaVersion: "1",
    name: "bench",
    version: "1.0.0",
    pieces: [{ ...piece, listing: { uri: listing, format: "sha256sums" } }],
  };
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}
