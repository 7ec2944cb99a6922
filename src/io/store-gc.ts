/** Collecting what no release needs and nobody works on, while others go on adding. */
import { openRemoval, unnamedBlobs } from "./store-collect.ts";
import type { StorePaths } from "./store-layout.ts";
import { GC_GRACE_MS } from "./store-limits.ts";
import { collectPartials } from "./store-partial.ts";
import { livingSessions, openSession, untoldBefore } from "./store-session.ts";

/** What was removed, or would be. */
export interface Collected {
  readonly blobs: number;
  readonly bytes: number;
  /** Unfinished transfers and the like. */
  readonly partials: number;
  /** Blobs that no release names either, and that stay: they are young, or a running process may count on them. */
  readonly waiting: { readonly blobs: number; readonly bytes: number };
}

/** How it is collected. */
export interface CollectOptions {
  /** Milliseconds since anybody touched it, before which nothing goes. */
  readonly graceMs?: number | undefined;
  /** Only say what would go. */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Removes blobs that no release names and partial files that nobody works on. */
export async function collectGarbage(paths: StorePaths, options: CollectOptions = {}): Promise<Collected> {
  const { graceMs = GC_GRACE_MS, dryRun = false, signal } = options;
  // Whoever comes after us touches what it is told of after we came: that we say so ourselves bounds what may go.
  const own = await openSession(paths.sessions);
  try {
    const old = Date.now() - graceMs;
    // First who is here, then what they need: whoever ends meanwhile has written its list before.
    const before = Math.min(untoldBefore(await livingSessions(paths.sessions)), old);
    const blobs = await collectBlobs(paths, before, dryRun, signal);
    return { ...blobs, partials: await collectPartials(paths.partial, old, dryRun) };
  } finally {
    await own.close();
  }
}

async function collectBlobs(
  paths: StorePaths,
  before: number,
  dryRun: boolean,
  signal: AbortSignal | undefined,
): Promise<Omit<Collected, "partials">> {
  const gone = { blobs: 0, bytes: 0 };
  const waiting = { blobs: 0, bytes: 0 };
  const removal = dryRun ? undefined : await openRemoval(paths);
  try {
    for await (const blob of unnamedBlobs(paths, Number.POSITIVE_INFINITY)) {
      signal?.throwIfAborted();
      const goes = blob.mtimeMs < before && (removal === undefined || (await removal.remove(blob)));
      const sum = goes ? gone : waiting;
      sum.blobs += 1;
      sum.bytes += blob.size;
    }
  } finally {
    await removal?.close();
  }
  return { ...gone, waiting };
}
