/** Killed at any moment, several at once, on a full disk: what has a name in the store is whole. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openStore } from "../../src/io/store.ts";
import { collectGarbage } from "../../src/io/store-gc.ts";
import { storePaths } from "../../src/io/store-layout.ts";
import { forgetRoot, listRoots } from "../../src/io/store-root.ts";
import { verifyStore } from "../../src/run/store-verify.ts";
import { need, needThat } from "../services/need.ts";
import { contentOf, drawFrom } from "./store-content.ts";
import { buildStoreChild, ownMount, runProgram } from "./store-process.ts";

const ROUNDS = 200;
const BLOBS = 60;

let child: Awaited<ReturnType<typeof buildStoreChild>>;
let folder: string;
let store: string;
beforeAll(async () => {
  child = await buildStoreChild();
});
afterAll(() => child.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wholesource-crash-"));
  store = join(folder, "store");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const digest = (seed: string, at: number): string => createHash("sha256").update(contentOf(seed, at)).digest("hex");
const isWhole = (sha256: string): boolean => {
  const bytes = readFileSync(join(store, "blobs/sha256", sha256.slice(0, 2), sha256));
  return createHash("sha256").update(bytes).digest("hex") === sha256;
};
const faultsOf = async (): Promise<object> => (await verifyStore(store, { concurrency: 1 })).faults;
/** As if all that is there had been brought long ago. */
function age(): void {
  for (const entry of readdirSync(join(store, "blobs"), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), 1, 1);
  }
}
const none = { corrupt: 0, missing: 0, unreadable: 0, unexpected: 0, "list-damaged": 0 };
const run = (task: string, seed: string, count: number, during?: Parameters<typeof runProgram>[1]) =>
  runProgram([process.execPath, child.program, store, task, seed, String(count), `release ${seed}`], during);

test(`killed ${ROUNDS} times at random points: nothing half-written has a name, and no promise is broken`, {
  timeout: 600_000,
}, async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`store-crash: SEED=${seed}\n`);
  const draw = drawFrom(seed);
  /** Blobs that a killed process said it has; a collection may take those that no release names. */
  let promised = new Set<string>();
  const kept = new Set<string>();
  let killed = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const collects = round % 5 === 4;
    const after = collects ? 0 : Math.floor(draw() * (BLOBS + 3));
    const delay = draw() * (collects ? 12 : 4);
    if (collects) age();
    let seen = 0;
    const { code, lines, stderr } = await run(collects ? "gc" : "fill", `${seed}-${round}`, BLOBS, (_line, kill) => {
      if (seen === after) void sleep(delay).then(kill);
      seen += 1;
    });
    expect(stderr, `SEED=${seed} round ${round}`).toBe("");
    if (code === null) killed += 1;
    if (collects) promised = new Set();
    const said = lines.filter((line) => line.length === 64);
    for (const sha256 of said) promised.add(sha256);
    if (lines.at(-1)?.startsWith("release") === true) for (const sha256 of said) kept.add(sha256);
    for (const sha256 of [...promised, ...(collects ? kept : [])]) {
      if (!isWhole(sha256)) throw new Error(`SEED=${seed}: round ${round} broke its promise of ${sha256}`);
    }
    if (round % 50 === 49) expect(await faultsOf(), `SEED=${seed} round ${round}`).toEqual(none);
  }
  // Few are through before they are killed; if most were, the test would show nothing.
  expect(killed).toBeGreaterThan(ROUNDS / 2);

  const last = await run("fill", "last", BLOBS);
  expect(last).toMatchObject({ code: 0, stderr: "" });
  expect(last.lines.length).toBe(BLOBS + 2);
  expect(await faultsOf()).toEqual(none);
  await (await openStore(store)).close();
  expect(["partial", "leaving"].flatMap((name) => readdirSync(join(store, name)))).toEqual([]);
});

test.each([2, 8])("%i processes that fill the same store at once share the bytes", async (processes) => {
  const ended = await Promise.all(Array.from({ length: processes }, () => run("fill", "same", BLOBS)));
  for (const { code, stderr, lines } of ended) expect([code, stderr, lines.length]).toEqual([0, "", BLOBS + 2]);
  const all = new Set(Array.from({ length: BLOBS }, (_, at) => digest("same", at)));
  expect(await verifyStore(store, { concurrency: 1 })).toMatchObject({ blobs: all.size, releases: 1, faults: none });
  expect(readdirSync(join(store, "partial"))).toEqual([]);
});

test("what is being filled stays while others collect all the time", async () => {
  await run("fill", "before", 200);
  await forgetRoot(storePaths(store), "release before");
  age();
  let [ended, removed] = [false, 0];
  const filling = run("fill", "during", 200).finally(() => {
    ended = true;
  });
  while (!ended) removed += (await collectGarbage(storePaths(store), { graceMs: 0 })).blobs;
  expect(await filling).toMatchObject({ code: 0, stderr: "" });
  expect(await faultsOf()).toEqual(none);
  expect((await listRoots(storePaths(store))).map(({ name }) => name)).toEqual(["release during"]);
  age();
  removed += (await collectGarbage(storePaths(store), { graceMs: 0 })).blobs;
  expect(removed).toBeGreaterThan(150);
  expect(await verifyStore(store, { concurrency: 1 })).toMatchObject({ blobs: 200, faults: none });
});

