/** Releases that are watched: a real web server whose files vanish, change and come back, and licences that change. */
import { appendFileSync, readFileSync, truncateSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openManifest } from "../../src/run/source.ts";
import { every, type WatchCheck, type WatchOptions, watchOnce } from "../../src/run/watch.ts";
import { appendHistory, readHistory } from "../../src/run/watch-history.ts";
import { slugOf, watchTargets } from "../../src/run/watch-targets.ts";
import { need } from "../services/need.ts";
import { startNginx } from "../services/nginx.ts";
import { answer, startRaw } from "../services/raw.ts";
import { apache, entry, folder, hurried, write, writeManifest } from "./release.ts";

const open: WatchOptions["open"] = (manifest) =>
  openManifest(manifest, {
    cwd: "/",
    stdin: (async function* () {})(),
    http: () => Promise.reject(new Error("no http")),
  });

/** Checks once, and says what was told. */
async function watcher(manifest: string, more: Partial<WatchOptions> = {}) {
  const history = await folder();
  const targets = await watchTargets([manifest], undefined, "/");
  const once = async (other: Partial<WatchOptions> = {}) => {
    const checks: WatchCheck[] = [];
    const code = await watchOnce(
      targets,
      { history, open, ...hurried, retries: 0, ...more, ...other },
      async (check) => {
        checks.push(check);
        return true;
      },
    );
    const [check] = checks;
    return { code, check, kinds: check?.diff?.changes.map(({ kind }) => kind) ?? [], news: check?.isNews };
  };
  const file = join(history, `${targets[0]?.slug}.history.jsonl`);
  const outcomes = async () =>
    (await readHistory(file, 100)).lines.map(
      ({ pieces, failure }) => failure?.code ?? pieces.map((one) => one.outcome),
    );
  return { once, history, file, slug: targets[0]?.slug ?? "", outcomes };
}

need("nginx")("a file on a web server", () => {
  test("vanishes, comes back, changes, and comes back", async () => {
    const nginx = await startNginx();
    onTestFinished(() => nginx.close());
    const at = await folder();
    await writeFile(join(nginx.root, "w.bin"), "one\n");
    const files = [entry("w.bin", "one\n")];
    const manifest = await writeManifest(at, [{ id: "weights", locations: [`${nginx.origin}/w.bin`], files }]);
    const { once, outcomes } = await watcher(manifest);
    const first = await once();
    expect(first).toMatchObject({ news: false, check: { isFirst: true } });
    const steady = first.code;
    expect(await once()).toMatchObject({ code: steady, kinds: [], news: false });

    await rename(join(nginx.root, "w.bin"), join(nginx.root, "hidden"));
    const gone = await once();
    expect(gone).toMatchObject({ code: 1, news: true, check: { worse: true } });
    expect(gone.kinds).toContain("outcome");
    // Broken is still broken, and no news.
    expect(await once()).toMatchObject({ code: 1, news: false, check: { worse: false } });

    await rename(join(nginx.root, "hidden"), join(nginx.root, "w.bin"));
    expect(await once()).toMatchObject({ code: steady, news: true, check: { worse: false } });

    await writeFile(join(nginx.root, "w.bin"), "two\n");
    const changed = await once();
    expect(changed).toMatchObject({ code: 1, check: { worse: true } });
    expect(changed.kinds).toContain("file-changed");
    await writeFile(join(nginx.root, "w.bin"), "one\n");
    const back = await once();
    expect(back.kinds).toContain("file-changed");
    expect((await once()).news).toBe(false);
    expect((await outcomes()).map(String)).toEqual([
      ...["resolved", "resolved", "broken", "broken", "resolved", "broken", "resolved", "resolved"],
    ]);
  });
});

describe("a host that was silent for a while", () => {
  test("what changed meanwhile is told, and what did not change is no news for the worse", async () => {
    let bytes = "one\n";
    let isUp = true;
    const server = await startRaw({
      "/w.bin": (socket) => {
        if (!isUp) return void socket.destroy();
        socket.end(answer("200 OK", [`Content-Length: ${bytes.length}`], bytes));
      },
    });
    onTestFinished(() => server.close());
    const at = await folder();
    const piece = { id: "weights", locations: [`${server.origin}/w.bin`], files: [{ path: "w.bin" }] };
    const { once, outcomes } = await watcher(await writeManifest(at, [piece]));
    const steady = (await once()).code;
    isUp = false;
    expect(await once()).toMatchObject({ code: 1, kinds: expect.arrayContaining(["outcome"]) });
    expect(await once()).toMatchObject({ code: 3, news: false });
    isUp = true;
    const same = await once();
    expect(same.kinds.filter((kind) => kind !== "definition")).toEqual(["outcome"]);
    expect(same).toMatchObject({ code: steady, check: { worse: false } });
    isUp = false;
    await once();
    await once();
    isUp = true;
    bytes = "two\n";
    // The last report knows of no bytes: the one before the silence does.
    const changed = await once();
    expect(changed.kinds).toContain("file-changed");
    expect(changed).toMatchObject({ code: 1, check: { worse: true } });
    expect(await once()).toMatchObject({ news: false });
    expect((await outcomes()).filter((one) => String(one) === "inconclusive").length).toBe(4);
  });
});

test("a licence that changes is for the worse, also where nothing is broken", async () => {
  const at = await folder();
  await write(at, "weights/LICENSE", apache);
  const pieces = [{ id: "weights", locations: ["./weights"] }];
  const { once } = await watcher(await writeManifest(at, pieces));
  await once();
  expect(await once()).toMatchObject({ kinds: [], news: false });
  await write(at, "weights/LICENSE", `${apache}\nNobody may use this for profit.\n`);
  const changed = await once();
  expect(changed.kinds).toEqual(expect.arrayContaining(["license-place"]));
  expect(changed).toMatchObject({ code: 1, check: { worse: true } });
});

