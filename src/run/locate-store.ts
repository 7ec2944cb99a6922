/** Asks stores of this machine for files, without making one or changing anything in it. */
import { lstat, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { codeOf } from "../io/errno.ts";
import { defaultStore } from "../io/store.ts";
import { storePaths } from "../io/store-layout.ts";
import type { WantedFile } from "../model/located.ts";
import { countText } from "../model/quantity.ts";
import { type Asked, unknown } from "./locate-answers.ts";

/** What a store of the layout that is read here begins its `format` with. */
const FORMAT = "wholesource-store 1\n";

/** The stores that are asked: the named one, that of the environment, and the user's own where there is one. */
export async function storesToAsk(
  named: string | undefined,
  environment: { readonly [name: string]: string | undefined },
): Promise<readonly string[]> {
  const { WHOLESOURCE_STORE: ofEnvironment, ...rest } = environment;
  const stores = [named, ofEnvironment === "" ? undefined : ofEnvironment].flatMap((folder) =>
    folder === undefined ? [] : [resolve(folder)],
  );
  const own = defaultStore(rest);
  // A store that nobody named and nobody made is no place; one that was named and is not there may be on a disk that is off.
  const there = await stat(own).then(
    () => true,
    (error: unknown) => codeOf(error) !== "ENOENT",
  );
  return [...new Set([...stores, ...(there ? [own] : [])])];
}

/** What a store says of each file. */
export async function askStore(folder: string, files: readonly WantedFile[]): Promise<Asked> {
  const place = { kind: "store", at: folder } as const;
  const fault = await whyNot(folder);
  if (fault !== undefined) return { place: { ...place, fault }, answers: files.map(() => unknown(fault)) };
  const { blob } = storePaths(folder);
  const answers: Asked["answers"][number][] = [];
  for (const { digest, size } of files) {
    if (digest.sha256 === undefined) {
      answers.push(unknown("a store knows files by their sha256 alone"));
      continue;
    }
    const at = blob(digest.sha256);
    try {
      const facts = await lstat(at);
      if (!facts.isFile()) answers.push(unknown("what lies there under its digest is no file"));
      else if (size !== undefined && facts.size !== size) {
        const both = `declared are ${countText(size)} bytes, the store has ${countText(facts.size)}`;
        answers.push(unknown(`its copy has another size: ${both}`));
      } else answers.push({ status: "found", at });
    } catch (error) {
      const code = codeOf(error);
      answers.push(code === "ENOENT" ? { status: "absent" } : unknown(`it can not be looked at (${code ?? "error"})`));
    }
  }
  return { place, answers };
}

async function whyNot(folder: string): Promise<string | undefined> {
  try {
    const format = await readFile(join(folder, "format"), "utf8");
    return format === FORMAT ? undefined : `its format is \`${format.trim().slice(0, 80)}\`, which is not known here`;
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" || code === "ENOTDIR" ? "there is no store" : `it can not be read (${code ?? "error"})`;
  }
}
