/** The report that the README shows is the one that `npm start` prints; `UPDATE=1` writes it anew. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const repository = resolve(import.meta.dirname, "..");
const readme = join(repository, "README.md");
const place = /<!-- report -->.*<!-- \/report -->/s;
const timeless = (text: string): string => text.replace(/read in [\d.]+ m?s,/, "read in 0.4 s,");

test("the report in the README is a real one", { timeout: 60_000 }, () => {
  const args = ["bin/wholesource.js", "verify", "--quiet", "samples/iris-softmax"];
  const report = timeless(execFileSync(process.execPath, args, { cwd: repository, encoding: "utf8" }));
  const shown = `<!-- report -->\n\n\`\`\`\n${report}\`\`\`\n\n<!-- /report -->`;
  const text = readFileSync(readme, "utf8");
  if (process.env.UPDATE !== undefined)
    writeFileSync(
      readme,
      text.replace(place, () => shown),
    );
  expect(timeless(readFileSync(readme, "utf8").match(place)?.[0] ?? "")).toBe(shown);
});