const place = mkdtempSync(join(tmpdir(), "wholesource-mount-"));
const small = ownMount(place, 'mount -t tmpfs -o size=6m none "$0" && head -c 2500000 /dev/zero >"$0/ballast"');
const readOnly = ownMount(place, 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"');
rmSync(place, { recursive: true });

needThat(
  small !== undefined,
  "the right to mount a tmpfs",
  "a user namespace",
)("a full disk", () => {
  test("is told as such; what has a name is whole, and the next blob after freeing goes in", async () => {
    const { code, lines, stderr } = await runProgram([
      ...(small?.slice(0, -1) ?? []),
      folder,
      process.execPath,
      child.program,
      store,
      "overflow",
      "s",
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    const told = lines.findIndex((line) => line.startsWith("no-space"));
    expect(told).toBeGreaterThan(10);
    expect(lines[told]).toContain("no space left");
    expect(lines.slice(told + 1)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), `whole ${told} of ${told}`]);
  });
});

test("a file that may not grow is told as a full disk", async () => {
  const limited = ["sh", "-c", 'ulimit -f 2000; exec "$0" "$@"', process.execPath, child.program];
  const { code, lines, stderr } = await runProgram([...limited, store, "overflow", "s"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(lines.filter((line) => line.startsWith("no-space"))).toEqual([expect.stringContaining("EFBIG")]);
  expect(await faultsOf()).toEqual(none);
});

needThat(
  readOnly !== undefined,
  "the right to mount read-only",
  "a user namespace",
)("a store that is read-only", () => {
  test("gives what it has, and says why it takes nothing", async () => {
    await run("fill", "s", 1);
    const { code, lines, stderr } = await runProgram([
      ...(readOnly?.slice(0, -1) ?? []),
      folder,
      process.execPath,
      child.program,
      store,
      "read",
      "s",
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(lines).toEqual(["begin", "true", expect.stringMatching(/^store-failed: .*EROFS/)]);
  });
});

need("strace")("the order of things", () => {
  test("bytes are flushed before they have a name, and names before they are promised", async () => {
    const log = join(folder, "strace");
    const trace = [
      "strace",
      "-f",
      "-y",
      "-s",
      "80",
      "-o",
      log,
      "-e",
      "trace=write,pwrite64,fsync,fdatasync,syncfs,rename",
    ];
    const argv = [...trace, process.execPath, child.program, store, "fill", "s", String(BLOBS), "release"];
    const { code, lines } = await runProgram(argv);
    expect(code).toBe(0);
    const calls = callsOf(readFileSync(log, "utf8"));
    for (const sha256 of lines.filter((line) => line.length === 64)) {
      const named = calls.find(
        ({ name, text }) => name === "rename" && text.includes(`/blobs/sha256/${sha256.slice(0, 2)}/${sha256}"`),
      );
      const from = /rename\("([^"]+)"/.exec(named?.text ?? "")?.[1] ?? "?";
      const said = calls.find(({ name, text }) => name === "write" && text.includes(`"${sha256}`));
      const written = calls.findLast(({ name, text }) => name === "pwrite64" && text.includes(`<${from}>`));
      if (named === undefined || said === undefined || written === undefined)
        throw new Error(`${sha256} left no trace`);
      const flushed = (what: string, after: number, before: number): boolean =>
        calls.some(
          ({ name, text, begin, end }) =>
            (name === "syncfs" || ((name === "fsync" || name === "fdatasync") && text.includes(what))) &&
            begin > after &&
            end < before,
        );
      expect(flushed(`<${from}>`, written.end, named.begin), `${sha256} had a name before it was on the disk`).toBe(
        true,
      );
      const home = `<${join(store, "blobs/sha256", sha256.slice(0, 2))}>`;
      expect(flushed(home, named.end, said.begin), `${sha256} was promised before its name was on the disk`).toBe(true);
    }
  });
});

interface Call {
  readonly name: string;
  readonly text: string;
  readonly begin: number;
  readonly end: number;
}

/** System calls with the lines at which they began and ended. */
function callsOf(log: string): readonly Call[] {
  const open = new Map<string, { readonly name: string; readonly text: string; readonly begin: number }>();
  const calls: Call[] = [];
  for (const [at, line] of log.split("\n").entries()) {
    const [, pid = "", text = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. (\w+) resumed>/.exec(text)?.[1];
    const begun = open.get(pid);
    if (resumed !== undefined && begun !== undefined) calls.push({ ...begun, end: at });
    const name = /^(\w+)\(/.exec(text)?.[1];
    if (name === undefined) continue;
    if (text.endsWith("<unfinished ...>")) open.set(pid, { name, text, begin: at });
    else calls.push({ name, text, begin: at, end: at });
  }
  return calls.sort((a, b) => a.begin - b.begin);
}
