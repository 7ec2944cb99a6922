import { expect, test } from "vitest";
import { run } from "../../src/io/process.ts";

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
