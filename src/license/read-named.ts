/** A file that somebody pointed at: what it says of its licence, whatever it is called. */
import type { LicenseSighting } from "../model/evidence.ts";
import { decodeText } from "./decode.ts";
import { readLicenses } from "./read.ts";
import { recogniseLicense } from "./recognise.ts";
import { licenseSourceKind } from "./sources.ts";
import { readTag } from "./tag.ts";

/** Reads a file as a licence text, unless its name says that it is something else that speaks; at least one sighting. */
export function readNamedFile(path: string, bytes: Uint8Array): readonly LicenseSighting[] {
  const kind = licenseSourceKind(path);
  const found = kind === undefined || kind === "text" ? [] : readLicenses(path, bytes);
  if (found.length > 0) return found;
  const tag = readTag(bytes, path);
  const text: LicenseSighting = { source: "text", path, ...recogniseLicense(decodeText(bytes)) };
  // Source code with a tag is no licence text, and need not be one.
  if (tag === undefined) return [text];
  return text.verdict === "unknown" || text.verdict === "notice-only" ? [tag] : [text, tag];
}
