/** A copy in an archive stands in for a source that failed, is told as what it is, and is measured like any source. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startWebServer } from "../resolve/web-server.ts";
import { archived } from "./archive-small.ts";
import { apache, check, entry, folder, gist, safetensors, write, writeManifest } from "./release.ts";

const weights = safetensors();

/** A release behind a server, its archive, and what ends the server's answers. */
async function release() {
  let status = 200;
  const files: { readonly [path: string]: string | Uint8Array } = {
    "/w/LICENSE": apache,
    "/w/model.safetensors": weights,
  };
  const server = await startWebServer((request, response) => {
    const body = files[request.url ?? ""];
    response.writeHead(body === undefined ? 404 : status).end(status === 200 ? body : "");
  });
  onTestFinished(() => server.close());
  const at = await folder();
  const manifest = await writeManifest(at, [
    {
      id: "weights",
      locations: [`${server.url}/w/model.safetensors`],
      files: [entry("model.safetensors", weights)],
    },
  ]);
  const to = join(at, "out/bag");
  await archived(manifest, to);
  const answer = (next: number): void => {
    status = next;
  };
  return { manifest, to, answer, asked: server.asked };
}

test("while the source answers nobody asks the archive", async () => {
  const { manifest, to } = await release();
  const plain = await check(manifest);
  const seen = await check(manifest, { fallback: [to] });
  expect(gist(seen)).toEqual(gist(plain));
  expect(seen.pieces[0]?.locations).toHaveLength(1);
});

test.each([404, 403, 503])("a source that answers %d", async (status) => {
  const { manifest, to, answer } = await release();
  const whole = gist(await check(manifest));
  answer(status);
  const without = await check(manifest);
  const seen = await check(manifest, { fallback: [to] });
  expect(gist(without).outcomes).not.toEqual(whole.outcomes);
  expect(gist(seen).outcomes).toEqual(whole.outcomes);
  const [piece] = seen.pieces;
  expect(piece?.location).toBe(1);
  // What the source said stays what it said.
  expect(piece?.locations[0]).toEqual(without.pieces[0]?.locations[0]);
  expect(piece?.locations[1]).toMatchObject({ uri: to });
  const told = seen.findings.filter(({ code }) => code === "location-fallback");
  expect(told).toMatchObject([{ piece: "weights", args: { uri: to } }]);
});

test("a copy that is damaged too proves nothing", async () => {
  const { manifest, to, answer } = await release();
  answer(503);
  const file = join(to, "data/weights/model.safetensors");
  const bytes = await readFile(file);
  bytes[150] = (bytes[150] ?? 0) ^ 1;
  await rm(file);
  await writeFile(file, bytes);
  const seen = await check(manifest, { fallback: [to] });
  expect(["verified", "resolved"]).not.toContain(seen.pieces[0]?.outcome);
  await rm(file);
  const gone = await check(manifest, { fallback: [to] });
  expect(["verified", "resolved"]).not.toContain(gone.pieces[0]?.outcome);
});

test("the second archive is tried where the first does not have it", async () => {
  const [one, two] = [await release(), await release()];
  one.answer(503);
  await rm(join(one.to, "data/weights/model.safetensors"));
  const seen = await check(one.manifest, { fallback: [one.to, two.to] });
  expect(seen.findings.find(({ code }) => code === "location-fallback")?.args).toMatchObject({ uri: two.to });
});

test("a piece that is not open is not had from an archive, and what is no archive is told", async () => {
  const { manifest, to } = await release();
  const at = await folder();
  const closed = await writeManifest(at, [
    { id: "weights", kind: "weights", availability: "withheld", availabilityReason: "terms" },
  ]);
  const seen = await check(closed, { fallback: [to] });
  expect(gist(seen).outcomes).toEqual(["withheld"]);
  await write(at, "notes.txt", "no archive");
  await expect(check(manifest, { fallback: [join(at, "notes.txt")] })).rejects.toMatchObject({
    code: "input-unreadable",
  });
});
