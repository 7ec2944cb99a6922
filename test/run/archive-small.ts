/** A small release in folders, and an archive of it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Archived, type ArchiveOptions, archive } from "../../src/run/archive.ts";
import { type ManifestSource, openManifest } from "../../src/run/source.ts";
import { apache, entry, hurried, type PieceText, safetensors, write, writeManifest } from "./release.ts";

const weights = safetensors();

/** Two pieces, one of them with a listing. */
export async function smallRelease(at: string, more: readonly PieceText[] = []): Promise<string> {
  await write(at, "weights/LICENSE", apache);
  await write(at, "weights/model.safetensors", weights);
  await write(at, "data/LICENSE", apache);
  await write(at, "data/a/rows.csv", "1,2\n");
  await write(at, "data/b.csv", "3\n");
  const lines = [entry("a/rows.csv", "1,2\n"), entry("b.csv", "3\n")].map((one) => `${JSON.stringify(one)}\n`);
  await write(at, "files.jsonl", lines.join(""));
  return writeManifest(at, [
    { id: "weights", locations: ["./weights"], files: [entry("model.safetensors", weights)] },
    { id: "data", kind: "dataset", locations: ["./data"], listing: { uri: "files.jsonl", format: "jsonl" } },
    ...more,
  ]);
}

export function sourceOf(manifest: string): Promise<ManifestSource> {
  return openManifest(manifest, {
    cwd: "/",
    stdin: (async function* () {})(),
    http: () => Promise.reject(new Error("it is a file")),
  });
}

export async function archived(manifest: string, to: string, more: Partial<ArchiveOptions> = {}): Promise<Archived> {
  return archive(await sourceOf(manifest), { ...hurried, to, form: "bag", ...more });
}

/** Every file below a folder, sorted, with its bytes. */
export function filesBelow(folder: string): Map<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    .sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

/** Numbers that look random and are the same for one seed. */
export function drawn(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The seed of this run: `SEED` repeats an earlier one. */
export function seedOfRun(): number {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`SEED=${seed}\n`);
  return seed;
}
