import { describe, expect, test } from "vitest";
import { run, start } from "../../src/io/process.ts";

const limits = { env: {}, timeout: 10_000, maxBytes: 1000 };
const node = (script: string, more: Partial<Parameters<typeof run>[2]> = {}) =>
  run(process.execPath, ["-e", script], { ...limits, ...more });

test("gives what the program wrote and how it ended", async () => {
  const script = "process.stdout.write('out'); process.stderr.write('err'); process.exitCode = 7";
  expect(await node(script)).toEqual({ status: "exited", code: 7, stdout: "out", stderr: "err" });
  expect(await node("")).toEqual({ status: "exited", code: 0, stdout: "", stderr: "" });
});

test("the environment is the one given, and nothing else", async () => {
  const names = await node("process.stdout.write(Object.keys(process.env).join())", {
    env: { ONE: "1", NONE: undefined },
  });
  expect(names).toMatchObject({ stdout: "ONE" });
});

test("an argument is one argument, whatever is in it", async () => {
  const odd = "a b; $(id) `id` \"'|>&\n*";
  const echoed = await run(process.execPath, ["-p", "process.argv[1]", odd], limits);
  expect(echoed).toMatchObject({ stdout: `${odd}\n` });
});

test("input is at its end at once", async () => {
  expect(await node("process.stdin.on('data', () => {}).on('end', () => console.log('end'))")).toMatchObject({
    stdout: "end\n",
  });
});

test("a program that is not there, or can not be started, is a result", async () => {
  expect(await run("/nothing/here", [], limits)).toMatchObject({ status: "failed", reason: "not-found" });
  expect(await run(import.meta.filename, [], limits)).toMatchObject({ status: "failed", reason: "not-started" });
  expect(await run(process.execPath, ["a\0b"], limits)).toMatchObject({ status: "failed", reason: "not-started" });
});

test("time, output and the caller's patience have an end", async () => {
  expect(await node("setInterval(() => {}, 1000)", { timeout: 100 })).toMatchObject({ reason: "timeout" });
  expect(await node("process.stdout.write('x'.repeat(1001))")).toMatchObject({ reason: "too-large" });
  expect(await node("process.stdout.write('x'.repeat(1000))")).toMatchObject({ status: "exited" });
  expect(await node("setInterval(() => {}, 1000)", { signal: AbortSignal.timeout(100) })).toMatchObject({
    reason: "aborted",
  });
  expect(await node("", { signal: AbortSignal.abort() })).toMatchObject({ reason: "aborted" });
  expect(await node("process.kill(process.pid, 'SIGTERM')")).toMatchObject({ reason: "killed" });
});

describe("a program that is talked with", () => {
  const talk = (script: string, more: Partial<Parameters<typeof start>[2]> = {}) =>
    start(process.execPath, ["-e", script], { env: {}, timeout: 10_000, ...more });
  const all = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
    const list: Uint8Array[] = [];
    for await (const chunk of chunks) list.push(chunk);
    return Buffer.concat(list).toString();
  };
  const forever = "setInterval(() => {}, 1000)";

  test("answers as it is asked, and its end is told", async () => {
    const running = talk("process.stdin.on('data', (d) => process.stdout.write(String(d).toUpperCase()))");
    const answers = running.stdout[Symbol.asyncIterator]();
    for (const word of ["one", "two"]) {
      await running.write(word);
      const { value } = await answers.next();
      expect(Buffer.from(value ?? []).toString()).toBe(word.toUpperCase());
    }
    running.endInput();
    expect((await answers.next()).done).toBe(true);
    expect(await running.ended).toEqual({ status: "exited", code: 0, stderr: "" });
  });

  test("much output waits for its reader, and much input for its", async () => {
    const running = talk("process.stdin.pipe(process.stdout)");
    const chunk = "x".repeat(1024 * 1024);
    const writing = (async () => {
      for (let count = 0; count < 20; count += 1) await running.write(chunk);
      running.endInput();
    })();
    let bytes = 0;
    for await (const part of running.stdout) bytes += part.length;
    await writing;
    expect(bytes).toBe(20 * chunk.length);
  });

  test("of what it says beside, the end is kept", async () => {
    const running = talk("process.stderr.write('a'.repeat(100000) + 'end'); process.exitCode = 3");
    const ended = await running.ended;
    expect(ended).toMatchObject({ status: "exited", code: 3 });
    expect(ended.stderr.length).toBeLessThan(20_000);
    expect(ended.stderr.endsWith("end")).toBe(true);
  });

  test("what it started ends with it", async () => {
    const child = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(forever)}])`;
    const running = talk(`console.log(${child}.pid); ${forever}`);
    const first = await running.stdout[Symbol.asyncIterator]().next();
    const pid = Number(Buffer.from(first.value ?? []).toString());
    expect(pid).toBeGreaterThan(0);
    running.stop();
    expect(await running.ended).toMatchObject({ status: "failed", reason: "killed" });
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
  });

  test("time, output and the caller's patience have an end", async () => {
    expect(await talk(forever, { timeout: 100 }).ended).toMatchObject({ reason: "timeout" });
    expect(await talk(forever, { signal: AbortSignal.timeout(100) }).ended).toMatchObject({ reason: "aborted" });
    expect(await talk("", { signal: AbortSignal.abort() }).ended).toMatchObject({ reason: "aborted" });
    const chatty = talk(`process.stdout.write("x".repeat(2000)); ${forever}`, { maxBytes: 1000 });
    await all(chatty.stdout);
    expect(await chatty.ended).toMatchObject({ reason: "too-large" });
    expect(await talk("process.kill(process.pid, 'SIGTERM')").ended).toMatchObject({ reason: "killed" });
  });

  test("one that is not there, or can not be started, has no output and says why", async () => {
    const none = start("/nothing/here", [], { env: {}, timeout: 1000 });
    await none.write("x");
    expect(await all(none.stdout)).toBe("");
    expect(await none.ended).toMatchObject({ status: "failed", reason: "not-found" });
    const odd = start(process.execPath, ["a\0b"], { env: {}, timeout: 1000 });
    expect(await odd.ended).toMatchObject({ reason: "not-started" });
  });

  test("a reader that leaves early leaves nothing behind", async () => {
    const running = talk("setInterval(() => process.stdout.write('x'.repeat(100000)), 1)");
    for await (const chunk of running.stdout) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    running.stop();
    expect(await running.ended).toMatchObject({ status: "failed" });
  });

  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }
});
