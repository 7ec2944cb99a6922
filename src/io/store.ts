/**
 * A content-addressed store of plain files: `blobs/sha256/ab/<hex>` for what was verified, `partial/` for what is under
 * way, `quarantine/sha256/<hex>` for what did not match. Nothing has a final name before its last byte is on the disk.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { WholesourceError } from "../model/error.ts";
import { codeOf } from "./errno.ts";
import { type Aside, openAside, type StorePaths } from "./store-aside.ts";
import { nonce } from "./store-owner.ts";
import { type PartialKey, sweepPartials } from "./store-partial.ts";
import { place, regularSize, storeError } from "./store-write.ts";

export type { Aside } from "./store-aside.ts";
export type { PartialKey } from "./store-partial.ts";

/** The version of the layout; a store of a newer one is not touched. */
const FORMAT = "wholesource-store 1\n";

/** A place where bytes are kept under their digest. */
export interface Store {
  readonly folder: string;
  /** The path of a blob, when there is a regular file for it. Its content is not read. */
  has(sha256: string): Promise<string | undefined>;
  /** A place for bytes that are about to come; it goes on with what an earlier run has left of them. */
  aside(key: PartialKey): Promise<Aside>;
}

/** Opens a store, and makes it when it is not there. Partial files that can be used again stay. */
export async function openStore(folder: string): Promise<Store> {
  const root = resolve(folder);
  const paths: StorePaths = {
    partial: join(root, "partial"),
    quarantine: (sha256) => join(root, "quarantine", "sha256", checkedHex(sha256)),
    blob: (sha256) => join(root, "blobs", "sha256", sha256.slice(0, 2), checkedHex(sha256)),
  };
  try {
    for (const each of [paths.partial, join(root, "blobs", "sha256")]) {
      await mkdir(each, { recursive: true, mode: 0o700 });
    }
    await checkFormat(join(root, "format"));
    await sweepPartials(paths.partial, Date.now());
  } catch (error) {
    throw storeError(error, `opening \`${folder}\``);
  }
  return {
    folder: root,
    async has(sha256) {
      const path = paths.blob(sha256);
      return (await regularSize(path)) === undefined ? undefined : path;
    },
    async aside(key) {
      try {
        return await openAside(paths, key);
      } catch (error) {
        throw storeError(error, "making a place for what comes");
      }
    },
  };
}

/** A digest becomes part of a path: nothing but a digest may. */
function checkedHex(sha256: string): string {
  if (/^[0-9a-f]{64}$/.test(sha256)) return sha256;
  throw new WholesourceError("internal", `expected a sha256 in lower-case hex, got \`${sha256.slice(0, 80)}\``);
}

async function checkFormat(path: string): Promise<void> {
  const found = await readFile(path, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (found === FORMAT) return;
  if (found !== undefined) {
    throw new WholesourceError(
      "store-failed",
      `expected the format \`${FORMAT.trim()}\`, got \`${found.trim().slice(0, 80)}\``,
      {
        hint: "use the version of wholesource that made this store, or name another folder",
      },
    );
  }
  // Aside first: somebody else may open the store at this moment and must not read half a line.
  const aside = `${path}.${nonce()}`;
  await writeFile(aside, FORMAT);
  await place(aside, path);
}
