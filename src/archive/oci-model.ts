/** How a release is written as a ModelPack artifact: names, media types, and the two documents. */
import type { PieceKind } from "../model/manifest.ts";
import type { ReleaseContents } from "./contents.ts";

/** What OCI calls a pointer to a blob. */
export interface OciBlob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: { readonly [key: string]: string };
}

/** What a layer holds, in ModelPack's words. */
export type LayerKind = "weight" | "weight.config" | "doc" | "code" | "dataset";

export const manifestType = "application/vnd.oci.image.manifest.v1+json";
export const indexType = "application/vnd.oci.image.index.v1+json";
export const artifactType = "application/vnd.cncf.model.manifest.v1+json";
export const configType = "application/vnd.cncf.model.config.v1+json";
const filepathKey = "org.cncf.model.filepath";
const titleKey = "org.opencontainers.image.title";
export const refNameKey = "org.opencontainers.image.ref.name";
const metadataKey = "org.cncf.model.file.metadata+json";
const untestedKey = "org.cncf.model.file.mediatype.untested";

/** Where each kind of piece goes; what ModelPack has no word for is documentation. */
const kinds: { readonly [kind in PieceKind]: LayerKind } = {
  dataset: "dataset",
  "evaluation-data": "dataset",
  "data-preprocessing-code": "code",
  "training-code": "code",
  "inference-code": "code",
  "evaluation-code": "code",
  "model-architecture": "code",
  weights: "weight",
  "intermediate-weights": "weight",
  tokenizer: "weight.config",
  configuration: "weight.config",
  "model-metadata": "weight.config",
  libraries: "code",
  "model-card": "doc",
  "data-card": "doc",
  "technical-report": "doc",
  "research-paper": "doc",
  "evaluation-results": "doc",
  "sample-outputs": "doc",
  license: "doc",
  other: "doc",
};

/** The kind of layer that a kind of piece becomes. */
export function layerKindOf(kind: PieceKind | undefined): LayerKind {
  return kind === undefined ? "doc" : kinds[kind];
}

/** The layer of one file as it is. */
export function rawLayer(kind: LayerKind, path: string, size: number, sha256: string, time: string): OciBlob {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const metadata = { name, mode: 0o644, uid: 0, gid: 0, size, mtime: time, typeflag: 0 };
  return {
    mediaType: `application/vnd.cncf.model.${kind}.v1.raw`,
    digest: `sha256:${sha256}`,
    size,
    annotations: {
      [filepathKey]: path,
      [metadataKey]: JSON.stringify(metadata),
      // The kind is the release's own word.
      [untestedKey]: "true",
      [titleKey]: path,
    },
  };
}

/** The layer of many files; `folder` is the one that they share, and `name` what a tool may call the archive. */
export function tarLayer(kind: LayerKind, folder: string, name: string, size: number, sha256: string): OciBlob {
  return {
    mediaType: `application/vnd.cncf.model.${kind}.v1.tar`,
    digest: `sha256:${sha256}`,
    size,
    annotations: { [filepathKey]: folder, [untestedKey]: "true", [titleKey]: name },
  };
}

/** The artifact's configuration: what is known of the release, and the digests of its layers as they unpack. */
export function modelConfig(contents: ReleaseContents, layers: readonly OciBlob[]): object {
  const { name, version, publisher, description, homepage, time, pieces } = contents;
  const licenses = licensesOf(contents);
  const code = pieces.find(({ kind, uri }) => kind === "training-code" && uri !== undefined);
  const datasets = new Set(
    pieces.flatMap(({ kind, uri }) => (layerKindOf(kind) === "dataset" && uri !== undefined ? [uri] : [])),
  );
  return {
    descriptor: {
      createdAt: time,
      ...(publisher === undefined ? {} : { vendor: publisher }),
      name,
      version,
      title: name,
      ...(description === undefined ? {} : { description }),
      ...(homepage === undefined ? {} : { docURL: homepage }),
      ...(code?.uri === undefined ? {} : { sourceURL: code.uri }),
      ...(datasets.size === 0 ? {} : { datasetsURL: [...datasets] }),
      ...(code?.revision === undefined ? {} : { revision: code.revision }),
      ...(licenses.length === 0 ? {} : { licenses }),
    },
    config: {},
    // No layer is compressed, so each is what it unpacks to.
    modelfs: { type: "layers", diffIds: layers.map(({ digest }) => digest) },
  };
}

/** The artifact's manifest. */
export function modelManifest(contents: ReleaseContents, config: OciBlob, layers: readonly OciBlob[]): object {
  const { name, version, publisher, description, homepage, time } = contents;
  const licenses = licensesOf(contents);
  const said = {
    created: time,
    title: name,
    version,
    vendor: publisher,
    description,
    url: homepage,
    licenses: licenses.length === 0 ? undefined : allOf(licenses),
  };
  const annotations = Object.fromEntries(
    Object.entries(said).flatMap(([key, value]) =>
      value === undefined ? [] : [[`org.opencontainers.image.${key}`, value]],
    ),
  );
  return { schemaVersion: 2, mediaType: manifestType, artifactType, config, layers, annotations };
}

/** What the texts support goes before what was declared; what nobody knows is left out. */
function licensesOf({ pieces }: ReleaseContents): readonly string[] {
  const known = pieces.map(({ licenseConcluded, licenseDeclared }) =>
    licenseConcluded === "NOASSERTION" ? licenseDeclared : licenseConcluded,
  );
  return [
    ...new Set(known.filter((one) => one !== undefined && one !== "" && one !== "NONE" && one !== "NOASSERTION")),
  ] as readonly string[];
}

function allOf(licenses: readonly string[]): string {
  if (licenses.length === 1) return licenses[0] ?? "";
  return licenses.map((one) => (/\s/.test(one) ? `(${one})` : one)).join(" AND ");
}

/** A name that every registry takes for a tag: what it can not hold becomes `_`. */
export function tagOf(version: string): string {
  const tag = version.replace(/[^A-Za-z0-9._-]/g, "_").slice(0, 128);
  return /^[A-Za-z0-9_]/.test(tag) ? tag : `_${tag}`.slice(0, 128);
}
