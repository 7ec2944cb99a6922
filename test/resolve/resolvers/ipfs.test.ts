import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UnixFS } from "ipfs-unixfs";
import { exporter, recursive } from "ipfs-unixfs-exporter";
import type { ImporterOptions } from "ipfs-unixfs-importer";
import { fixedSize } from "ipfs-unixfs-importer/chunker";
import { balanced, trickle } from "ipfs-unixfs-importer/layout";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Http } from "../../../src/io/http.ts";
import type { Depth, Refusal, RemoteObject } from "../../../src/model/evidence.ts";
import type { Location } from "../../../src/model/manifest.ts";
import type { Resolution } from "../../../src/resolve/resolver.ts";
import { ipfs } from "../../../src/resolve/resolvers/ipfs.ts";
import { type BlockGateway, startGateway } from "../../services/gateway.ts";
import { cidOf, importFiles, putFile, putFolder, putNode, putRaw } from "../../services/gateway-content.ts";
import { collect } from "../conformance.ts";
import { contextFor } from "../context.ts";
import { loopbackHttp } from "../web-server.ts";

let http: Http;
beforeAll(() => {
  http = loopbackHttp();
});
afterAll(() => http.close());

async function gateway(): Promise<BlockGateway> {
  const opened = await startGateway();
  onTestFinished(() => opened.close());
  return opened;
}

async function ask(at: BlockGateway, location: Location | CID, depth: Depth = "full"): Promise<Resolution> {
  const ref = ipfs.parse(location instanceof CID ? { uri: `ipfs://${location}` } : location);
  if (ref === undefined) throw new Error("not parsed");
  expect(ipfs.isPinned(ref)).toBe(true);
  return ipfs.resolve(ref, contextFor(http, { depth, endpoint: () => at.url }));
}

async function listed(resolution: Resolution): Promise<readonly (RemoteObject | Refusal)[]> {
  if (resolution.status !== "found" || resolution.objects === undefined) throw new Error(JSON.stringify(resolution));
  return collect(resolution.objects);
}

/** What was brought, by path: the bytes as they lie in the folder of the run. */
async function brought(resolution: Resolution): Promise<{ readonly [path: string]: string }> {
  const objects = await listed(resolution);
  return Object.fromEntries(
    objects.map((object) => {
      if (!("path" in object) || object.refusal !== undefined) throw new Error(JSON.stringify(object));
      const bytes = readFileSync(fileURLToPath(object.url));
      expect(object.url.startsWith(`${object.within}/`)).toBe(true);
      expect(object.size).toBe(bytes.length);
      if (object.digest?.sha256 !== undefined) expect(object.digest.sha256).toBe(sha256(bytes));
      return [object.path, sha256(bytes)];
    }),
  );
}

const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** Bytes that repeat nowhere, so that a part in the wrong place shows. */
function noise(size: number): Uint8Array {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE((at * 2654435761) >>> 0, at);
  return bytes;
}

const files = {
  "a.txt": "hello\n",
  empty: "",
  "data/big.bin": noise(700_000),
  "data/deep/caf\u00e9 50%.csv": "1,2\n",
};
const sums = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, sha256(bytes)]));

const shapes: readonly [string, ImporterOptions][] = [
  ["as the library makes them", {}],
  [
    "as kubo does",
    {
      cidVersion: 1,
      rawLeaves: true,
      chunker: fixedSize({ chunkSize: 262_144 }),
      layout: balanced({ maxChildrenPerNode: 174 }),
    },
  ],
  ["in version 0", { cidVersion: 0, rawLeaves: false, chunker: fixedSize({ chunkSize: 262_144 }) }],
  [
    "in many small blocks, deep",
    { chunker: fixedSize({ chunkSize: 1000 }), layout: balanced({ maxChildrenPerNode: 3 }) },
  ],
  [
    "in the trickle layout",
    { rawLeaves: false, chunker: fixedSize({ chunkSize: 1000 }), layout: trickle({ maxChildrenPerNode: 3 }) },
  ],
  ["in one leaf that is no raw block", { rawLeaves: false, reduceSingleLeafToSelf: false }],
  ["with every folder in parts", { shardSplitThresholdBytes: 0 }],
  ["with every folder in small parts", { shardSplitThresholdBytes: 0, shardFanoutBits: 4 }],
];

