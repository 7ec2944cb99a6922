/** Local files into the store: what is kept is what was measured, byte for byte. */
import { type DigestLane, digestLocalFile, type LocalFileOptions } from "../digest/local.ts";
import type { Store } from "../io/store.ts";
import { CLONE_FROM_BYTES } from "../io/store-limits.ts";
import type { Refusal, Transfer } from "../model/evidence.ts";

/** A local file that is to be kept. */
export interface KeepRequest {
  readonly path: string;
  /** As far as it is known: big files are cloned where the file system can. Bytes. */
  readonly size?: number | undefined;
}

/**
 * Measures a local file and keeps it; resolves when the next may come, and the store's `settled` tells when all are
 * durable. The lane must measure sha256. A file that changes meanwhile is refused, and nothing of it is kept.
 */
export async function keepLocal(
  store: Store,
  { path, size = 0 }: KeepRequest,
  lane: DigestLane,
  options: Pick<LocalFileOptions, "onBytes" | "signal" | "maxBytes"> = {},
): Promise<Transfer | Refusal> {
  // A clone is a file of its own: what is measured of it is what is kept, whatever becomes of the original.
  const clone = size < CLONE_FROM_BYTES ? undefined : await store.clone(path);
  if (clone !== undefined) return keepMeasured(clone, () => digestLocalFile(clone.path, lane, options));
  const aside = await store.aside();
  return keepMeasured(aside, () => digestLocalFile(path, lane, { ...options, tap: aside }));
}

/** What is written and has no name yet. */
interface Unnamed {
  commitSoon(sha256: string): Promise<void>;
  discard(): Promise<void>;
}

async function keepMeasured(
  unnamed: Unnamed,
  measure: () => Transfer | Refusal | Promise<Transfer | Refusal>,
): Promise<Transfer | Refusal> {
  let read: Transfer | Refusal;
  try {
    read = await measure();
  } catch (error) {
    await unnamed.discard();
    throw error;
  }
  if (read.status === "refused") {
    await unnamed.discard();
    return read;
  }
  const { sha256 } = read.digest;
  if (sha256 === undefined) throw new TypeError("what is kept is named by its sha256");
  await unnamed.commitSoon(sha256);
  return { ...read, storedAs: sha256 };
}
