/** Every place in one file that speaks about the licence. */
import type { LicenseSighting } from "../model/evidence.ts";
import { decodeText } from "./decode.ts";
import { readMetadata } from "./metadata.ts";
import { recogniseLicense } from "./recognise.ts";
import { licenseSizeLimit, licenseSourceKind } from "./sources.ts";
import { readTag } from "./tag.ts";

/** Reads the licence text, the field or the tag in a file; no sighting where it is silent. */
export function readLicenses(path: string, bytes: Uint8Array): LicenseSighting[] {
  const tag = readTag(bytes, path);
  const tags = tag === undefined ? [] : [tag];
  const kind = licenseSourceKind(path);
  if (kind === undefined) return tags;
  // Too long to be one licence: said, not passed over.
  if (bytes.byteLength > licenseSizeLimit)
    return kind === "text" ? [{ source: "text", path, verdict: "unknown" }, ...tags] : tags;
  const text = decodeText(bytes);
  if (kind === "package") return [...readMetadata(path, text), ...tags];
  return [{ source: "text", path, ...recogniseLicense(text) }, ...tags];
}
