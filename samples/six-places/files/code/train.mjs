// SPDX-License-Identifier: Apache-2.0
/**
 * Counts which word follows which, and writes the shares as a safetensors file:
 *
 *   node train.mjs <folder with data/, evaluation/, library/ and tokenizer/> <folder to write to>
 *
 * The same data give the same bytes on every machine: whole numbers, and one division each.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  console.error("usage: node train.mjs <folder with the pieces> <folder to write to>");
  process.exit(2);
}
const read = (path) => readFileSync(join(from, path), "utf8");
const { safetensors } = await import(pathToFileURL(resolve(from, "library/index.mjs")).href);

const { start, end, vocabulary } = JSON.parse(read("tokenizer/tokenizer.json"));
const idOf = new Map(vocabulary.map((word, id) => [word, id]));
const tokens = (path) =>
  read(path)
    .trimEnd()
    .split("\n")
    .map((line) => [start, ...line.split(" ").map((word) => idOf.get(word)), end]);

const size = vocabulary.length;
const counts = vocabulary.map(() => new Array(size).fill(0));
const training = tokens("data/sentences.txt");
for (const line of training) for (let at = 1; at < line.length; at++) counts[line[at - 1]][line[at]]++;
const shares = counts.map((row) => {
  const total = row.reduce((sum, count) => sum + count, 0);
  return row.map((count) => (total === 0 ? 0 : count / total));
});

let right = 0;
let asked = 0;
for (const line of tokens("evaluation/held-out.txt")) {
  for (let at = 1; at < line.length; at++) {
    const row = shares[line[at - 1]];
    asked++;
    if (row.indexOf(Math.max(...row)) === line[at]) right++;
  }
}

const config = {
  architecture: "bigram",
  vocabularySize: size,
  training: { sentences: training.length },
  heldOut: { words: asked, right },
};
mkdirSync(to, { recursive: true });
writeFileSync(join(to, "config.json"), `${JSON.stringify(config, undefined, 2)}\n`);
writeFileSync(join(to, "model.safetensors"), safetensors({ next: { shape: [size, size], values: shares.flat() } }));
console.log(`${right} of ${asked} held-out words right`);