describe.each(shapes)("content %s", (_name, options) => {
  test("is brought byte for byte, every block asked for once", async () => {
    const at = await gateway();
    const root = await importFiles(at, files, options);
    const resolution = await ask(at, root);
    expect(resolution).toMatchObject({ status: "found", pinned: true, revision: root.toString() });
    expect(await brought(resolution)).toEqual(sums);
    // Equal blocks stand in more than one place; the root alone was there before the listing.
    expect(at.asked.length).toBeLessThan(new Set(at.asked).size * 1.5 + 8);
    expect(at.atATime()).toBeLessThanOrEqual(16);
    if (at.asked.length > 100) expect(at.atATime()).toBeGreaterThanOrEqual(4);
  });

  test("is listed without its bytes at depth `probe`", async () => {
    const at = await gateway();
    const root = await importFiles(at, files, options);
    const objects = await listed(await ask(at, root, "probe"));
    const told = objects.map((object) => ("path" in object ? [object.path, object.size, object.listed] : object));
    expect(told.toSorted()).toEqual(
      Object.entries(files)
        .map(([path, bytes]) => [path, Buffer.byteLength(bytes), true])
        .toSorted(),
    );
    const blocks = new Set(at.asked).size;
    // Folders, and roots of files: not what files are made of.
    expect(blocks).toBeLessThan(60);
    for (const object of objects) {
      if ("path" in object) expect(object.url.startsWith(`${at.url}ipfs/`)).toBe(true);
    }
  });

  test("is found by a path", async () => {
    const at = await gateway();
    const root = await importFiles(at, files, options);
    const file = await ask(at, { uri: `ipfs://${root}/data/deep/caf%C3%A9%2050%25.csv` });
    expect(file).toMatchObject({ single: true });
    expect(await brought(file)).toEqual({ "caf\u00e9 50%.csv": sums["data/deep/caf\u00e9 50%.csv"] });
    const folder = await ask(at, { uri: `ipfs://${root}`, path: "data" });
    expect(Object.keys(await brought(folder)).toSorted()).toEqual(["big.bin", "deep/caf\u00e9 50%.csv"]);
    for (const path of ["data/none", "a.txt/none", "none/a.txt"]) {
      expect(await ask(at, { uri: `ipfs://${root}`, path })).toMatchObject({ kind: "absent", reason: "not-found" });
    }
  });
});

