/** Which files become layers of their own: decided before the first is written, so that there are never too many. */
import type { ReleaseContents } from "./contents.ts";

/** Layers of one file each. Their paths all stand in the manifest, which registries take up to 4 MiB of. */
export const RAW_LAYERS_MAX = 300;
/** Pieces that have archives of their own; of more pieces, those of a kind share them. */
export const TAR_PIECES_MAX = 100;
/** Archives that the bytes of small files are spread over, roughly, when they are very many. */
const TAR_SHARES = 100;
/** Files of at least this size are large. Bytes. */
export const RAW_MIN_BYTES = 1024 * 1024;
/** An archive that has grown to this is followed by the next one: some registries take no larger blobs. Bytes. */
const TAR_BYTES = 4 * 1024 ** 3;
/** Readers remember the names in an archive, and refuse more than they can remember. */
const TAR_MEMBERS = 500_000;

export interface LayerPlan {
  /** Files from this size on are layers of their own. */
  readonly rawFromBytes: number;
  /** Pieces whose only file is a layer, however small. */
  readonly lonePieces: ReadonlySet<string>;
  /** Otherwise all pieces of one kind of layer share archives. */
  readonly tarForEachPiece: boolean;
  /** Where an archive ends and the next one begins, by its bytes and by its members. */
  readonly tarBytes: number;
  readonly tarMembers: number;
}

/** Counts the payload once; keeps a number for each piece and for each power of two. */
export async function planLayers(contents: ReleaseContents): Promise<LayerPlan> {
  const pieces = new Map<string, number>();
  const largeByClass = new Map<number, number>();
  let bytes = 0;
  let files = 0;
  for await (const { piece, size } of contents.payload()) {
    pieces.set(piece, (pieces.get(piece) ?? 0) + 1);
    bytes += size;
    files++;
    if (size >= RAW_MIN_BYTES) {
      const power = Math.floor(Math.log2(size));
      largeByClass.set(power, (largeByClass.get(power) ?? 0) + 1);
    }
  }
  const lone = [...pieces].flatMap(([piece, files]) => (files === 1 ? [piece] : []));
  const lonePieces = new Set(lone.length > RAW_LAYERS_MAX / 2 ? [] : lone);
  let rawFromBytes = Number.POSITIVE_INFINITY;
  let count = lonePieces.size;
  for (const power of [...largeByClass.keys()].sort((a, b) => b - a)) {
    count += largeByClass.get(power) ?? 0;
    if (count > RAW_LAYERS_MAX) break;
    rawFromBytes = 2 ** power;
  }
  return {
    rawFromBytes: Math.max(rawFromBytes, RAW_MIN_BYTES),
    lonePieces,
    tarForEachPiece: pieces.size - lonePieces.size <= TAR_PIECES_MAX,
    tarBytes: Math.max(TAR_BYTES, Math.ceil(bytes / TAR_SHARES)),
    tarMembers: Math.max(TAR_MEMBERS, Math.ceil(files / TAR_SHARES)),
  };
}
