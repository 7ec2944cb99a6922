/** The hub's own client has to be content with the hub of the tests; else what our resolver is tested against is made up. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkRepoAccess,
  datasetInfo,
  downloadFile,
  fileDownloadInfo,
  listFiles,
  modelInfo,
  pathsInfo,
  snapshotDownload,
  spaceInfo,
} from "@huggingface/hub";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Hub, startHub } from "./hub.ts";
import { blobId } from "./hub-files.ts";

const weights = Buffer.alloc(5000, "w");
const files = {
  "README.md": "card\n",
  "config.json": "{}\n",
  "sub/a b#?.txt": "odd name",
  "model.safetensors": { bytes: weights, lfs: true },
  "xet.bin": { bytes: "chunks", xet: true },
} as const;
const many = Object.fromEntries(Array.from({ length: 2_500 }, (_, index) => [`data/${index}.txt`, `${index}`]));

let hub: Hub;
beforeAll(async () => {
  hub = await startHub([
    {
      id: "org/open",
      files,
      cardData: { license: "mit" },
      refs: { v1: { "README.md": "old\n" } },
      renamedFrom: ["org/old"],
    },
    { id: "org/gated", files, gated: "manual" },
    { id: "org/private", files, private: true },
    { id: "org/disabled", files, disabled: true },
    { id: "org/many", type: "dataset", files: many },
    { id: "org/app", type: "space", files: { "app.py": "print()\n" } },
  ]);
});
afterAll(() => hub.close());

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const list: Value[] = [];
  for await (const value of values) list.push(value);
  return list;
}

const status = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 200,
    (error: { readonly statusCode?: number }) => error.statusCode,
  );

describe.each([
  ["org/open", undefined],
  ["org/gated", "granted"],
])("%s", (repo, who) => {
  const access = () => ({ hubUrl: hub.url, ...(who === undefined ? {} : { accessToken: hub.token }) });

  test("is listed, with folders, digests and sizes", async () => {
    const entries = await all(listFiles({ repo, recursive: true, ...access() }));
    expect(entries.map(({ path, type }) => [path, type])).toEqual([
      ["README.md", "file"],
      ["config.json", "file"],
      ["model.safetensors", "file"],
      ["sub", "directory"],
      ["sub/a b#?.txt", "file"],
      ["xet.bin", "file"],
    ]);
    expect(entries.find(({ path }) => path === "model.safetensors")?.lfs?.size).toBe(weights.length);
    expect(entries.find(({ path }) => path === "README.md")?.oid).toBe(blobId("card\n"));
  });

  test("is downloaded, every file", async () => {
    for (const [path, file] of Object.entries(files)) {
      const escaped = path.split("/").map(encodeURIComponent).join("/");
      const blob = await downloadFile({ repo, path: escaped, xet: false, ...access() });
      const wanted = typeof file === "string" ? file : file.bytes;
      expect(Buffer.from((await blob?.arrayBuffer()) ?? new ArrayBuffer(0)), path).toEqual(Buffer.from(wanted));
    }
    expect(await downloadFile({ repo, path: "nothing", ...access() })).toBeNull();
  });

  test("tells of single files", async () => {
    const [info] = await pathsInfo({ repo, paths: ["model.safetensors", "nothing"], ...access() });
    expect(info).toMatchObject({ type: "file", size: weights.length });
    const download = await fileDownloadInfo({ repo, path: "model.safetensors", ...access() });
    expect(download).toMatchObject({ size: weights.length, etag: `"${info?.lfs?.oid}"` });
    expect((await fileDownloadInfo({ repo, path: "xet.bin", ...access() }))?.xet?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("tells of itself", async () => {
    const info = await modelInfo({ name: repo, additionalFields: ["sha", "cardData"], ...access() });
    expect(info).toMatchObject({ sha: hub.commit(repo), gated: who === undefined ? false : "manual" });
  });
});

test("a whole repository comes as one snapshot", async () => {
  const cacheDir = await mkdtemp(join(tmpdir(), "wholesource-hub-"));
  try {
    const folder = await snapshotDownload({ repo: "org/open", revision: "v1", cacheDir, hubUrl: hub.url });
    expect(await readdir(folder)).toEqual(["README.md"]);
    expect(await readFile(join(folder, "README.md"), "utf8")).toBe("old\n");
    expect(folder).toContain(hub.commit("org/open", "v1"));
  } finally {
    await rm(cacheDir, { recursive: true });
  }
});

test("long listings come in pages of 1,000", async () => {
  const before = hub.asked.length;
  const entries = await all(listFiles({ repo: "datasets/org/many", recursive: true, hubUrl: hub.url }));
  expect(entries).toHaveLength(2_501);
  expect(hub.asked.length - before).toBe(3);
});

test("datasets and spaces are what they are", async () => {
  const more = { additionalFields: ["sha" as const], hubUrl: hub.url };
  expect(await datasetInfo({ name: "org/many", ...more })).toMatchObject({ sha: hub.commit("org/many") });
  expect(await spaceInfo({ name: "org/app", ...more })).toMatchObject({ sha: hub.commit("org/app") });
});

test("who may not, is told so in the hub's way", async () => {
  const access = (repo: string, accessToken?: string) =>
    status(checkRepoAccess({ repo, hubUrl: hub.url, ...(accessToken === undefined ? {} : { accessToken }) }));
  expect(await access("org/open")).toBe(200);
  expect(await access("org/old")).toBe(200);
  expect(await access("org/private")).toBe(401);
  expect(await access("org/nothing")).toBe(401);
  expect(await access("org/private", hub.strangerToken)).toBe(404);
  expect(await access("org/private", hub.token)).toBe(200);
  expect(await access("org/open", "hf_wrong")).toBe(401);
  const download = (repo: string, accessToken?: string) =>
    status(
      downloadFile({
        repo,
        path: "config.json",
        hubUrl: hub.url,
        ...(accessToken === undefined ? {} : { accessToken }),
      }),
    );
  expect(await download("org/gated")).toBe(401);
  expect(await download("org/gated", hub.strangerToken)).toBe(403);
  expect(await download("org/disabled")).toBe(403);
  expect(await all(listFiles({ repo: "org/gated", hubUrl: hub.url }))).not.toEqual([]);
});

test("too many requests are told with the time to wait", async () => {
  hub.limit(55);
  const answer = await fetch(`${hub.url}/api/models/org/open`);
  hub.limit(undefined);
  expect(answer.status).toBe(429);
  expect(answer.headers.get("ratelimit")).toBe('"api";r=0;t=55');
});
