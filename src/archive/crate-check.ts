/** Checks an RO-Crate that lies in a folder, whoever made it, by its own metadata. */

import { closeSync } from "node:fs";
import { insideFolder, readWhole } from "../io/files.ts";
import { openFile } from "../io/files-open.ts";
import { WholesourceError } from "../model/error.ts";
import { type BagFaults, createBagFaults } from "./bag-faults.ts";
import type { ArchiveCheck } from "./contents.ts";
import { type CrateCount, checkParts, checkUndescribed } from "./crate-files.ts";
import { readGraph } from "./crate-graph.ts";
import { CRATE_MAX_BYTES } from "./crate-json.ts";
import { readParts } from "./crate-parts.ts";
import { metadataNames, readRoot } from "./crate-root.ts";

export interface CrateCheckOptions {
  /**
   * `full` reads every byte that a digest speaks of; `completeness` looks for every described file, its size, and for
   * files that are not described; `fast` leaves those out.
   */
  readonly depth: "full" | "completeness" | "fast";
  readonly signal?: AbortSignal | undefined;
  /** Told of what was read, for whoever shows progress. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** Checks a crate; reads nothing outside its folder, and fetches nothing. */
export async function checkCrate(folder: string, options: CrateCheckOptions): Promise<ArchiveCheck> {
  const faults = createBagFaults();
  const found = await check(folder, options, faults);
  return { form: "ro-crate", ...found, ...faults.result() };
}

const nothing: CrateCount = { files: 0, bytes: 0 };

async function check(
  folder: string,
  { depth, signal, onBytes }: CrateCheckOptions,
  faults: BagFaults,
): Promise<CrateCount> {
  signal?.throwIfAborted();
  const inside = insideFolder(folder);
  if ("status" in inside) {
    throw new WholesourceError("input-unreadable", `the crate can not be read: ${inside.message}`, { subject: folder });
  }
  const metadata = readMetadata(inside.root, faults);
  if (metadata === undefined) return nothing;
  const { name, bytes } = metadata;
  const graph = readGraph(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), name, faults);
  if (graph === undefined) return nothing;
  const root = readRoot(graph, name, faults);
  if (root === undefined) return nothing;
  const look = { inside, parts: readParts(graph, root, name, faults), faults, signal, onBytes };
  const found = await checkParts(look, { read: depth === "full" });
  if (depth !== "fast") await checkUndescribed(look);
  return found;
}

/** The bytes of the metadata file; undefined, with an error, where they can not be had. */
function readMetadata(
  root: string,
  faults: BagFaults,
): { readonly name: string; readonly bytes: Uint8Array } | undefined {
  for (const name of metadataNames) {
    const file = openFile(`${root}/${name}`);
    if (file.status === "refused") {
      if (file.reason === "not-found") continue;
      const isLink = file.errorCode === "ELOOP";
      return void faults.error(isLink ? "path-unsafe" : "archive-damaged", name, `it can not be read: ${file.message}`);
    }
    try {
      if (file.size > CRATE_MAX_BYTES) {
        const detail = `it has ${file.size} bytes, and at most ${CRATE_MAX_BYTES} are read: nothing of the crate was checked`;
        return void faults.error("form-invalid", name, detail);
      }
      const bytes = readWhole(file, Buffer.allocUnsafeSlow(file.size + 1));
      if ("status" in bytes) return void faults.error("archive-damaged", name, `it can not be read: ${bytes.message}`);
      return { name, bytes };
    } finally {
      closeSync(file.fd);
    }
  }
  return void faults.error("file-missing", metadataNames[0], "it is not there, so this is no crate");
}
