/** Which bytes of a piece a declared digest holds fast, wherever they are read from. */
import { algorithmsOf, type DigestSet, isWeak } from "./digest.ts";
import type { FileEntry, Piece } from "./manifest.ts";

/** Whether digests hold every byte of a piece, so that no change of its location can go unseen. */
export function isHeldByDigests(piece: Piece): boolean {
  const { files, listing, digest } = piece;
  if (isStrong(digest)) return true;
  if (listing !== undefined) return isStrong(listing.digest);
  const held = heldByOthers(piece);
  return files?.every((file) => held(file) || isStrong(file.digest)) ?? false;
}

/** Files whose bytes another digest speaks for: that of the whole folder, or that of the archive they are in. */
export function heldByOthers({ files, digest }: Piece): (file: FileEntry) => boolean {
  const tree = digest !== undefined && isTree(digest);
  const archives = new Set(files?.filter((file) => isStrong(file.digest)).map(({ path }) => path));
  return ({ containedIn }) => tree || (containedIn !== undefined && archives.has(containedIn));
}

/** True for digests of a folder. */
export function isTree(digest: DigestSet): boolean {
  return digest.gitTree !== undefined || digest.swhid?.startsWith("swh:1:dir:") === true;
}

/** True when one of the digests can not be made to match other bytes. */
export function isStrong(digest: DigestSet | undefined): boolean {
  return digest !== undefined && algorithmsOf(digest).length > 0 && !isWeak(digest);
}