test("the network's own reader sees the same files in a folder of 3,000, and one question finds each", async () => {
  const at = await gateway();
  const store = new Map<string, Uint8Array>();
  const sink = {
    put(cid: CID, bytes: Uint8Array) {
      store.set(cid.toString(), bytes);
      at.put(cid, bytes);
    },
  };
  const many = Object.fromEntries(
    Array.from({ length: 3000 }, (_, index) => [`file-${index}.txt`, `content ${index}`]),
  );
  const root = await importFiles(sink, many, { shardSplitThresholdBytes: 1000 });
  const blockstore = {
    async *get(cid: CID) {
      yield store.get(cid.toString()) ?? new Uint8Array();
    },
  };
  const oracle: string[] = [];
  for await (const entry of recursive(root, blockstore)) {
    const exported = await exporter(entry.cid, blockstore);
    if (exported.type === "raw" || exported.type === "file") oracle.push(String(entry.path).replace(/^[^/]*\//, ""));
  }
  const objects = await listed(await ask(at, root, "probe"));
  expect(objects.map((object) => "path" in object && object.path).toSorted()).toEqual(oracle.toSorted());
  expect(objects).toHaveLength(3000);
  const before = at.asked.length;
  expect(await brought(await ask(at, { uri: `ipfs://${root}/file-2718.txt` }))).toEqual({
    "file-2718.txt": sha256("content 2718"),
  });
  expect(at.asked.length - before).toBeLessThanOrEqual(4);
});

test("one file is one object, named by its path, its address or its identifier", async () => {
  const at = await gateway();
  const root = putRaw(at, "hello\n");
  expect(await listed(await ask(at, { uri: `https://ipfs.io/ipfs/${root}?filename=a.txt` }, "probe"))).toEqual([
    {
      path: "a.txt",
      url: `${at.url}ipfs/${root}`,
      size: 6,
      mode: "100644",
      digest: { sha256: sha256("hello\n") },
      operatorEndpoint: true,
      listed: true,
    },
  ]);
  expect(Object.keys(await brought(await ask(at, root)))).toEqual([root.toString()]);
  const [archive] = await listed(await ask(at, { uri: `ipfs://${root}`, unpack: true, path: "in" }));
  expect(archive).toMatchObject({ members: { strip: 0, prefix: "in" } });
  expect(await ask(at, { uri: `ipfs://${putFolder(at, [])}`, unpack: true })).toMatchObject({ reason: "not-a-file" });
});

test("an identifier that holds its own bytes asks nobody", async () => {
  const at = await gateway();
  const inline = CID.createV1(0x55, create(0, Buffer.from("inline")));
  expect(Object.values(await brought(await ask(at, inline)))).toEqual([sha256("inline")]);
  expect(at.asked).toEqual([]);
  const long = CID.createV1(0x55, create(0, Buffer.alloc(250)));
  expect(await brought(await ask(at, long))).toBeDefined();
});

test("links, and files that can be run, keep their kind", async () => {
  const at = await gateway();
  const link = putNode(at, new UnixFS({ type: "symlink", data: Buffer.from("a.txt") }).marshal());
  const run = putNode(at, new UnixFS({ type: "file", data: Buffer.from("#!"), mode: 0o755 }).marshal());
  const root = putFolder(at, [
    { name: "link", cid: link },
    { name: "run", cid: run },
  ]);
  expect(await listed(await ask(at, root))).toMatchObject([
    { path: "link", mode: "120000", size: 5 },
    { path: "run", mode: "100755", size: 2 },
  ]);
});

describe("a gateway that lies", () => {
  test("about the root is malformed, and nothing of it is believed", async () => {
    const at = await gateway();
    const root = await importFiles(at, files);
    at.answer(root, (response) => response.writeHead(200).end("other bytes"));
    expect(await ask(at, root)).toMatchObject({
      kind: "malformed",
      reason: "reply-invalid",
      message: `the gateway gave other bytes for \`${root}\` than the identifier says`,
    });
  });

  test("about one block in the middle of a file gives no file", async () => {
    const at = await gateway();
    const parts = [noise(1000), noise(2000), noise(3000)];
    const cids = parts.map((part) => ({ cid: putRaw(at, part), size: part.length }));
    const file = putFile(at, cids);
    const root = putFolder(at, [
      { name: "bad", cid: file },
      { name: "good", cid: putRaw(at, "good") },
    ]);
    expect(await brought(await ask(at, file))).toEqual({ [file.toString()]: sha256(Buffer.concat(parts)) });
    const middle = cids[1]?.cid ?? file;
    at.answer(middle, (response) => response.writeHead(200).end(noise(2001)));
    const objects = await listed(await ask(at, root));
    expect(objects).toMatchObject([
      { path: "bad", size: 6000, refusal: { kind: "malformed", reason: "reply-invalid" } },
      { path: "good", size: 4 },
    ]);
    // The part that was right is not left lying about.
    const [, good] = objects;
    if (good === undefined || !("within" in good)) throw new Error("not brought");
    expect(existsSync(fileURLToPath(`${good.within}/1`))).toBe(false);
    expect(existsSync(fileURLToPath(`${good.within}/2`))).toBe(true);
  });

  test("about a raw file shows it as unread, and no other file suffers", async () => {
    const at = await gateway();
    const bad = putRaw(at, "right");
    at.answer(bad, (response) => response.writeHead(200).end("wrong"));
    const root = putFolder(at, [
      { name: "bad", cid: bad, size: 5 },
      { name: "good", cid: putRaw(at, "good") },
    ]);
    expect(await listed(await ask(at, root))).toMatchObject([
      { path: "bad", refusal: { reason: "reply-invalid" } },
      { path: "good" },
    ]);
  });

  test("a block without an end is cut off", async () => {
    const at = await gateway();
    const root = putRaw(at, "x");
    let sent = 0;
    at.answer(root, (response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && sent < 1 << 30) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) {
            response.once("drain", more);
            return;
          }
        }
      };
      more();
    });
    expect(await ask(at, root)).toMatchObject({ kind: "malformed", reason: "too-large" });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });
});

