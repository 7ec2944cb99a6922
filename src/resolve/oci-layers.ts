import type { DigestSet } from "../model/digest.ts";
import type { Refusal, RemoteObject } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { isOciDigest } from "./oci-location.ts";
import type { OciDescriptor, OciManifest } from "./oci-reply.ts";
import { pathSegments } from "./path.ts";

/** What wrote an artifact, and so how its layers are to be read. */
export type OciKind = "modelpack" | "kitops" | "ollama" | "image" | "artifact";

/** Where the objects of a repository are, and what of them is meant. */
export interface LayerPlace {
  /** The repository's URL, with a `/` at the end. */
  readonly url: string;
  readonly isOperators: boolean;
  /** The file or folder that is meant; empty for all. */
  readonly selected: string;
  /** Where there is one file, its members are meant. */
  readonly unpack: boolean;
  /** Layers whose members' paths nobody told, by digest, and why. */
  readonly unplaced: ReadonlyMap<string, string>;
}

/** The files of an artifact, or the one that the location names. */
export interface Layers {
  readonly objects: readonly (RemoteObject | Refusal)[];
  readonly single: boolean;
  readonly layered: boolean;
}

type Placed =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "archive" }
  | { readonly kind: "unsafe"; readonly path: string };

const cncfLayer = /^application\/vnd\.(?:cncf|cnai)\.model\.[a-z.]+\.v1\.([a-z]+(?:\+[a-z]+)?)$/;
const kitLayer = /^application\/vnd\.kitops\.modelkit\.[a-z]+\.v1\.tar(?:\+[a-z]+)?$/;
const ollamaLayer = /^application\/vnd\.ollama\.image\.([a-z]+)$/;
const tarType = /[.+/]tar(?:[.+](?:gzip|zstd))?$/;
const emptyType = "application/vnd.oci.empty.v1+json";
const imageConfigs = ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/** Tells what wrote an artifact. Registries drop `artifactType`, so the configuration and the layers are asked as well. */
export function kindOf({ artifactType, config, layers }: OciManifest): OciKind {
  const types = [artifactType ?? "", config.mediaType];
  if (types.some((type) => /^application\/vnd\.(?:cncf|cnai)\.model\./.test(type))) return "modelpack";
  if (types.some((type) => type.startsWith("application/vnd.kitops."))) return "kitops";
  if (layers.some(({ mediaType }) => ollamaLayer.test(typeOf(mediaType)))) return "ollama";
  if (layers.some(({ mediaType }) => cncfLayer.test(typeOf(mediaType)))) return "modelpack";
  // An artifact in an image's clothes has files with names; an image has layers.
  const isNamed = layers.some((layer) => titleOf(layer) !== undefined);
  return imageConfigs.includes(config.mediaType) && !isNamed ? "image" : "artifact";
}

/**
 * The layers as the files that they are, and as archives of files where they are that. An archive goes by the path that
 * it has in an OCI image layout, `blobs/sha256/<hex>`, and so does a file that nobody gave a name.
 */
export function layersOf(manifest: OciManifest, kind: OciKind, place: LayerPlace): Layers {
  const objects = new Map<string, RemoteObject>();
  const refusals: Refusal[] = [];
  const namesUsed = new Map<string, number>();
  let layered = false;
  for (const layer of manifest.layers) {
    if (layer.mediaType === emptyType && titleOf(layer) === undefined) continue;
    const placed = placeLayer(layer, kind, namesUsed);
    const object = objectOf(layer, placed, kind, place);
    if ("status" in object) {
      refusals.push(object);
      continue;
    }
    layered ||= object.members !== undefined;
    const before = objects.get(object.path);
    // The same bytes under the same name twice is one file; other bytes are a file that nobody can tell.
    if (before === undefined) objects.set(object.path, object);
    else if (!isSame(before, object)) objects.set(object.path, twice(object));
  }
  const [first] = objects.values();
  const one = place.unpack && objects.size === 1 && refusals.length === 0 ? first : objects.get(place.selected);
  if (one !== undefined && one.members === undefined) {
    const path = one.path.slice(one.path.lastIndexOf("/") + 1);
    return { objects: [{ ...one, path }], single: true, layered: false };
  }
  const files = [...objects.values()].flatMap((object) => below(object, place.selected));
  return { objects: [...files, ...refusals], single: false, layered };
}