test("a manifest that is gone, or is none any more, is told once and never taken for a sound one", async () => {
  const at = await folder();
  await write(at, "weights/w.bin", "one\n");
  const manifest = await writeManifest(at, [
    { id: "weights", locations: ["./weights"], files: [entry("w.bin", "one\n")] },
  ]);
  const text = await readFile(manifest, "utf8");
  const { once, outcomes } = await watcher(at);
  const steady = (await once()).code;
  await rm(manifest);
  expect(await once()).toMatchObject({ code: 3, news: true });
  expect(await once()).toMatchObject({ code: 3, news: false });
  await writeFile(manifest, "pieces: 7\n");
  expect(await once()).toMatchObject({ code: 1, news: true });
  await writeFile(manifest, text);
  expect(await once()).toMatchObject({ code: steady, news: true, check: { recovered: true }, kinds: [] });
  expect((await outcomes()).filter((one) => one === "manifest-unreadable").length).toBe(2);
});

test("a last report that is gone or damaged leaves it open what changed", async () => {
  const at = await folder();
  await write(at, "weights/w.bin", "one\n");
  const files = [entry("w.bin", "one\n")];
  const { once, history, slug } = await watcher(
    await writeManifest(at, [{ id: "weights", locations: ["./weights"], files }]),
  );
  const steady = (await once()).code;
  await writeFile(join(history, `${slug}.report.json`), "{");
  expect(await once()).toMatchObject({
    code: 3,
    check: { notes: [expect.stringContaining("nothing could be compared")] },
  });
  expect((await once()).code).toBe(steady);
  await rm(join(history, `${slug}.report.json`));
  expect((await once()).code).toBe(3);
  expect((await readdir(history)).sort()).toEqual(
    ["history.jsonl", "known.json", "report.json"].map((one) => `${slug}.${one}`),
  );
});

test("what nobody was told is not written down", async () => {
  const at = await folder();
  await write(at, "weights/w.bin", "one\n");
  const files = [entry("w.bin", "one\n")];
  const manifest = await writeManifest(at, [{ id: "weights", locations: ["./weights"], files }]);
  const { once, history } = await watcher(manifest);
  await once();
  await rm(join(at, "weights/w.bin"));
  const targets = await watchTargets([manifest], undefined, "/");
  await watchOnce(targets, { history, open, ...hurried }, async () => false);
  expect(await once()).toMatchObject({ code: 1, news: true });
});

test("a torn last line is ended, told, and costs nothing but itself", async () => {
  const at = await folder();
  await write(at, "weights/w.bin", "one\n");
  const files = [entry("w.bin", "one\n")];
  const { once, file, outcomes } = await watcher(
    await writeManifest(at, [{ id: "weights", locations: ["./weights"], files }]),
  );
  await once();
  await once();
  const whole = readFileSync(file, "utf8");
  truncateSync(file, whole.length - 40);
  expect(await once()).toMatchObject({
    news: false,
    check: { notes: [expect.stringContaining("1 of the last lines")] },
  });
  expect((await outcomes()).length).toBe(2);
  // Another watcher writes at the very moment of the kill: its line stands behind half a line.
  const line = whole.split("\n")[0] ?? "";
  appendFileSync(file, `${line.slice(0, 50)}${line}\n`);
  expect((await outcomes()).length).toBe(3);
  expect((await readHistory(file, 2)).omitted).toBe(2);
});

test("two watchers at once lose no line", async () => {
  const file = join(await folder(), "a.history.jsonl");
  const pieces = Array.from({ length: 200 }, (_, index) => ({
    id: `piece-${index}`,
    outcome: "verified" as const,
    license: { concluded: "MIT" },
  }));
  const append = async (time: string): Promise<void> => {
    for (let count = 0; count < 50; count += 1) {
      await appendHistory(file, { schemaVersion: "1", time, manifest: "m", depth: "full", pieces });
    }
  };
  await Promise.all([append("a"), append("b"), append("c")]);
  const { lines, torn } = await readHistory(file, 1_000);
  expect([lines.length, torn]).toEqual([150, 0]);
});

test("targets: one release by any spelling, a list relative to its folder, no secret in a name", async () => {
  const at = await folder();
  await writeFile(
    join(at, "list.txt"),
    "# ours\nrelease\n\nrelease/wholesource.yaml\nhttps://example.org/a/wholesource.yaml\n",
  );
  const targets = await watchTargets([join(at, "release")], join(at, "list.txt"), "/");
  expect(targets.map(({ manifest }) => manifest)).toEqual([
    join(at, "release"),
    "https://example.org/a/wholesource.yaml",
  ]);
  for (const name of [
    "https://u:geheim@example.org/a?token=geheim",
    "/",
    "../../x",
    "/a/ü/\u001b[2J",
    "x".repeat(5_000),
  ]) {
    const slug = slugOf(name, "/w");
    expect(slug).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,60}-[0-9a-f]{12}$/);
    expect(slug).not.toContain("geheim");
  }
  await expect(watchTargets(["-"], undefined, at)).rejects.toThrow("standard input can not be watched");
  await expect(watchTargets([], join(at, "none"), at)).rejects.toThrow("can not be read");
});

test("the time between two starts does not grow by what a check takes, and a stop ends the wait", async () => {
  const stop = new AbortController();
  const starts: number[] = [];
  const began = Date.now();
  await every(300, stop.signal, async () => {
    starts.push(Date.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (starts.length === 4) setTimeout(() => stop.abort(), 20);
  });
  expect(starts.length).toBe(4);
  expect(starts[3]).toBeGreaterThanOrEqual(890);
  expect(starts[3]).toBeLessThan(1_300);
});
