/** What is looked for: digests as a person writes them, or every file that a manifest declares. */
import { algorithmsOf, type DigestSet, subjectOf } from "../model/digest.ts";
import { parseDigest, toAlgorithm } from "../model/digest-text.ts";
import { WholesourceError } from "../model/error.ts";
import { findingMessage } from "../model/findings.ts";
import type { Located, WantedFile } from "../model/located.ts";
import type { Piece } from "../model/manifest.ts";
import { createRun, type Run } from "./context.ts";
import { openListing } from "./listing.ts";
import { loadManifest } from "./load.ts";
import type { VerifyOptions } from "./options.ts";
import type { ManifestSource } from "./source.ts";

/** Files that are looked for at once; those beyond them are counted. */
export const FILES_MAX = 20_000;

/** What is looked for, and what is not. */
export interface Wanted extends Pick<Located, "filesOmitted" | "filesUndeclared" | "unread"> {
  readonly files: readonly WantedFile[];
}

const BARE = /^[0-9a-f]{64}$/i;
/** What can be asked for by name: the other algorithms are known to no place. */
const askable: ReadonlySet<string> = new Set(["sha256", "sha512", "gitBlob", "swhid"]);

/** Reads one argument as a digest; undefined where it is none. Throws `usage` for one that is not right. */
export function digestArgument(text: string): DigestSet | undefined {
  if (BARE.test(text)) return checked("sha256", text, text);
  if (/^swh:/i.test(text)) return checked("swhid", text, text);
  const colon = text.indexOf(":");
  const algorithm = colon > 0 ? toAlgorithm(text.slice(0, colon)) : undefined;
  return algorithm === undefined ? undefined : checked(algorithm, text.slice(colon + 1), text);
}

function checked(name: string, value: string, shown: string): DigestSet {
  const hint = "write sha256:HEX, sha512:HEX, gitBlob:HEX, 64 hex digits, or swh:1:cnt:HEX";
  const parsed = parseDigest(name, value);
  const text = shown.slice(0, 200);
  if (parsed.problem !== undefined) {
    const reason = parsed.problem === "malformed" ? `: ${parsed.reason}` : "";
    throw new WholesourceError("usage", `\`${text}\` is no digest${reason}`, { hint });
  }
  if (!askable.has(parsed.algorithm) || subjectOf(parsed.algorithm, parsed.value) !== "bytes") {
    throw new WholesourceError("usage", `\`${text}\` is no digest that files are known by`, { hint });
  }
  return { [parsed.algorithm]: parsed.value };
}

/** Exactly these digests. */
export function wantedDigests(digests: readonly DigestSet[]): Wanted {
  return { files: digests.map((digest) => ({ digest })), filesOmitted: 0, filesUndeclared: 0, unread: [] };
}

/** Every file that a manifest declares, those of its listings too. */
export async function wantedOfManifest(source: ManifestSource, options: VerifyOptions): Promise<Wanted> {
  const { manifest } = await loadManifest(source);
  const files: WantedFile[] = [];
  const unread: { piece: string; detail: string }[] = [];
  let filesOmitted = 0;
  let filesUndeclared = 0;
  const take = (piece: string, path: string | undefined, size: number | undefined, set: DigestSet = {}): void => {
    const digest = ofBytes(set);
    if (algorithmsOf(digest).length === 0) filesUndeclared += 1;
    else if (files.length >= FILES_MAX) filesOmitted += 1;
    else {
      const said = { ...(size === undefined ? {} : { size }), ...(path === undefined ? {} : { path }) };
      files.push({ digest, piece, ...said });
    }
  };
  const run = createRun(source, options);
  try {
    for (const [index, piece] of manifest.pieces.entries()) {
      for (const { path, size, digest } of piece.files ?? []) take(piece.id, path, size, digest);
      if (isOneObject(piece)) take(piece.id, undefined, piece.size, piece.digest);
      if (piece.listing === undefined) continue;
      const detail = await eachListed(piece, index, run, (path, size, digest) => take(piece.id, path, size, digest));
      if (detail !== undefined) unread.push({ piece: piece.id, detail });
    }
  } finally {
    await run.close();
  }
  return { files, filesOmitted, filesUndeclared, unread };
}

/** The digests that speak of a file's bytes. */
function ofBytes(set: DigestSet): DigestSet {
  return Object.fromEntries(
    algorithmsOf(set).flatMap((name) => {
      const value = set[name] ?? "";
      return subjectOf(name, value) === "bytes" ? [[name, value]] : [];
    }),
  );
}

const isOneObject = ({ files, listing, digest }: Piece): boolean =>
  (files ?? []).length === 0 && listing === undefined && algorithmsOf(ofBytes(digest ?? {})).length > 0;

/** Hands on every file of a piece's listing; says why it can not where the listing is not what it should be. */
async function eachListed(
  piece: Piece,
  index: number,
  run: Run,
  take: (path: string, size: number | undefined, digest: DigestSet | undefined) => void,
): Promise<string | undefined> {
  if (piece.listing === undefined) return undefined;
  const listing = await openListing(piece, `/pieces/${index}`, piece.listing, run);
  try {
    for await (const group of listing.entries()) {
      for (const { entry } of group) take(entry.path, entry.size, entry.digest);
    }
    const { findings, outcome } = listing.judgement();
    if (outcome === "verified" || outcome === "resolved") return undefined;
    const [first] = findings;
    return first === undefined ? "its listing can not be read" : findingMessage(first, (text) => text);
  } finally {
    await listing.close();
  }
}
