/** What all clients of a run recorded, as one web archive in an order of its own. */
import { createLineSort } from "./bag-sort.ts";
import { stopIfAborted } from "./folder-error.ts";
import { type KeptPayload, mayStandIn } from "./warc-exchange.ts";
import { type ExchangeSpool, openSpools } from "./warc-spool.ts";
import { openWarc, type WarcWriter } from "./warc-write.ts";

export interface MergeOptions {
  /** ISO 8601 UTC. */
  readonly time: string;
  readonly agent: string;
  /** Every record has `time`, and not when its exchange was: for files that are the same each time. */
  readonly fixedTime?: boolean;
  /** Where the archive keeps the bytes with this sha256, in hex. Asked only for bodies too large to stand there twice. */
  readonly keptAt?: (sha256: string) => KeptPayload | undefined | Promise<KeptPayload | undefined>;
  /** Something to be written behind the exchanges. */
  readonly more?: (writer: WarcWriter) => Promise<void>;
  /** A folder for what is too much to be sorted in memory. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
}

/** What was written. */
export interface MergedWarc {
  readonly exchanges: number;
  readonly records: number;
  readonly size: number;
}

/** Digits of a place in a file and of a number: as text they sort like numbers. */
const DIGITS = 16;

/**
 * Writes the exchanges of a folder of recordings into one file: by address, and those of one address in the order of
 * their times. Nothing is left at `file` when it fails.
 */
export async function mergeWarcs(folder: string, file: string, options: MergeOptions): Promise<MergedWarc> {
  const spools = openSpools(folder);
  try {
    const writer = await openWarc(file, options);
    try {
      let exchanges = 0;
      for (const [spool, offset] of inOrder(spools, options.scratch)) {
        stopIfAborted(options.signal);
        const { exchange, body } = spool.read(offset);
        const kept = mayStandIn(exchange) ? await options.keptAt?.(exchange.payload.sha256) : undefined;
        await writer.exchange({ exchange, body, kept, ...(options.fixedTime === true ? { date: options.time } : {}) });
        exchanges += 1;
      }
      await options.more?.(writer);
      return { exchanges, ...(await writer.close()) };
    } catch (error) {
      await writer.abort();
      throw error;
    }
  } finally {
    for (const spool of spools) spool.close();
  }
}

function* inOrder(spools: readonly ExchangeSpool[], scratch: string): Generator<readonly [ExchangeSpool, number]> {
  const sort = createLineSort(scratch, "exchanges");
  for (const [index, spool] of spools.entries()) {
    for (const { exchange, offset } of spool.list()) {
      const numbers = [exchange.sequence, index, offset].map((value) => String(value).padStart(DIGITS, "0"));
      sort.add(JSON.stringify([exchange.url, exchange.time, ...numbers]));
    }
  }
  for (const line of sort.sorted()) {
    // Written a moment ago, by the lines above.
    const [, , , index, offset] = JSON.parse(line) as readonly string[];
    const spool = spools[Number(index)];
    if (spool !== undefined) yield [spool, Number(offset)];
  }
}