describe("what one gateway does not give", () => {
  test.each([
    [404, "unreachable", "status-unexpected"],
    [410, "denied", "forbidden"],
    [451, "denied", "forbidden"],
    [429, "unreachable", "rate-limited"],
    [504, "unreachable", "server-error"],
  ])("%d is no absence", async (status, kind, reason) => {
    const at = await gateway();
    const root = putRaw(at, "x");
    at.answer(root, (response) => response.writeHead(status).end());
    expect(await ask(at, root)).toMatchObject({ kind, reason, httpStatus: status });
  });

  test("in the middle of a listing leaves open what lies there, and a gateway that falls silent is left alone", async () => {
    const at = await gateway();
    const missing = Array.from({ length: 50 }, (_, index) => {
      const cid = cidOf(0x70, Buffer.from(`none ${index}`));
      return { name: `gone-${index}`, cid };
    });
    const root = putFolder(at, [{ name: "a", cid: putRaw(at, "a") }, ...missing]);
    const objects = await listed(await ask(at, root));
    expect(objects[0]).toMatchObject({ path: "a" });
    expect(objects.slice(1).every((object) => "reason" in object && object.kind === "unreachable")).toBe(true);
    expect(objects.length).toBeLessThan(10);
    expect(at.asked.length).toBeLessThan(25);
  });
});

