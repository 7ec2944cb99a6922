/** What is written beside a partial file: from where it comes and how much of it is safe on the disk. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MAX_STATE_BYTES } from "./limits.ts";
import { regularSize } from "./store-write.ts";

/** The state of a partial file. */
export interface PartialState {
  readonly version: 1;
  /** For people; redacted. */
  readonly url: string;
  readonly etag?: string | undefined;
  readonly totalSize?: number | undefined;
  /** Bytes that were synced. */
  readonly size: number;
  /** CRC-32 of those bytes: a damaged beginning must not pass for what the host sent. */
  readonly crc32: number;
}

const NAME = "state.json";

/** Writes it so that a reader sees the old or the new state, never half of one. */
export async function writeState(folder: string, state: PartialState): Promise<void> {
  const aside = join(folder, `${NAME}.new`);
  await writeFile(aside, `${JSON.stringify(state)}\n`);
  await rename(aside, join(folder, NAME));
}

/** Reads it; undefined when it is missing, damaged, or of another version. */
export async function readState(folder: string): Promise<PartialState | undefined> {
  const path = join(folder, NAME);
  const length = await regularSize(path);
  if (length === undefined || length > MAX_STATE_BYTES) return undefined;
  try {
    return asState(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

function asState(value: unknown): PartialState | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { version, url, etag, totalSize, size, crc32 }: { readonly [key: string]: unknown } = { ...value };
  if (version !== 1 || typeof url !== "string" || !isCount(size) || !isCount(crc32)) return undefined;
  return {
    version,
    url,
    size,
    crc32,
    ...(typeof etag === "string" ? { etag } : {}),
    ...(isCount(totalSize) ? { totalSize } : {}),
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