/** What lies in the selected folder, by its path there. */
function below(object: RemoteObject, selected: string): RemoteObject[] {
  if (selected === "" || object.members !== undefined) return [object];
  return object.path.startsWith(`${selected}/`) ? [{ ...object, path: object.path.slice(selected.length + 1) }] : [];
}

function isSame(one: RemoteObject, other: RemoteObject): boolean {
  return one.url === other.url && one.size === other.size;
}

/** What the layers say of its size and digest contradicts itself: nothing of it is the host's word. */
function twice({ size: _size, digest: _digest, ...object }: RemoteObject): RemoteObject {
  return {
    ...object,
    refusal: refuse("reply-invalid", `two layers of other bytes both are \`${object.path}\``),
  };
}

function objectOf(
  layer: OciDescriptor,
  placed: Placed,
  kind: OciKind,
  { url, isOperators, selected, unplaced }: LayerPlace,
): RemoteObject | Refusal {
  if (placed.kind === "unsafe") {
    const shown = placed.path.slice(0, 200);
    return refuse("reply-invalid", `\`${shown}\`: a layer has a path that does not stay inside the location`);
  }
  const digest = digestSet(layer.digest);
  const why = unplaced.get(layer.digest);
  const members =
    placed.kind === "archive"
      ? {
          members: {
            strip: 0,
            ...(selected === "" ? {} : { prefix: selected }),
            ...(kind === "image" ? { whiteouts: true as const } : {}),
          },
        }
      : {};
  return {
    path: placed.kind === "file" ? placed.path : blobPath(layer.digest),
    url: `${url}blobs/${layer.digest}`,
    size: layer.size,
    ...(digest === undefined ? {} : { digest }),
    mediaType: layer.mediaType,
    ...(isOperators ? { operatorEndpoint: true } : {}),
    ...members,
    listed: true,
    ...(why === undefined ? {} : { refusal: refuse("reply-invalid", why) }),
  };
}

function placeLayer(layer: OciDescriptor, kind: OciKind, namesUsed: Map<string, number>): Placed {
  const type = typeOf(layer.mediaType);
  if (kitLayer.test(type)) return { kind: "archive" };
  const cncf = cncfLayer.exec(type)?.[1];
  if (cncf !== undefined) {
    return cncf.startsWith("tar") ? { kind: "archive" } : fileAt(layer, filepathOf(layer));
  }
  const ollama = ollamaLayer.exec(type)?.[1];
  if (ollama !== undefined) return { kind: "file", path: numbered(ollamaName(ollama), namesUsed) };
  const title = titleOf(layer);
  const { annotations } = layer;
  if (title !== undefined) {
    return annotations?.["io.deis.oras.content.unpack"] === "true" ? { kind: "archive" } : fileAt(layer, title);
  }
  if (tarType.test(type)) return { kind: "archive" };
  return kind === "image" ? { kind: "archive" } : fileAt(layer, filepathOf(layer));
}

/** A layer goes by its digest where nobody gave it a name. */
function fileAt(layer: OciDescriptor, name: string | undefined): Placed {
  if (name === undefined) return { kind: "file", path: blobPath(layer.digest) };
  const path = name.replace(/^\.\//, "");
  return pathSegments(path) === undefined ? { kind: "unsafe", path: name } : { kind: "file", path };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** Ollama's media types name what a layer is; its licence is a text, and called as such. */
function ollamaName(part: string): string {
  return part === "license" ? "LICENSE" : part;
}

/** The second of the same name, and what comes after it, get a number. */
function numbered(name: string, namesUsed: Map<string, number>): string {
  const count = (namesUsed.get(name) ?? 0) + 1;
  namesUsed.set(name, count);
  return count === 1 ? name : `${name}-${count}`;
}

function typeOf(mediaType: string): string {
  return mediaType.split(";")[0]?.trim().toLowerCase() ?? "";
}

function titleOf({ annotations }: OciDescriptor): string | undefined {
  return annotations?.["org.opencontainers.image.title"];
}

function filepathOf({ annotations }: OciDescriptor): string | undefined {
  return annotations?.["org.cncf.model.filepath"] ?? annotations?.["org.cnai.model.filepath"];
}

function digestSet(digest: string): DigestSet | undefined {
  if (!isOciDigest(digest)) return undefined;
  const hex = digest.slice(digest.indexOf(":") + 1);
  return digest.startsWith("sha512:") ? { sha512: hex } : { sha256: hex };
}
