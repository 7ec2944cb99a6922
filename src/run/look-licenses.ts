import { describedIn } from "../license/card-described.ts";
import { decodeText } from "../license/decode.ts";
import { readLicenses } from "../license/read.ts";
import { rememberingRecogniser } from "../license/remember.ts";
import { licenseSourceKind } from "../license/sources.ts";
import { readTag } from "../license/tag.ts";
import type { BatchObject, Evidence } from "../model/evidence.ts";
import { LICENSE_MAX_BYTES } from "./look-parts.ts";

/** What a file says of its licence and of its origin. */
export type Said = Pick<Evidence, "licenses" | "card">;

const silent: Said = {};

/** What the file says: in all its bytes when it is a licence file, a card or a description, else in its first ones. */
export function saidIn(
  {
    path,
    licenseSource,
    tagSource,
    cardSource,
  }: Pick<BatchObject, "path" | "licenseSource" | "tagSource" | "cardSource">,
  bytes: Uint8Array,
  recognise?: Parameters<typeof readLicenses>[2],
): Said {
  if (licenseSource === true || cardSource === true) {
    if (bytes.length > LICENSE_MAX_BYTES) return silent;
    const licenses = licenseSource === true ? readLicenses(path, bytes, recognise) : [];
    const isCard = cardSource === true || licenseSourceKind(path) === "card";
    const card = isCard ? describedIn(path, decodeText(bytes)) : undefined;
    return { ...(licenses.length === 0 ? {} : { licenses }), ...(card === undefined ? {} : { card }) };
  }
  const tag = tagSource === true ? readTag(bytes) : undefined;
  return tag === undefined ? silent : { licenses: [{ ...tag, path }] };
}

/** The same for many files: a text that lies beside many pieces is recognised once. */
export function rememberingSaidIn(): typeof saidIn {
  const recognise = rememberingRecogniser();
  return (object, bytes) => saidIn(object, bytes, recognise);
}
