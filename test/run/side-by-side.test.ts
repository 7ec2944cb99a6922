import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Piece } from "../../src/model/manifest.ts";
import { hostOfPiece, sideBySide } from "../../src/run/side-by-side.ts";

test("results stand in the order of the items, and no more than four of a host are under way", async () => {
  const items = Array.from({ length: 200 }, (_, index) => ({ index, host: index % 3 === 0 ? "a" : "b" }));
  const now: Record<string, number> = { a: 0, b: 0 };
  let most = 0;
  const results = await sideBySide(
    items,
    ({ host }) => host,
    async ({ index, host }) => {
      now[host] = (now[host] ?? 0) + 1;
      most = Math.max(most, ...Object.values(now));
      await sleep(index % 3);
      now[host] = (now[host] ?? 0) - 1;
      return index;
    },
  );
  expect(results).toEqual(items.map(({ index }) => index));
  expect(most).toBe(4);
});

test("a host that makes a thousand wait does not hold up the other", async () => {
  const done: string[] = [];
  const items = [...Array.from({ length: 100 }, () => "slow"), "quick"];
  await sideBySide(
    items,
    (host) => host,
    async (host) => {
      await sleep(host === "slow" ? 20 : 1);
      done.push(host);
    },
  );
  expect(done.indexOf("quick")).toBeLessThan(5);
});

test("a failure is thrown when what was under way has ended, and nothing more is begun", async () => {
  let begun = 0;
  let ended = 0;
  const running = sideBySide(
    Array.from({ length: 50 }, (_, index) => index),
    () => "a",
    async (index) => {
      begun += 1;
      await sleep(5);
      ended += 1;
      if (index === 2) throw new Error("the disk is full");
    },
  );
  await expect(running).rejects.toThrow("the disk is full");
  expect(ended).toBe(begun);
  expect(begun).toBeLessThan(10);
});

test("nothing to do is done at once", async () => {
  expect(
    await sideBySide(
      [],
      () => "",
      async () => 1,
    ),
  ).toEqual([]);
});

test.each([
  ["./data", ""],
  ["file:///data", ""],
  ["https://Example.org/a", "example.org"],
  ["https://user@example.org:8443/a", "example.org:8443"],
  ["git+https://example.org/a.git", "example.org"],
  ["pkg:npm/a@1.0.0", "pkg"],
  ["hf:org/name", "hf"],
  ["zenodo:1", "zenodo"],
])("%s is looked for at %j", (uri, host) => {
  const piece: Piece = { id: "a", kind: "other", availability: "open", locations: [{ uri }] };
  expect(hostOfPiece(piece)).toBe(host);
});
