import { readLicenses } from "../license/read.ts";
import { readTag } from "../license/tag.ts";
import type { BatchObject, LicenseSighting } from "../model/evidence.ts";
import { LICENSE_MAX_BYTES } from "./look-parts.ts";

/** What the file says of its licence: in all its bytes when it is a licence file, else in its first ones. */
export function licensesOf(
  { path, licenseSource, tagSource }: Pick<BatchObject, "path" | "licenseSource" | "tagSource">,
  bytes: Uint8Array,
): readonly LicenseSighting[] {
  if (licenseSource === true) return bytes.length <= LICENSE_MAX_BYTES ? readLicenses(path, bytes) : [];
  const tag = tagSource === true ? readTag(bytes) : undefined;
  return tag === undefined ? [] : [{ ...tag, path }];
}
