import { createReadStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDigester } from "../digest/digester.ts";
import type { DeclaredFile } from "../judge/file.ts";
import { worse } from "../judge/outcome.ts";
import type { ListingJudgement } from "../judge/piece.ts";
import { readListing } from "../manifest/listing.ts";
import { algorithmsOf, type DigestAlgorithm, type DigestSet, isWeak } from "../model/digest.ts";
import type { Refusal } from "../model/evidence.ts";
import { type Finding, finding } from "../model/findings.ts";
import type { Listing, Piece } from "../model/manifest.ts";
import type { Outcome } from "../model/report.ts";
import type { Run } from "./context.ts";

/** The most bytes that a listing may have: about a hundred million entries. */
export const LISTING_MAX_BYTES = 16 * 1024 ** 3;
/** Findings of one listing that are kept: a file of another format has one for each line. */
export const LISTING_FINDINGS_MAX = 20;
const READ_BYTES = 1024 * 1024;

/** Formats that a manifest may name and that we do not read yet. */
const unreadFormats: readonly Listing["format"][] = ["croissant", "oms"];

/** A piece's listing, checked as a whole and ready to be streamed. */
export interface OpenListing {
  /** False when it could not be read, or is not the declared one. */
  readonly isUsable: boolean;
  readonly entries: () => AsyncIterable<readonly DeclaredFile[]>;
  /** What is to be said of the listing itself; complete once the entries were streamed. */
  readonly judgement: () => ListingJudgement;
  readonly close: () => Promise<void>;
}

/** Gets a listing, compares it with its declared digests, and opens it; a listing that is not the declared one has no entries. */
export async function openListing(piece: Piece, pointer: string, listing: Listing, run: Run): Promise<OpenListing> {
  const place = { piece: piece.id, pointer: `${pointer}/listing` };
  const findings: Finding[] = [];
  let outcome: Outcome = "verified";
  const local = await fetchListing(piece, listing, run);
  await run.hooks.keeping?.listing(piece, "finding" in local ? local.finding : local);
  if ("finding" in local) {
    const { absent, ...said } = local.finding;
    const severity = absent ? "error" : "warning";
    findings.push(finding("listing-unread", { ...place, severity, args: { uri: listing.uri, ...said } }));
    outcome = absent ? "broken" : "inconclusive";
    return { isUsable: false, entries: nothing, judgement: () => ({ findings, outcome }), close: async () => {} };
  }
  const declared = algorithmsOf(listing.digest ?? {});
  if (declared.length === 0) {
    findings.push(finding("digest-undeclared", { ...place, args: { path: listing.uri } }));
    outcome = "resolved";
  } else {
    if (isWeak(listing.digest ?? {})) {
      findings.push(finding("digest-weak", { ...place, args: { path: listing.uri, algorithms: declared.join(", ") } }));
      outcome = "resolved";
    }
    const measured = await digestOf(local.path, declared);
    for (const algorithm of declared) {
      const [wanted, got] = [listing.digest?.[algorithm] ?? "", measured[algorithm] ?? ""];
      if (wanted === got) continue;
      outcome = "broken";
      findings.push(
        finding("digest-mismatch", {
          ...place,
          pointer: `${pointer}/listing/digest/${algorithm}`,
          args: { path: listing.uri, algorithm, declared: wanted, measured: got },
        }),
      );
    }
  }
  if (unreadFormats.includes(listing.format)) outcome = worse(outcome, "inconclusive");
  return {
    isUsable: outcome === "verified" || outcome === "resolved",
    entries: outcome === "broken" ? nothing : () => stream(local.path),
    judgement: () => ({ findings, outcome }),
    close: local.close,
  };

  async function* stream(path: string): AsyncGenerator<readonly DeclaredFile[]> {
    const chunks = createReadStream(path, { highWaterMark: READ_BYTES });
    for await (const part of readListing(listing.format, chunks, listing.uri)) {
      if (Array.isArray(part)) {
        yield part.map((entry) => ({ entry, pointer: place.pointer }));
        continue;
      }
      outcome = worse(outcome, part.code === "listing-unread" ? "inconclusive" : "broken");
      if (findings.length < LISTING_FINDINGS_MAX) findings.push({ ...part, ...place });
    }
  }
}

type Local =
  | { readonly path: string; readonly close: () => Promise<void> }
  | { readonly finding: { readonly reason: string; readonly detail: string; readonly absent: boolean } };

async function fetchListing(piece: Piece, listing: Listing, run: Run): Promise<Local> {
  const kept = run.hooks.replay?.listingOf(piece);
  if (kept !== undefined) return "status" in kept ? unread(kept) : { path: kept.path, close: async () => {} };
  if (/^https?:\/\//i.test(listing.uri)) return downloadListing(listing.uri, run);
  const found = run.localFile(listing.uri);
  return "status" in found ? unread(found) : { path: found.path, close: async () => {} };
}

function unread({ reason, message, kind }: Refusal): Local {
  return { finding: { reason, detail: message, absent: kind === "absent" } };
}

async function downloadListing(url: string, run: Run): Promise<Local> {
  const folder = await mkdtemp(join(tmpdir(), "wholesource-listing-"));
  const path = join(folder, "listing");
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const file = await open(path, "wx");
  try {
    const answer = await run.resolveContext.http.download(
      { url, maxBytes: LISTING_MAX_BYTES, signal: run.signal },
      {
        write: async (chunk) => void (await file.writeFile(chunk)),
        restart: async () => file.truncate(0),
      },
    );
    if (answer.status === "ok") return { path, close };
    await close();
    return unread(answer);
  } finally {
    await file.close();
  }
}

async function digestOf(path: string, algorithms: readonly DigestAlgorithm[]): Promise<DigestSet> {
  const digester = await createDigester(algorithms);
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) digester.write(chunk);
  return digester.digest();
}

async function* nothing(): AsyncGenerator<never> {}
