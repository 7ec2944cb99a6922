import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createLanes, type Lanes } from "../../src/run/lanes.ts";

type Job =
  | { readonly do: "square"; readonly n: number }
  | { readonly do: "wait" | "block"; readonly ms: number }
  | { readonly do: "tell"; readonly events: number }
  | { readonly do: "throw" | "full" | "die" | "where" };
type Result = number | string;

/** The worker under test: real threads need a program, so one is built from the sources and this text. */
const program = (sources: string): string => `
  import { serveLane } from ${JSON.stringify(`${sources}/run/lane-serve.ts`)};
  import { WholesourceError } from ${JSON.stringify(`${sources}/model/error.ts`)};
  import { setTimeout } from "node:timers/promises";
  import { isMainThread, threadId, workerData } from "node:worker_threads";
  serveLane((job, emit) => {
    switch (job.do) {
      case "square": return job.n * job.n;
      case "wait": return setTimeout(job.ms, workerData ?? threadId);
      case "block": { for (const end = performance.now() + job.ms; performance.now() < end; ); return threadId; }
      case "tell": for (let n = 0; n < job.events; n++) emit(n); return job.events;
      case "throw": throw new Error("no such thing");
      case "full": throw new WholesourceError("no-space", "the disk is full", { hint: "make room" });
      case "die": process.exit(3);
      case "where": return isMainThread ? "main" : "worker";
    }
  });`;

let folder = "";
let workerUrl: URL;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "wholesource-lanes-"));
  const source = join(folder, "source.ts");
  writeFileSync(source, program(join(import.meta.dirname, "../../src")));
  const build = await rolldown({ input: source, platform: "node" });
  await build.write({ file: join(folder, "worker.mjs"), format: "esm" });
  await build.close();
  workerUrl = pathToFileURL(join(folder, "worker.mjs"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const lanes of opened.splice(0)) await lanes.close();
});
function open(options: Partial<Parameters<typeof createLanes<Job, Result, number>>[0]>): Lanes<Job, Result, number> {
  const lanes = createLanes<Job, Result, number>({ workerUrl, count: 2, ...options });
  opened.push(lanes);
  return lanes;
}
const inline = (job: Job): Result => {
  if (job.do === "square") return job.n * job.n;
  if (job.do === "throw") throw new Error("no such thing");
  if (job.do === "block") for (const end = performance.now() + job.ms; performance.now() < end; );
  return "main";
};

describe.each([
  { name: "workers alone", options: {} },
  { name: "workers and the main thread", options: { runInline: inline } },
  { name: "the main thread alone", options: { runInline: inline, workerUrl: undefined } },
  { name: "one job at a time", options: { jobsPerWorker: 1 } },
  { name: "no program to run", options: { runInline: inline, workerUrl: new URL("file:///nowhere/worker.mjs") } },
])("$name", ({ options }) => {
  test("every job is done once, and its own result comes back", async () => {
    const lanes = open(options);
    const numbers = Array.from({ length: 500 }, (_, n) => n);
    const squares = await Promise.all(numbers.map((n) => lanes.submit({ do: "square", n }, { cost: n * 100_000 })));
    expect(squares).toEqual(numbers.map((n) => n * n));
  });

  test("a job that throws fails alone", async () => {
    const lanes = open(options);
    const bad = lanes.submit({ do: "throw" });
    const good = lanes.submit({ do: "square", n: 3 });
    await expect(bad).rejects.toThrow(/no such thing/);
    expect(await good).toBe(9);
  });
});

test("both kinds of lanes take part", async () => {
  const lanes = open({ runInline: inline });
  await lanes.submit({ do: "square", n: 1 });
  const where = await Promise.all(Array.from({ length: 40 }, () => lanes.submit({ do: "block", ms: 10 })));
  expect(new Set(where.map((one) => typeof one)).size).toBe(2);
});

test("a long job does not hold up those behind it", async () => {
  const lanes = open({ count: 2 });
  await Promise.all([lanes.submit({ do: "square", n: 1 }), lanes.submit({ do: "square", n: 1 })]);
  let longDone = false;
  const long = lanes.submit({ do: "block", ms: 500 }, { cost: 1e9 }).then(() => {
    longDone = true;
  });
  await Promise.all(Array.from({ length: 20 }, (_, n) => lanes.submit({ do: "square", n })));
  expect(longDone).toBe(false);
  await long;
});

