import type { Piece } from "../model/manifest.ts";

/** Pieces of one host that are looked at side by side; the lanes below them are shared. */
const AT_ONE_HOST = 4;
/** Pieces in all: each holds a bounded summary of what was seen of it. */
const IN_ALL = 32;

/**
 * Does `act` for every item and keeps the results in their order. Items of one host wait for each other and for nobody
 * else: a thousand pieces on a host that asks for patience do not hold up the piece that lies elsewhere.
 */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  hostOf: (item: Item) => string,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queues = new Map<string, { waiting: number[]; next: number; busy: number }>();
  for (const [index, item] of items.entries()) {
    const host = hostOf(item);
    const queue = queues.get(host) ?? { waiting: [], next: 0, busy: 0 };
    queue.waiting.push(index);
    queues.set(host, queue);
  }
  let busy = 0;
  let failed: { readonly error: unknown } | undefined;
  await new Promise<void>((resolve) => {
    const start = (): void => {
      for (const queue of queues.values()) {
        while (failed === undefined && busy < IN_ALL && queue.busy < AT_ONE_HOST && queue.next < queue.waiting.length) {
          const index = queue.waiting[queue.next++] ?? 0;
          busy += 1;
          queue.busy += 1;
          void run(index).then(() => {
            busy -= 1;
            queue.busy -= 1;
            start();
          });
        }
      }
      if (busy === 0) resolve();
    };
    const run = async (index: number): Promise<void> => {
      try {
        const item = items[index];
        if (item !== undefined) results[index] = await act(item);
      } catch (error) {
        failed ??= { error };
      }
    };
    start();
  });
  if (failed !== undefined) throw (failed as { readonly error: unknown }).error;
  return results;
}

/** The host that a piece is looked for at first; the same word for everything that lies on this machine. */
export function hostOfPiece({ locations }: Piece): string {
  return hostOfUri(locations[0]?.uri ?? "");
}

/** The host that a location is looked for at; the same word for everything that lies on this machine. */
export function hostOfUri(uri: string): string {
  const rest = /^(?:[a-z][a-z0-9+.-]*:)(?:\/\/)?(?:[^/@]*@)?([^/?#]*)/i.exec(uri);
  if (rest === null || /^file:/i.test(uri)) return "";
  const scheme = uri.slice(0, uri.indexOf(":")).toLowerCase();
  // What is no web address names a package or a record: all of a kind are kept at one place.
  return /^(?:git\+)?(?:https?|ssh)$/.test(scheme) ? (rest[1] ?? "").toLowerCase() : scheme;
}
