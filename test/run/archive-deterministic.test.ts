/** Two archives of one release at one time are the same bytes, whatever was there before and however it was read. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { need } from "../services/need.ts";
import { startNginx } from "../services/nginx.ts";
import { archived, filesBelow, smallRelease } from "./archive-small.ts";
import { apache, entry, folder, safetensors, write } from "./release.ts";

const time = "2026-01-02T03:04:05.000Z";

need("nginx")("the same bytes", () => {
  test("with a fresh store and a full one, on one thread and on four", { timeout: 120_000 }, async () => {
    const nginx = await startNginx();
    onTestFinished(() => nginx.close());
    const at = await folder();
    await write(nginx.root, "one/LICENSE", apache);
    await write(nginx.root, "one/model.safetensors", safetensors());
    const digest = { sha256: (entry("", safetensors()) as { digest: { sha256: string } }).digest.sha256 };
    const many = Array.from({ length: 60 }, (_, n) => [`${n % 7}/${n}.txt`, `file ${n}\n`] as const);
    for (const [path, bytes] of many) await write(join(at, "release"), `many/${path}`, bytes);
    const manifest = await smallRelease(join(at, "release"), [
      { id: "web", locations: [`${nginx.origin}/one/model.safetensors`], digest },
      { id: "many", kind: "dataset", locations: ["./many"], files: many.map(([path, bytes]) => entry(path, bytes)) },
    ]);
    const runs = [
      { store: "first", concurrency: 1 },
      { store: "first", concurrency: 4 },
      { store: "second", concurrency: 4 },
    ];
    const tars: Buffer[] = [];
    const bags: Map<string, Buffer>[] = [];
    for (const [index, { store, concurrency }] of runs.entries()) {
      const more = { time, store: join(at, store), concurrency };
      await archived(manifest, join(at, `${index}.tar`), { ...more, form: "tar" });
      tars.push(readFileSync(join(at, `${index}.tar`)));
      await archived(manifest, join(at, `bag-${index}`), more);
      bags.push(filesBelow(join(at, `bag-${index}`)));
    }
    const [first = new Map<string, Buffer>(), ...others] = bags;
    for (const other of others) {
      expect([...other.keys()]).toEqual([...first.keys()]);
      for (const [name, bytes] of other)
        expect(bytes.toString("latin1"), name).toBe(first.get(name)?.toString("latin1"));
    }
    for (const tar of tars) expect(tar.equals(tars[0] ?? Buffer.alloc(0))).toBe(true);
  });
});
