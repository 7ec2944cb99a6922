/** What `wholesource store` does: looking at a store, tidying it, and letting releases go. */

import { type Collected, type CollectOptions, collectGarbage } from "../io/store-gc.ts";
import { findStore } from "../io/store-prepare.ts";
import { countBlobs } from "../io/store-room.ts";
import { forgetRoot, listRoots, type Root } from "../io/store-root.ts";
import { storeError } from "../io/store-write.ts";
import { WholesourceError } from "../model/error.ts";
import { nearest } from "../model/nearest.ts";

export type { Collected, CollectOptions } from "../io/store-gc.ts";
export { defaultStore } from "../io/store-layout.ts";

/** What a store holds. */
export interface StoreListing {
  readonly folder: string;
  /** By name, in the order of code units. */
  readonly releases: readonly Root[];
  /** Every blob counted once, however many releases share it. */
  readonly blobs: number;
  readonly bytes: number;
}

/** Lists the releases that a store keeps. */
export async function listStore(folder: string): Promise<StoreListing> {
  const paths = await findStore(folder);
  return safely("listing it", async () => {
    const releases = (await listRoots(paths)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return { folder: paths.root, releases, ...(await countBlobs(paths)) };
  });
}

/** Removes what no release needs and nobody works on. */
export async function collectStore(folder: string, options: CollectOptions = {}): Promise<Collected> {
  const paths = await findStore(folder);
  return safely("collecting what nobody needs", () => collectGarbage(paths, options));
}

/** Lets a release go: what only it needed is collected later. */
export async function forgetRelease(folder: string, name: string): Promise<void> {
  const paths = await findStore(folder);
  await safely("forgetting a release", async () => {
    if (await forgetRoot(paths, name)) return;
    const names = (await listRoots(paths)).map((root) => root.name);
    const meant = nearest(name, names);
    throw new WholesourceError("usage", `the store keeps no release \`${name}\``, {
      hint: `${meant === undefined ? "" : `did you mean \`${meant}\`? `}run \`wholesource store list\` to see what it keeps`,
    });
  });
}

async function safely<Value>(doing: string, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    throw storeError(error, doing);
  }
}
