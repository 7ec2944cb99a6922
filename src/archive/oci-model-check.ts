/** What a ModelPack's configuration says of its layers, beside what they are. */
import { jsonOf } from "../resolve/json-bytes.ts";
import { kindOf } from "../resolve/oci-layers.ts";
import type { OciManifest } from "../resolve/oci-reply.ts";
import type { BagFaults } from "./bag-faults.ts";
import { blobPath, type LayoutWalk, readDocument, readManifest } from "./oci-layout.ts";

/**
 * Looks at every ModelPack of a layout. Its configuration repeats the layers' digests as they unpack: readers go by the
 * manifest, so that a contradiction is unwise and breaks nothing.
 */
export function checkModels(root: string, { manifests }: LayoutWalk, faults: BagFaults): void {
  for (const descriptor of manifests) {
    const manifest = readManifest(root, descriptor);
    if (manifest !== undefined && kindOf(manifest) === "modelpack") {
      checkModel(root, descriptor.digest, manifest, faults);
    }
  }
}

function checkModel(root: string, manifestDigest: string, manifest: OciManifest, faults: BagFaults): void {
  const path = blobPath(manifest.config.digest);
  const bytes = readDocument(root, manifest.config);
  // What is missing or false is told of where the blobs are measured.
  if (bytes === undefined) return;
  const diffIds = typeof bytes === "string" ? undefined : diffIdsOf(jsonOf(bytes));
  if (diffIds === undefined) {
    faults.warning("form-discouraged", path, "the model's configuration names no digests of its layers");
    return;
  }
  const { layers } = manifest;
  if (diffIds.length !== layers.length) {
    const detail = `the model's configuration names \`${diffIds.length}\` layers, its manifest \`${layers.length}\``;
    faults.warning("form-discouraged", blobPath(manifestDigest), detail);
    return;
  }
  for (const [index, { mediaType, digest }] of layers.entries()) {
    const said = diffIds[index];
    // What is compressed has another digest when it is unpacked.
    if (!/\.(?:raw|tar)$/.test(mediaType) || said === digest) continue;
    const detail = `the model's configuration calls this layer \`${said?.slice(0, 140)}\``;
    faults.warning("form-discouraged", blobPath(digest), detail);
  }
}

/** Earlier versions wrote `diff_ids`. */
function diffIdsOf(value: unknown): readonly string[] | undefined {
  const modelfs = fieldOf(value, "modelfs");
  const listed = fieldOf(modelfs, "diffIds") ?? fieldOf(modelfs, "diff_ids");
  return Array.isArray(listed) && listed.every((one) => typeof one === "string") ? listed : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
