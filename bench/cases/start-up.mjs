/** What a small question costs. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const sample = resolve(import.meta.dirname, "../../samples/iris-softmax");

/** @type {import("../rounds.mjs").Case} */
export async function* startUp({ program, work, quick }) {
  const local = join(work, "sample");
  cpSync(sample, local, { recursive: true });
  const manifest = join(local, "wholesource.yaml");
  const text = readFileSync(manifest, "utf8");
  writeFileSync(manifest, text);
  const questions = [
    { name: "wholesource --version", args: ["--version"], factor: 1.4 },
    { name: "wholesource lint, the sample", args: ["lint", manifest], factor: 2.5 },
    {
      name: "wholesource verify, the sample's local pieces",
      args: ["verify", manifest, "--piece", "training-code,weights", "--quiet"],
      factor: 4,
    },
  ];
  for (const { name, args, factor } of questions) {
    yield {
      title: `start-up: ${name}`,
      rounds: quick ? 7 : 21,
      contestants: [
        { name, argv: ["node", program, ...args] },
        { name: "node -e 0", argv: ["node", "-e", "0"] },
      ],
      goals: [{ kind: "seconds-by", of: "node -e 0", factor }],
    };
  }
}