test("jobs that wait overlap on one thread", async () => {
  const lanes = open({ count: 1, jobsPerWorker: 10, workerData: 7 });
  await lanes.submit({ do: "square", n: 1 });
  const start = performance.now();
  expect(await Promise.all(Array.from({ length: 10 }, () => lanes.submit({ do: "wait", ms: 100 })))).toEqual(
    Array(10).fill(7),
  );
  expect(performance.now() - start).toBeLessThan(600);
});

test("what waits is shared out evenly, although one worker could hold all of it", async () => {
  const lanes = open({
    jobsPerWorker: 4,
    jobsInline: 4,
    runInline: async (job) => (job.do === "wait" ? "main" : inline(job)),
  });
  await Promise.all([lanes.submit({ do: "where" }), lanes.submit({ do: "where" })]);
  const jobs = Array.from({ length: 4 }, () => lanes.submit({ do: "wait", ms: 20 }, { waits: true }));
  const places = await Promise.all(jobs);
  expect(places.filter((place) => place === "main").length).toBeGreaterThanOrEqual(2);
  expect(places.filter((place) => place !== "main").length).toBeGreaterThanOrEqual(1);
});

test.each([
  { name: "workers alone", count: 3, inlined: 0 },
  { name: "workers and the main thread", count: 3, inlined: 1 },
])("$name: a job for every lane is done once on each", async ({ count, inlined }) => {
  let onMain = 0;
  const lanes = open({
    count,
    ...(inlined === 0
      ? {}
      : {
          runInline: () => {
            onMain += 1;
            return "main";
          },
        }),
  });
  await lanes.everywhere({ do: "wait", ms: 1 });
  expect(onMain).toBe(inlined);
  await expect(lanes.everywhere({ do: "throw" })).rejects.toThrow(/no such thing/);
});

test("the main thread's own events go on between its jobs", async () => {
  const lanes = open({ workerUrl: undefined, runInline: inline });
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  await Promise.all(Array.from({ length: 20 }, () => lanes.submit({ do: "block", ms: 10 })));
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(5);
});

test("a job tells of itself on the way, in order and before its result", async () => {
  const events: number[] = [];
  expect(await open({}).submit({ do: "tell", events: 100 }, { onEvent: (event) => void events.push(event) })).toBe(100);
  expect(events).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

test("an error of ours keeps its code and its hint across threads", async () => {
  await expect(open({}).submit({ do: "full" })).rejects.toMatchObject({
    name: "WholesourceError",
    code: "no-space",
    message: "the disk is full",
    hint: "make room",
  });
});

test("a thread that dies takes only its own jobs with it, and says so", async () => {
  const lanes = open({ count: 2 });
  await Promise.all([lanes.submit({ do: "wait", ms: 50 }), lanes.submit({ do: "wait", ms: 50 })]);
  await expect(lanes.submit({ do: "die" })).rejects.toMatchObject({ code: "internal" });
  expect(await lanes.submit({ do: "square", n: 4 })).toBe(16);
});

test("when every thread is gone, what waits is told so", async () => {
  const lanes = open({ count: 1, jobsPerWorker: 1 });
  await lanes.submit({ do: "square", n: 1 });
  const dead = lanes.submit({ do: "die" });
  const waiting = lanes.submit({ do: "square", n: 4 });
  await expect(dead).rejects.toMatchObject({ code: "internal" });
  await expect(waiting).rejects.toMatchObject({ code: "internal" });
  await expect(lanes.submit({ do: "square", n: 5 })).rejects.toMatchObject({ code: "internal" });
});

test("closing ends jobs in their middle", async () => {
  const lanes = open({ count: 1 });
  await lanes.submit({ do: "square", n: 1 });
  const endless = lanes.submit({ do: "block", ms: 60_000 });
  const waiting = Array.from({ length: 5 }, () => lanes.submit({ do: "square", n: 2 }));
  const all = Promise.allSettled([endless, ...waiting]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await lanes.close();
  expect((await all).every(({ status }) => status === "rejected")).toBe(true);
  await expect(lanes.submit({ do: "square", n: 1 })).rejects.toThrow(/closed/);
});
