/** Ctrl-C: what is known is told, what is not known is not made up, and the shell learns that the run was stopped. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { entry, folder, type PieceText, sha256, write, writeManifest } from "../run/release.ts";
import { answer, type RawServer, startRaw } from "../services/raw.ts";
import { start } from "./program.ts";

const SIZE = 1_000_000;

/** A server that begins an answer and never ends it. */
async function stalling(): Promise<RawServer & { readonly asked: Promise<void> }> {
  let ask = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const server = await startRaw({
    "/slow.bin": (socket) => {
      socket.write(answer("200 OK", [`Content-Length: ${SIZE}`], "x".repeat(1_000)));
      ask();
    },
  });
  onTestFinished(() => server.close());
  return { ...server, asked };
}

const slow = (origin: string, id = "slow"): PieceText => ({
  id,
  locations: [`${origin}/slow.bin`],
  files: [{ path: "slow.bin", size: SIZE, digest: { sha256: sha256("x".repeat(SIZE)) } }],
});

test("the first Ctrl-C ends the run with what is known", async () => {
  const [at, server] = [await folder(), await stalling()];
  await write(at, "quick/w.bin", "known");
  const quick = { id: "quick", locations: ["./quick"], files: [entry("w.bin", "known")] };
  const run = start(["verify", "--allow-private", await writeManifest(at, [quick, slow(server.origin)])]);
  await server.asked;
  await run.says("quick: ");
  run.child.kill("SIGINT");
  expect(await run.ended).toBe(130);
  const { stdout, stderr } = run.told;
  const [verdict, partial] = stdout.split("\n");
  expect(verdict).toMatch(/^could not be told: /);
  expect(partial).toMatch(/^this report is partial: /);
  expect(stdout).toMatch(/^ {2}inconclusive {2}slow /m);
  expect(stdout).not.toMatch(/^ {2}(?:broken|verified) +slow/m);
  expect(stdout).toContain("next: run it again");
  expect(stdout).not.toContain("later");
  expect(stderr).toContain("wholesource: stopping; what is known so far will be reported");
});

test("the JSON of a stopped run says that it is partial", async () => {
  const [at, server] = [await folder(), await stalling()];
  const manifest = await writeManifest(at, [slow(server.origin)]);
  const run = start(["verify", "--allow-private", "--quiet", "--format", "json", manifest]);
  await server.asked;
  run.child.kill("SIGTERM");
  expect(await run.ended).toBe(143);
  expect(JSON.parse(run.told.stdout)).toMatchObject({ partial: true, pieces: [{ outcome: "inconclusive" }] });
});

test("the second Ctrl-C ends the run at once", async () => {
  const [at, server] = [await folder(), await stalling()];
  const pieces = Array.from({ length: 2_000 }, (_, index) => slow(server.origin, `slow-${index}`));
  const manifest = await writeManifest(at, pieces);
  // Nobody reads the report, which is longer than a pipe holds: the run can not come to its end.
  const run = start(["verify", "--allow-private", "--quiet", "--format", "json", manifest], { reads: false });
  await server.asked;
  run.child.kill("SIGINT");
  await run.says("again to stop at once");
  await sleep(2_000);
  expect(run.child.exitCode).toBeNull();
  run.child.kill("SIGINT");
  expect(await run.ended).toBe(130);
});

test("Ctrl-C ends the wait for a manifest that nobody types", async () => {
  const run = start(["verify", "-"]);
  await sleep(700);
  run.child.kill("SIGINT");
  expect(await run.ended).toBe(130);
  expect(run.told.stdout).toBe("");
  expect(run.told.stderr).toContain("wholesource: error: stopped before the manifest was read");
});
