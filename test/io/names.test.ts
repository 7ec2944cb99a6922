/** Names are asked for a few at a time, once each. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createNames } from "../../src/io/names.ts";

const failure = (code: string): Error => Object.assign(new Error(code), { code });

test("a name that leads somewhere is no refusal, one that does not is", async () => {
  const names = createNames();
  expect(await names.ask("localhost")).toBeUndefined();
  const gone = createNames(() => Promise.reject(failure("ENOTFOUND")));
  expect(await gone.ask("gone.example")).toMatchObject({
    kind: "unreachable",
    reason: "name-not-resolved",
    errorCode: "ENOTFOUND",
  });
});

test("a name is asked for once, and again only when it was the wrong moment", async () => {
  const asked: string[] = [];
  const names = createNames(async (host) => {
    asked.push(host);
    if (host === "busy.example" && asked.filter((one) => one === host).length === 1) throw failure("EAI_AGAIN");
  });
  await Promise.all([names.ask("a.example"), names.ask("a.example"), names.ask("busy.example")]);
  expect(await names.ask("busy.example")).toBeUndefined();
  expect(asked.toSorted()).toEqual(["a.example", "busy.example", "busy.example"]);
});

test("threads are left for others, whatever many names lead nowhere", async () => {
  let busy = 0;
  let most = 0;
  const names = createNames(async () => {
    busy += 1;
    most = Math.max(most, busy);
    await sleep(1);
    busy -= 1;
    throw failure("ENOTFOUND");
  });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => names.ask(`${index}.example`)));
  expect(answers.filter((answer) => answer?.reason === "name-not-resolved")).toHaveLength(50);
  expect(most).toBe(3);
});
