/** One object's bytes into a sink, and aside into a store when there is one. Resumes; never compares. */
import type { Authorization, Http } from "../io/http.ts";
import { type Sink, tee } from "../io/sink.ts";
import type { Aside, Store } from "../io/store.ts";
import type { DigestSet } from "../model/digest.ts";
import type { Exchange, Refusal } from "../model/evidence.ts";
import type { Json } from "../model/json.ts";

/** What is fetched, and what it is expected to be: expectations choose how to resume, they are not checked. */
export interface FetchRequest {
  readonly url: string;
  readonly maxBytes: number;
  readonly headers?: { readonly [name: string]: string };
  /** As in `HttpRequest`. */
  readonly authorization?: Authorization;
  /** As in `HttpRequest`. */
  readonly operatorEndpoint?: boolean;
  /** As in `DownloadRequest`. */
  readonly encodedAtRest?: boolean;
  readonly expect?: { readonly size?: number; readonly digest?: DigestSet };
  /** Take every byte from one answer of now: neither an earlier run's nor two answers' bytes are joined on trust. */
  readonly fresh?: boolean;
}

/** What a fetch works with. */
export interface FetchContext {
  readonly http: Http;
  readonly store?: Store;
  readonly signal: AbortSignal;
}

/** A payload that was read to its end. */
export interface Fetched {
  readonly status: "read";
  /** Bytes. */
  readonly size: number;
  readonly lengthProven: boolean;
  readonly exchange: Exchange;
  /**
   * Parts of it were joined with only the declared digest to tell whether they belong together. When the digest then
   * differs, the host is not to blame yet: fetch once more with `fresh`.
   */
  readonly joinUnproven: boolean;
  /** Present with a store: the caller decides what becomes of the bytes. */
  readonly kept?: Kept;
}

/** The bytes as they were written aside. Exactly one of these is called. */
export interface Kept {
  /** Gives them their final name, which is their sha256 as the caller measured it; returns the path. */
  commit(sha256: string): Promise<string>;
  /** The same, durable together with others: the store's `settled` waits for all of them. */
  commitSoon(sha256: string): Promise<void>;
  discard(): Promise<void>;
  /** Keeps them apart, with facts about how they were had; returns the path. */
  quarantine(sha256: string, facts: { readonly [name: string]: Json }): Promise<string>;
}

/**
 * Fetches one object. `openSink` is called at the start and again at every restart; only the last sink counts.
 * Throws what a sink or the store throws.
 */
export async function fetchObject(
  request: FetchRequest,
  openSink: () => Sink,
  context: FetchContext,
): Promise<Fetched | Refusal> {
  const { url, expect, fresh = false } = request;
  const aside = await context.store?.aside({ url, digest: expect?.digest });
  try {
    return await fetchInto(request, openSink, context, aside, fresh);
  } catch (error) {
    // What came so far stays for a later run, if the store still can; the first error is the one to tell.
    await aside?.release().catch(() => undefined);
    throw error;
  }
}

async function fetchInto(
  request: FetchRequest,
  openSink: () => Sink,
  context: FetchContext,
  aside: Aside | undefined,
  fresh: boolean,
): Promise<Fetched | Refusal> {
  const { url, headers, authorization, expect, maxBytes, operatorEndpoint = false, encodedAtRest = false } = request;
  const { http, signal } = context;
  const digestDecides = !fresh && expect?.digest !== undefined && Object.keys(expect.digest).length > 0;
  let sink = openSink();
  let both = aside === undefined ? sink : tee([sink, aside]);
  const restart = async (): Promise<void> => {
    sink = openSink();
    both = aside === undefined ? sink : tee([sink, aside]);
    await aside?.restart();
  };

  let resume: { readonly atByte: number; readonly etag?: string; readonly totalSize?: number } | undefined;
  if (aside?.earlier !== undefined) {
    const { size, etag, totalSize } = aside.earlier;
    const fits = !fresh && size <= (expect?.size ?? maxBytes) && (digestDecides || etag?.startsWith('"') === true);
    const replayed = fits ? await aside.replay(sink, signal) : "damaged";
    if (replayed === "damaged") await restart();
    else {
      resume = {
        atByte: size,
        ...(etag === undefined ? {} : { etag }),
        ...(totalSize === undefined ? {} : { totalSize }),
      };
    }
  }

  const downloaded = await http.download(
    {
      url,
      maxBytes,
      signal,
      operatorEndpoint,
      encodedAtRest,
      digestDecides,
      ...(headers === undefined ? {} : { headers }),
      ...(authorization === undefined ? {} : { authorization }),
      ...(resume === undefined ? {} : { resume }),
    },
    {
      begin: ({ etag }, totalSize) => aside?.describe({ etag, totalSize }),
      write: (chunk) => both.write(chunk),
      end: () => sink.end?.(),
      restart,
    },
  );
  if (downloaded.status === "refused") {
    await aside?.release();
    return downloaded;
  }
  const { size, lengthProven, joinUnproven, exchange } = downloaded;
  return {
    status: "read",
    size,
    lengthProven,
    joinUnproven,
    exchange,
    ...(aside === undefined ? {} : { kept: aside }),
  };
}
