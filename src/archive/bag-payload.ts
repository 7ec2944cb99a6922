/** The payload of a bag that is being written: files of pieces, files about them, and those left remote, as one order. */
import { compareBytes } from "../model/byte-order.ts";
import { WholesourceError } from "../model/error.ts";
import type { BagDigests, EntrySource, ReleaseContents } from "./contents.ts";

/** A file of the payload that belongs to no piece. */
export interface PayloadExtra {
  /** Relative to `data/`. */
  readonly path: string;
  readonly size: number;
  readonly digest: BagDigests;
  readonly source: EntrySource;
}

/** A line of the payload manifests. */
export type PayloadLine = {
  /** Relative to the bag. */
  readonly path: string;
} & (
  | {
      readonly kind: "here";
      readonly size: number;
      readonly digest: BagDigests;
      readonly source: EntrySource;
    }
  | {
      readonly kind: "remote";
      readonly size: number | undefined;
      readonly digest: Partial<BagDigests>;
      readonly url: string;
    }
);

/** Files that are on this machine, in the order of their paths. */
export function payloadHere(contents: ReleaseContents, extras: readonly PayloadExtra[]): AsyncGenerator<PayloadLine> {
  return inOrder(piecesHere(contents), extrasHere(extras));
}

/** All of it: every file that a manifest lists. */
export function payloadLines(contents: ReleaseContents, extras: readonly PayloadExtra[]): AsyncGenerator<PayloadLine> {
  return inOrder(payloadHere(contents, extras), piecesRemote(contents));
}

async function* piecesHere({ payload }: ReleaseContents): AsyncGenerator<PayloadLine> {
  for await (const { piece, path, size, digest, from } of payload()) {
    yield { kind: "here", path: `data/${piece}/${path}`, size, digest, source: { from } };
  }
}

async function* piecesRemote({ remote }: ReleaseContents): AsyncGenerator<PayloadLine> {
  for await (const { piece, path, size, digest, url } of remote()) {
    yield { kind: "remote", path: `data/${piece}/${path}`, size, digest, url };
  }
}

async function* extrasHere(extras: readonly PayloadExtra[]): AsyncGenerator<PayloadLine> {
  const lines = extras.map(({ path, ...rest }): PayloadLine => ({ kind: "here", path: `data/${path}`, ...rest }));
  yield* lines.sort((a, b) => compareBytes(a.path, b.path));
}

/** Merges two sorted streams. What is out of order or there twice is a bug of whoever made them. */
async function* inOrder(
  one: AsyncGenerator<PayloadLine>,
  other: AsyncGenerator<PayloadLine>,
): AsyncGenerator<PayloadLine> {
  const streams = [one, other];
  try {
    let [a, b] = await Promise.all([one.next(), other.next()]);
    let last: string | undefined;
    while (a.done !== true || b.done !== true) {
      const fromOne = b.done === true || (a.done !== true && compareBytes(a.value.path, b.value.path) < 0);
      const next = fromOne ? a : b;
      if (next.done === true) break;
      if (last !== undefined && compareBytes(last, next.value.path) >= 0) {
        const message = `the payload is not in order: \`${next.value.path}\` comes after \`${last}\``;
        throw new WholesourceError("internal", message);
      }
      last = next.value.path;
      yield next.value;
      if (fromOne) a = await one.next();
      else b = await other.next();
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  }
}
