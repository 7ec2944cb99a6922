import { algorithmsOf, type DigestSet, isWeak } from "../model/digest.ts";
import { type Finding, finding } from "../model/findings.ts";
import { heldByOthers, isTree } from "../model/held.ts";
import type { Piece } from "../model/manifest.ts";
import { windowsFault } from "../model/path.ts";

/** More files than this are easier to keep in a listing than in a text that people read. */
export const LISTING_ADVISED_FILES = 2_000;

/** What is missing or weak in what a piece declares of its files. */
export function lintFiles(piece: Piece, pointer: string): readonly Finding[] {
  const findings: Finding[] = [];
  const { id, files, listing } = piece;
  const name = piece.locations[0]?.path ?? piece.locations[0]?.uri ?? id;
  if (listing !== undefined) findings.push(...lintDigest(listing.digest, listing.uri, id, `${pointer}/listing`));
  if (files === undefined && listing === undefined) {
    findings.push(...lintDigest(piece.digest, name, id, pointer));
    if (piece.digest !== undefined && !isTree(piece.digest)) findings.push(...lintSize(piece.size, name, id, pointer));
    return findings;
  }
  if (files !== undefined && files.length > LISTING_ADVISED_FILES) {
    const args = { files: files.length, limit: LISTING_ADVISED_FILES };
    findings.push(finding("listing-recommended", { piece: id, pointer: `${pointer}/files`, args }));
  }
  const held = heldByOthers(piece);
  for (const [index, file] of (files ?? []).entries()) {
    const at = `${pointer}/files/${index}`;
    if (!held(file)) findings.push(...lintDigest(file.digest, file.path, id, at));
    findings.push(...lintSize(file.size, file.path, id, at));
    const detail = windowsFault(file.path);
    if (detail !== undefined) {
      const path = `${at}/path`;
      findings.push(
        finding("manifest-text-suspicious", { piece: id, pointer: path, severity: "note", args: { path, detail } }),
      );
    }
  }
  return findings;
}

function lintDigest(digest: DigestSet | undefined, path: string, piece: string, pointer: string): readonly Finding[] {
  if (digest === undefined) return [finding("digest-undeclared", { piece, pointer, args: { path } })];
  if (!isWeak(digest)) return [];
  const args = { path, algorithms: algorithmsOf(digest).join(", ") };
  return [finding("digest-weak", { piece, pointer: `${pointer}/digest`, args })];
}

function lintSize(size: number | undefined, path: string, piece: string, pointer: string): readonly Finding[] {
  return size === undefined ? [finding("size-undeclared", { piece, pointer, args: { path } })] : [];
}
