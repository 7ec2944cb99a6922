/** Every host gets its turn. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { askInTurn } from "../../src/run/in-turn.ts";

interface Item {
  readonly host: string;
  readonly at: number;
}

async function run(
  items: readonly Item[],
  millisecondsOf: (item: Item) => number,
  options: {
    readonly perHost?: number;
    readonly inFlight?: number;
    readonly waiting?: number;
    readonly signal?: AbortSignal;
    readonly before?: (host: string) => Promise<void>;
  } = {},
): Promise<{ readonly ended: Item[]; readonly most: number; readonly mostPerHost: number; readonly pulled: number }> {
  const ended: Item[] = [];
  const busy = new Map<string, number>();
  let most = 0;
  let mostPerHost = 0;
  let pulled = 0;
  async function* chunks(): AsyncGenerator<readonly Item[]> {
    for (let at = 0; at < items.length; at += 10) {
      pulled += 1;
      yield items.slice(at, at + 10);
    }
  }
  const {
    perHost = 2,
    inFlight = 8,
    waiting = 1_000,
    signal = new AbortController().signal,
    before = async () => {},
  } = options;
  await askInTurn(chunks(), {
    hostOf: ({ host }) => host,
    before,
    perHost,
    inFlight,
    waiting,
    signal,
    async ask(item) {
      busy.set(item.host, (busy.get(item.host) ?? 0) + 1);
      mostPerHost = Math.max(mostPerHost, busy.get(item.host) ?? 0);
      most = Math.max(
        most,
        [...busy.values()].reduce((sum, count) => sum + count, 0),
      );
      await sleep(millisecondsOf(item));
      busy.set(item.host, (busy.get(item.host) ?? 0) - 1);
      ended.push(item);
    },
  });
  return { ended, most, mostPerHost, pulled };
}

const many = (host: string, count: number): Item[] => Array.from({ length: count }, (_, at) => ({ host, at }));

test("all are asked, within both limits", async () => {
  const items = [...many("a", 40), ...many("b", 40), ...many("c", 3), ...many("d", 40), ...many("e", 40)];
  const { ended, most, mostPerHost } = await run(items, () => 1);
  expect(ended).toHaveLength(items.length);
  expect(most).toBe(8);
  expect(mostPerHost).toBe(2);
});

test("a slow host holds up nobody but itself", async () => {
  const { ended } = await run([...many("slow", 6), ...many("fast", 30)], ({ host }) => (host === "slow" ? 150 : 1));
  expect(ended.slice(0, 30).every(({ host }) => host === "fast")).toBe(true);
});

test("what must be known of a host first holds up nobody else", async () => {
  const before = async (host: string): Promise<void> => void (await sleep(host === "unknown" ? 150 : 0));
  const { ended } = await run([...many("unknown", 20), ...many("known", 20)], () => 1, { before, inFlight: 2 });
  expect(ended.slice(0, 20).every(({ host }) => host === "known")).toBe(true);
});

test("no more are taken than may wait", async () => {
  let pulledAtFirst = 0;
  let asked = 0;
  async function* chunks(): AsyncGenerator<readonly Item[]> {
    for (let at = 0; at < 100; at++) {
      if (asked === 0) pulledAtFirst += 1;
      yield many("a", 10);
    }
  }
  await askInTurn(chunks(), {
    hostOf: ({ host }) => host,
    before: async () => {},
    perHost: 1,
    inFlight: 1,
    waiting: 50,
    signal: new AbortController().signal,
    async ask() {
      await sleep(0);
      asked += 1;
    },
  });
  expect(asked).toBe(1_000);
  expect(pulledAtFirst).toBeLessThan(10);
});

test("a bug is thrown on, and an end is an end", async () => {
  await expect(
    run(many("a", 5), () => {
      throw new Error("a bug");
    }),
  ).rejects.toThrow("a bug");
  const stop = new AbortController();
  stop.abort();
  expect((await run(many("a", 50), () => 1, { signal: stop.signal })).ended.length).toBeLessThan(3);
});
