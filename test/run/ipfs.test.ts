import { expect, onTestFinished, test } from "vitest";
import { type BlockGateway, startGateway } from "../services/gateway.ts";
import { importFiles, putFile, putFolder, putRaw } from "../services/gateway-content.ts";
import { apache, check, entry, folder, gist, writeManifest } from "./release.ts";

async function gateway(): Promise<BlockGateway> {
  const at = await startGateway();
  onTestFinished(() => at.close());
  return at;
}

const text = "# SPDX-License-Identifier: Apache-2.0\n";

test("content by identifier is verified, and by depth `probe` resolved", async () => {
  const at = await gateway();
  const files = { LICENSE: apache, "src/train.py": text.repeat(30_000) };
  const root = await importFiles(at, files);
  const manifest = await writeManifest(await folder(), [
    {
      id: "code",
      kind: "training-code",
      locations: [{ uri: `ipfs://${root}` }],
      files: Object.entries(files).map(([path, bytes]) => entry(path, bytes)),
    },
    {
      id: "one",
      kind: "training-code",
      locations: [{ uri: `https://ipfs.io/ipfs/${root}/src/train.py` }],
      files: [entry("train.py", files["src/train.py"])],
    },
  ]);
  const endpoints = { ipfs: at.url };
  expect(gist(await check(manifest, { endpoints }))).toEqual({
    outcomes: ["verified", "verified"],
    codes: [],
    exit: 0,
  });
  const probed = await check(manifest, { endpoints, depth: "probe" });
  expect(gist(probed)).toEqual({ outcomes: ["resolved", "resolved"], codes: [], exit: 0 });
});

test("a gateway that lies makes a piece inconclusive, never broken and never verified", async () => {
  const at = await gateway();
  const part = putRaw(at, text);
  const file = putFile(
    at,
    [part, part, part].map((cid) => ({ cid, size: text.length })),
  );
  const root = putFolder(at, [{ name: "train.py", cid: file }]);
  const manifest = await writeManifest(await folder(), [
    {
      id: "code",
      kind: "training-code",
      locations: [{ uri: `ipfs://${root}` }],
      files: [entry("train.py", text.repeat(3))],
    },
  ]);
  const endpoints = { ipfs: at.url };
  expect(gist(await check(manifest, { endpoints })).outcomes).toEqual(["verified"]);
  at.answer(part, (response) => response.writeHead(200).end(text.toUpperCase()));
  const report = await check(manifest, { endpoints });
  expect(gist(report)).toMatchObject({ outcomes: ["inconclusive"], exit: 3 });
  expect(report.findings).toMatchObject([{ code: "file-malformed", args: { reason: "reply-invalid" } }, {}]);
  // Content that is not the declared is the release's fault, and told as such.
  const other = putFolder(at, [{ name: "train.py", cid: putRaw(at, "something else") }]);
  const wrong = await writeManifest(await folder(), [
    {
      id: "code",
      kind: "training-code",
      locations: [{ uri: `ipfs://${other}` }],
      files: [entry("train.py", text)],
    },
  ]);
  expect(gist(await check(wrong, { endpoints })).outcomes).toEqual(["broken"]);
});
