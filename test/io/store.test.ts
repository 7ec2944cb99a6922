import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "../../src/io/store.ts";
import { ownerName, ownerState } from "../../src/io/store-owner.ts";
import { remember, sha256 } from "./http-rig.ts";

const MiB = 1024 * 1024;
const never = new AbortController().signal;
const key = { url: "https://host.example/a?token=canary", digest: { sha256: "00" } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wholesource-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Every file below the store, relative. */
const files = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    // That this process is here is no part of what is kept.
    .filter((name) => !name.startsWith("sessions/"))
    .sort();

const bytes = (length: number): Buffer => Buffer.alloc(length, "0123456789abcdefghijklmnopqrstuvwxyz-");

function flip(path: string): void {
  const data = readFileSync(path);
  data[data.length >> 1] = (data[data.length >> 1] ?? 0) ^ 1;
  writeFileSync(path, data);
}

async function put(content: Buffer, chunk = 64 * 1024) {
  const aside = await (await openStore(folder)).aside(key);
  for (let at = 0; at < content.length; at += chunk) await aside.write(content.subarray(at, at + chunk));
  return aside;
}

describe("what is committed", () => {
  test.each([0, 1, 70_000, 2 * MiB, 2 * MiB + 1, 9 * MiB + 7])(
    "%i bytes lie under their digest, and nothing else is left",
    async (size) => {
      const content = bytes(size);
      const digest = sha256(content);
      const path = await (await put(content)).commit(digest);
      expect(path).toBe(join(folder, "blobs", "sha256", digest.slice(0, 2), digest));
      expect(sha256(readFileSync(path))).toBe(digest);
      expect(files()).toEqual([`blobs/sha256/${digest.slice(0, 2)}/${digest}`, "format"]);
      expect(await (await openStore(folder)).has(digest)).toBe(path);
    },
  );

  test("twice is once", async () => {
    const content = bytes(100);
    const first = await (await put(content)).commit(sha256(content));
    const inode = statSync(first).ino;
    await (await put(content)).commit(sha256(content));
    expect(statSync(first).ino).toBe(inode);
    expect(files().length).toBe(2);
  });

  test.each([
    ["cut short", (path: string) => truncateSync(path, 50)],
    ["with a flipped bit", (path: string) => flip(path)],
  ])("what lies under the name %s is set apart, never lost and never trusted", async (_name, damage) => {
    const content = bytes(100);
    const path = await (await put(content)).commit(sha256(content));
    chmodSync(path, 0o600);
    damage(path);
    const rotten = sha256(readFileSync(path));
    expect(await (await put(content)).commit(sha256(content))).toBe(path);
    expect(readFileSync(path)).toEqual(content);
    expect(sha256(readFileSync(join(folder, "quarantine/sha256", rotten)))).toBe(rotten);
  });

  test("bytes that are not those of the digest do not take a good blob's place", async () => {
    const content = bytes(100);
    const path = await (await put(content)).commit(sha256(content));
    await expect((await put(bytes(99))).commit(sha256(content))).rejects.toMatchObject({ code: "internal" });
    expect(readFileSync(path)).toEqual(content);
  });

  test.each([100, 3 * MiB])("a blob of %i bytes is read-only", async (size) => {
    const path = await (await put(bytes(size))).commit(sha256(bytes(size)));
    expect(statSync(path).mode & 0o777).toBe(0o444);
  });

  test("the size of the chunks does not matter", async () => {
    const content = bytes(5 * MiB + 3);
    for (const chunk of [1000, 64 * 1024, 3 * MiB, 8 * MiB]) {
      const path = await (await put(content, chunk)).commit(sha256(content));
      expect(sha256(readFileSync(path))).toBe(sha256(content));
      rmSync(path);
    }
  });

  test("a restart forgets what came before", async () => {
    const aside = await put(bytes(5 * MiB));
    await aside.restart();
    await aside.write(Buffer.from("new"));
    const path = await aside.commit(sha256("new"));
    expect(readFileSync(path, "utf8")).toBe("new");
  });

  test("only a digest becomes a path", async () => {
    const store = await openStore(folder);
    for (const bad of ["", "../../x", "A".repeat(64), "a".repeat(63)]) {
      await expect((async () => store.has(bad))()).rejects.toMatchObject({ code: "internal" });
    }
    await expect((await put(bytes(1))).commit("../../../x")).rejects.toMatchObject({ code: "internal" });
  });

  test("a link or a folder under a digest's name is no blob", async () => {
    const store = await openStore(folder);
    const [link, dir] = ["a".repeat(64), "b".repeat(64)];
    mkdirSync(join(folder, "blobs/sha256/aa"), { recursive: true });
    mkdirSync(join(folder, "blobs/sha256/bb", dir), { recursive: true });
    symlinkSync("/etc/hostname", join(folder, "blobs/sha256/aa", link));
    expect([await store.has(link), await store.has(dir)]).toEqual([undefined, undefined]);
  });
});

test("quarantine keeps the bytes and the facts, without secrets", async () => {
  const content = bytes(3 * MiB);
  const path = await (await put(content)).quarantine(sha256(content), { expected: "something else" });
  expect(path).toBe(join(folder, "quarantine", "sha256", sha256(content)));
  expect(sha256(readFileSync(path))).toBe(sha256(content));
  const [facts] = files().filter((name) => name.endsWith(".json"));
  expect(JSON.parse(readFileSync(join(folder, facts ?? ""), "utf8"))).toEqual({
    url: "https://host.example/a?token=***",
    expected: "something else",
  });
  expect(await (await openStore(folder)).has(sha256(content))).toBeUndefined();
});

test("discarded bytes are gone", async () => {
  await (await put(bytes(5 * MiB))).discard();
  expect(files()).toEqual(["format"]);
});

describe("what is left for a later run", () => {
  const content = bytes(9 * MiB + 7);
  /** Leaves the beginning as an interrupted run does. */
  async function leave(length = 5 * MiB): Promise<void> {
    const aside = await put(content.subarray(0, length));
    aside.describe({ etag: '"e"', totalSize: content.length });
    await aside.release();
  }

  test("is found by the same key, read again, and gone on with", async () => {
    await leave();
    const aside = await (await openStore(folder)).aside(key);
    expect(aside.earlier).toMatchObject({ size: 5 * MiB, etag: '"e"', totalSize: content.length });
    const sink = remember();
    expect(await aside.replay(sink, never)).toBe("whole");
    expect(sha256(Buffer.from(sink.text(), "latin1"))).toBe(sha256(content.subarray(0, 5 * MiB)));
    await aside.write(content.subarray(5 * MiB));
    const path = await aside.commit(sha256(content));
    expect(sha256(readFileSync(path))).toBe(sha256(content));
    expect(files().length).toBe(2);
  });

  test.each([
    ["another URL", { ...key, url: "https://host.example/b" }],
    ["another digest", { ...key, digest: { sha256: "01" } }],
    ["another kind of digest", { ...key, digest: { sha512: "00" } }],
  ])("is not found by %s", async (_name, otherKey) => {
    await leave();
    expect((await (await openStore(folder)).aside(otherKey)).earlier).toBeUndefined();
  });

  test("holds no secret", async () => {
    await leave();
    const [state] = files().filter((name) => name.endsWith("state.json"));
    expect(readFileSync(join(folder, state ?? ""), "utf8")).not.toContain("canary");
    expect(files().join()).not.toContain("canary");
  });

  test("a few bytes are not worth a file", async () => {
    await leave(1000);
    expect(files()).toEqual(["format"]);
  });

  const inPartial = (name: string): string => join(folder, files().find((file) => file.endsWith(name)) ?? "");

  test("a damaged beginning is noticed", async () => {
    await leave();
    const data = readFileSync(inPartial("data"));
    data[1234] = (data[1234] ?? 0) ^ 1;
    writeFileSync(inPartial("data"), data);
    const aside = await (await openStore(folder)).aside(key);
    expect(await aside.replay(remember(), never)).toBe("damaged");
    await aside.discard();
  });

  test("bytes beyond what was synced are cut off", async () => {
    await leave();
    writeFileSync(inPartial("data"), Buffer.concat([readFileSync(inPartial("data")), Buffer.alloc(5000)]));
    const aside = await (await openStore(folder)).aside(key);
    expect(await aside.replay(remember(), never)).toBe("whole");
    await aside.write(content.subarray(5 * MiB));
    expect(sha256(readFileSync(await aside.commit(sha256(content))))).toBe(sha256(content));
  });

  test.each([
    ["a missing state", () => rmSync(inPartial("state.json"))],
    ["half a state", () => truncateSync(inPartial("state.json"), 20)],
    ["a state of zeros", () => writeFileSync(inPartial("state.json"), Buffer.alloc(200))],
    ["a huge state", () => writeFileSync(inPartial("state.json"), " ".repeat(100_000))],
    [
      "a state of something else",
      () => writeFileSync(inPartial("state.json"), '{"version":1,"url":"x","size":-1,"crc32":0}'),
    ],
    ["a file shorter than its state", () => truncateSync(inPartial("data"), MiB)],
    [
      "a folder in place of the file",
      () => {
        rmSync(inPartial("data"));
        mkdirSync(join(inPartial("state.json"), "../data"));
      },
    ],
  ])("%s: is thrown away", async (_name, damage) => {
    await leave();
    damage();
    const aside = await (await openStore(folder)).aside(key);
    expect(aside.earlier).toBeUndefined();
    await aside.discard();
    expect(files()).toEqual(["format"]);
  });

  test("is taken by one only", async () => {
    await leave();
    const store = await openStore(folder);
    const all = await Promise.all(Array.from({ length: 8 }, () => store.aside(key)));
    expect(all.filter(({ earlier }) => earlier !== undefined).length).toBe(1);
    await Promise.all(all.map((aside) => aside.discard()));
  });

  test("what a living process works on is not touched", async () => {
    const busy = await put(content);
    const store = await openStore(folder);
    expect((await store.aside(key)).earlier).toBeUndefined();
    await busy.commit(sha256(content));
    expect(await store.has(sha256(content))).toBeDefined();
  });

  const partialName = (): string => readdirSync(join(folder, "partial"))[0] ?? "";
  const asOwner = (owner: string): void => {
    const [name = "", , end = ""] = partialName().split(".");
    renameSync(join(folder, "partial", partialName()), join(folder, "partial", [name, owner, end].join(".")));
  };
  const [host = "", boot = "", space = "", pid = "", start = ""] = ownerName().split("-");

  test.each([
    ["a process that is gone", [host, boot, space, 2 ** 22 + 1, "1"], true],
    ["a process whose number another one has now", [host, boot, space, pid, "1"], true],
    ["a process from before the last boot", [host, "00000000", space, pid, start], true],
    ["this very process", [host, boot, space, pid, start], false],
    ["a process in another container", [host, boot, "00000000", pid, start], false],
    ["a process on another machine", ["00000000", boot, space, pid, start], false],
  ])("%s", async (_name, owner, taken) => {
    await leave();
    asOwner(owner.join("-"));
    const aside = await (await openStore(folder)).aside(key);
    expect(aside.earlier !== undefined).toBe(taken);
    await aside.discard();
  });

  test("another machine's, long still, is copied rather than shared", async () => {
    await leave();
    asOwner(["00000000", boot, space, pid, start].join("-"));
    const old = new Date(Date.now() - 2 * 3600 * 1000);
    const inode = statSync(inPartial("data")).ino;
    utimesSync(inPartial("data"), old, old);
    utimesSync(join(folder, "partial", partialName()), old, old);
    const aside = await (await openStore(folder)).aside(key);
    expect(aside.earlier).toBeDefined();
    expect(statSync(inPartial("data")).ino).not.toBe(inode);
    await aside.discard();
  });

  test("is swept away after two weeks", async () => {
    await leave();
    const old = new Date(Date.now() - 15 * 24 * 3600 * 1000);
    utimesSync(inPartial("data"), old, old);
    utimesSync(join(folder, "partial", partialName()), old, old);
    await openStore(folder);
    expect(files()).toEqual(["format"]);
  });
});

test("owners", () => {
  expect([ownerState("idle"), ownerState(ownerName()), ownerState(""), ownerState("rubbish")]).toEqual([
    "gone",
    "ours",
    "unknown",
    "unknown",
  ]);
});

describe("a store that can not be used", () => {
  test("of a newer format is not touched", async () => {
    writeFileSync(join(folder, "format"), "wholesource-store 2\n");
    await expect(openStore(folder)).rejects.toMatchObject({
      code: "store-failed",
      hint: expect.stringContaining("version"),
    });
  });

  test("a file in place of the folder", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(openStore(join(folder, "file"))).rejects.toMatchObject({ code: "store-failed" });
  });

  test("without permission", async () => {
    chmodSync(folder, 0o500);
    // Root may write anywhere, so root looks as somebody else.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.("nobody");
    try {
      await expect(openStore(folder)).rejects.toMatchObject({
        code: "store-failed",
        hint: expect.stringContaining("permissions"),
      });
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(folder, 0o700);
    }
  });
});

