/** Digests of a bag's files against those that its manifests name, many files at a time. */
import type { LocalPath } from "../io/files-open.ts";
import type { DigestAlgorithm } from "../model/digest.ts";
import type { Refusal, Transfer } from "../model/evidence.ts";
import type { BagFaults } from "./bag-faults.ts";
import type { DigestTask, ReadManifest } from "./bag-join.ts";

/** A file to be read once, and what is to be measured of it. */
export interface DigestItem {
  readonly path: LocalPath;
  readonly size: number;
  /** The same array for all items that want the same. */
  readonly algorithms: readonly DigestAlgorithm[];
}

/** Digests files; the answers are in the order of the items. How many threads do it is its own affair. */
export type DigestFiles = (items: readonly DigestItem[]) => Promise<readonly (Transfer | Refusal)[]>;

/** Files that are handed over together. Two such groups are under way, so that no thread waits for the last of one. */
const WAVE_FILES = 4_096;

export interface BagDigests {
  /** Waits while enough is under way. */
  add(task: DigestTask, at: LocalPath): Promise<void> | undefined;
  end(): Promise<void>;
}

/** Starts checking; what does not match becomes a fault. */
export function createBagDigests(
  digestFiles: DigestFiles,
  manifests: readonly ReadManifest[],
  faults: BagFaults,
): BagDigests {
  const interned = new Map<string, readonly DigestAlgorithm[]>();
  let wave: { readonly task: DigestTask; readonly item: DigestItem }[] = [];
  let under: Promise<void> = Promise.resolve();

  const flush = (): Promise<void> => {
    const sent = wave;
    const before = under;
    wave = [];
    const reading = digestFiles(sent.map(({ item }) => item));
    under = Promise.all([reading, before]).then(([seen]) => {
      sent.forEach(({ task }, index) => {
        const one = seen[index];
        if (one !== undefined) compare(task, one, manifests, faults);
      });
    });
    // Awaited later than it may fail.
    under.catch(() => {});
    return before;
  };

  return {
    add(task, at) {
      const wanted = task.listed.flatMap(({ manifest }) => manifests[manifest]?.manifest.algorithm ?? []);
      if (wanted.length === 0) return undefined;
      const unique = [...new Set(wanted)].sort();
      const key = unique.join();
      const algorithms = interned.get(key) ?? unique;
      interned.set(key, algorithms);
      wave.push({ task, item: { path: at, size: task.file.size, algorithms } });
      return wave.length >= WAVE_FILES ? flush() : undefined;
    },
    async end() {
      if (wave.length > 0) await flush();
      await under;
    },
  };
}

function compare(
  { file, listed }: DigestTask,
  seen: Transfer | Refusal,
  manifests: readonly ReadManifest[],
  faults: BagFaults,
): void {
  if (seen.status === "refused") {
    faults.error("archive-damaged", file.path, `it can not be read: ${seen.message}`);
    return;
  }
  for (const { manifest: index, digest } of listed) {
    const manifest = manifests[index]?.manifest;
    if (manifest?.algorithm === undefined) continue;
    const measured = seen.digest[manifest.algorithm];
    if (measured === digest) continue;
    const { algorithmName, name } = manifest;
    const detail = `its ${algorithmName} is \`${measured ?? "unknown"}\`, \`${name}\` says \`${digest}\``;
    faults.error("file-corrupt", file.path, detail);
  }
}
