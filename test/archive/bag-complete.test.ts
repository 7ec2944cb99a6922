/** What a bag leaves to be fetched: put into it when it is what the bag lists, and nothing else is. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { completeBag } from "../../src/archive/bag-complete.ts";
import { createHttp } from "../../src/io/http.ts";
import { lookOptions } from "../../src/run/look-options.ts";
import { startWebServer } from "../resolve/web-server.ts";
import { folder } from "../run/release.ts";

const hex = (text: string): string => createHash("sha256").update(text).digest("hex");

async function bagLeaving(lines: readonly { path: string; bytes: string; url: string }[]): Promise<string> {
  const bag = join(await folder(), "bag");
  await mkdir(join(bag, "data"), { recursive: true });
  await writeFile(join(bag, "bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
  const manifest = lines.map(({ path, bytes }) => `${hex(bytes)}  ${path}\n`);
  await writeFile(join(bag, "manifest-sha256.txt"), manifest.join(""));
  await writeFile(join(bag, "fetch.txt"), lines.map(({ path, url }) => `${url} - ${path}\n`).join(""));
  return bag;
}

async function complete(bag: string, more: { readonly allowPrivate?: boolean } = { allowPrivate: true }) {
  const http = createHttp(lookOptions({ retries: 0, ...more }));
  onTestFinished(() => http.close());
  return completeBag(bag, { http, signal: new AbortController().signal, maxBytes: 1_000 });
}

test("what is right goes in, and what is not stays out and is named", async () => {
  const server = await startWebServer((request, response) => {
    if (request.url === "/good") response.end("good");
    else if (request.url === "/other") response.end("other");
    else response.writeHead(404).end();
  });
  onTestFinished(() => server.close());
  const bag = await bagLeaving([
    { path: "data/a/good.txt", bytes: "good", url: `${server.url}/good` },
    { path: "data/wrong.txt", bytes: "wanted", url: `${server.url}/other` },
    { path: "data/gone.txt", bytes: "gone", url: `${server.url}/gone` },
  ]);
  const { fetched, faults } = await complete(bag);
  expect(fetched).toBe(1);
  expect(await readFile(join(bag, "data/a/good.txt"), "utf8")).toBe("good");
  expect(faults.map(({ code, path }) => [code, path])).toEqual([
    ["file-corrupt", "data/wrong.txt"],
    ["file-remote", "data/gone.txt"],
  ]);
  for (const name of ["data/wrong.txt", "data/gone.txt", ".wholesource-fetch"]) {
    expect(existsSync(join(bag, name))).toBe(false);
  }
});

test("addresses that are not public are not asked, and links lead nothing out of the bag", async () => {
  let asked = 0;
  const server = await startWebServer((_request, response) => {
    asked += 1;
    response.end("good");
  });
  onTestFinished(() => server.close());
  const bag = await bagLeaving([{ path: "data/out/good.txt", bytes: "good", url: `${server.url}/good` }]);
  expect((await complete(bag, {})).faults).toMatchObject([{ code: "file-remote" }]);
  expect(asked).toBe(0);
  const linked = await bagLeaving([{ path: "data/out/good.txt", bytes: "good", url: `${server.url}/good` }]);
  const outside = await folder();
  await symlink(outside, join(linked, "data/out"));
  expect((await complete(linked)).faults).toMatchObject([{ code: "path-unsafe" }]);
  expect(existsSync(join(outside, "good.txt"))).toBe(false);
});