/** A file system of 3 MiB, where the machine lets us have one. */
const small = ((): string | undefined => {
  const place = mkdtempSync(join(tmpdir(), "wholesource-small-"));
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=3m", "none", place]).status === 0) return place;
  rmSync(place, { recursive: true });
  process.stderr.write("skipped: a full disk: no tmpfs can be mounted here\n");
  return undefined;
})();
describe.skipIf(small === undefined)("a full disk", () => {
  test("is told as such, nothing gets a final name, and what was there stays", async () => {
    const root = join(small ?? "", "store");
    try {
      const store = await openStore(root);
      const good = await store.aside({ url: "https://host.example/good" });
      await good.write(bytes(1000));
      const kept = await good.commit(sha256(bytes(1000)));
      const filling = async (): Promise<void> => {
        const aside = await store.aside(key);
        try {
          for (let i = 0; i < 200; i += 1) await aside.write(bytes(64 * 1024));
          await aside.commit(sha256("whatever"));
        } finally {
          await aside.release().catch(() => undefined);
        }
      };
      await expect(filling()).rejects.toMatchObject({ code: "no-space", hint: expect.stringContaining("space") });
      expect(await store.has(sha256("whatever"))).toBeUndefined();
      expect(sha256(readFileSync(kept))).toBe(sha256(bytes(1000)));
      expect(existsSync(join(root, "partial"))).toBe(true);
    } finally {
      spawnSync("umount", [small ?? ""]);
      rmSync(small ?? "", { recursive: true });
    }
  });
});
