/** A release as an OCI image layout that holds one ModelPack artifact. */
import { createHash } from "node:crypto";
import { appendFile, open } from "node:fs/promises";
import { join } from "node:path";
import { WholesourceError } from "../model/error.ts";
import type { PieceKind } from "../model/manifest.ts";
import type { ArchiveEntry, EntrySource, ReleaseContents } from "./contents.ts";
import {
  artifactType,
  configType,
  indexType,
  type LayerKind,
  layerKindOf,
  manifestType,
  modelConfig,
  modelManifest,
  type OciBlob,
  rawLayer,
  refNameKey,
  tagOf,
  tarLayer,
} from "./oci-model.ts";
import { type LayerPlan, planLayers } from "./oci-plan.ts";
import { createTarSpool, type TarInput, type TarSpool } from "./oci-tar.ts";

/** Records of ours that get a layer each; more of them share an archive. */
const RECORD_LAYERS_MAX = 32;
/** Lines of the list of remote files that are gathered before they are written. */
const LINES_GATHERED = 1000;

/** Files that were left remote, one JSON object a line: what a bag keeps in its fetch.txt and manifests. */
export const remoteListPath = "wholesource/remote.jsonl";

export interface OciOptions {
  /** A folder for what must be written before its digest is known; it is the caller's, and so is removing it. */
  readonly scratch: string;
  /** The name in the layout, a tag; the release's version when absent. */
  readonly ref?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface OpenTar {
  readonly kind: LayerKind;
  readonly folder: string;
  readonly name: string;
  readonly spool: TarSpool;
}

/**
 * Every file of the layout, blobs first and `index.json` last: without it a folder that was cut short is no layout.
 * Files as they are become layers of their own where they are large; small ones share a tar for each piece.
 */
export async function* ociEntries(contents: ReleaseContents, options: OciOptions): AsyncGenerator<ArchiveEntry> {
  const { scratch, signal } = options;
  const { time } = contents;
  const seconds = Math.floor(Date.parse(time) / 1000);
  const plan = await planLayers(contents);
  const pieceKinds = new Map<string, PieceKind>(contents.pieces.map(({ id, kind }) => [id, kind]));
  const layers: OciBlob[] = [];
  const blobs = new Set<string>();
  const tars = new Map<string, OpenTar>();
  let tarCount = 0;

  function* blob(digest: string, size: number, source: EntrySource): Generator<ArchiveEntry> {
    if (blobs.has(digest)) return;
    blobs.add(digest);
    yield { path: `blobs/${digest.replace(":", "/")}`, size, source, sha256: digest.slice("sha256:".length) };
  }
  function* raw(kind: LayerKind, input: TarInput): Generator<ArchiveEntry> {
    const layer = rawLayer(kind, input.path, input.size, input.sha256, time);
    layers.push(layer);
    yield* blob(layer.digest, layer.size, input.source);
  }
  function* endTar(key: string): Generator<ArchiveEntry> {
    const tar = tars.get(key);
    if (tar === undefined) return;
    tars.delete(key);
    const sha256 = tar.spool.end();
    const layer = tarLayer(tar.kind, tar.folder, tar.name, tar.spool.size, sha256);
    layers.push(layer);
    yield* blob(layer.digest, layer.size, { from: tar.spool.file });
  }
  function* endTars(): Generator<ArchiveEntry> {
    for (const key of [...tars.keys()]) yield* endTar(key);
  }
  async function* tarred(kind: LayerKind, key: string, folder: string, input: TarInput): AsyncGenerator<ArchiveEntry> {
    let tar = tars.get(key);
    if (tar !== undefined && isFull(plan, tar.spool, input.size)) {
      yield* endTar(key);
      tar = undefined;
    }
    if (tar === undefined) {
      tarCount++;
      const spool = createTarSpool(join(scratch, `layer-${tarCount}.tar`), seconds);
      tar = { kind, folder, name: `tar/${key}-${tarCount}.tar`, spool };
      tars.set(key, tar);
    }
    await tar.spool.add(input);
  }

  try {
    let current: string | undefined;
    for await (const { piece, path, size, digest, from } of contents.payload()) {
      signal?.throwIfAborted();
      if (plan.tarForEachPiece && piece !== current) yield* endTars();
      current = piece;
      const kind = layerKindOf(pieceKinds.get(piece));
      const input = { path: `data/${piece}/${path}`, size, sha256: digest.sha256, source: { from } };
      if (isRaw(plan, piece, size)) yield* raw(kind, input);
      else if (plan.tarForEachPiece) yield* tarred(kind, piece, `data/${piece}`, input);
      else yield* tarred(kind, kind, "data", input);
    }
    yield* endTars();
    let records = 0;
    for await (const input of recordsOf(contents, scratch)) {
      records++;
      if (input.size > 0 && records <= RECORD_LAYERS_MAX) yield* raw("doc", input);
      else yield* tarred("doc", "wholesource", "wholesource", input);
    }
    yield* endTars();
  } finally {
    for (const { spool } of tars.values()) spool.drop();
  }
  if (layers.length === 0) {
    throw new WholesourceError("nothing-to-check", "the release has no file that could be archived", {
      hint: "check what the manifest declares",
    });
  }
  const config = document(configType, modelConfig(contents, layers));
  yield* blob(config.blob.digest, config.blob.size, config.source);
  const manifest = document(manifestType, modelManifest(contents, config.blob, layers));
  yield* blob(manifest.blob.digest, manifest.blob.size, manifest.source);
  yield fileOf("oci-layout", { imageLayoutVersion: "1.0.0" });
  const annotations = { [refNameKey]: options.ref ?? tagOf(contents.version) };
  const named = { ...manifest.blob, artifactType, annotations };
  yield fileOf("index.json", { schemaVersion: 2, mediaType: indexType, manifests: [named] });
}

/** An empty blob is refused by some registries, so a file without bytes never is one. */
function isRaw({ rawFromBytes, lonePieces }: LayerPlan, piece: string, size: number): boolean {
  return size > 0 && (size >= rawFromBytes || lonePieces.has(piece));
}

function isFull({ tarBytes, tarMembers }: LayerPlan, spool: TarSpool, more: number): boolean {
  return spool.members >= tarMembers || spool.size + more > tarBytes;
}

async function* recordsOf(contents: ReleaseContents, scratch: string): AsyncGenerator<TarInput> {
  for (const { path, size, digest, source } of contents.tags) yield { path, size, sha256: digest.sha256, source };
  const file = join(scratch, "remote.jsonl");
  const hash = createHash("sha256");
  let size = 0;
  let lines: string[] = [];
  const flush = async (): Promise<void> => {
    const bytes = Buffer.from(lines.join(""));
    lines = [];
    hash.update(bytes);
    size += bytes.length;
    await appendFile(file, bytes);
  };
  for await (const { piece, path, url, size: bytes, digest } of contents.remote()) {
    if (size === 0 && lines.length === 0) await (await open(file, "wx")).close();
    lines.push(`${JSON.stringify({ piece, path, url, ...(bytes === undefined ? {} : { size: bytes }), digest })}\n`);
    if (lines.length >= LINES_GATHERED) await flush();
  }
  if (lines.length > 0) await flush();
  if (size > 0) yield { path: remoteListPath, size, sha256: hash.digest("hex"), source: { from: file } };
}

interface Document {
  readonly blob: OciBlob;
  readonly source: EntrySource;
}

function document(mediaType: string, value: object): Document {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { blob: { mediaType, digest, size: bytes.length }, source: { bytes } };
}

function fileOf(path: string, value: object): ArchiveEntry {
  const bytes = Buffer.from(JSON.stringify(value));
  return { path, size: bytes.length, source: { bytes } };
}
