/** What files and folders say of their licence. */
import { closeSync } from "node:fs";
import { createReadBuffer, readOpenSync } from "../io/files.ts";
import { openFile, refuseFile } from "../io/files-open.ts";
import { readLicenses } from "../license/read.ts";
import { readNamedFile } from "../license/read-named.ts";
import { licenseSizeLimit, licenseSourceKind } from "../license/sources.ts";
import { readTag } from "../license/tag.ts";
import type { LicenseSighting, Refusal } from "../model/evidence.ts";
import { type HashPlace, placesOf } from "./hash-walk.ts";

/** One file that speaks of a licence, or something that could not be read. */
export interface LicenseEntry {
  /** As it was named; below a folder, that folder and what follows. */
  readonly path: string;
  /** Every place in the file that speaks; a named file has at least one. */
  readonly sightings: readonly LicenseSighting[];
  /** Present when it could not be read. */
  readonly refusal?: Refusal;
}

/**
 * Reads licence texts, package files and tags: of a folder the files whose name says that they speak of a licence, and
 * the tags of all others; a file that is named itself is read as a text whatever it is called. Nothing is followed out
 * of a folder.
 */
export function* recogniseLicenses(paths: readonly string[]): Generator<LicenseEntry, void, void> {
  const buffer = createReadBuffer();
  for (const place of placesOf(paths)) {
    const entry = entryOf(place, buffer);
    if (entry !== undefined) yield entry;
  }
}

function entryOf(place: HashPlace, buffer: Buffer): LicenseEntry | undefined {
  const { path } = place;
  if (place.kind === "refused") return { path, sightings: [], refusal: place.refusal };
  if (place.kind !== "file") return undefined;
  const name = place.inFolder ? String(place.inside) : path;
  const isText = !place.inFolder || licenseSourceKind(name) !== undefined;
  // A tag stands in source code: weights and archives are not read for one.
  if (place.size > licenseSizeLimit) return isText ? { path, sightings: [], refusal: tooLong } : undefined;
  const bytes = readBytes(place, buffer);
  if ("status" in bytes) return { path, sightings: [], refusal: bytes };
  const sightings = place.inFolder ? inFolder(name, bytes) : readNamedFile(name, bytes);
  return sightings.length === 0 ? undefined : { path, sightings: sightings.map((one) => ({ ...one, path })) };
}

const tooLong = refuseFile("too-large", `it is longer than ${licenseSizeLimit / 1024 / 1024} MiB: no licence is`);

function inFolder(name: string, bytes: Uint8Array): readonly LicenseSighting[] {
  if (licenseSourceKind(name) !== undefined) return readLicenses(name, bytes);
  const tag = readTag(bytes, name);
  return tag === undefined ? [] : [tag];
}

function readBytes({ at }: Extract<HashPlace, { kind: "file" }>, buffer: Buffer): Uint8Array | Refusal {
  const file = openFile(at);
  if (file.status === "refused") return file;
  const chunks: Uint8Array[] = [];
  try {
    const read = readOpenSync(file, buffer, (chunk) => chunks.push(Buffer.from(chunk)), { maxBytes: licenseSizeLimit });
    return read.status === "refused" ? read : Buffer.concat(chunks);
  } finally {
    closeSync(file.fd);
  }
}
