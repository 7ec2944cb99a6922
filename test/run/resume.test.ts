/** Killed in the middle of a download, and run again: it goes on where it was, and nothing half-written has a final name. */
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { Report } from "../../src/model/report.ts";
import { need } from "../services/need.ts";
import { startNginx } from "../services/nginx.ts";
import { entry, folder, write, writeManifest } from "./release.ts";

const program = resolve(import.meta.dirname, "../../bin/wholesource.js");

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly report: Report | undefined;
}

/** Runs the built program; `during` may end it. */
async function wholesource(args: readonly string[], during?: (kill: () => void) => Promise<void>): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) => {
    child.once("close", (code, signal) => done({ code, signal }));
  });
  await during?.(() => child.kill("SIGKILL"));
  const { code, signal } = await ended;
  return { code, signal, report: text === "" ? undefined : JSON.parse(text) };
}

async function filesBelow(at: string): Promise<string[]> {
  const entries = await readdir(at, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

async function bytesBelow(at: string): Promise<number> {
  const sizes = await Promise.all((await filesBelow(at)).map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

need("nginx")("kill -9", () => {
  test("resumes, ends verified, and keeps nothing half-written", { timeout: 60_000 }, async () => {
    const nginx = await startNginx("location /slow/ { limit_rate 12m; }");
    onTestFinished(() => nginx.close());
    const payload = randomBytes(24 * 1024 * 1024);
    await write(nginx.root, "slow/model.bin", payload);
    const at = await folder();
    const store = join(at, "store");
    const files = [entry("model.bin", payload)];
    const manifest = await writeManifest(at, [{ id: "weights", locations: [`${nginx.origin}/slow/model.bin`], files }]);
    const args = ["verify", manifest, "--store", store, "--allow-private", "--format", "json", "--quiet"];

    const killed = await wholesource(args, async (kill) => {
      for (let waited = 0; waited < 200 && (await bytesBelow(join(store, "partial"))) < 8 * 1024 * 1024; waited++)
        await sleep(50);
      kill();
    });
    expect(killed.signal).toBe("SIGKILL");
    expect(await filesBelow(join(store, "blobs"))).toEqual([]);

    const second = await wholesource(args);
    expect(second.code).toBe(0);
    expect(second.report?.pieces[0]?.outcome).toBe("resolved"); // no licence lies beside it
    const [kept] = await filesBelow(join(store, "blobs"));
    expect(kept).toBeDefined();
    const digest = createHash("sha256")
      .update(await readFile(kept ?? ""))
      .digest("hex");
    expect(kept?.endsWith(digest)).toBe(true);
    expect(digest).toBe(createHash("sha256").update(payload).digest("hex"));
    expect(await bytesBelow(join(store, "partial"))).toBe(0);
    const evidence = join(at, "evidence.jsonl");
    // A third run has the bytes, and still reads those of a host that does not vouch for what it gives out.
    expect((await wholesource([...args, "--evidence", evidence])).code).toBe(0);
    expect(await readFile(evidence, "utf8")).toContain('"storedAs"');
  });
});
