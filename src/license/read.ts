/** Every place in one file that speaks about the licence. */
import type { LicenseSighting } from "../model/evidence.ts";
import { readCard } from "./card.ts";
import { decodeText } from "./decode.ts";
import { readMetadata } from "./metadata.ts";
import { readProse } from "./prose.ts";
import type { Recognition } from "./reading.ts";
import { recogniseLicense } from "./recognise.ts";
import { licenseSizeLimit, licenseSourceKind } from "./sources.ts";
import { readTag } from "./tag.ts";

/** Reads the licence text, the field, the tag or the sentence in a file; no sighting where it is silent. */
export function readLicenses(
  path: string,
  bytes: Uint8Array,
  recognise: (text: string) => Recognition = recogniseLicense,
): LicenseSighting[] {
  const tag = readTag(bytes, path);
  const tags = tag === undefined ? [] : [tag];
  const kind = licenseSourceKind(path);
  if (kind === undefined) return tags;
  // That it is there is what matters; what it says is for a person.
  if (kind === "policy" || kind === "notice")
    return bytes.byteLength === 0 ? tags : [{ source: kind, path, verdict: "unknown" }, ...tags];
  // Too long to be one licence: said, not passed over.
  if (bytes.byteLength > licenseSizeLimit)
    return kind === "text" ? [{ source: "text", path, verdict: "unknown" }, ...tags] : tags;
  const text = decodeText(bytes);
  switch (kind) {
    case "package":
      return [...readMetadata(path, text), ...tags];
    case "card":
      return [...readCard(path, text), ...tags];
    case "readme":
      return [...readProse(path, text), ...tags];
    case "text":
      return [{ source: "text", path, ...recognise(text) }, ...tags];
  }
}
