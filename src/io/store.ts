/**
 * A content-addressed store of plain files: `blobs/sha256/ab/<hex>` for what was verified, `partial/` for what is under
 * way, `quarantine/sha256/<hex>` for what did not match, `roots/` for the releases that are kept. Nothing has a final
 * name before its last byte is on the disk. Blobs are read-only, so that a blob with a second name outside the store is
 * not changed by accident.
 */
import { type Aside, openAside } from "./store-aside.ts";
import { createExporter, type ExportedAs, type ExportRequest } from "./store-export.ts";
import { createGroup } from "./store-group.ts";
import { PENDING_FILES } from "./store-limits.ts";
import { createPartialList, type PartialKey } from "./store-partial.ts";
import { prepareStore, unlessReadOnly } from "./store-prepare.ts";
import { createRoom } from "./store-room.ts";
import type { Root } from "./store-root.ts";
import { openRoot, type RootFacts, type RootWriter } from "./store-root-write.ts";
import { openSession, type Session, touchBlob } from "./store-session.ts";
import type { Settling } from "./store-settle.ts";
import { createSmallFiles } from "./store-small.ts";
import { storeError } from "./store-write.ts";

export type { Aside } from "./store-aside.ts";
export type { ExportedAs, ExportRequest } from "./store-export.ts";
export { defaultStore } from "./store-layout.ts";
export type { PartialKey } from "./store-partial.ts";
export type { Root } from "./store-root.ts";
export type { RootFacts, RootWriter } from "./store-root-write.ts";

/** A place where bytes are kept under their digest. */
export interface Store {
  readonly folder: string;
  /**
   * The path of a blob, when there is a regular file for it. Its content is not read. It stays there until this process
   * ends or closes the store.
   */
  has(sha256: string): Promise<string | undefined>;
  /** A place for bytes that are about to come; with a key it goes on with what an earlier run has left of them. */
  aside(key?: PartialKey): Promise<Aside>;
  /** Resolves when everything that was handed over with `commitSoon` is durable; rejects when something is not, or was not. */
  settled(): Promise<void>;
  /**
   * Keeps what a release needs from being collected. `fill` names its blobs; when it has, the list takes effect at once,
   * in place of an earlier one of the same name. When it throws, nothing changes.
   */
  withRoot(facts: RootFacts, fill: (root: RootWriter) => Promise<void>): Promise<Root>;
  /** Lays a blob out under another name: as a clone, else as a hard link, else as a copy. Its content is not read. */
  exportTo(sha256: string, target: string): Promise<ExportedAs>;
  /** The same for thousands, at once on this thread; says how many of each kind there are. */
  linkOut(list: Iterable<ExportRequest>): { readonly [How in ExportedAs]: number };
  /** Waits for what is under way, and lets go of what this process was told it has. */
  close(): Promise<void>;
}

/** How a store is used. */
export interface StoreOptions {
  /** Bytes of blobs that it may hold. Blobs that nobody needs make room for new ones, the oldest first. */
  readonly maxBytes?: number | undefined;
}

/** Opens a store, and makes it when it is not there. Partial files that can be used again stay. */
export async function openStore(folder: string, { maxBytes }: StoreOptions = {}): Promise<Store> {
  const paths = await prepareStore(folder);
  let opening: Promise<Session> | undefined;
  const session = (): Promise<Session> => {
    opening ??= openSession(paths.sessions);
    return opening;
  };
  const to: Settling = {
    paths,
    group: createGroup(paths.root),
    room: createRoom(paths, maxBytes, session),
    small: createSmallFiles(paths.partial),
  };
  const partials = createPartialList(paths.partial);
  const underWay = new Set<Promise<unknown>>();
  let failure: { readonly error: unknown } | undefined;
  const later = async (work: Promise<unknown>): Promise<void> => {
    // Whoever brings more than a failing disk can take hears of it before the end.
    if (failure !== undefined) {
      work.catch(() => undefined);
      throw failure.error;
    }
    const ended = work
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => underWay.delete(ended));
    underWay.add(ended);
    const [oldest] = underWay;
    if (underWay.size > PENDING_FILES) {
      to.group.hurry();
      await oldest;
    }
  };
  const exporter = createExporter(paths.blob);
  const isThere = async (sha256: string): Promise<boolean> => touchBlob(paths.blob(sha256), await since(session));
  const safely = async <Value>(doing: string, act: () => Promise<Value>): Promise<Value> => {
    try {
      return await act();
    } catch (error) {
      throw storeError(error, doing);
    }
  };

  return {
    folder: paths.root,
    async has(sha256) {
      const path = paths.blob(sha256);
      return (await safely("looking for a blob", () => isThere(sha256))) ? path : undefined;
    },
    aside: (key) =>
      safely("making a place for what comes", async () => {
        await session();
        return openAside({ ...to, later, partials }, key);
      }),
    async settled() {
      to.group.hurry();
      await Promise.all(underWay);
      if (failure !== undefined) throw failure.error;
    },
    withRoot: (facts, fill) =>
      safely(`keeping what \`${facts.name}\` needs`, async () => {
        await session();
        const root = await openRoot(paths, facts, isThere);
        try {
          await fill({ add: (sha256) => root.add(sha256) });
          return await root.commit();
        } catch (error) {
          await root.discard();
          throw error;
        }
      }),
    exportTo: (sha256, target) => exporter.one(sha256, target),
    linkOut: (list) => exporter.many(list),
    async close() {
      to.group.hurry();
      await Promise.all(underWay);
      await to.small.close();
      const opened = opening;
      opening = undefined;
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

/** Since when this process is here; undefined where it can not say so. */
async function since(session: () => Promise<Session>): Promise<number | undefined> {
  return session().then(
    (own) => own.since,
    (error: unknown) => unlessReadOnly(error),
  );
}
