/** A private nginx on a loopback port of its own. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { find } from "./programs.mjs";

/**
 * Serves a folder; undefined where there is no nginx.
 * @param {string} root
 * @param {string} work
 */
export async function serve(root, work) {
  const nginx = find("nginx");
  if (nginx === undefined) return undefined;
  const folder = join(work, "nginx");
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const config = readFileSync(resolve(import.meta.dirname, "nginx.conf"), "utf8");
  const file = join(folder, "nginx.conf");
  writeFileSync(file, config.replaceAll("{folder}", folder).replaceAll("{root}", root).replaceAll("{port}", `${port}`));
  // Started by root, it would become somebody who may not enter our folder.
  const user = process.getuid?.() === 0 ? ["-g", "user root;"] : [];
  const child = spawn(nginx, ["-c", file, "-e", join(folder, "error.log"), ...user], { stdio: "ignore" });
  const ended = new Promise((done) => child.once("exit", done));
  const origin = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(origin).catch(() => undefined);
    if (answer !== undefined) break;
    await sleep(50);
  }
  return {
    origin,
    async close() {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}
