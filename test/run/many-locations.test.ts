/** A thousand locations at a host that counts its questions, and fifty at one that does not. */
import type { RequestListener } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { startWebServer, type WebServer } from "../resolve/web-server.ts";
import { check, entry, folder, writeManifest } from "./release.ts";

const STRICT = 1000;
const FREE = 50;
/** Questions in one window, and how long that is in milliseconds. */
const ALLOWED = 600;
const WINDOW = 1000;
/** Questions that one piece takes: its file, and three names that a licence could have beside it. */
const QUESTIONS = 4;

/** A script that says its licence. */
const bytesOf = (url = ""): string => `# SPDX-License-Identifier: Apache-2.0\n# This is ${url}.\n`;

/** Counts in windows of the clock, as limits usually do, and says when the next one begins. */
async function startStrict(answer: RequestListener): Promise<WebServer & { readonly refused: () => number }> {
  let refused = 0;
  let window = 0;
  let count = 0;
  const server = await startWebServer((request, response) => {
    const now = Math.floor(performance.now() / WINDOW);
    count = now === window ? count + 1 : 1;
    window = now;
    if (count <= ALLOWED) return answer(request, response);
    refused += 1;
    response.writeHead(429, { "retry-after": "1" }).end("slower");
  });
  return { ...server, refused: () => refused };
}

test("all are verified; the free host is done early, the strict one hears little in vain", {
  timeout: 60_000,
}, async () => {
  const answer: RequestListener = ({ url }, response) =>
    void response.writeHead(url?.endsWith(".py") === true ? 200 : 404).end(bytesOf(url));
  const strict = await startStrict(answer);
  const free = await startWebServer(answer);
  onTestFinished(() => Promise.all([strict.close(), free.close()]).then(() => undefined));
  const pieceAt = (host: WebServer, name: string) => (_: unknown, index: number) => ({
    id: `${name}-${index}`,
    kind: "training-code",
    locations: [`${host.url}/${index}/`],
    files: [entry("train.py", bytesOf(`/${index}/train.py`))],
  });
  const pieces = [
    ...Array.from({ length: STRICT }, pieceAt(strict, "strict")),
    ...Array.from({ length: FREE }, pieceAt(free, "free")),
  ];
  const manifest = await writeManifest(await folder(), pieces);
  const ended: string[] = [];
  const report = await check(manifest, {
    retries: 4,
    concurrency: 1,
    timeouts: { retryAfterCap: 5_000 },
    events: { pieceEnded: (id) => ended.push(id) },
  });

  expect(new Set(report.pieces.map(({ outcome }) => outcome))).toEqual(new Set(["verified"]));
  expect(ended).toHaveLength(STRICT + FREE);
  // The strict host's first window holds more pieces than the free host has in all.
  expect(ended.findLastIndex((id) => id.startsWith("free"))).toBeLessThan(ALLOWED / QUESTIONS + FREE);
  expect(free.asked).toHaveLength(QUESTIONS * FREE);
  expect(strict.asked.length - strict.refused()).toBe(QUESTIONS * STRICT);
  expect(strict.refused()).toBeLessThan(STRICT / 10);
});
