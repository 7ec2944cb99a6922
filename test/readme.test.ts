/** The report that the README shows is the one that `npm start` prints; `UPDATE=1` writes it anew. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { resolverKinds } from "../src/resolve/kinds.ts";
import { findResolver } from "../src/resolve/registry.ts";

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

test("each row of its table of places begins with a location that is read, and no resolver is left out", async () => {
  const table = readFileSync(readme, "utf8").match(/^\| what you write.*?\n\n/ms)?.[0] ?? "";
  const hash = "0123456789abcdef";
  /** What the names in the forms stand for. */
  const meant = (form: string): string =>
    form
      .replace(/@commit|<hash>/, (name) => (name === "<hash>" ? "" : "@") + hash.repeat(3).slice(0, 40))
      .replace("sha256:...", `sha256:${hash.repeat(4)}`)
      .replace("<cid>", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKxq7X")
      .replace("@version", "@1")
      .replace("dataverse:host", "dataverse:data.example.org")
      .replace("10.x/", "10.5072/");
  const rows = table.split("\n").slice(2, -2);
  const formsOf = (row: string): readonly string[] =>
    [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, form = ""]) => meant(form));
  const idOf = async (uri: string): Promise<string | undefined> => (await findResolver({ uri }))?.resolver.id;
  for (const row of rows) expect(await idOf(formsOf(row)[0] ?? ""), row).toBeDefined();
  const known = new Set(await Promise.all(rows.flatMap(formsOf).map(idOf)));
  expect(resolverKinds.map(({ id }) => id).filter((id) => !known.has(id))).toEqual([]);
});