describe("content that was made to harm", () => {
  test("names that lead elsewhere are refused one by one", async () => {
    const at = await gateway();
    const cid = putRaw(at, "x");
    const root = putFolder(
      at,
      ["..", ".", "", "a/../../b", "nul\0", "/etc/passwd", "ok"].map((name) => ({ name, cid })),
    );
    const objects = await listed(await ask(at, root));
    expect(objects.filter((object) => "path" in object)).toMatchObject([{ path: "ok" }]);
    expect(objects.filter((object) => "reason" in object && object.reason === "outside-blocked")).toHaveLength(6);
  });

  test("a name that stands twice is neither of the two", async () => {
    const at = await gateway();
    const twice = ["1", "2"].map((text) => ({ name: "same", cid: putRaw(at, text) }));
    const root = putFolder(at, [...twice, { name: "other", cid: putRaw(at, "3") }]);
    expect(await listed(await ask(at, root))).toMatchObject([{ reason: "reply-invalid" }, { path: "other" }]);
    expect(await ask(at, { uri: `ipfs://${root}/same` })).toMatchObject({ kind: "malformed" });
  });

  test("a large folder's entry in the wrong place is not listed, for nobody would find it", async () => {
    const at = await gateway();
    const cid = putRaw(at, "x");
    const shard = (links: readonly { name: string; cid: CID }[]): CID =>
      putNode(
        at,
        new UnixFS({ type: "hamt-sharded-directory", fanout: 256n, data: Uint8Array.of(255) }).marshal(),
        links,
      );
    const names = ["00alpha", "01beta", "zz", "F", "FFa", "FFb"].map((name) => ({ name, cid }));
    const objects = await listed(await ask(at, shard(names)));
    expect(objects.every((object) => "reason" in object && object.reason === "reply-invalid")).toBe(true);
    // A shard inside itself can not be made; one below the other for ever can.
    let root = shard([]);
    for (let level = 0; level < 40; level++) root = shard([{ name: "00", cid: root }]);
    expect(await listed(await ask(at, root))).toMatchObject([{ reason: "reply-invalid" }]);
    expect(at.asked.length).toBeLessThan(30);
  });

  test("a file that lies too deep is not followed to its end", async () => {
    const at = await gateway();
    let part = { cid: putRaw(at, "x"), size: 1 };
    for (let level = 0; level < 1000; level++) part = { cid: putFile(at, [part]), size: 1 };
    const [object] = await listed(await ask(at, part.cid));
    expect(object).toMatchObject({ reason: "too-large" });
    expect(at.asked.length).toBeLessThan(100);
  });

  test("a file of parts that hold nothing asks for none of them", async () => {
    const at = await gateway();
    let part = { cid: putRaw(at, ""), size: 0 };
    for (let level = 0; level < 8; level++)
      part = {
        cid: putFile(
          at,
          Array.from({ length: 1000 }, () => part),
        ),
        size: 0,
      };
    expect(await brought(await ask(at, part.cid))).toEqual({ [part.cid.toString()]: sha256("") });
    expect(at.asked).toHaveLength(1);
  });

  test("folders that hold each other a thousandfold are listed in steps of bounded size", async () => {
    const at = await gateway();
    let cid = putRaw(at, "x");
    for (let level = 0; level < 6; level++) {
      const inner = cid;
      cid = putFolder(
        at,
        Array.from({ length: 1000 }, (_, index) => ({ name: String(index), cid: inner })),
      );
    }
    const resolution = await ask(at, cid, "probe");
    if (resolution.status !== "found" || resolution.objects === undefined) throw new Error("not found");
    let count = 0;
    for await (const object of resolution.objects) {
      if (!("path" in object)) throw new Error(JSON.stringify(object));
      // Past the end of the first of the innermost folders.
      if (++count === 1500) break;
    }
    expect(count).toBe(1500);
    expect(at.asked.length).toBeLessThan(1600);
  });

  test("a file that claims more than the disk has room for is not begun", async () => {
    const at = await gateway();
    const file = putFile(at, [{ cid: putRaw(at, "x"), size: 2 ** 50 }]);
    expect(await listed(await ask(at, file))).toMatchObject([{ reason: "too-large" }]);
    expect(at.asked).toHaveLength(1);
  });

  test.each([
    ["a part that is longer than is said", (at: BlockGateway) => putFile(at, [{ cid: putRaw(at, "four"), size: 3 }])],
    ["a part that is shorter than is said", (at: BlockGateway) => putFile(at, [{ cid: putRaw(at, "four"), size: 5 }])],
    ["a folder as a part of a file", (at: BlockGateway) => putFile(at, [{ cid: putFolder(at, []), size: 1 }])],
  ])("%s makes the file contradict itself", async (_name, make) => {
    const at = await gateway();
    const [object] = await listed(await ask(at, make(at)));
    expect(object).toMatchObject({ kind: "malformed", reason: "reply-invalid" });
  });

  test.each<[string, (at: BlockGateway) => CID, string]>([
    ["no UnixFS in it", (at) => putNode(at, undefined), "reply-invalid"],
    ["nonsense in it", (at) => putNode(at, Buffer.from([0xff, 0xff, 0xff])), "reply-invalid"],
    ["metadata in it", (at) => putNode(at, new UnixFS({ type: "metadata" }).marshal()), "reply-invalid"],
    [
      "sizes that are not those of its parts",
      (at) => putNode(at, new UnixFS({ type: "file", blockSizes: [1n] }).marshal()),
      "reply-invalid",
    ],
    [
      "a fanout that is none",
      (at) => putNode(at, new UnixFS({ type: "hamt-sharded-directory", fanout: 3n }).marshal()),
      "reply-invalid",
    ],
    [
      "no DAG-PB",
      (at) => {
        const bytes = Buffer.from("not protobuf at all");
        const cid = cidOf(0x70, bytes);
        at.put(cid, bytes);
        return cid;
      },
      "reply-invalid",
    ],
    [
      "another codec",
      (at) => {
        const bytes = Buffer.from([0xa0]);
        const cid = cidOf(0x71, bytes);
        at.put(cid, bytes);
        return cid;
      },
      "not-listable",
    ],
    ["a hash that proves nothing", () => CID.createV1(0x55, create(0x11, Buffer.alloc(20))), "encoding-unsupported"],
    ["a hash that is cut short", () => CID.createV1(0x55, create(0x12, Buffer.alloc(4))), "encoding-unsupported"],
  ])("a block with %s is not guessed at", async (_name, make, reason) => {
    const at = await gateway();
    expect(await ask(at, make(at))).toMatchObject({ kind: "malformed", reason });
  });

  test("what is spelt like an identifier and is none says so", async () => {
    const at = await gateway();
    expect(await ask(at, { uri: `ipfs://b${"a".repeat(60)}` })).toMatchObject({ reason: "reply-invalid" });
    expect(at.asked).toEqual([]);
  });
});
