/**
 * A process of its own that works on a store, and can be killed. Arguments: store folder, what to do, and for that a
 * seed, a number of blobs and the release to name. Each line on standard output is a promise that was kept.
 */
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openStore, type Store } from "../../src/io/store.ts";
import { collectGarbage } from "../../src/io/store-gc.ts";
import { storePaths } from "../../src/io/store-layout.ts";
import { countBlobs } from "../../src/io/store-room.ts";
import { contentOf } from "./store-content.ts";

const [folder = "", task = "", seed = "", count = "0", release = ""] = process.argv.slice(2);
const say = (text: string): void => void writeSync(1, `${text}\n`);

async function put(store: Store, content: Buffer): Promise<string> {
  const aside = await store.aside();
  for (let at = 0; at < content.length; at += 65_536) await aside.write(content.subarray(at, at + 65_536));
  const sha256 = createHash("sha256").update(content).digest("hex");
  await aside.commit(sha256);
  return sha256;
}

async function fill(store: Store): Promise<void> {
  const kept: string[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < Number(count); at = next++) {
      const sha256 = await put(store, contentOf(seed, at));
      kept.push(sha256);
      say(sha256);
    }
  };
  await Promise.all(Array.from({ length: 24 }, lane));
  await store.withRoot({ name: release, time: "2026-01-01T00:00:00.000Z" }, async (root) => {
    for (const sha256 of kept) root.add(sha256);
  });
  say(`release ${release}`);
}

/** Fills the disk and says what it is told; makes room by taking away a file beside the store, and goes on. */
async function overflow(store: Store): Promise<void> {
  const said: string[] = [];
  let told = "";
  let at = 0;
  for (; told === "" && at < 2000; at += 1) {
    try {
      said.push(await put(store, contentOf(seed, at)));
      say(said.at(-1) ?? "");
    } catch (error) {
      told = toldOf(error);
    }
  }
  say(told);
  rmSync(join(folder, "..", "ballast"), { force: true });
  said.push(await put(store, contentOf(seed, at)));
  say(said.at(-1) ?? "");
  const isWhole = (sha256: string): boolean => {
    const bytes = readFileSync(storePaths(folder).blob(sha256));
    return createHash("sha256").update(bytes).digest("hex") === sha256;
  };
  say(`whole ${said.filter(isWhole).length} of ${(await countBlobs(storePaths(folder))).blobs}`);
}

const toldOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? `${String(error.code)}: ${error.message}` : String(error);

const work = async (): Promise<void> => {
  say("begin");
  if (task === "gc") {
    await collectGarbage(storePaths(folder), { graceMs: 0 });
    return;
  }
  const store = await openStore(folder);
  if (task === "fill") await fill(store);
  if (task === "overflow") await overflow(store);
  if (task === "read") {
    const content = contentOf(seed, 0);
    say(String((await store.has(createHash("sha256").update(content).digest("hex"))) !== undefined));
    await put(store, contentOf(seed, 1)).catch((error: unknown) => say(toldOf(error)));
  }
  await store.close();
};
await work();
