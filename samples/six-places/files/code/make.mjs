// SPDX-License-Identifier: Apache-2.0
/**
 * Writes the sentences and the tokenizer: `node make.mjs <folder>` fills `data/`, `evaluation/` and `tokenizer/` in it.
 * The same bytes on every machine, because the random numbers are seeded.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const seed = 6;
const sentences = 400;
/** Every so many sentences one is kept for the evaluation. */
const heldOutEvery = 10;

const words = {
  who: ["the gardener", "the ferryman", "a child", "the baker", "an old dog", "the postwoman", "a heron"],
  does: ["carries", "finds", "paints", "counts", "forgets", "mends", "watches"],
  what: ["a red boat", "the lamp", "seven apples", "the small bridge", "a letter", "the garden gate", "warm bread"],
  where: ["by the river", "behind the mill", "under the lime tree", "near the station", "on the hill"],
  when: ["at dawn", "in the rain", "before supper", "every tuesday", "without a word"],
};

/** A linear congruential generator modulo 2^32: numbers in [0, 1). */
function generator(start) {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = generator(seed);
const one = (choices) => choices[Math.floor(random() * choices.length)];
const lines = Array.from({ length: sentences }, () => {
  const start = [one(words.who), one(words.does), one(words.what)];
  return [...start, ...(random() < 0.7 ? [one(words.where)] : []), ...(random() < 0.4 ? [one(words.when)] : [])].join(
    " ",
  );
});
const isHeldOut = (_line, index) => index % heldOutEvery === heldOutEvery - 1;

const vocabulary = [...new Set(Object.values(words).flat().join(" ").split(" "))].sort();
const tokenizer = { type: "words", start: 0, end: 1, vocabulary: ["<start>", "<end>", ...vocabulary] };

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node make.mjs <folder>");
  process.exit(2);
}
const write = (path, text) => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};
write("data/sentences.txt", `${lines.filter((line, index) => !isHeldOut(line, index)).join("\n")}\n`);
write("evaluation/held-out.txt", `${lines.filter(isHeldOut).join("\n")}\n`);
write("tokenizer/tokenizer.json", `${JSON.stringify(tokenizer, undefined, 1)}\n`);
