/** The documents of an OCI image layout, read from a folder that anybody may have made. */
import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { readFileSyncInto, syncBufferBytes } from "../io/files.ts";
import { jsonOf } from "../resolve/json-bytes.ts";
import { isOciDigest } from "../resolve/oci-location.ts";
import {
  documentOf,
  INDEX_DEPTH,
  indexTypes,
  MANIFEST_MAX_BYTES,
  manifestTypes,
  type OciDocument,
} from "../resolve/oci-manifest.ts";
import type { OciDescriptor, OciIndex, OciManifest } from "../resolve/oci-reply.ts";
import type { BagFaults } from "./bag-faults.ts";
import { indexType } from "./oci-model.ts";

/** The file that makes a folder a layout; it holds one short object. Bytes. */
const MARK_MAX_BYTES = 64 * 1024;
/** Descriptors that are followed; each is remembered. */
const DESCRIPTORS_MAX = 1_000_000;

/** What a layout refers to. */
export interface LayoutWalk {
  /** By digest: its size and what it is called, as whoever named it first says. */
  readonly blobs: ReadonlyMap<string, OciDescriptor>;
  /** What names the manifests of artifacts, in the order of the index; one that is named twice stands here once. */
  readonly manifests: readonly OciDescriptor[];
}

/** Where a blob lies in its layout; the digest is of the form that its schema demands, so no path can leave. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** Follows a layout's index to every blob that it names; what is wrong with the documents themselves becomes a fault. */
export function walkLayout(root: string, faults: BagFaults): LayoutWalk {
  const blobs = new Map<string, OciDescriptor>();
  const manifests: OciDescriptor[] = [];
  let full = false;

  const follow = (descriptor: OciDescriptor, depth: number): void => {
    const { digest, size, mediaType } = descriptor;
    const path = blobPath(digest);
    const known = blobs.get(digest);
    if (known !== undefined) {
      if (known.size !== size)
        faults.error("form-invalid", path, `it has \`${known.size}\` bytes, and \`${size}\` bytes`);
      return;
    }
    if (blobs.size >= DESCRIPTORS_MAX) {
      if (!full) faults.error("form-invalid", path, `more than \`${DESCRIPTORS_MAX}\` blobs are named`);
      full = true;
      return;
    }
    blobs.set(digest, descriptor);
    if (![...manifestTypes, ...indexTypes].includes(mediaType)) return;
    const document = readDescribed(root, descriptor);
    // A blob that is missing or false is told of where the blobs are measured.
    if (document === undefined) return;
    if (typeof document === "string") faults.error("form-invalid", path, document);
    else if (document.kind === "index") followAll(document.body, path, depth);
    else {
      manifests.push(descriptor);
      for (const next of [document.body.config, ...document.body.layers]) follow(next, depth);
    }
  };
  const followAll = (index: OciIndex, path: string, depth: number): void => {
    if (depth > INDEX_DEPTH) {
      faults.error("form-invalid", path, `it lies below \`${depth}\` other indexes`);
      return;
    }
    for (const next of index.manifests) follow(next, depth + 1);
  };

  const index = readIndex(root, faults);
  if (index !== undefined) followAll(index, "index.json", 0);
  return { blobs, manifests };
}

/** The manifest that a descriptor of a walk names; undefined where it has gone since. */
export function readManifest(root: string, descriptor: OciDescriptor): OciManifest | undefined {
  const document = readDescribed(root, descriptor);
  return typeof document === "object" && document.kind === "manifest" ? document.body : undefined;
}

function readDescribed(root: string, descriptor: OciDescriptor): OciDocument | string | undefined {
  const bytes = readDocument(root, descriptor);
  return bytes instanceof Uint8Array ? documentOf(jsonOf(bytes), descriptor.mediaType) : bytes;
}

/** The layout's own two documents; undefined where there is no index to go by. */
function readIndex(root: string, faults: BagFaults): OciIndex | undefined {
  const mark = readSmall(`${root}/oci-layout`, MARK_MAX_BYTES);
  if (typeof mark === "string") faults.error("form-invalid", "oci-layout", mark);
  else {
    const value = jsonOf(mark);
    const version =
      typeof value === "object" && value !== null && "imageLayoutVersion" in value
        ? value.imageLayoutVersion
        : undefined;
    if (version !== "1.0.0") {
      faults.error(
        "form-invalid",
        "oci-layout",
        `expected \`imageLayoutVersion\` \`1.0.0\`, got \`${String(version).slice(0, 40)}\``,
      );
    }
  }
  const bytes = readSmall(`${root}/index.json`, MANIFEST_MAX_BYTES);
  const document = typeof bytes === "string" ? bytes : documentOf(jsonOf(bytes), indexType);
  if (typeof document !== "string" && document.kind === "index") return document.body;
  faults.error("form-invalid", "index.json", typeof document === "string" ? document : "it is a manifest");
  return undefined;
}

/** The bytes of a document that are those its descriptor names; undefined where they are not, and a word where too many. */
export function readDocument(root: string, { digest, size }: OciDescriptor): Uint8Array | string | undefined {
  if (!isOciDigest(digest) || !isStore(root, digest)) return undefined;
  if (size > MANIFEST_MAX_BYTES) return `it has \`${size}\` bytes, allowed are \`${MANIFEST_MAX_BYTES}\``;
  const bytes = readSmall(`${root}/${blobPath(digest)}`, size);
  if (typeof bytes === "string" || bytes.length !== size) return undefined;
  const algorithm = digest.startsWith("sha512:") ? "sha512" : "sha256";
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}` === digest ? bytes : undefined;
}

/** A small regular file, or why it can not be read. No link is followed. */
function readSmall(path: string, maxBytes: number): Uint8Array | string {
  const chunks: Uint8Array[] = [];
  const read = readFileSyncInto(
    path,
    Buffer.allocUnsafe(Math.min(maxBytes + 1, syncBufferBytes)),
    (chunk) => void chunks.push(Buffer.from(chunk)),
    {
      maxBytes,
    },
  );
  return read.status === "refused" ? read.message : Buffer.concat(chunks);
}

/** Nothing is read through a link. */
function isStore(root: string, digest: string): boolean {
  return isFolder(`${root}/blobs`) && isFolder(`${root}/blobs/${digest.slice(0, digest.indexOf(":"))}`);
}

/** True for a folder that is one itself, and no link to one. */
export function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
