/** Keeping a store below a size: what nobody needs goes, the oldest first, before anything new comes. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { WholesourceError } from "../model/error.ts";
import { bytesText } from "../model/quantity.ts";
import { namesIn, openRemoval, type Unnamed, unnamedBlobs } from "./store-collect.ts";
import { prefixes, type StorePaths } from "./store-layout.ts";
import { EVICT_CANDIDATES, EVICT_SLACK } from "./store-limits.ts";
import { livingSessions, type Session, untoldBefore } from "./store-session.ts";

/** The room in a store. */
export interface Room {
  /**
   * Takes room for a blob, or throws `no-space`. What several processes have under way at the same moment may exceed
   * the size by that much.
   */
  make(bytes: number): Promise<void>;
  /** It is there, or it will not be. */
  made(bytes: number): void;
}

/** How many blobs a store has, and how many bytes of them. */
export async function countBlobs(paths: StorePaths): Promise<{ readonly blobs: number; readonly bytes: number }> {
  let [blobs, bytes] = [0, 0];
  for (const prefix of prefixes) {
    const folder = join(paths.blobs, prefix);
    for (const name of await namesIn(folder)) {
      const facts = lstatSync(join(folder, name), { throwIfNoEntry: false });
      if (facts?.isFile() !== true) continue;
      blobs += 1;
      bytes += facts.size;
    }
  }
  return { blobs, bytes };
}

/** Room without end, or below a size. */
export function createRoom(paths: StorePaths, maxBytes: number | undefined, session: () => Promise<Session>): Room {
  let counted: { readonly bytes: number; readonly others: ReadonlyMap<string, number> } | undefined;
  /** Bytes that were let in since the blobs were counted, and those that are on their way. */
  let [since, underWay] = [0, 0];
  let turn: Promise<void> = Promise.resolve();

  async function count(): Promise<void> {
    const living = await livingSessions(paths.sessions);
    const { bytes } = await countBlobs(paths);
    counted = { bytes: bytes + underWay, others: new Map(living.map(({ name, added }) => [name, added])) };
    since = 0;
  }
  /** What is there now, as far as the others have told. */
  async function used(): Promise<number> {
    if (counted === undefined) await count();
    const { bytes = 0, others } = counted ?? {};
    const own = (await session()).name;
    let sum = bytes + since;
    for (const { name, added } of await livingSessions(paths.sessions)) {
      if (name !== own) sum += Math.max(0, added - (others?.get(name) ?? 0));
    }
    return sum;
  }
  async function admit(bytes: number, max: number): Promise<void> {
    if ((await used()) + bytes > max) {
      await count();
      const excess = (await used()) + bytes - max;
      if (excess > 0) {
        const freed = bytes > max ? 0 : await evict(paths, excess + max * EVICT_SLACK);
        if (freed < excess) throw full((await used()) - freed, bytes, max);
        await count();
      }
    }
    since += bytes;
    underWay += bytes;
    (await session()).added(bytes);
  }

  return {
    async make(bytes) {
      if (maxBytes === undefined) {
        // Others may keep below a size, and count what comes.
        (await session()).added(bytes);
        return;
      }
      const mine = turn.then(() => admit(bytes, maxBytes));
      turn = mine.catch(() => undefined);
      await mine;
    },
    made(bytes) {
      underWay -= bytes;
    },
  };
}

/** Removes the oldest blobs that nobody needs, until so many bytes are free; says how many are. */
async function evict(paths: StorePaths, wanted: number): Promise<number> {
  const before = untoldBefore(await livingSessions(paths.sessions));
  let oldest: Unnamed[] = [];
  const sort = (): void => {
    oldest.sort((a, b) => a.mtimeMs - b.mtimeMs);
    oldest = oldest.slice(0, EVICT_CANDIDATES);
  };
  for await (const blob of unnamedBlobs(paths, before)) {
    oldest.push(blob);
    if (oldest.length >= 2 * EVICT_CANDIDATES) sort();
  }
  sort();
  const removal = await openRemoval(paths);
  let freed = 0;
  try {
    for (const blob of oldest) {
      if (freed >= wanted) break;
      if (await removal.remove(blob)) freed += blob.size;
    }
  } finally {
    await removal.close();
  }
  return freed;
}

function full(used: number, bytes: number, max: number): WholesourceError {
  return new WholesourceError(
    "no-space",
    `the store may hold ${bytesText(max)}: it has ${bytesText(used)} that are needed, and ${bytesText(bytes)} were to come`,
    { hint: "allow more, or forget releases: `wholesource store list` names them" },
  );
}
