/** Writing what a release needs of the store, in any order and of any length; it counts from one moment to the next. */
import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { lstat, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { WholesourceError } from "../model/error.ts";
import { codeOf } from "./errno.ts";
import { prefixes, type StorePaths } from "./store-layout.ts";
import { ROOT_FOOTER_BYTES, ROOT_WAITING_CHARACTERS } from "./store-limits.ts";
import { newPartial } from "./store-partial.ts";
import { type Root, type RootFooter, rootFile } from "./store-root.ts";
import { syncFolder, writeAll } from "./store-write.ts";

/** Names what a release needs. */
export interface RootWriter {
  /** A blob that the store has; the same one may be named again. */
  add(sha256: string): void;
}

/** Whose list it is, and when it is made. */
export interface RootFacts {
  /** Another list of this name is replaced. */
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly time: string;
}

/** A list that is being written. Exactly one of the last two is called. */
export interface OpenRoot extends RootWriter {
  commit(): Promise<Root>;
  discard(): Promise<void>;
}

/** Opens a list; `isThere` says whether a blob is there, and keeps it there while this process lives. */
export async function openRoot(
  paths: StorePaths,
  { name, time }: RootFacts,
  isThere: (sha256: string) => Promise<boolean>,
): Promise<OpenRoot> {
  const folder = newPartial(paths.partial, "root");
  await mkdir(folder, { mode: 0o700 });
  const waiting = new Map<string, string>();
  const heap = (prefix: string): string => join(folder, prefix);
  const spill = (prefix: string): void => {
    appendFileSync(heap(prefix), waiting.get(prefix) ?? "", { mode: 0o600 });
    waiting.delete(prefix);
  };
  async function digestsOf(prefix: string): Promise<readonly string[]> {
    const written = await readFile(heap(prefix), "latin1").catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return "";
      throw error;
    });
    const lines = (written + (waiting.get(prefix) ?? "")).split("\n").filter((line) => line !== "");
    return [...new Set(lines)].sort();
  }
  async function write(list: string): Promise<RootFooter> {
    const file = await open(list, "wx", 0o600);
    try {
      const hash = createHash("sha256");
      let [blobs, bytes, at] = [0, 0, 0];
      const append = async (text: string): Promise<void> => {
        const chunk = Buffer.from(text);
        await writeAll(file, chunk, at);
        at += chunk.length;
      };
      for (const prefix of prefixes) {
        const part = await digestsOf(prefix);
        for (const sha256 of part) {
          if (!(await isThere(sha256))) throw missing(name, sha256);
          bytes += (await lstat(paths.blob(sha256))).size;
        }
        blobs += part.length;
        const text = part.map((sha256) => `${sha256}\n`).join("");
        hash.update(text);
        if (text !== "") await append(text);
      }
      const footer: RootFooter = { wholesourceRoot: 1, name, time, blobs, bytes, sha256: hash.digest("hex") };
      const line = `${JSON.stringify(footer)}\n`;
      if (Buffer.byteLength(line) > ROOT_FOOTER_BYTES) {
        throw new WholesourceError("store-failed", "the name of the release is too long for the store");
      }
      await append(line);
      await file.sync();
      return footer;
    } finally {
      await file.close();
    }
  }
  const discard = (): Promise<void> => rm(folder, { recursive: true, force: true });

  return {
    add(sha256) {
      paths.blob(sha256);
      const prefix = sha256.slice(0, 2);
      const text = `${waiting.get(prefix) ?? ""}${sha256}\n`;
      waiting.set(prefix, text);
      if (text.length > ROOT_WAITING_CHARACTERS) spill(prefix);
    },
    async commit() {
      const list = join(folder, "list");
      const footer = await write(list);
      if ((await mkdir(paths.roots, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(paths.root);
      const path = join(paths.roots, rootFile(name));
      await rename(list, path);
      await syncFolder(paths.roots);
      await discard();
      const { time, blobs, bytes, sha256 } = footer;
      return { name, time, blobs, bytes, sha256, path };
    },
    discard,
  };
}

function missing(name: string, sha256: string): WholesourceError {
  return new WholesourceError("store-failed", `the store has no blob \`${sha256}\`, which \`${name}\` needs`, {
    hint: "run again; if it stays so, `wholesource store verify` says what is wrong with the store",
  });
}
